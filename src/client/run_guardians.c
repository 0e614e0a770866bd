/* Guardians who made their keys themselves: what the run takes of their folder before the first
 * ballot, and what it puts there when all ballots are in one tally. No private key comes here. */
#include "base/hex.h"
#include "base/sha256.h"
#include "client/election_run_parts.h"
#include "client/run_folder_names.h"

#include <fcntl.h>
#include <unistd.h>

/* The election file that the run began with, or the folder's. */
static eg_result get_election(eg_run_state *s, eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_RUN_GUARDIANS);
    eg_str text;
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, EG_RUN_GUARDIANS, EG_RUN_FILE_BYTES_MAX, &text,
                              &found, &s->keep, err));
    if (found) {
        EG_TRY(eg_guardian_election_read(&s->election, text, &at, s->spec, &s->keep, err));
        EG_TRY(eg_guardian_election_agree(&s->election, s->run->guardians, s->spec, err));
        eg_progress_found(s->progress, s->spec->guardians);
        return EG_SUCCESS;
    }
    EG_TRY(eg_guardian_election_get(&s->election, s->run->guardians, s->spec, &s->keep, err));
    if (s->election.was_there) {
        eg_progress_add(s->progress, s->spec->guardians);
    }
    return eg_run_folder_write(s->run->folder, EG_RUN_GUARDIANS, s->election.text, err);
}

/* Those who are said to be missing exist, and leave enough. */
static eg_result check_missing(const eg_run_state *s, eg_error *err)
{
    const eg_guardian_folder *folder = s->run->guardians;
    eg_path at = eg_path_field(NULL, "--missing-guardian");
    for (size_t i = 0; i < folder->missing_count; i++) {
        bool found = false;
        for (size_t g = 0; g < s->spec->guardians; g++) {
            found = found || eg_str_equal(s->election.file.guardians[g].owner_id,
                                          eg_str_from(folder->missing_ids[i]));
        }
        if (!found) {
            return EG_FAIL(err, EG_E_NOT_FOUND, &at, "no guardian has the id '%.80s'",
                           folder->missing_ids[i]);
        }
    }
    return folder->missing_count <= s->spec->guardians - s->spec->quorum
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_QUORUM, &at, "it leaves fewer guardians than '--quorum' needs");
}

eg_result eg_run_take_guardians(eg_run_state *s, eg_error *err)
{
    EG_TRY(get_election(s, err));
    EG_TRY(check_missing(s, err));
    EG_TRY(eg_guardian_ceremony(&s->remote.ceremony, &s->election.file, &s->keep, err));
    return eg_opener_init(&s->opener, s->spec, &s->remote.ceremony, &s->keep, err);
}

/* ---- the record before its decryption ---- */

typedef struct digest_text {
    char hex[2 * EG_SHA256_BYTES];
} digest_text;

/* Of a file, or false. */
static bool digest_of(digest_text *out, const char *path)
{
    enum { PIECE = 1 << 16 };
    unsigned char piece[PIECE];
    uint8_t digest[EG_SHA256_BYTES];
    eg_sha256 h;
    ssize_t n = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return false;
    }
    eg_sha256_init(&h);
    while ((n = read(file, piece, sizeof piece)) > 0) {
        eg_sha256_update(&h, piece, (size_t)n);
    }
    eg_sha256_final(digest, &h);
    eg_hex_encode_lower(out->hex, digest, sizeof digest);
    (void)close(file);
    return n == 0;
}

/* Whether the folder still has the one that this run has put there: another election's would be
 * decrypted in vain. */
static eg_result is_offered(bool *out, const eg_run_state *s, const char *path, eg_arena *arena,
                            eg_error *err)
{
    digest_text digest;
    eg_str noted;
    EG_TRY(
        eg_run_folder_read(s->run->folder, EG_RUN_OFFERED, sizeof digest, &noted, out, arena, err));
    *out = *out && digest_of(&digest, path) &&
           eg_str_equal(noted, (eg_str){digest.hex, sizeof digest.hex});
    return EG_SUCCESS;
}

static eg_result write_files(eg_run_state *s, eg_record_folder *folder, const eg_tally *tally,
                             eg_error *err)
{
    eg_publisher publisher;
    EG_TRY(eg_record_folder_begin(folder, s->run->folder->folder, EG_RUN_UNOPENED, err));
    eg_run_begin_publishing(s, &publisher, folder);
    eg_result result = eg_publish_election(&publisher, tally, err);
    result = eg_failed(result) ? result : eg_run_publish_submitted(s, &publisher, err);
    eg_publisher_free(&publisher);
    return eg_failed(result) ? result : eg_record_folder_end(folder, err);
}

static eg_result offer(eg_run_state *s, const char *path, eg_error *err)
{
    const int parent = s->run->folder->folder;
    eg_record_folder folder = {-1, NULL, -1};
    eg_tally_read_result read;
    eg_target target;
    digest_text digest;
    eg_path at = eg_path_field(NULL, EG_GUARDIANS_TALLY);
    eg_progress_step(s->progress, "record before its decryption", s->run->ballots->count);
    EG_TRY(eg_run_read_tally(s, &read, &target, err));
    EG_TRY(eg_record_folder_remove(parent, EG_RUN_UNOPENED, err));
    eg_result result = write_files(s, &folder, &read.tally, err);
    eg_record_folder_close(&folder);
    EG_TRY(result);
    EG_TRY(eg_run_write_zip(s, EG_RUN_UNOPENED, path, err));
    EG_TRY(eg_record_folder_remove(parent, EG_RUN_UNOPENED, err));
    if (!digest_of(&digest, path)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read");
    }
    return eg_run_folder_write(s->run->folder, EG_RUN_OFFERED,
                               (eg_str){digest.hex, sizeof digest.hex}, err);
}

eg_result eg_run_offer_tally(eg_run_state *s, eg_error *err)
{
    bool is_there = false;
    eg_buf path;
    if (eg_run_folder_has(s->run->folder, EG_RUN_PRESENT)) {
        return EG_SUCCESS; /* all shares are here */
    }
    eg_buf_init(&path, NULL);
    eg_result result = eg_guardian_folder_path(&path, s->run->guardians, EG_GUARDIANS_TALLY, err);
    result = eg_failed(result) ? result : is_offered(&is_there, s, path.data, &s->scratch, err);
    if (!eg_failed(result) && !is_there) {
        result = offer(s, path.data, err);
    }
    eg_buf_free(&path);
    eg_arena_reset(&s->scratch);
    return result;
}
