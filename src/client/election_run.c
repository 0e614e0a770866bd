#include "client/election_run.h"

#include "base/hex.h"
#include "client/progress.h"
#include "client/record_names.h"
#include "wire/fields.h"
#include "wire/writer.h"

#include <openssl/sha.h>

enum { SUM_CHUNKS = 64 }; /* tallies in one request: bounds its size */

typedef struct state {
    const eg_election_run *run;
    const eg_election_spec *spec;
    const eg_record *record;
    eg_remote remote;
    eg_progress *progress;
    eg_arena keep;    /* what lasts as long as the run */
    eg_arena scratch; /* of one chunk or request */
    size_t chunk_count;
} state;

/* ---- which election this is ---- */

static void write_names(eg_writer *w, const char *key, const eg_str names[], size_t count)
{
    eg_write_key(w, key);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_str(w, names[i]);
    }
    eg_write_end(w);
}

static void describe(eg_buf *out, const eg_election_run *run)
{
    const eg_election_spec *spec = run->spec;
    eg_writer w;
    eg_buf_init(out, NULL);
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_int(&w, "format", 1);
    write_names(&w, "party_names", spec->parties, spec->candidate_count);
    write_names(&w, "candidate_names", spec->candidates, spec->candidate_count);
    eg_put_int(&w, "number_of_guardians", spec->guardians);
    eg_put_int(&w, "quorum", spec->quorum);
    eg_put_int(&w, "missing_guardians", spec->missing);
    eg_put_int(&w, "max_choices", spec->max_choices);
    eg_put_int(&w, "chunk_ballots", (int64_t)run->chunk_ballots);
    eg_put_int(&w, "ballots", (int64_t)run->ballots->count);
    eg_write_end(&w);
    eg_buf_append_char(out, '\n');
}

/* Writes the file, or finds in it what would be written. */
static eg_result agree(const state *s, const char *name, eg_str content, eg_arena *arena,
                       eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    eg_str there;
    bool found;
    EG_TRY(eg_record_read(s->record, name, EG_RECORD_FILE_BYTES_MAX, &there, &found, arena, err));
    if (!found) {
        return eg_record_write(s->record, name, content, err);
    }
    return eg_str_equal(there, content)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                         "the folder holds an election with other flags or other ballots");
}

/* The digest stays private: ballots are few enough to be guessed from it. */
static eg_result identify(state *s, eg_error *err)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH];
    eg_buf text;
    eg_str input = s->run->input;
    (void)SHA256((const unsigned char *)input.data, input.len, digest);
    eg_hex_encode_lower(hex, digest, sizeof digest);
    describe(&text, s->run);
    eg_result result = text.failed ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                                   : agree(s, EG_RECORD_ELECTION, eg_buf_str(&text), &s->keep, err);
    eg_buf_free(&text);
    EG_TRY(result);
    return agree(s, EG_RECORD_INPUT, (eg_str){hex, sizeof hex}, &s->keep, err);
}

/* ---- guardians ---- */

static eg_result publish_guardians(state *s, eg_error *err)
{
    const eg_ceremony *c = &s->remote.ceremony;
    eg_buf text;
    eg_writer w;
    eg_result result = EG_SUCCESS;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_str(&w, "joint_public_key", c->joint_public_key);
    eg_put_str(&w, "commitment_hash", c->commitment_hash);
    eg_write_key(&w, "guardians");
    eg_write_array(&w, s->spec->guardians);
    for (size_t i = 0; i < s->spec->guardians && !eg_failed(result); i++) {
        eg_node node;
        result = eg_tree_parse(&node, EG_JSON, c->records[i], 0, &s->scratch, NULL, err);
        if (!eg_failed(result)) {
            eg_write_node(&w, &node);
        }
    }
    if (!eg_failed(result)) {
        eg_write_end(&w);
        eg_write_end(&w);
        result = text.failed
                     ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                     : eg_record_write(s->record, EG_RECORD_GUARDIANS, eg_buf_str(&text), err);
    }
    eg_buf_free(&text);
    return result;
}

static eg_result set_up(state *s, eg_error *err)
{
    eg_str answer;
    bool found;
    eg_progress_step(s->progress, "guardians", s->spec->guardians);
    EG_TRY(eg_record_read(s->record, EG_RECORD_SETUP, EG_RECORD_FILE_BYTES_MAX, &answer, &found,
                          &s->keep, err));
    if (!found) {
        EG_TRY(eg_remote_setup(&s->remote, &answer, &s->keep, err));
    }
    /* read before it is kept: what cannot be used must not stand in the way of the next run */
    EG_TRY(eg_ceremony_read(&s->remote.ceremony, answer, s->spec, &s->keep, err));
    if (!found) {
        EG_TRY(eg_record_write(s->record, EG_RECORD_SETUP, answer, err));
    }
    if (!eg_record_has(s->record, EG_RECORD_GUARDIANS)) {
        EG_TRY(publish_guardians(s, err));
    }
    eg_progress_add(s->progress, s->spec->guardians);
    return EG_SUCCESS;
}

/* ---- chunks of ballots ---- */

static size_t chunk_first(const state *s, size_t chunk)
{
    return (chunk - 1) * s->run->chunk_ballots;
}

static size_t chunk_size(const state *s, size_t chunk)
{
    size_t left = s->run->ballots->count - chunk_first(s, chunk);
    return left < s->run->chunk_ballots ? left : s->run->chunk_ballots;
}

static eg_result write_ballots(const state *s, const char *name, const eg_str published[],
                               size_t count, eg_error *err)
{
    eg_buf text;
    eg_buf_init(&text, NULL);
    for (size_t i = 0; i < count; i++) {
        eg_buf_append_str(&text, published[i]);
        eg_buf_append_char(&text, '\n');
    }
    eg_result result = text.failed ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                                   : eg_record_write(s->record, name, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}

static eg_result encrypt_chunk(state *s, size_t chunk, eg_str published[], eg_error *err)
{
    const eg_record_name name = eg_record_ballots(chunk);
    const size_t count = chunk_size(s, chunk);
    eg_str text;
    bool found;
    EG_TRY(eg_record_read(s->record, name.text, EG_RECORD_FILE_BYTES_MAX, &text, &found,
                          &s->scratch, err));
    if (found) {
        return eg_record_split(name.text, text, published, count, err);
    }
    EG_TRY(eg_remote_encrypt_chunk(&s->remote, &s->run->ballots->votes[chunk_first(s, chunk)],
                                   count, published, &s->scratch, err));
    return write_ballots(s, name.text, published, count, err);
}

static eg_result do_chunk(state *s, size_t chunk, eg_error *err)
{
    const eg_record_name name = eg_record_chunk_tally(chunk);
    const size_t count = chunk_size(s, chunk);
    eg_str *published = NULL;
    eg_str tally;
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *published, &published, err));
    EG_TRY(encrypt_chunk(s, chunk, published, err));
    EG_TRY(eg_remote_tally(&s->remote, published, count, &tally, &s->scratch, err));
    return eg_record_write(s->record, name.text, tally, err);
}

static eg_result do_chunks(state *s, eg_error *err)
{
    eg_progress_step(s->progress, "ballots", s->run->ballots->count);
    for (size_t chunk = 1; chunk <= s->chunk_count; chunk++) {
        if (eg_record_has(s->record, eg_record_chunk_tally(chunk).text)) {
            eg_progress_found(s->progress, chunk_size(s, chunk));
            continue;
        }
        EG_TRY(do_chunk(s, chunk, err));
        eg_arena_reset(&s->scratch);
        eg_progress_add(s->progress, chunk_size(s, chunk));
    }
    return EG_SUCCESS;
}

/* ---- one tally ---- */

static eg_result load(const state *s, const char *name, eg_str *out, eg_arena *arena, eg_error *err)
{
    return eg_record_need(s->record, name, EG_RECORD_FILE_BYTES_MAX, out, arena, err);
}

/* Chunks first to last, and the sum of those before them, into the file `to`. */
static eg_result add_tallies(state *s, size_t first, size_t last, const char *to, eg_error *err)
{
    eg_str *tallies = NULL;
    eg_str sum;
    size_t n = 0;
    EG_TRY(eg_arena_new(&s->scratch, last - first + 2, sizeof *tallies, &tallies, err));
    if (first > 1) {
        EG_TRY(load(s, eg_record_sum(first - 1).text, &tallies[n++], &s->scratch, err));
    }
    for (size_t chunk = first; chunk <= last; chunk++) {
        EG_TRY(load(s, eg_record_chunk_tally(chunk).text, &tallies[n++], &s->scratch, err));
    }
    EG_TRY(eg_remote_combine_tallies(&s->remote, tallies, n,
                                     chunk_first(s, last) + chunk_size(s, last), &sum, &s->scratch,
                                     err));
    return eg_record_write(s->record, to, sum, err);
}

static eg_result combine_tallies(state *s, eg_error *err)
{
    eg_progress_step(s->progress, "tally", s->chunk_count);
    for (size_t first = 1; first <= s->chunk_count; first += SUM_CHUNKS) {
        size_t left = s->chunk_count - first + 1;
        size_t last = first + (left < SUM_CHUNKS ? left : SUM_CHUNKS) - 1;
        eg_record_name to = eg_record_sum(last);
        const char *name = last == s->chunk_count ? EG_RECORD_TALLY : to.text;
        if (!eg_record_has(s->record, name)) {
            EG_TRY(add_tallies(s, first, last, name, err));
        }
        eg_arena_reset(&s->scratch);
        eg_progress_add(s->progress, last - first + 1);
    }
    return EG_SUCCESS;
}

/* ---- decryption ---- */

static eg_result get_share(state *s, size_t guardian, eg_str tally, eg_str *share, eg_error *err)
{
    const eg_record_name name = eg_record_share(guardian);
    bool found;
    EG_TRY(eg_record_read(s->record, name.text, EG_RECORD_FILE_BYTES_MAX, share, &found, &s->keep,
                          err));
    if (found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_remote_share(&s->remote, guardian, tally, share, &s->keep, err));
    return eg_record_write(s->record, name.text, *share, err);
}

static eg_result get_compensated(state *s, size_t missing, size_t available, eg_str tally,
                                 eg_str *share, eg_error *err)
{
    const eg_record_name name = eg_record_compensated(missing, available);
    bool found;
    EG_TRY(eg_record_read(s->record, name.text, EG_RECORD_FILE_BYTES_MAX, share, &found, &s->keep,
                          err));
    if (found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_remote_compensate(&s->remote, available, missing, tally, share, &s->keep, err));
    return eg_record_write(s->record, name.text, *share, err);
}

static eg_result combine_shares(state *s, eg_str tally, const eg_str shares[],
                                const eg_str compensated[], uint64_t counts[], eg_error *err)
{
    eg_str results;
    bool found;
    eg_progress_step(s->progress, "combination", 1);
    EG_TRY(eg_record_read(s->record, EG_RECORD_RESULTS, EG_RECORD_FILE_BYTES_MAX, &results, &found,
                          &s->keep, err));
    if (!found) {
        EG_TRY(eg_remote_combine(&s->remote, tally, shares, compensated, &results, &s->keep, err));
    }
    EG_TRY(eg_results_counts(counts, results, s->spec, &s->scratch, err));
    if (!found) {
        EG_TRY(eg_record_write(s->record, EG_RECORD_RESULTS, results, err));
    }
    eg_progress_add(s->progress, 1);
    return EG_SUCCESS;
}

static eg_result decrypt(state *s, uint64_t counts[], eg_error *err)
{
    const size_t available = eg_spec_available(s->spec);
    const size_t pairs = available * s->spec->missing;
    eg_str *shares = NULL;
    eg_str *compensated = NULL;
    eg_str tally;
    EG_TRY(load(s, EG_RECORD_TALLY, &tally, &s->keep, err));
    EG_TRY(eg_arena_new(&s->keep, available, sizeof *shares, &shares, err));
    EG_TRY(eg_arena_new(&s->keep, pairs, sizeof *compensated, &compensated, err));
    eg_progress_step(s->progress, "decryption shares", available);
    for (size_t i = 0; i < available; i++) {
        EG_TRY(get_share(s, i, tally, &shares[i], err));
        eg_progress_add(s->progress, 1);
    }
    eg_progress_step(s->progress, "compensated shares", pairs);
    for (size_t i = 0; i < pairs; i++) {
        EG_TRY(get_compensated(s, available + i / available, i % available, tally, &compensated[i],
                               err));
        eg_progress_add(s->progress, 1);
    }
    return combine_shares(s, tally, shares, compensated, counts, err);
}

static eg_result run_steps(state *s, uint64_t counts[], eg_error *err)
{
    EG_TRY(identify(s, err));
    EG_TRY(set_up(s, err));
    EG_TRY(do_chunks(s, err));
    EG_TRY(combine_tallies(s, err));
    return decrypt(s, counts, err);
}

eg_result eg_election_run_all(const eg_election_run *run, uint64_t counts[], eg_error *err)
{
    state s = {.run = run,
               .spec = run->spec,
               .record = run->record,
               .progress = run->progress,
               .chunk_count = (run->ballots->count + run->chunk_ballots - 1) / run->chunk_ballots};
    eg_arena_init(&s.keep, NULL);
    eg_arena_init(&s.scratch, NULL);
    eg_remote_init(&s.remote, run->http, run->spec, run->progress, run->patience_s);
    eg_result result = run_steps(&s, counts, err);
    eg_progress_end(s.progress);
    eg_remote_free(&s.remote);
    eg_arena_free(&s.scratch);
    eg_arena_free(&s.keep);
    return result;
}
