#include "client/share_file.h"

#include "wire/fields.h"
#include "wire/writer.h"

/* ---- whose it is ---- */

static eg_result need_text(const eg_node *map, const eg_path *at, const char *name, eg_str right,
                           eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    eg_str text;
    EG_TRY(eg_read_str(map, at, name, 1, EG_NAME_BYTES_MAX, &text, err));
    return eg_str_equal(text, right)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, &path, "the file must be of another guardian");
}

static eg_result need_order(const eg_node *map, const eg_path *at, const char *name, uint32_t right,
                            eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    int64_t order;
    EG_TRY(eg_read_int64(map, at, name, &order, err));
    return order == (int64_t)right
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, &path, "the file must be of another guardian");
}

static eg_result check_names(const eg_node *map, const eg_path *at, const eg_guardian_public *by,
                             const eg_guardian_public *missing, eg_error *err)
{
    EG_TRY(need_text(map, at, "guardian_id", by->owner_id, err));
    EG_TRY(need_order(map, at, "sequence_order", by->sequence_order, err));
    if (missing == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(need_text(map, at, "missing_guardian_id", missing->owner_id, err));
    return need_order(map, at, "missing_sequence_order", missing->sequence_order, err);
}

/* ---- shares ---- */

static const eg_node *find(const eg_node *map, eg_str key)
{
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (eg_str_equal(map->as.map.members[i].key, key)) {
            return &map->as.map.members[i].value;
        }
    }
    return NULL;
}

static eg_result check_ballots(const eg_share_targets *t, const eg_node *list, const eg_path *at,
                               const eg_guardian_public *by, const eg_guardian_public *missing,
                               eg_arena *arena, eg_error *err)
{
    if (list->as.map.count > t->spoiled->count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, at,
                       "it opens ballots that are not spoiled: no guardian should have made it");
    }
    for (size_t i = 0; i < t->spoiled->count; i++) {
        eg_str id = t->spoiled->ids[i];
        eg_path path = eg_path_key(at, id.data, id.len);
        const eg_node *share = find(list, id);
        if (share == NULL) {
            return EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                           "there is no share of this spoiled ballot");
        }
        EG_TRY(eg_opener_check_share(t->opener, &t->ballots[i], by, missing, share, &path, arena,
                                     err));
    }
    return EG_SUCCESS;
}

/* ---- what is kept ---- */

static void write_text(eg_writer *w, const eg_node *node)
{
    eg_writer inner;
    eg_write_inner(w, &inner, EG_STYLE_TEXT);
    eg_write_node(&inner, node);
    eg_write_inner_end(w, &inner);
}

static void write_kept(eg_buf *out, const eg_node *tally, const eg_node *ballots)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_write_key(&w, "tally_share");
    write_text(&w, tally);
    eg_write_key(&w, "ballot_shares");
    eg_write_map_of(&w, ballots->as.map.count);
    for (size_t i = 0; i < ballots->as.map.count; i++) {
        eg_write_key_str(&w, ballots->as.map.members[i].key);
        write_text(&w, &ballots->as.map.members[i].value);
    }
    eg_write_end(&w);
    eg_write_end(&w);
}

eg_result eg_share_file_take(eg_buf *kept, const eg_share_targets *targets, const eg_node *map,
                             const eg_path *at, const eg_guardian_public *by,
                             const eg_guardian_public *missing, eg_arena *arena, eg_error *err)
{
    const eg_node *tally, *ballots;
    eg_path tally_at = eg_path_field(at, "tally_share");
    eg_path ballots_at = eg_path_field(at, "ballot_shares");
    EG_TRY(check_names(map, at, by, missing, err));
    EG_TRY(eg_field(&tally, map, at, "tally_share", err));
    EG_TRY(eg_field(&ballots, map, at, "ballot_shares", err));
    EG_TRY(eg_need_map(ballots, &ballots_at, err));
    EG_TRY(eg_opener_check_share(targets->opener, targets->tally, by, missing, tally, &tally_at,
                                 arena, err));
    EG_TRY(check_ballots(targets, ballots, &ballots_at, by, missing, arena, err));
    write_kept(kept, tally, ballots);
    return eg_buf_check(kept, err);
}
