/* A tally of ballots, as the record before its decryption that guardians are given. */
#include "module/handles.h"
#include "module/op_election.h"
#include "module/record_files.h"

#include "base/str_index.h"
#include "election/ballot_verify.h"
#include "election/tally.h"
#include "record/published.h"
#include "wire/objects/ballot.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"

#include <stdio.h>

enum { BALLOTS_MAX = 100000 }; /* in one request, in memory at once */

typedef struct tallying {
    const eg_operation_call *call;
    const eg_open_election *open;
    eg_ballot *ballots;
    size_t count;
    eg_buf text; /* of the file that is being written */
} tallying;

/* ---- ballots ---- */

static eg_result read_ballot(eg_ballot *out, const tallying *t, const eg_node *node,
                             const eg_path *at, eg_error *err)
{
    eg_path state = eg_path_field(at, "state");
    eg_path id = eg_path_field(at, "object_id");
    EG_TRY(eg_need_map(node, at, err));
    EG_TRY(eg_ballot_read(out, node, at, t->call->arena, err));
    EG_TRY(eg_ballot_check_structure(out, &t->open->election, t->call->arena, at, err));
    if (out->state != EG_BALLOT_CAST && out->state != EG_BALLOT_SPOILED) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &state, "it must be 1 (cast) or 2 (spoiled)");
    }
    const char *fault = eg_record_id_fault(out->object_id);
    if (fault != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &id, "%s", fault);
    }
    eg_ballot_strip_nonces(out, out->state);
    return EG_SUCCESS;
}

static eg_result refuse_doubles(const tallying *t, const eg_path *list, eg_error *err)
{
    eg_str *ids = NULL;
    eg_str_index index;
    EG_TRY(eg_arena_new(t->call->arena, t->count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < t->count; i++) {
        ids[i] = t->ballots[i].object_id;
    }
    EG_TRY(eg_str_index_init(&index, ids, sizeof *ids, t->count, t->call->arena, err));
    for (size_t i = 0; i < t->count; i++) {
        if (eg_str_index_is_repetition(&index, ids[i], i)) {
            eg_path at = eg_path_index(list, i);
            eg_path path = eg_path_field(&at, "object_id");
            return EG_FAIL(err, EG_E_DUPLICATE, &path, "an earlier ballot has the same id");
        }
    }
    return EG_SUCCESS;
}

static eg_result read_ballots(tallying *t, eg_error *err)
{
    const eg_node *list;
    eg_path at = eg_path_field(NULL, "ballots");
    EG_TRY(eg_field(&list, t->call->request, NULL, "ballots", err));
    EG_TRY(eg_need_array(list, &at, BALLOTS_MAX, err));
    t->count = list->as.array.count;
    EG_TRY(eg_arena_new(t->call->arena, t->count, sizeof *t->ballots, &t->ballots, err));
    for (size_t i = 0; i < t->count; i++) {
        eg_path path = eg_path_index(&at, i);
        EG_TRY(read_ballot(&t->ballots[i], t, &list->as.array.items[i], &path, err));
    }
    return refuse_doubles(t, &at, err);
}

/* ---- files ---- */

static eg_writer begin(tallying *t)
{
    eg_writer w;
    eg_buf_clear(&t->text);
    eg_writer_init(&w, &t->text, EG_STYLE_TEXT);
    return w;
}

static eg_result put(tallying *t, eg_record_class which, eg_str id, eg_write_fn write,
                     const void *object, eg_error *err)
{
    eg_writer w = begin(t);
    write(&w, object);
    return eg_record_file_put(t->call->answer, which, id, &t->text, err);
}

static void write_constants(eg_writer *w, const void *nothing)
{
    (void)nothing;
    eg_published_constants_write(w);
}

static void write_device(eg_writer *w, const void *object)
{
    const eg_election_device *device = object;
    const eg_published_device published = {device->device_id, device->session_id,
                                           device->launch_code, device->location};
    eg_published_device_write(w, &published);
}

static void write_guardian(eg_writer *w, const void *guardian)
{
    eg_published_guardian_write(w, guardian);
}

static eg_result put_election(tallying *t, eg_error *err)
{
    const eg_election_file *file = &t->open->file;
    char device[24];
    const int n = snprintf(device, sizeof device, "%lld", (long long)file->device.device_id);
    EG_TRY(put(t, EG_RECORD_CLASS_MANIFEST, EG_STR(""), eg_manifest_write, &file->manifest, err));
    EG_TRY(put(t, EG_RECORD_CLASS_CONTEXT, EG_STR(""), eg_context_write, &file->context, err));
    EG_TRY(put(t, EG_RECORD_CLASS_CONSTANTS, EG_STR(""), write_constants, NULL, err));
    EG_TRY(put(t, EG_RECORD_CLASS_DEVICE, (eg_str){device, (size_t)n}, write_device, &file->device,
               err));
    for (size_t i = 0; i < file->context.number_of_guardians; i++) {
        const eg_guardian_public *guardian = &file->guardians[i];
        EG_TRY(put(t, EG_RECORD_CLASS_GUARDIAN, guardian->owner_id, write_guardian, guardian, err));
    }
    return EG_SUCCESS;
}

static eg_result put_tally(tallying *t, eg_error *err)
{
    const eg_manifest *manifest = &t->open->file.manifest;
    eg_tally_sum sum;
    eg_tally tally = {0};
    EG_TRY(eg_tally_sum_init(&sum, manifest, t->call->arena, err));
    for (size_t i = 0; i < t->count; i++) {
        if (t->ballots[i].state == EG_BALLOT_CAST) {
            eg_tally_sum_add(&sum, &t->ballots[i], manifest);
        }
    }
    EG_TRY(eg_tally_from_sum(&tally, &sum, manifest, t->call->arena, err));
    eg_writer w = begin(t);
    eg_published_tally_write(&w, EG_STR(EG_PUBLISHED_TALLY_ID), &tally);
    return eg_record_file_put(t->call->answer, EG_RECORD_CLASS_ENCRYPTED_TALLY, EG_STR(""),
                              &t->text, err);
}

static eg_result put_all(tallying *t, eg_error *err)
{
    EG_TRY(put_election(t, err));
    for (size_t i = 0; i < t->count; i++) {
        EG_TRY(put(t, EG_RECORD_CLASS_SUBMITTED_BALLOT, t->ballots[i].object_id, eg_ballot_write,
                   &t->ballots[i], err));
    }
    return put_tally(t, err);
}

/* { election, ballots: [ SubmittedBallot ] }: each of this election, as its hashes say; their
 * proofs are for those who verify the record
 *   -> { files: [ { name, text } ] }: the record before its decryption */
eg_result eg_op_tally_make(const eg_operation_call *call, eg_error *err)
{
    tallying t = {.call = call};
    EG_TRY(eg_handle_read(&t.open, call, "election", EG_HANDLE_ELECTION, err));
    EG_TRY(read_ballots(&t, err));
    eg_write_key(call->answer, "files");
    eg_write_array(call->answer, t.count + 5 + t.open->file.context.number_of_guardians);
    eg_buf_init(&t.text, NULL);
    eg_result result = put_all(&t, err);
    eg_buf_free(&t.text);
    eg_write_end(call->answer);
    return result;
}
