/* Elections: what is voted on, and under which key. */
#include "module/op_election.h"

#include "module/handles.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"

#include <stdlib.h>

static void release(void *object)
{
    eg_open_election *open = object;
    eg_fixed_base_free(open->key);
    eg_arena_free(&open->arena);
    free(open);
}

static eg_result open_file(eg_open_election *open, const eg_operation_call *call, eg_error *err)
{
    EG_TRY(eg_election_file_read(&open->file, call->request, call->arena, err));
    EG_TRY(eg_manifest_index_init(&open->index, &open->file.manifest, call->arena, err));
    const eg_election_device *device = &open->file.device;
    eg_device_hash(&open->device_hash, device->device_id, device->session_id, device->launch_code,
                   device->location);
    open->key = eg_fixed_base_new(&open->file.context.public_key);
    if (open->key == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    open->election = (eg_election){&open->file.manifest, &open->file.context, open->key};
    return EG_SUCCESS;
}

/* An election file (election_file.h) -> { election (handle), manifest_hash, device_hash } */
eg_result eg_op_election_open(const eg_operation_call *call, eg_error *err)
{
    int64_t number;
    eg_open_election *open = calloc(1, sizeof *open);
    if (open == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    eg_arena_init(&open->arena, NULL);
    eg_result result = open_file(open, call, err);
    result =
        eg_failed(result) ? result : eg_handle_new(&number, EG_HANDLE_ELECTION, open, release, err);
    if (eg_failed(result)) {
        release(open);
        return result;
    }
    eg_put_int(call->answer, "election", number);
    eg_put_q(call->answer, "manifest_hash", &open->file.manifest.hash);
    eg_put_q(call->answer, "device_hash", &open->device_hash);
    /* what the file was read into stays with it */
    eg_arena_absorb(&open->arena, call->arena);
    return EG_SUCCESS;
}

/* { manifest, or party_names, candidate_names, max_choices?; guardians [ElectionPublicKey]; quorum;
 * device? } -> { file: an election file } */
eg_result eg_op_election_new(const eg_operation_call *call, eg_error *err)
{
    eg_election_file file = {0};
    EG_TRY(eg_election_file_make(&file, call->request, call->arena, err));
    eg_write_key(call->answer, "file");
    eg_election_file_write(call->answer, &file);
    return EG_SUCCESS;
}

/* { manifest, or names as above } -> { manifest, manifest_hash } */
eg_result eg_op_manifest_check(const eg_operation_call *call, eg_error *err)
{
    eg_manifest manifest = {0};
    EG_TRY(eg_election_manifest_read(&manifest, call->request, call->arena, err));
    eg_write_key(call->answer, "manifest");
    eg_manifest_write(call->answer, &manifest);
    eg_put_q(call->answer, "manifest_hash", &manifest.hash);
    return EG_SUCCESS;
}
