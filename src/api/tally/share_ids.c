/* Whether a request counts a ballot twice: within one tally, or as cast and as spoiled. A ballot
 * that was counted must not be opened alone as well.
 *
 * Source: docs/decisions/0016-counted-ballots-stay-closed.md. */
#include "api/tally/tally_request.h"
#include "base/str_index.h"

typedef struct spoiled_ids {
    eg_str_index index;
    size_t *listed_at; /* in submitted_ballots, by position in the index */
} spoiled_ids;

static eg_result index_spoiled(spoiled_ids *out, const eg_share_request *r, eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    size_t count = r->target_count - r->tally_count;
    eg_str *ids;
    EG_TRY(eg_arena_new(arena, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *out->listed_at, &out->listed_at, err));
    for (size_t i = 0; i < count; i++) {
        const eg_share_target *t = &r->targets[r->tally_count + i];
        ids[i] = t->submitted->id;
        out->listed_at[i] = t->index;
    }
    return eg_str_index_init(&out->index, ids, sizeof *ids, count, arena, err);
}

/* cast: index of the tally's cast ids. */
static eg_result refuse_both(const eg_tally *tally, const eg_str_index *cast, const eg_path *path,
                             eg_error *err)
{
    eg_path ids = eg_path_field(path, "spoiled_ballot_ids");
    for (size_t i = 0; i < tally->spoiled_count; i++) {
        size_t position;
        if (eg_str_index_find(cast, tally->spoiled_ids[i], &position)) {
            eg_path at = eg_path_index(&ids, i);
            return EG_FAIL(err, EG_E_DUPLICATE, &at, "the tally counts this ballot as cast too");
        }
    }
    return EG_SUCCESS;
}

static eg_result refuse_repeated(const eg_share_request *r, const eg_share_target *t, eg_error *err)
{
    eg_path list;
    eg_path path = eg_share_target_path(r, t, &list);
    eg_path ids = eg_path_field(&path, "cast_ballot_ids");
    eg_str_index index;
    size_t position;
    EG_TRY(eg_str_index_init(&index, t->tally->cast_ids, sizeof *t->tally->cast_ids,
                             t->tally->cast_count, r->intake.call->arena, err));
    if (eg_str_index_repeated(&index, &position)) {
        eg_path at = eg_path_index(&ids, position);
        return EG_FAIL(err, EG_E_DUPLICATE, &at, "the tally counts one ballot twice");
    }
    return refuse_both(t->tally, &index, &path, err);
}

static eg_result refuse_spoiled(const spoiled_ids *spoiled, const eg_tally *tally, eg_error *err)
{
    for (size_t i = 0; i < tally->cast_count; i++) {
        size_t position;
        if (eg_str_index_find(&spoiled->index, tally->cast_ids[i], &position)) {
            eg_path list = eg_path_field(NULL, "submitted_ballots");
            eg_path at = eg_path_index(&list, spoiled->listed_at[position]);
            eg_path path = eg_path_field(&at, "object_id");
            return EG_FAIL(err, EG_E_DUPLICATE, &path,
                           "a spoiled ballot is counted by the tally: it must not be opened alone");
        }
    }
    return EG_SUCCESS;
}

eg_result eg_share_ids_check(const eg_share_request *r, eg_error *err)
{
    spoiled_ids spoiled;
    EG_TRY(index_spoiled(&spoiled, r, err));
    for (size_t i = 0; i < r->tally_count; i++) {
        EG_TRY(refuse_repeated(r, &r->targets[i], err));
        EG_TRY(refuse_spoiled(&spoiled, r->targets[i].tally, err));
    }
    return EG_SUCCESS;
}
