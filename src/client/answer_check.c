#include "client/answer_check.h"

#include "wire/objects/ballot.h"
#include "wire/objects/decryption.h"
#include "wire/objects/tally.h"

static eg_result open_map(eg_node *out, eg_str text, const eg_path *at, eg_arena *arena,
                          eg_error *err)
{
    EG_TRY(eg_tree_parse(out, EG_JSON, text, 0, arena, at, err));
    return eg_need_map(out, at, err);
}

static eg_result check_ballot(eg_str text, eg_str ballot_id, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "encrypted_ballot");
    eg_ballot ballot;
    eg_node node;
    EG_TRY(open_map(&node, text, &at, arena, err));
    EG_TRY(eg_ballot_read(&ballot, &node, &at, arena, err));
    return eg_str_equal(ballot.object_id, ballot_id)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_INTERNAL, &at, "the service answered with another ballot");
}

eg_result eg_answer_ballot_check(eg_str text, eg_str ballot_id, eg_error *err)
{
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    eg_result result = check_ballot(text, ballot_id, &arena, err);
    eg_arena_free(&arena);
    return result;
}

static eg_result check_tally(eg_str text, size_t ballot_count, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "ciphertext_tally");
    eg_tally_read_result read;
    eg_node node;
    EG_TRY(open_map(&node, text, &at, arena, err));
    EG_TRY(eg_tally_object_read(&read, &node, &at, arena, err));
    return read.tally.cast_count == ballot_count && read.tally.spoiled_count == 0
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_INTERNAL, &at,
                         "the service answered with a tally of other ballots");
}

eg_result eg_answer_tally_check(eg_str text, size_t ballot_count, eg_error *err)
{
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    eg_result result = check_tally(text, ballot_count, &arena, err);
    eg_arena_free(&arena);
    return result;
}

static eg_result check_share(eg_str text, eg_str guardian_id, const eg_str *missing_id,
                             eg_arena *arena, eg_error *err)
{
    eg_path at =
        eg_path_field(NULL, missing_id == NULL ? "tally_share" : "compensated_tally_share");
    eg_share_message message = missing_id == NULL ? EG_OWN_SHARE : EG_COMPENSATED_SHARE;
    eg_decryption_share share;
    eg_node node;
    EG_TRY(open_map(&node, text, &at, arena, err));
    EG_TRY(eg_decryption_share_read(&share, message, &node, &at, arena, err));
    bool is_right = eg_str_equal(share.guardian_id, guardian_id) &&
                    (missing_id == NULL || eg_str_equal(share.missing_guardian_id, *missing_id));
    return is_right ? EG_SUCCESS
                    : EG_FAIL(err, EG_E_INTERNAL, &at,
                              "the service answered with the share of another guardian");
}

eg_result eg_answer_share_check(eg_str text, eg_str guardian_id, const eg_str *missing_id,
                                eg_error *err)
{
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    eg_result result = check_share(text, guardian_id, missing_id, &arena, err);
    eg_arena_free(&arena);
    return result;
}
