#include "record/opened_tally.h"

#include "election/limits.h"
#include "wire/objects/ciphertext.h"
#include "wire/objects/proofs.h"

static eg_str text_of(const eg_node *map, const char *name)
{
    return eg_map_member(map, name)->as.str;
}

static eg_result read_part(eg_opened_part *out, const eg_member *member, const eg_path *at,
                           eg_error *err)
{
    const eg_node *map = &member->value;
    eg_path proof = eg_path_field(at, "proof");
    out->key = member->key;
    out->object_id = text_of(map, "object_id");
    out->guardian_id = text_of(map, "guardian_id");
    out->missing_guardian_id = text_of(map, "missing_guardian_id");
    EG_TRY(eg_read_p(map, at, "share", &out->share, err));
    EG_TRY(eg_read_p(map, at, "recovery_key", &out->recovery_key, err));
    return eg_generic_proof_read(&out->proof, eg_map_member(map, "proof"), &proof, err);
}

static eg_result read_parts(eg_opened_share *out, const eg_node *map, const eg_path *at,
                            eg_arena *arena, eg_error *err)
{
    const eg_node *parts = eg_map_find(map, "recovered_parts");
    eg_path path = eg_path_field(at, "recovered_parts");
    out->has_parts = parts != NULL;
    if (parts == NULL) {
        return EG_SUCCESS;
    }
    if (parts->as.map.count > EG_GUARDIANS_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "there are more than guardians can be");
    }
    out->part_count = parts->as.map.count;
    EG_TRY(eg_arena_new(arena, out->part_count, sizeof *out->parts, &out->parts, err));
    for (size_t i = 0; i < out->part_count; i++) {
        const eg_member *member = &parts->as.map.members[i];
        eg_path each = eg_path_key(&path, member->key.data, member->key.len);
        EG_TRY(read_part(&out->parts[i], member, &each, err));
    }
    return EG_SUCCESS;
}

static eg_result read_share(eg_opened_share *out, const eg_node *map, const eg_path *at,
                            eg_arena *arena, eg_error *err)
{
    const eg_node *proof = eg_map_find(map, "proof");
    eg_path path = eg_path_field(at, "proof");
    out->object_id = text_of(map, "object_id");
    out->guardian_id = text_of(map, "guardian_id");
    out->has_proof = proof != NULL;
    EG_TRY(eg_read_p(map, at, "share", &out->share, err));
    if (proof != NULL) {
        EG_TRY(eg_generic_proof_read(&out->proof, proof, &path, err));
    }
    return read_parts(out, map, at, arena, err);
}

static eg_result read_shares(eg_opened_selection *out, const eg_node *map, const eg_path *at,
                             eg_arena *arena, eg_error *err)
{
    const eg_node *list = eg_map_member(map, "shares");
    eg_path path = eg_path_field(at, "shares");
    EG_TRY(eg_need_array(list, &path, EG_GUARDIANS_MAX, err));
    out->share_count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, out->share_count, sizeof *out->shares, &out->shares, err));
    for (size_t i = 0; i < out->share_count; i++) {
        eg_path each = eg_path_index(&path, i);
        EG_TRY(read_share(&out->shares[i], &list->as.array.items[i], &each, arena, err));
    }
    return EG_SUCCESS;
}

static eg_result read_selection(eg_opened_selection *out, const eg_node *map, const eg_path *at,
                                eg_arena *arena, eg_error *err)
{
    eg_path message = eg_path_field(at, "message");
    out->object_id = text_of(map, "object_id");
    out->tally = eg_map_member(map, "tally")->as.integer;
    EG_TRY(eg_read_p(map, at, "value", &out->value, err));
    EG_TRY(eg_ciphertext_read(&out->message, eg_map_member(map, "message"), &message, err));
    return read_shares(out, map, at, arena, err);
}

static eg_result read_contest(eg_opened_contest *out, const eg_node *map, const eg_path *at,
                              eg_arena *arena, eg_error *err)
{
    const eg_node *selections = eg_map_member(map, "selections");
    eg_path path = eg_path_field(at, "selections");
    out->object_id = text_of(map, "object_id");
    out->selection_count = selections->as.map.count;
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        const eg_member *member = &selections->as.map.members[i];
        eg_path each = eg_path_key(&path, member->key.data, member->key.len);
        EG_TRY(read_selection(&out->selections[i], &member->value, &each, arena, err));
    }
    return EG_SUCCESS;
}

eg_result eg_opened_tally_read(eg_opened_tally *out, const eg_node *node, eg_arena *arena,
                               eg_error *err)
{
    const eg_node *contests = eg_map_member(node, "contests");
    eg_path path = eg_path_field(NULL, "contests");
    *out = (eg_opened_tally){.object_id = text_of(node, "object_id")};
    out->contest_count = contests->as.map.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->contest_count; i++) {
        const eg_member *member = &contests->as.map.members[i];
        eg_path each = eg_path_key(&path, member->key.data, member->key.len);
        EG_TRY(read_contest(&out->contests[i], &member->value, &each, arena, err));
    }
    return EG_SUCCESS;
}
