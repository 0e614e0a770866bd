/* POST /combine_decryption_shares: from verified shares to counts.
 *
 * Units: each guardian's record, then for each target (the tally, the spoiled ballots) runs of its
 * shares, verified together. The unit that verifies a target's last share combines it.
 * Source: docs/api-contract.md 5; docs/crypto.md 16.5, 16.6, 17. */
#include "api/combination.h"
#include "api/endpoints.h"

#include "election/decryption_batch.h"
#include "wire/objects/decryption.h"

/* ---- which unit does what ----------------------------------------------------------------------
 */

/* So many proofs are verified together: tens of milliseconds at most. */
enum { PROOFS_PER_UNIT = 128 };

/* Some of a target's shares: its own ones by available guardian, then those for the first missing
 * guardian, and so on. */
typedef struct eg_share_run {
    size_t target;
    size_t first;
    size_t count;
} share_run;

static size_t shares_per_target(const eg_combination *c)
{
    return c->available_count * (c->missing_count + 1);
}

static bool is_own(const eg_combination *c, size_t share)
{
    return share < c->available_count;
}

static size_t available_of(const eg_combination *c, size_t share)
{
    return share % c->available_count;
}

/* Of a share that is not a guardian's own: index into the parts of a target. */
static size_t pair_of(const eg_combination *c, size_t share)
{
    return share - c->available_count;
}

static size_t shares_per_run(const eg_combination *c, size_t target)
{
    size_t selections = eg_target_selection_count(&c->share.targets[target].target);
    size_t shares = PROOFS_PER_UNIT / (selections + 1) + 1;
    return shares < shares_per_target(c) ? shares : shares_per_target(c);
}

static eg_result plan_runs(eg_combination *c, eg_error *err)
{
    size_t n = 0, per_target = shares_per_target(c);
    for (size_t t = 0; t < c->share.target_count; t++) {
        size_t each = shares_per_run(c, t);
        n += (per_target + each - 1) / each;
    }
    EG_TRY(eg_arena_new(c->share.intake.call->arena, n, sizeof *c->runs, &c->runs, err));
    for (size_t t = 0; t < c->share.target_count; t++) {
        size_t each = shares_per_run(c, t);
        for (size_t first = 0; first < per_target; first += each) {
            size_t left = per_target - first;
            c->runs[c->run_count++] =
                (share_run){.target = t, .first = first, .count = left < each ? left : each};
        }
    }
    return EG_SUCCESS;
}

/* ---- plan --------------------------------------------------------------------------------------
 */

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_share_begin(call, sizeof(eg_combination), NULL, err);
}

/* How many entries `guardian_data` has: the default of both counts. */
static uint32_t default_count(const eg_intake *in)
{
    bool both_given = eg_intake_has(in, "number_of_guardians") && eg_intake_has(in, "quorum");
    eg_node list;
    if (both_given || eg_failed(eg_intake_open(in, "guardian_data", &list, NULL, NULL))) {
        return 0; /* not needed, or refused where it is read */
    }
    bool usable =
        list.kind == EG_ARRAY && list.as.array.count > 0 && list.as.array.count <= EG_GUARDIANS_MAX;
    return usable ? (uint32_t)list.as.array.count : 0;
}

static eg_result prepare_target(eg_combination *c, size_t i, eg_arena *scratch, eg_error *err)
{
    eg_share_target *t = &c->share.targets[i];
    eg_combined_target *combined = &c->combined[i];
    eg_arena *arena = c->share.intake.call->arena;
    size_t pairs = c->missing_count * c->available_count;
    if (t->submitted != NULL) {
        EG_TRY(eg_share_ballot_prepare(&c->share, t, scratch, err));
    }
    EG_TRY(eg_arena_new(arena, c->available_count, sizeof(void *), &combined->own, err));
    EG_TRY(eg_arena_new(arena, pairs, sizeof(void *), &combined->parts, err));
    EG_TRY(eg_arena_new(arena, eg_target_selection_count(&t->target), sizeof *combined->results,
                        &combined->results, err));
    atomic_init(&combined->left, shares_per_target(c));
    return EG_SUCCESS;
}

static eg_result prepare_targets(eg_combination *c, eg_error *err)
{
    eg_call *call = c->share.intake.call;
    EG_TRY(
        eg_arena_new(call->arena, c->share.target_count, sizeof *c->combined, &c->combined, err));
    eg_result r = EG_SUCCESS;
    eg_arena scratch;
    eg_arena_init(&scratch, call->budget);
    for (size_t i = 0; i < c->share.target_count && !eg_failed(r); i++) {
        r = prepare_target(c, i, &scratch, err);
        eg_arena_reset(&scratch);
    }
    eg_arena_free(&scratch);
    return r;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    eg_combination *c = call->state;
    eg_share_request *r = &c->share;
    EG_TRY(eg_share_election_read(r, default_count(&r->intake), err));
    EG_TRY(eg_share_targets_read(r, err));
    if (r->several) {
        eg_path path = eg_path_field(NULL, "ciphertext_tallies");
        return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                       "combine the tallies first, then send one 'ciphertext_tally'");
    }
    EG_TRY(eg_combination_read(c, err));
    EG_TRY(prepare_targets(c, err));
    EG_TRY(plan_runs(c, err));
    call->compute_units = c->guardian_count + c->run_count;
    return EG_SUCCESS;
}

/* ---- shares ------------------------------------------------------------------------------------
 */

/* The share's node: in the list itself for the tally, in the entry's map for a ballot. Paths are
 * kept by the caller for at to point at. */
typedef struct place {
    const eg_node *node;
    eg_path list;
    eg_path entry;
    eg_path at;
} place;

static eg_result find_share(place *out, const eg_share_target *t, const eg_share_list *tally_list,
                            const eg_share_list *ballot_list, size_t entry, eg_error *err)
{
    const eg_share_list *list = t->tally != NULL ? tally_list : ballot_list;
    out->list = eg_path_field(NULL, list->name);
    out->entry = eg_path_index(&out->list, entry);
    if (t->tally != NULL) {
        out->node = &list->list.as.array.items[entry];
        out->at = out->entry;
        return EG_SUCCESS;
    }
    eg_str id = t->submitted->id;
    out->at = eg_path_key(&out->entry, id.data, id.len);
    const eg_node *map = &list->opened[entry];
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (eg_str_equal(map->as.map.members[i].key, id)) {
            out->node = &map->as.map.members[i].value;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_MISSING_FIELD, &out->at, "the share of a spoiled ballot is missing");
}

/* Opened and read into the job arena, where it stays until the answer. */
static eg_result read_own(eg_decryption_share **out, const place *p, const eg_call *call,
                          eg_error *err)
{
    eg_node map;
    EG_TRY(eg_arena_new(call->arena, 1, sizeof **out, out, err));
    EG_TRY(eg_artifact_open(&map, NULL, p->node, &p->at, call->arena, err));
    return eg_decryption_share_read(*out, &map, &p->at, call->arena, err);
}

static eg_result read_part(eg_compensated_share **out, const place *p, const eg_call *call,
                           eg_error *err)
{
    eg_node map;
    EG_TRY(eg_arena_new(call->arena, 1, sizeof **out, out, err));
    EG_TRY(eg_artifact_open(&map, NULL, p->node, &p->at, call->arena, err));
    return eg_compensated_share_read(*out, &map, &p->at, call->arena, err);
}

/* A share of a run, read, and what it must be. */
typedef struct run_share {
    place place;
    eg_modp recovery_key;
} run_share;

static eg_result claim_own(eg_combination *c, size_t target, size_t share, run_share *at,
                           eg_share_claim *claim, eg_error *err)
{
    const eg_call *call = c->share.intake.call;
    const eg_guardian_data *g = &c->guardians[c->available[share]];
    eg_decryption_share **slot = &c->combined[target].own[share];
    EG_TRY(find_share(&at->place, &c->share.targets[target], &c->tally_shares, &c->ballot_shares,
                      share, err));
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = read_own(slot, &at->place, call, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    EG_TRY(r);
    *claim = (eg_share_claim){
        .own = *slot, .guardian_id = g->id, .public_key = &g->record.key, .path = &at->place.at};
    return EG_SUCCESS;
}

static eg_result claim_part(eg_combination *c, size_t target, size_t share, run_share *at,
                            eg_share_claim *claim, eg_error *err)
{
    const eg_call *call = c->share.intake.call;
    size_t pair = pair_of(c, share);
    const eg_guardian_data *g = &c->guardians[c->available[available_of(c, share)]];
    const eg_guardian_data *m = &c->guardians[c->missing[pair / c->available_count]];
    eg_compensated_share **slot = &c->combined[target].parts[pair];
    EG_TRY(find_share(&at->place, &c->share.targets[target], &c->compensated_tally_shares,
                      &c->compensated_ballot_shares, c->pair_entry[pair], err));
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = read_part(slot, &at->place, call, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    EG_TRY(r);
    eg_recovery_key_vartime(&at->recovery_key, m->record.commitments, m->record.commitment_count,
                            g->sequence_order);
    *claim = (eg_share_claim){.compensated = *slot,
                              .guardian_id = g->id,
                              .missing_id = m->id,
                              .public_key = &g->record.key,
                              .recovery_key = &at->recovery_key,
                              .path = &at->place.at};
    return EG_SUCCESS;
}

static eg_result verify_claims(const eg_combination *c, const share_run *run,
                               const eg_share_claim claims[], size_t count, eg_arena *scratch,
                               eg_error *err)
{
    size_t failed;
    eg_result r = eg_share_claims_verify(claims, count, &c->share.targets[run->target].target,
                                         &c->share.election.context.extended_base_hash,
                                         c->share.intake.call->rng, scratch, &failed, err);
    return eg_failed(r) ? eg_guardian_blame(r, claims[failed].guardian_id, err) : r;
}

/* The first share at fault is the one to report: before one that cannot be read, those in front of
 * it are verified. */
static eg_result verify_run(eg_combination *c, const share_run *run, eg_arena *scratch,
                            eg_error *err)
{
    eg_share_claim *claims;
    run_share *at;
    eg_error unread = {.code = EG_OK};
    size_t count = 0;
    EG_TRY(eg_arena_new(scratch, run->count, sizeof *claims, &claims, err));
    EG_TRY(eg_arena_new(scratch, run->count, sizeof *at, &at, err));
    while (count < run->count && unread.code == EG_OK) {
        size_t share = run->first + count;
        eg_result r = is_own(c, share)
                          ? claim_own(c, run->target, share, &at[count], &claims[count], &unread)
                          : claim_part(c, run->target, share, &at[count], &claims[count], &unread);
        count += eg_failed(r) ? 0 : 1;
    }
    if (count > 0) {
        EG_TRY(verify_claims(c, run, claims, count, scratch, err));
    }
    *err = unread.code == EG_OK ? *err : unread;
    return (eg_result){unread.code};
}

/* ---- combining ---------------------------------------------------------------------------------
 */

static eg_result reconstruct(const eg_combination *c, const eg_combined_target *combined,
                             const eg_target *target, size_t missing, eg_decryption_share *out,
                             eg_arena *scratch, eg_error *err)
{
    const eg_guardian_data *m = &c->guardians[c->missing[missing]];
    const eg_compensated_share *parts[EG_GUARDIANS_MAX];
    for (size_t a = 0; a < c->available_count; a++) {
        parts[a] = combined->parts[missing * c->available_count + a];
    }
    return eg_share_reconstruct(out, target, m->id, &m->record.key, parts, c->coefficients,
                                c->available_count, scratch, err);
}

/* What a count may be at most: the ballots cast, or a ballot's one vote. */
static uint64_t largest_count(const eg_share_target *t)
{
    return t->tally != NULL ? t->tally->cast_count : 1;
}

static eg_result combine(eg_combination *c, size_t index, eg_arena *scratch, eg_error *err)
{
    eg_share_target *t = &c->share.targets[index];
    eg_combined_target *combined = &c->combined[index];
    const eg_decryption_share *shares[EG_GUARDIANS_MAX];
    eg_decryption_share *rebuilt;
    eg_path list;
    eg_path path = eg_share_target_path(&c->share, t, &list);
    size_t n = 0;
    EG_TRY(eg_arena_new(scratch, c->missing_count, sizeof *rebuilt, &rebuilt, err));
    for (size_t a = 0; a < c->available_count; a++) {
        shares[n++] = combined->own[a];
    }
    for (size_t m = 0; m < c->missing_count; m++) {
        EG_TRY(reconstruct(c, combined, &t->target, m, &rebuilt[m], scratch, err));
        shares[n++] = &rebuilt[m];
    }
    return eg_shares_combine(combined->results, &combined->result_count, &t->target, shares, n,
                             largest_count(t), &path, err);
}

static eg_result check_record(const eg_combination *c, size_t i, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "guardian_data");
    eg_path at = eg_path_index(&list, i);
    eg_path path = eg_path_field(&at, "election_public_key");
    const eg_guardian_data *g = &c->guardians[i];
    return eg_guardian_blame(
        eg_guardian_public_check(&g->record, c->share.election.context.quorum, &path, err), g->id,
        err);
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    eg_combination *c = call->state;
    if (unit < c->guardian_count) {
        return check_record(c, unit, err);
    }
    const share_run *run = &c->runs[unit - c->guardian_count];
    EG_TRY(verify_run(c, run, scratch, err));
    bool is_last = atomic_fetch_sub(&c->combined[run->target].left, run->count) == run->count;
    return is_last ? combine(c, run->target, scratch, err) : EG_SUCCESS;
}

/* ---- the answer --------------------------------------------------------------------------------
 */

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const eg_combination *c = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(c->share.form));
    eg_write_map(&w, 2);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "results");
    eg_artifact_write(&w, eg_form_outer(c->share.form), eg_combination_write, c);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_combine_decryption_shares = {
    .method = "POST",
    .path = "/combine_decryption_shares",
    .summary = "verify and combine decryption shares into counts",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY,
    .begin = begin,
    .feed = eg_intake_feed,
    .item = eg_share_item,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = eg_share_end,
};
