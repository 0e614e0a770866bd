#include "base/hex.h"
#include "client/election_run_parts.h"
#include "client/publish.h"
#include "client/run_folder_names.h"
#include "wire/writer.h"

#include <openssl/sha.h>

enum { SUM_CHUNKS = 64 }; /* tallies in one request: bounds its size */

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

static void write_spoiled(eg_writer *w, const eg_ballot_file *ballots)
{
    eg_write_key(w, "spoiled");
    eg_write_array(w, 0);
    for (size_t i = 0; i < ballots->count; i++) {
        if (ballots->votes[i].is_spoiled) {
            eg_write_str(w, ballots->votes[i].ballot_id);
        }
    }
    eg_write_end(w);
}

static void describe(eg_buf *out, const eg_election_run *run)
{
    const eg_election_spec *spec = run->spec;
    const bool from_names = eg_spec_is_from_names(spec);
    eg_writer w;
    eg_buf_init(out, NULL);
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_int(&w, "format", 2);
    if (from_names) {
        write_names(&w, "party_names", spec->parties, spec->candidate_count);
        write_names(&w, "candidate_names", spec->candidates, spec->candidate_count);
        eg_put_int(&w, "max_choices", spec->max_choices);
    } else {
        eg_put_str(&w, "manifest", spec->manifest_text);
    }
    eg_put_int(&w, "number_of_guardians", spec->guardians);
    eg_put_int(&w, "quorum", spec->quorum);
    eg_put_int(&w, "missing_guardians", spec->missing);
    eg_put_int(&w, "chunk_ballots", (int64_t)run->chunk_ballots);
    eg_put_int(&w, "ballots", (int64_t)run->ballots->count);
    write_spoiled(&w, run->ballots);
    eg_write_end(&w);
    eg_buf_append_char(out, '\n');
}

/* Writes the file, or finds in it what would be written. */
static eg_result agree(const eg_run_state *s, const char *name, eg_str content, eg_arena *arena,
                       eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    eg_str there;
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, name, EG_RUN_FILE_BYTES_MAX, &there, &found, arena,
                              err));
    if (!found) {
        return eg_run_folder_write(s->run->folder, name, content, err);
    }
    return eg_str_equal(there, content)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                         "the folder holds an election with other flags or other ballots");
}

/* The digest stays private: ballots are few enough to be guessed from it. */
static eg_result identify(eg_run_state *s, eg_error *err)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH];
    eg_buf text;
    eg_str input = s->run->input;
    (void)SHA256((const unsigned char *)input.data, input.len, digest);
    eg_hex_encode_lower(hex, digest, sizeof digest);
    describe(&text, s->run);
    eg_result result = text.failed ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                                   : agree(s, EG_RUN_ELECTION, eg_buf_str(&text), &s->keep, err);
    eg_buf_free(&text);
    EG_TRY(result);
    return agree(s, EG_RUN_INPUT, (eg_str){hex, sizeof hex}, &s->keep, err);
}

/* ---- guardians ---- */

static eg_result set_up(eg_run_state *s, eg_error *err)
{
    eg_str answer;
    bool found;
    eg_progress_step(s->progress, "guardians", s->spec->guardians);
    EG_TRY(eg_run_folder_read(s->run->folder, EG_RUN_SETUP, EG_RUN_FILE_BYTES_MAX, &answer, &found,
                              &s->keep, err));
    if (!found) {
        EG_TRY(eg_remote_setup(&s->remote, &answer, &s->keep, err));
    }
    /* read before it is kept: what cannot be used must not stand in the way of the next run */
    EG_TRY(eg_ceremony_read(&s->remote.ceremony, answer, s->spec, &s->keep, err));
    EG_TRY(eg_opener_init(&s->opener, s->spec, &s->remote.ceremony, &s->keep, err));
    if (!found) {
        EG_TRY(eg_run_folder_write(s->run->folder, EG_RUN_SETUP, answer, err));
    }
    eg_progress_add(s->progress, s->spec->guardians);
    return EG_SUCCESS;
}

/* ---- chunks of ballots ---- */

size_t eg_run_chunk_first(const eg_run_state *s, size_t chunk)
{
    return (chunk - 1) * s->run->chunk_ballots;
}

size_t eg_run_chunk_size(const eg_run_state *s, size_t chunk)
{
    size_t left = s->run->ballots->count - eg_run_chunk_first(s, chunk);
    return left < s->run->chunk_ballots ? left : s->run->chunk_ballots;
}

const eg_vote *eg_run_votes_of(const eg_run_state *s, size_t chunk)
{
    return &s->run->ballots->votes[eg_run_chunk_first(s, chunk)];
}

/* Of the ballots of these chunks, those that are counted. */
size_t eg_run_cast_in(const eg_run_state *s, size_t first, size_t last)
{
    size_t count = 0;
    for (size_t i = eg_run_chunk_first(s, first);
         i < eg_run_chunk_first(s, last) + eg_run_chunk_size(s, last); i++) {
        count += !s->run->ballots->votes[i].is_spoiled;
    }
    return count;
}

static eg_result write_ballots(const eg_run_state *s, const char *name, const eg_str published[],
                               size_t count, eg_error *err)
{
    eg_buf text;
    eg_buf_init(&text, NULL);
    for (size_t i = 0; i < count; i++) {
        eg_buf_append_str(&text, published[i]);
        eg_buf_append_char(&text, '\n');
    }
    eg_result result = text.failed
                           ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                           : eg_run_folder_write(s->run->folder, name, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}

static eg_result encrypt_chunk(eg_run_state *s, size_t chunk, eg_str published[], eg_error *err)
{
    const eg_run_name name = eg_run_ballots(chunk);
    const size_t count = eg_run_chunk_size(s, chunk);
    eg_str text;
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, name.text, EG_RUN_FILE_BYTES_MAX, &text, &found,
                              &s->scratch, err));
    if (found) {
        return eg_run_folder_split(name.text, text, published, count, err);
    }
    EG_TRY(eg_remote_encrypt_chunk(&s->remote, eg_run_votes_of(s, chunk), count, published,
                                   &s->scratch, err));
    return write_ballots(s, name.text, published, count, err);
}

static eg_result do_chunk(eg_run_state *s, size_t chunk, eg_error *err)
{
    const eg_run_name name = eg_run_chunk_tally(chunk);
    const size_t count = eg_run_chunk_size(s, chunk);
    const eg_vote *votes = eg_run_votes_of(s, chunk);
    eg_str *published = NULL;
    eg_str tally = EG_STR("null\n"); /* of a chunk of which nothing is counted */
    size_t cast = 0;
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *published, &published, err));
    EG_TRY(encrypt_chunk(s, chunk, published, err));
    for (size_t i = 0; i < count; i++) {
        if (!votes[i].is_spoiled) {
            published[cast++] = published[i];
        }
    }
    if (cast > 0) {
        EG_TRY(eg_remote_tally(&s->remote, published, cast, &tally, &s->scratch, err));
    }
    return eg_run_folder_write(s->run->folder, name.text, tally, err);
}

static eg_result do_chunks(eg_run_state *s, eg_error *err)
{
    eg_progress_step(s->progress, "ballots", s->run->ballots->count);
    for (size_t chunk = 1; chunk <= s->chunk_count; chunk++) {
        if (eg_run_folder_has(s->run->folder, eg_run_chunk_tally(chunk).text)) {
            eg_progress_found(s->progress, eg_run_chunk_size(s, chunk));
            continue;
        }
        EG_TRY(do_chunk(s, chunk, err));
        eg_arena_reset(&s->scratch);
        eg_progress_add(s->progress, eg_run_chunk_size(s, chunk));
    }
    return EG_SUCCESS;
}

/* ---- one tally ---- */

static eg_result load(const eg_run_state *s, const char *name, eg_str *out, eg_arena *arena,
                      eg_error *err)
{
    return eg_run_folder_need(s->run->folder, name, EG_RUN_FILE_BYTES_MAX, out, arena, err);
}

/* Chunks first to last, and the sum of those before them, into the file `to`. */
static eg_result add_tallies(eg_run_state *s, size_t first, size_t last, const char *to,
                             eg_error *err)
{
    eg_str *tallies = NULL;
    eg_str sum = EG_STR("null\n"); /* of chunks of which nothing is counted */
    size_t n = 0;
    EG_TRY(eg_arena_new(&s->scratch, last - first + 2, sizeof *tallies, &tallies, err));
    if (first > 1 && eg_run_cast_in(s, 1, first - 1) > 0) {
        EG_TRY(load(s, eg_run_sum(first - 1).text, &tallies[n++], &s->scratch, err));
    }
    for (size_t chunk = first; chunk <= last; chunk++) {
        if (eg_run_cast_in(s, chunk, chunk) > 0) {
            EG_TRY(load(s, eg_run_chunk_tally(chunk).text, &tallies[n++], &s->scratch, err));
        }
    }
    if (n > 0) {
        EG_TRY(eg_remote_combine_tallies(&s->remote, tallies, n, eg_run_cast_in(s, 1, last), &sum,
                                         &s->scratch, err));
    }
    return eg_run_folder_write(s->run->folder, to, sum, err);
}

static eg_result combine_tallies(eg_run_state *s, eg_error *err)
{
    eg_progress_step(s->progress, "tally", s->chunk_count);
    for (size_t first = 1; first <= s->chunk_count; first += SUM_CHUNKS) {
        size_t left = s->chunk_count - first + 1;
        size_t last = first + (left < SUM_CHUNKS ? left : SUM_CHUNKS) - 1;
        eg_run_name to = eg_run_sum(last);
        const char *name = last == s->chunk_count ? EG_RUN_TALLY : to.text;
        if (!eg_run_folder_has(s->run->folder, name)) {
            EG_TRY(add_tallies(s, first, last, name, err));
        }
        eg_arena_reset(&s->scratch);
        eg_progress_add(s->progress, last - first + 1);
    }
    return EG_SUCCESS;
}

/* ---- decryption ---- */

/* The ballots of a chunk, as lines of its kept file. */
eg_result eg_run_load_ballots(eg_run_state *s, size_t chunk, eg_str **lines, eg_error *err)
{
    const eg_run_name name = eg_run_ballots(chunk);
    const size_t count = eg_run_chunk_size(s, chunk);
    eg_str text;
    EG_TRY(load(s, name.text, &text, &s->scratch, err));
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof **lines, lines, err));
    return eg_run_folder_split(name.text, text, *lines, count, err);
}

static eg_result add_spoiled(eg_run_state *s, size_t chunk, eg_str ids[], eg_str texts[],
                             eg_error *err)
{
    eg_spoiled_ballots *spoiled = &s->target.spoiled;
    const eg_vote *votes = eg_run_votes_of(s, chunk);
    eg_str *lines = NULL;
    EG_TRY(eg_run_load_ballots(s, chunk, &lines, err));
    for (size_t i = 0; i < eg_run_chunk_size(s, chunk); i++) {
        if (votes[i].is_spoiled) {
            ids[spoiled->count] = votes[i].ballot_id;
            EG_TRY(eg_submitted_ballot_text(&texts[spoiled->count++], lines[i], EG_BALLOT_SPOILED,
                                            &s->keep, err));
        }
    }
    eg_arena_reset(&s->scratch);
    return EG_SUCCESS;
}

/* The tally, and the ballots that are opened one by one. */
static eg_result gather_target(eg_run_state *s, eg_error *err)
{
    const size_t count = s->run->ballots->count - eg_run_cast_in(s, 1, s->chunk_count);
    eg_str *ids = NULL;
    eg_str *texts = NULL;
    EG_TRY(load(s, EG_RUN_TALLY, &s->target.tally, &s->keep, err));
    EG_TRY(eg_arena_new(&s->keep, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(&s->keep, count, sizeof *texts, &texts, err));
    s->target.spoiled = (eg_spoiled_ballots){ids, texts, 0};
    for (size_t chunk = 1; chunk <= s->chunk_count; chunk++) {
        if (eg_run_cast_in(s, chunk, chunk) < eg_run_chunk_size(s, chunk)) {
            EG_TRY(add_spoiled(s, chunk, ids, texts, err));
        }
    }
    return EG_SUCCESS;
}

static eg_result get_share(eg_run_state *s, size_t guardian, eg_error *err)
{
    const eg_run_name name = eg_run_share(guardian);
    eg_str *share = &s->shares[guardian];
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, name.text, EG_RUN_FILE_BYTES_MAX, share, &found,
                              &s->keep, err));
    if (found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_remote_share(&s->remote, guardian, &s->target, share, &s->keep, err));
    return eg_run_folder_write(s->run->folder, name.text, *share, err);
}

static eg_result get_compensated(eg_run_state *s, size_t pair, eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t missing = present + pair / present;
    const size_t by = pair % present;
    const eg_run_name name = eg_run_compensated(missing, by);
    eg_str *share = &s->compensated[pair];
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, name.text, EG_RUN_FILE_BYTES_MAX, share, &found,
                              &s->keep, err));
    if (found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_remote_compensate(&s->remote, by, missing, &s->target, share, &s->keep, err));
    return eg_run_folder_write(s->run->folder, name.text, *share, err);
}

static eg_result get_shares(eg_run_state *s, eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t pairs = present * s->spec->missing;
    EG_TRY(eg_arena_new(&s->keep, present, sizeof *s->shares, &s->shares, err));
    EG_TRY(eg_arena_new(&s->keep, pairs, sizeof *s->compensated, &s->compensated, err));
    eg_progress_step(s->progress, "shares", present + pairs);
    for (size_t i = 0; i < present; i++) {
        EG_TRY(get_share(s, i, err));
        eg_progress_add(s->progress, 1);
    }
    for (size_t i = 0; i < pairs; i++) {
        EG_TRY(get_compensated(s, i, err));
        eg_progress_add(s->progress, 1);
    }
    return EG_SUCCESS;
}

/* What the service makes of the shares. */
static eg_result combine_shares(eg_run_state *s, uint64_t counts[], eg_error *err)
{
    eg_str results;
    bool found;
    eg_progress_step(s->progress, "combination", 1);
    EG_TRY(eg_run_folder_read(s->run->folder, EG_RUN_RESULTS, EG_RUN_FILE_BYTES_MAX, &results,
                              &found, &s->keep, err));
    if (!found) {
        EG_TRY(eg_remote_combine(&s->remote, &s->target, s->shares, s->compensated, &results,
                                 &s->keep, err));
    }
    EG_TRY(eg_results_counts(counts, results, s->spec, &s->scratch, err));
    if (!found) {
        EG_TRY(eg_run_folder_write(s->run->folder, EG_RUN_RESULTS, results, err));
    }
    eg_progress_add(s->progress, 1);
    return EG_SUCCESS;
}

static eg_result decrypt(eg_run_state *s, uint64_t counts[], eg_error *err)
{
    EG_TRY(gather_target(s, err));
    EG_TRY(get_shares(s, err));
    return combine_shares(s, counts, err);
}

static eg_result run_steps(eg_run_state *s, uint64_t counts[], eg_error *err)
{
    EG_TRY(identify(s, err));
    EG_TRY(set_up(s, err));
    EG_TRY(do_chunks(s, err));
    EG_TRY(combine_tallies(s, err));
    EG_TRY(decrypt(s, counts, err));
    return eg_run_publish(s, counts, err);
}

eg_result eg_election_run_all(const eg_election_run *run, uint64_t counts[], eg_error *err)
{
    eg_run_state s = {.run = run,
                      .spec = run->spec,
                      .progress = run->progress,
                      .chunk_count =
                          (run->ballots->count + run->chunk_ballots - 1) / run->chunk_ballots};
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
