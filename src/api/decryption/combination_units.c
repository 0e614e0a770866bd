/* The work of /combine_decryption_shares in rounds of units, none of which holds a thread for more
 * than a few milliseconds, whatever the request:
 *
 *   prepare  guardians' records, some proofs each; what stands for each missing guardian; lists and
 *            ballots opened
 *   read     each share
 *   verify   blocks of proofs: some selections of some shares of a target, together; parts of the
 *            table of logarithms
 *   blame    only after a block that does not hold: its proofs, some at a time, exactly
 *   open     some selections of a target
 *
 * Source: docs/decisions/0019-units-in-rounds.md. */
#include "api/decryption/combination.h"

#include "election/ceremony_parts.h"
#include "group/group.h"

typedef enum round { PREPARE, READ, VERIFY, BLAME, OPEN } round;

/* Proofs of some selections of some shares of a target, verified together. */
typedef struct block {
    size_t target;
    size_t first_share, share_count;
    size_t first, count; /* selections */
    bool refused;
} block;

/* Selections of a target that are opened together. */
typedef struct opened {
    size_t target;
    size_t first, count;
} opened;

typedef struct eg_combination_plan {
    round round;
    size_t record_parts; /* of a guardian */
    size_t lists;        /* of ballot shares: entries of both together */
    block *blocks;
    size_t block_count;
    size_t blamed;      /* the block that is looked into */
    size_t blame_parts; /* of a share of it */
    opened *openings;
    size_t opening_count;
} plan;

static size_t parts_of(size_t whole, size_t part)
{
    return (whole + part - 1) / part;
}

/* ---- how much a unit does ---- */

static size_t at_least_1(size_t n)
{
    return n > 0 ? n : 1;
}

/* Together a proof takes a power to one and a half: with one lane a unit is longer, since a sixth
 * of all work would else be what blocks have in common. */
static size_t proofs_per_block(void)
{
    enum { FEWEST = 24 };
    size_t proofs = eg_group_powers_of_unit();
    return proofs < FEWEST ? FEWEST : proofs;
}

static size_t proofs_per_blame(void)
{
    enum { POWERS_OF_PROOF = 8 };
    return at_least_1(eg_group_powers_of_unit() / POWERS_OF_PROOF);
}

enum { BABIES_PER_UNIT = 2048 };

/* Shares of a target that are not a guardian's own. */
static size_t pair_count(const eg_combination *c)
{
    return c->shares_each - c->available_count;
}

/* ---- prepare ---- */

eg_result eg_combination_units_plan(eg_combination *c, size_t *units, eg_error *err)
{
    eg_arena *arena = c->request.intake.call->arena;
    EG_TRY(eg_arena_new(arena, 1, sizeof *c->plan, &c->plan, err));
    EG_TRY(eg_arena_new(arena, c->request.target_count, sizeof *c->combined, &c->combined, err));
    c->plan->record_parts = eg_guardian_parts(c->request.election.context.quorum);
    c->plan->lists =
        c->ballot_shares.list.as.array.count + c->compensated_ballot_shares.list.as.array.count;
    *units = c->guardian_count * c->plan->record_parts + c->missing_count + pair_count(c) +
             c->plan->lists + c->request.target_count;
    return EG_SUCCESS;
}

static eg_result check_record(const eg_combination *c, size_t i, size_t part, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "guardian_data");
    eg_path at = eg_path_index(&list, i);
    eg_path path = eg_path_field(&at, "election_public_key");
    const eg_guardian_data *g = &c->guardians[i];
    return eg_guardian_blame(
        eg_guardian_part_check(&g->record, c->request.election.context.quorum, part, &path, err),
        g->id, err);
}

/* Any quorum of shares gives the same: the first ones are as good as all. */
static eg_result make_coefficients(const eg_combination *c, eg_missing_guardian *m, eg_error *err)
{
    uint64_t orders[EG_GUARDIANS_MAX];
    size_t quorum = c->request.election.context.quorum;
    for (size_t i = 0; i < quorum; i++) {
        size_t others = 0;
        for (size_t j = 0; j < quorum; j++) {
            if (j != i) {
                orders[others++] = c->guardians[c->available[m->pairs[j].available]].sequence_order;
            }
        }
        uint64_t own = c->guardians[c->available[m->pairs[i].available]].sequence_order;
        EG_TRY(eg_lagrange(&m->coefficients[i], own, orders, others, err));
    }
    return EG_SUCCESS;
}

static void make_recovery_key(const eg_combination *c, size_t pair_index)
{
    eg_share_pair *pair;
    const eg_missing_guardian *m =
        eg_combination_missing_of(c, c->available_count + pair_index, &pair);
    const eg_guardian_public *record = &c->guardians[m->guardian].record;
    const eg_guardian_data *g = &c->guardians[c->available[pair->available]];
    eg_recovery_key_vartime(&pair->recovery_key, record->commitments, record->commitment_count,
                            g->sequence_order);
}

/* An entry of a list of ballot shares: a map of ballot id to share, or the JSON text of one. */
static eg_result open_entry(const eg_combination *c, const eg_share_list *list, size_t entry,
                            eg_error *err)
{
    const eg_call *call = c->request.intake.call;
    eg_path path = eg_path_field(NULL, list->name);
    eg_path at = eg_path_index(&path, entry);
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = eg_artifact_open(&list->opened[entry], NULL, &list->list.as.array.items[entry],
                                   &at, call->arena, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    EG_TRY(r);
    return eg_need_map(&list->opened[entry], &at, err);
}

static eg_result prepare_target(eg_combination *c, size_t i, eg_arena *scratch, eg_error *err)
{
    eg_tally_target *t = &c->request.targets[i];
    eg_combined_target *combined = &c->combined[i];
    eg_call *call = c->request.intake.call;
    if (t->submitted != NULL) {
        EG_TRY(eg_tally_target_ballot(&c->request, t, scratch, err));
    }
    EG_TRY(eg_call_new(call, c->shares_each, sizeof *combined->shares, &combined->shares, err));
    return eg_call_new(call, eg_target_selection_count(&t->target), sizeof *combined->results,
                       &combined->results, err);
}

static eg_result prepare(eg_combination *c, size_t unit, eg_arena *scratch, eg_error *err)
{
    const plan *p = c->plan;
    if (unit < c->guardian_count * p->record_parts) {
        return check_record(c, unit / p->record_parts, unit % p->record_parts, err);
    }
    unit -= c->guardian_count * p->record_parts;
    if (unit < c->missing_count) {
        return make_coefficients(c, &c->missing[unit], err);
    }
    unit -= c->missing_count;
    if (unit < pair_count(c)) {
        make_recovery_key(c, unit);
        return EG_SUCCESS;
    }
    unit -= pair_count(c);
    size_t own = c->ballot_shares.list.as.array.count;
    if (unit < own) {
        return open_entry(c, &c->ballot_shares, unit, err);
    }
    if (unit < p->lists) {
        return open_entry(c, &c->compensated_ballot_shares, unit - own, err);
    }
    return prepare_target(c, unit - p->lists, scratch, err);
}

/* ---- verify ---- */

/* How blocks divide a target. */
typedef struct division {
    size_t shares, selections; /* of a block, at most */
    size_t share_blocks, selection_blocks;
} division;

/* Blocks of about equal size: what comes out where the selections are cut into so many parts. */
static division division_into(size_t selection_blocks, size_t shares, size_t selections)
{
    division d = {.selections = parts_of(selections, selection_blocks)};
    d.selection_blocks = parts_of(selections, d.selections);
    d.share_blocks = parts_of(shares, at_least_1(proofs_per_block() / d.selections));
    d.shares = parts_of(shares, d.share_blocks);
    d.share_blocks = parts_of(shares, d.shares);
    return d;
}

/* How many elements all blocks have that are no proof's own: two of each selection and one of each
 * share, and what a block costs by itself. */
static size_t elements_in_common(const division *d, size_t shares, size_t selections)
{
    enum { OF_A_BLOCK = 12 };
    return d->selection_blocks * d->share_blocks * OF_A_BLOCK + 2 * selections * d->share_blocks +
           shares * d->selection_blocks;
}

static division divide(size_t shares, size_t selections)
{
    size_t fewest = parts_of(selections, proofs_per_block());
    division best = division_into(fewest, shares, selections);
    for (size_t parts = fewest + 1; parts <= selections; parts++) {
        division d = division_into(parts, shares, selections);
        if (elements_in_common(&d, shares, selections) <
            elements_in_common(&best, shares, selections)) {
            best = d;
        }
    }
    return best;
}

static void add_blocks(plan *p, size_t target, size_t shares, size_t selections)
{
    division d = divide(shares, selections);
    for (size_t s = 0; s < shares; s += d.shares) {
        for (size_t k = 0; k < selections; k += d.selections) {
            size_t shares_left = shares - s, selections_left = selections - k;
            p->blocks[p->block_count++] =
                (block){.target = target,
                        .first_share = s,
                        .share_count = shares_left < d.shares ? shares_left : d.shares,
                        .first = k,
                        .count = selections_left < d.selections ? selections_left : d.selections};
        }
    }
}

/* A tally's ballots, and a ballot's one vote. */
static eg_result begin_counts(eg_combination *c, eg_error *err)
{
    const eg_tally_target *tally = &c->request.targets[0];
    eg_arena *arena = c->request.intake.call->arena;
    EG_TRY(eg_dlog_begin(&c->counts, tally->tally->cast_count,
                         eg_target_selection_count(&tally->target), arena, err));
    return eg_dlog_begin(&c->ballot_counts, 1, 1, arena, err);
}

static eg_result plan_blocks(eg_combination *c, size_t *units, eg_error *err)
{
    plan *p = c->plan;
    size_t n = 0;
    for (size_t t = 0; t < c->request.target_count; t++) {
        size_t selections = eg_target_selection_count(&c->request.targets[t].target);
        EG_BUG_IF(err, selections == 0 || c->shares_each == 0);
        division d = divide(c->shares_each, selections);
        n += d.share_blocks * d.selection_blocks;
    }
    EG_TRY(eg_arena_new(c->request.intake.call->arena, n, sizeof *p->blocks, &p->blocks, err));
    for (size_t t = 0; t < c->request.target_count; t++) {
        add_blocks(p, t, c->shares_each, eg_target_selection_count(&c->request.targets[t].target));
    }
    EG_TRY(begin_counts(c, err));
    *units = p->block_count + parts_of(eg_dlog_babies(c->counts), BABIES_PER_UNIT);
    return EG_SUCCESS;
}

static eg_result claim_all(eg_share_claim **out, const eg_combination *c, const block *b,
                           eg_arena *scratch, eg_error *err)
{
    eg_claimed_share *claimed;
    EG_TRY(eg_arena_new(scratch, b->share_count, sizeof *claimed, &claimed, err));
    EG_TRY(eg_arena_new(scratch, b->share_count, sizeof **out, out, err));
    for (size_t i = 0; i < b->share_count; i++) {
        eg_combination_claim(&claimed[i], c, b->target, b->first_share + i);
        (*out)[i] = claimed[i].claim;
    }
    return EG_SUCCESS;
}

/* What does not hold is not blamed here: that takes ten times as long. */
static eg_result verify_block(eg_combination *c, block *b, eg_arena *scratch, eg_error *err)
{
    eg_share_claim *claims;
    bool holds;
    EG_TRY(claim_all(&claims, c, b, scratch, err));
    EG_TRY(eg_share_claims_hold(&holds, claims, b->share_count,
                                &c->request.targets[b->target].target, b->first, b->count,
                                &c->request.election.context.extended_base_hash,
                                c->request.intake.call->rng, scratch, err));
    b->refused = !holds;
    return EG_SUCCESS;
}

static eg_result verify(eg_combination *c, size_t unit, eg_arena *scratch, eg_error *err)
{
    if (unit < c->plan->block_count) {
        return verify_block(c, &c->plan->blocks[unit], scratch, err);
    }
    size_t first = (unit - c->plan->block_count) * BABIES_PER_UNIT;
    size_t left = eg_dlog_babies(c->counts) - first;
    eg_dlog_fill(c->counts, first, left < BABIES_PER_UNIT ? left : BABIES_PER_UNIT);
    return EG_SUCCESS;
}

/* ---- blame ---- */

/* The first block that was refused, from `from` on; false when none was. */
static bool find_refused(plan *p, size_t from)
{
    for (p->blamed = from; p->blamed < p->block_count; p->blamed++) {
        if (p->blocks[p->blamed].refused) {
            return true;
        }
    }
    return false;
}

static size_t plan_blame(plan *p)
{
    const block *b = &p->blocks[p->blamed];
    p->blame_parts = parts_of(b->count, proofs_per_blame());
    return b->share_count * p->blame_parts;
}

static eg_result blame(const eg_combination *c, size_t unit, eg_arena *scratch, eg_error *err)
{
    const plan *p = c->plan;
    const block *b = &p->blocks[p->blamed];
    size_t at = unit % p->blame_parts * proofs_per_blame(), left = b->count - at;
    eg_claimed_share claimed;
    eg_combination_claim(&claimed, c, b->target, b->first_share + unit / p->blame_parts);
    eg_result r =
        eg_share_claim_verify(&claimed.claim, &c->request.targets[b->target].target, b->first + at,
                              left < proofs_per_blame() ? left : proofs_per_blame(),
                              &c->request.election.context.extended_base_hash, scratch, err);
    return eg_failed(r) ? eg_guardian_blame(r, claimed.claim.origin.guardian_id, err) : r;
}

/* ---- open ---- */

/* What opens a target, with room for the lists that it points at. */
typedef struct target_opening {
    eg_opening opening;
    const eg_decryption_share *own[EG_GUARDIANS_MAX];
    eg_compensation missing[EG_GUARDIANS_MAX];
} target_opening;

static eg_result make_opening(target_opening *out, const eg_combination *c, size_t target,
                              eg_arena *scratch, eg_error *err)
{
    const eg_combined_target *combined = &c->combined[target];
    size_t quorum = c->request.election.context.quorum;
    for (size_t i = 0; i < c->available_count; i++) {
        out->own[i] = &combined->shares[i];
    }
    for (size_t i = 0; i < c->missing_count; i++) {
        const eg_missing_guardian *m = &c->missing[i];
        const eg_decryption_share **parts;
        EG_TRY(eg_arena_new(scratch, quorum, sizeof *parts, (void *)&parts, err));
        for (size_t j = 0; j < quorum; j++) {
            parts[j] = &combined->shares[m->first_share + j];
        }
        out->missing[i] =
            (eg_compensation){.parts = parts, .coefficients = m->coefficients, .count = quorum};
    }
    out->opening = (eg_opening){
        .target = &c->request.targets[target].target,
        .own = out->own,
        .own_count = c->available_count,
        .missing = out->missing,
        .missing_count = c->missing_count,
        .counts = c->request.targets[target].tally != NULL ? c->counts : c->ballot_counts};
    return EG_SUCCESS;
}

static size_t selections_per_opening(const eg_combination *c)
{
    eg_compensation missing[EG_GUARDIANS_MAX];
    eg_opening o = {
        .own_count = c->available_count, .missing = missing, .missing_count = c->missing_count};
    for (size_t i = 0; i < c->missing_count; i++) {
        missing[i].count = c->request.election.context.quorum;
    }
    return at_least_1(eg_group_powers_of_unit() / eg_opening_powers(&o));
}

static eg_result plan_openings(eg_combination *c, size_t *units, eg_error *err)
{
    plan *p = c->plan;
    size_t each = selections_per_opening(c), n = 0;
    for (size_t t = 0; t < c->request.target_count; t++) {
        n += parts_of(eg_target_selection_count(&c->request.targets[t].target), each);
    }
    EG_TRY(eg_arena_new(c->request.intake.call->arena, n, sizeof *p->openings, &p->openings, err));
    for (size_t t = 0; t < c->request.target_count; t++) {
        size_t selections = eg_target_selection_count(&c->request.targets[t].target);
        for (size_t first = 0; first < selections; first += each) {
            size_t left = selections - first;
            p->openings[p->opening_count++] =
                (opened){.target = t, .first = first, .count = left < each ? left : each};
        }
    }
    *units = n;
    return EG_SUCCESS;
}

static eg_result open_some(const eg_combination *c, const opened *work, eg_arena *scratch,
                           eg_error *err)
{
    target_opening *o;
    eg_path list;
    eg_path path = eg_tally_target_path(&c->request, &c->request.targets[work->target], &list);
    EG_TRY(eg_arena_new(scratch, 1, sizeof *o, &o, err));
    EG_TRY(make_opening(o, c, work->target, scratch, err));
    return eg_selections_open(c->combined[work->target].results + work->first, &o->opening,
                              work->first, work->count, scratch, &path, err);
}

static void gather_results(eg_combination *c)
{
    for (size_t t = 0; t < c->request.target_count; t++) {
        eg_combined_target *combined = &c->combined[t];
        combined->result_count =
            eg_results_gather(combined->results, &c->request.targets[t].target);
    }
}

/* ---- rounds ---- */

eg_result eg_combination_unit_run(eg_combination *c, size_t unit, eg_arena *scratch, eg_error *err)
{
    switch (c->plan->round) {
    case PREPARE:
        return prepare(c, unit, scratch, err);
    case READ:
        return eg_combination_share_read(c, unit / c->shares_each, unit % c->shares_each, err);
    case VERIFY:
        return verify(c, unit, scratch, err);
    case BLAME:
        return blame(c, unit, scratch, err);
    case OPEN:
        return open_some(c, &c->plan->openings[unit], scratch, err);
    }
    return EG_SUCCESS;
}

eg_result eg_combination_units_next(eg_combination *c, size_t *units, eg_error *err)
{
    plan *p = c->plan;
    switch (p->round) {
    case PREPARE:
        p->round = READ;
        *units = c->request.target_count * c->shares_each;
        return EG_SUCCESS;
    case READ:
        p->round = VERIFY;
        return plan_blocks(c, units, err);
    case VERIFY:
        eg_dlog_finish(c->counts);
        eg_dlog_finish(c->ballot_counts);
        p->blamed = SIZE_MAX; /* the first one is looked for from 0 on */
        /* fall through */
    case BLAME:
        if (find_refused(p, p->blamed + 1)) {
            p->round = BLAME;
            *units = plan_blame(p);
            return EG_SUCCESS;
        }
        p->round = OPEN;
        return plan_openings(c, units, err);
    case OPEN:
        gather_results(c);
        *units = 0;
        return eg_combination_contests_check(c, err);
    }
    return EG_SUCCESS;
}
