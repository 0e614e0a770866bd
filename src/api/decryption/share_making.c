#include "api/decryption/share_making.h"

#include "base/secret.h"
#include "group/group.h"

/* Units come in two rounds: each target's share is laid out, and what the kind has to check is
 * checked; then shares are computed, some selections of a target at a time. */
enum { SELECTIONS_PER_UNIT = 4, SELECTIONS_PER_BALLOT_UNIT = 8 };

typedef struct eg_share_range {
    size_t target;
    size_t first;
    size_t count;
} range;

eg_result eg_share_making_begin(eg_call *call, const eg_share_kind *kind, eg_error *err)
{
    EG_TRY(eg_tally_request_begin(call, kind->state_bytes, err));
    eg_share_making_of(call)->kind = kind;
    return EG_SUCCESS;
}

/* ---- reading ---- */

eg_result eg_share_guardian_read(eg_guardian_data *out, const eg_share_making *m, const char *field,
                                 eg_str id, const eg_path *at, eg_error *err)
{
    const eg_tally_request *r = &m->request;
    const eg_node *node;
    eg_path path = eg_path_field(NULL, field);
    EG_TRY(eg_field(&node, &r->intake.fields, NULL, field, err));
    EG_TRY(eg_guardian_data_read(out, node, &path, r->intake.call->arena, err));
    if (!eg_str_equal(out->id, id)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, at, "Guardian ID mismatch: expected %.*s, got %.*s",
                       EG_SHOWN(id), EG_SHOWN(out->id));
    }
    return eg_guardian_data_check(out, r->election.context.number_of_guardians, &path, err);
}

static eg_result read_keys(eg_share_making *m, eg_error *err)
{
    const eg_share_kind *kind = m->kind;
    const eg_node *fields = &m->request.intake.fields;
    eg_arena *arena = m->request.intake.call->arena;
    EG_TRY(eg_private_key_read(&m->private_key, fields, kind->private_key, arena, err));
    EG_TRY(eg_public_key_read(&m->public_key, fields, kind->public_key, arena, err));
    EG_TRY(eg_key_pair_check(&m->private_key, &m->public_key, kind->private_key, err));
    if (m->guardian.has_record && !eg_modp_equal(&m->guardian.record.key, &m->public_key)) {
        eg_path at = eg_path_field(NULL, kind->public_key);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "'%s' is not the key in '%s.election_public_key'", kind->public_key,
                       kind->guardian_data);
    }
    m->origin.public_key = &m->public_key;
    return EG_SUCCESS;
}

eg_result eg_share_making_plan(eg_call *call, eg_error *err)
{
    eg_share_making *m = eg_share_making_of(call);
    eg_tally_request *r = &m->request;
    EG_TRY(eg_tally_request_election(r, 0, err));
    EG_TRY(m->kind->read_guardians(m, err));
    EG_TRY(read_keys(m, err));
    EG_TRY(eg_tally_request_targets(r, err));
    EG_TRY(m->kind->prepare(m, err));
    EG_TRY(eg_arena_new(call->arena, r->target_count, sizeof *m->shares, &m->shares, err));
    m->preparing = true;
    call->compute_units = r->target_count + m->checks;
    return EG_SUCCESS;
}

/* ---- units ---- */

static size_t per_unit(const eg_tally_target *t)
{
    return t->tally != NULL ? SELECTIONS_PER_UNIT : SELECTIONS_PER_BALLOT_UNIT;
}

static size_t ranges_of(const eg_tally_target *t)
{
    return (eg_target_selection_count(&t->target) + per_unit(t) - 1) / per_unit(t);
}

static void add_ranges(eg_share_making *m, size_t target)
{
    const eg_tally_target *t = &m->request.targets[target];
    size_t selections = eg_target_selection_count(&t->target);
    for (size_t first = 0; first < selections; first += per_unit(t)) {
        size_t left = selections - first;
        m->ranges[m->range_count++] = (range){
            .target = target, .first = first, .count = left < per_unit(t) ? left : per_unit(t)};
    }
}

eg_result eg_share_making_next(eg_call *call, eg_error *err)
{
    eg_share_making *m = eg_share_making_of(call);
    const eg_tally_request *r = &m->request;
    size_t n = 0;
    call->compute_units = 0;
    if (!m->preparing) {
        return EG_SUCCESS;
    }
    m->preparing = false;
    for (size_t t = 0; t < r->target_count; t++) {
        n += ranges_of(&r->targets[t]);
    }
    EG_TRY(eg_arena_new(call->arena, n, sizeof *m->ranges, &m->ranges, err));
    for (size_t t = 0; t < r->target_count; t++) {
        add_ranges(m, t);
    }
    call->compute_units = m->range_count;
    return EG_SUCCESS;
}

/* Selection i in flat order, and its path below the tally's; steps are kept for it to point at. */
static const eg_target_selection *selection_at(const eg_target *target, size_t i, eg_path steps[4],
                                               const eg_path *tally)
{
    const eg_target_contest *contest = target->contests;
    while (i >= contest->selection_count) {
        i -= (contest++)->selection_count;
    }
    const eg_target_selection *selection = &contest->selections[i];
    steps[0] = eg_path_field(tally, "contests");
    steps[1] = eg_path_key(&steps[0], contest->object_id.data, contest->object_id.len);
    steps[2] = eg_path_field(&steps[1], "selections");
    steps[3] = eg_path_key(&steps[2], selection->object_id.data, selection->object_id.len);
    return selection;
}

static eg_result refuse_element(const eg_path *at, bool is_pad, eg_error *err)
{
    eg_path ciphertext = eg_path_field(at, "ciphertext");
    eg_path path = eg_path_field(&ciphertext, is_pad ? "pad" : "data");
    return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path, "'%s' is not an element of the group", path.name);
}

/* Where the selection is in the request: a ballot's stand in lists. */
static eg_result refuse_selection(const eg_tally_request *r, const eg_tally_target *t, size_t i,
                                  bool is_pad, eg_error *err)
{
    eg_path list;
    eg_path steps[4];
    eg_path path = eg_tally_target_path(r, t, &list);
    if (t->tally != NULL) {
        (void)selection_at(&t->target, i, steps, &path);
        return refuse_element(&steps[3], is_pad, err);
    }
    const eg_ballot *ballot = &t->submitted->ballot;
    size_t c = 0;
    while (i >= ballot->contests[c].selection_count) {
        i -= ballot->contests[c++].selection_count;
    }
    steps[0] = eg_path_field(&path, "contests");
    steps[1] = eg_path_index(&steps[0], c);
    steps[2] = eg_path_field(&steps[1], "ballot_selections");
    steps[3] = eg_path_index(&steps[2], i);
    return refuse_element(&steps[3], is_pad, err);
}

/* Raising an element outside the group to a secret would leak it: membership comes first. */
static eg_result check_range(const eg_tally_request *r, const eg_tally_target *t, size_t first,
                             size_t count, eg_error *err)
{
    eg_path steps[4];
    eg_chain chains[2 * SELECTIONS_PER_BALLOT_UNIT];
    for (size_t i = 0; i < count; i++) {
        const eg_target_selection *s = selection_at(&t->target, first + i, steps, NULL);
        chains[2 * i] = (eg_chain){.base = &s->ciphertext->pad};
        chains[2 * i + 1] = (eg_chain){.base = &s->ciphertext->data};
    }
    eg_chain_batch_vartime(chains, 2 * count);
    for (size_t i = 0; i < 2 * count; i++) {
        if (!chains[i].is_residue) {
            return refuse_selection(r, t, first + i / 2, i % 2 == 0, err);
        }
    }
    return EG_SUCCESS;
}

/* The target's share, but for the numbers. */
static eg_result lay_out(eg_share_making *m, size_t target, eg_arena *scratch, eg_error *err)
{
    eg_call *call = m->request.intake.call;
    eg_tally_target *t = &m->request.targets[target];
    if (t->submitted != NULL) {
        EG_TRY(eg_tally_target_ballot(&m->request, t, scratch, err));
    }
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result result =
        eg_decryption_share_init(&m->shares[target], &t->target, &m->origin, call->arena, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}

static eg_result compute_range(eg_share_making *m, const range *work, eg_arena *scratch,
                               eg_error *err)
{
    const eg_tally_request *r = &m->request;
    const eg_tally_target *t = &r->targets[work->target];
    eg_modq *seeds;
    EG_TRY(check_range(r, t, work->first, work->count, err));
    EG_TRY(eg_arena_new(scratch, work->count, sizeof *seeds, &seeds, err));
    for (size_t i = 0; i < work->count; i++) {
        EG_TRY(eg_random_q(&seeds[i], r->intake.call->rng, 0, err));
    }
    eg_decryption_share_compute(&m->shares[work->target], &t->target, work->first, work->count,
                                &m->secret, seeds, &r->election.context.extended_base_hash);
    return EG_SUCCESS;
}

eg_result eg_share_making_compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    eg_share_making *m = eg_share_making_of(call);
    size_t targets = m->request.target_count;
    if (!m->preparing) {
        return compute_range(m, &m->ranges[unit], scratch, err);
    }
    return unit < targets ? lay_out(m, unit, scratch, err) : m->kind->check(m, unit - targets, err);
}

void eg_share_making_end(eg_call *call)
{
    eg_share_making *m = eg_share_making_of(call);
    if (m != NULL) {
        eg_wipe(&m->private_key, sizeof m->private_key);
        eg_wipe(&m->secret, sizeof m->secret);
    }
    eg_tally_request_end(call);
}
