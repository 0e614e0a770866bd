#include "election/tally.h"

#include "group/group.h"

static size_t selections_of(const eg_manifest *manifest)
{
    size_t count = 0;
    for (size_t i = 0; i < manifest->contest_count; i++) {
        count += manifest->contests[i].selection_count;
    }
    return count;
}

eg_result eg_tally_sum_init(eg_tally_sum *out, const eg_manifest *manifest, eg_arena *arena,
                            eg_error *err)
{
    out->count = selections_of(manifest);
    EG_TRY(eg_arena_new(arena, out->count, sizeof *out->pads, &out->pads, err));
    EG_TRY(eg_arena_new(arena, out->count, sizeof *out->data, &out->data, err));
    for (size_t i = 0; i < out->count; i++) {
        eg_modp_acc_init(&out->pads[i]);
        eg_modp_acc_init(&out->data[i]);
    }
    return EG_SUCCESS;
}

static void add_contest(eg_tally_sum *sum, size_t first, const eg_ballot_contest *contest)
{
    for (size_t i = 0; i < contest->selection_count; i++) {
        const eg_ballot_selection *selection = &contest->selections[i];
        if (!selection->is_placeholder) {
            eg_modp_acc_mul(&sum->pads[first + i], &selection->ciphertext.pad);
            eg_modp_acc_mul(&sum->data[first + i], &selection->ciphertext.data);
        }
    }
}

void eg_tally_sum_add(eg_tally_sum *sum, const eg_ballot *ballot, const eg_manifest *manifest)
{
    size_t first = 0;
    size_t at = 0; /* the ballot's contests are a subsequence of the manifest's */
    for (size_t i = 0; i < manifest->contest_count; i++) {
        if (at < ballot->contest_count &&
            eg_str_equal(ballot->contests[at].object_id, manifest->contests[i].object_id)) {
            add_contest(sum, first, &ballot->contests[at++]);
        }
        first += manifest->contests[i].selection_count;
    }
}

void eg_tally_sum_merge(eg_tally_sum *into, const eg_tally_sum *from)
{
    for (size_t i = 0; i < into->count; i++) {
        eg_modp_acc_merge(&into->pads[i], &from->pads[i]);
        eg_modp_acc_merge(&into->data[i], &from->data[i]);
    }
}

static eg_result contest_from_sum(eg_tally_contest *out, const eg_tally_sum *sum, size_t first,
                                  const eg_contest_description *description, eg_arena *arena,
                                  eg_error *err)
{
    EG_TRY(eg_arena_new(arena, description->selection_count, sizeof *out->selections,
                        &out->selections, err));
    out->object_id = description->object_id;
    out->sequence_order = description->sequence_order;
    out->description_hash = description->hash;
    out->selection_count = description->selection_count;
    for (size_t i = 0; i < description->selection_count; i++) {
        eg_tally_selection *s = &out->selections[i];
        s->object_id = description->selections[i].object_id;
        s->sequence_order = description->selections[i].sequence_order;
        s->description_hash = description->selections[i].hash;
        eg_modp *const values[] = {&s->ciphertext.pad, &s->ciphertext.data};
        const eg_modp_acc *const products[] = {&sum->pads[first + i], &sum->data[first + i]};
        eg_modp_acc_values(values, products, 2);
    }
    return EG_SUCCESS;
}

eg_result eg_tally_from_sum(eg_tally *out, const eg_tally_sum *sum, const eg_manifest *manifest,
                            eg_arena *arena, eg_error *err)
{
    EG_TRY(
        eg_arena_new(arena, manifest->contest_count, sizeof *out->contests, &out->contests, err));
    out->contest_count = manifest->contest_count;
    size_t first = 0;
    for (size_t i = 0; i < manifest->contest_count; i++) {
        EG_TRY(contest_from_sum(&out->contests[i], sum, first, &manifest->contests[i], arena, err));
        first += manifest->contests[i].selection_count;
    }
    return EG_SUCCESS;
}

/* ---- a tally from outside ---- */

static eg_tally_contest *find_contest(eg_tally *tally, eg_str id)
{
    for (size_t i = 0; i < tally->contest_count; i++) {
        if (eg_str_equal(tally->contests[i].object_id, id)) {
            return &tally->contests[i];
        }
    }
    return NULL;
}

static const eg_tally_selection *find_selection(const eg_tally_contest *contest, eg_str id,
                                                size_t expected_at)
{
    if (expected_at < contest->selection_count &&
        eg_str_equal(contest->selections[expected_at].object_id, id)) {
        return &contest->selections[expected_at];
    }
    for (size_t i = 0; i < contest->selection_count; i++) {
        if (eg_str_equal(contest->selections[i].object_id, id)) {
            return &contest->selections[i];
        }
    }
    return NULL;
}

static eg_result order_contest(eg_tally_contest *contest, const eg_contest_description *description,
                               eg_arena *arena, const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "selections");
    eg_tally_selection *ordered = NULL;
    EG_TRY(eg_arena_new(arena, description->selection_count, sizeof *ordered, &ordered, err));
    for (size_t i = 0; i < description->selection_count; i++) {
        const eg_selection_description *d = &description->selections[i];
        const eg_tally_selection *found = find_selection(contest, d->object_id, i);
        if (found == NULL || found->sequence_order != d->sequence_order ||
            !eg_modq_equal(&found->description_hash, &d->hash)) {
            eg_path path = eg_path_key(&list, d->object_id.data, d->object_id.len);
            return EG_FAIL(
                err, EG_E_WRONG_ELECTION, &path,
                "the tally's selection is missing or not the one the election describes");
        }
        ordered[i] = *found;
    }
    if (contest->selection_count != description->selection_count ||
        contest->sequence_order != description->sequence_order ||
        !eg_modq_equal(&contest->description_hash, &description->hash)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, at,
                       "the tally's contest is not the one the election describes: candidates, "
                       "their order or the number of votes differ");
    }
    contest->selections = ordered;
    return EG_SUCCESS;
}

static eg_result check_members(const eg_tally_contest *contest, eg_arena *arena, const eg_path *at,
                               eg_error *err)
{
    eg_path list = eg_path_field(at, "selections");
    eg_chain *chains = NULL;
    EG_TRY(eg_arena_new(arena, 2 * contest->selection_count, sizeof *chains, &chains, err));
    for (size_t i = 0; i < contest->selection_count; i++) {
        chains[2 * i].base = &contest->selections[i].ciphertext.pad;
        chains[2 * i + 1].base = &contest->selections[i].ciphertext.data;
    }
    eg_chain_batch_vartime(chains, 2 * contest->selection_count);
    for (size_t i = 0; i < 2 * contest->selection_count; i++) {
        if (!chains[i].is_residue) {
            const eg_tally_selection *s = &contest->selections[i / 2];
            eg_path selection = eg_path_key(&list, s->object_id.data, s->object_id.len);
            eg_path ciphertext = eg_path_field(&selection, "ciphertext");
            eg_path field = eg_path_field(&ciphertext, i % 2 == 0 ? "pad" : "data");
            return EG_FAIL(err, EG_E_NOT_IN_GROUP, &field, "'%s' is not an element of the group",
                           field.name);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_tally_check_shape(eg_tally *tally, const eg_election *election, eg_arena *arena,
                               const eg_path *path, eg_error *err)
{
    const eg_manifest *manifest = election->manifest;
    eg_path list = eg_path_field(path, "contests");
    if (tally->contest_count != manifest->contest_count) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &list,
                       "'contests' must hold each contest of the election");
    }
    eg_tally_contest *ordered = NULL;
    EG_TRY(eg_arena_new(arena, manifest->contest_count, sizeof *ordered, &ordered, err));
    for (size_t i = 0; i < manifest->contest_count; i++) {
        const eg_contest_description *description = &manifest->contests[i];
        eg_path at = eg_path_key(&list, description->object_id.data, description->object_id.len);
        eg_tally_contest *contest = find_contest(tally, description->object_id);
        if (contest == NULL) {
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &at, "the contest is missing from the tally");
        }
        EG_TRY(order_contest(contest, description, arena, &at, err));
        ordered[i] = *contest;
    }
    tally->contests = ordered;
    return EG_SUCCESS;
}

eg_result eg_tally_check(eg_tally *tally, const eg_election *election, eg_arena *arena,
                         const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(eg_tally_check_shape(tally, election, arena, path, err));
    for (size_t i = 0; i < tally->contest_count; i++) {
        eg_str id = tally->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        EG_TRY(check_members(&tally->contests[i], arena, &at, err));
    }
    return EG_SUCCESS;
}
