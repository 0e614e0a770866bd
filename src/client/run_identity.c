/* Which election a folder holds: the same flags and the same ballots, or it does not go on. */
#include "base/hex.h"
#include "client/election_run_parts.h"
#include "client/run_folder_names.h"
#include "wire/writer.h"

#include <openssl/sha.h>

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
    if (run->guardians != NULL) { /* else as it always was */
        eg_put_bool(&w, "guardians_own_keys", true);
        eg_put_bool(&w, "encrypted_elsewhere", run->encrypted != NULL);
    }
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
eg_result eg_run_identify(eg_run_state *s, eg_error *err)
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
