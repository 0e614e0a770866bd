#include "record/audit_decryption.h"

#include "crypto/proofs_batch.h"
#include "group/group.h"

/* ---- which selections ---- */

static const eg_opened_contest *contest_of(const eg_opened_tally *tally, eg_str id)
{
    for (size_t i = 0; i < tally->contest_count; i++) {
        if (eg_str_equal(tally->contests[i].object_id, id)) {
            return &tally->contests[i];
        }
    }
    return NULL;
}

static const eg_opened_selection *selection_of(const eg_opened_contest *contest, eg_str id)
{
    for (size_t i = 0; i < contest->selection_count; i++) {
        if (eg_str_equal(contest->selections[i].object_id, id)) {
            return &contest->selections[i];
        }
    }
    return NULL;
}

static eg_result match_contest(eg_decrypted *d, const eg_opened_tally *tally,
                               const eg_target_contest *target, eg_error *err)
{
    const eg_opened_contest *stated = contest_of(tally, target->object_id);
    eg_path contests = eg_path_field(NULL, "contests");
    eg_path at = eg_path_key(&contests, target->object_id.data, target->object_id.len);
    eg_path list = eg_path_field(&at, "selections");
    size_t matched = 0;
    if (stated == NULL) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &at, "the contest is missing");
    }
    if (stated->selection_count > target->selection_count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &list,
                       "it holds more than the selections of the contest");
    }
    for (size_t i = 0; i < target->selection_count; i++) {
        const eg_target_selection *selection = &target->selections[i];
        eg_path path = eg_path_key(&list, selection->object_id.data, selection->object_id.len);
        if (selection->is_placeholder) {
            continue;
        }
        const eg_opened_selection *found = selection_of(stated, selection->object_id);
        if (found == NULL) {
            return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "the selection is missing");
        }
        d->selections[d->count++] = (eg_decrypted_selection){target, selection, found};
        matched++;
    }
    if (matched != stated->selection_count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &list,
                       "it holds more than the selections of the contest");
    }
    return EG_SUCCESS;
}

static eg_result match(eg_decrypted *d, const eg_opened_tally *tally, const eg_target *target,
                       eg_arena *arena, eg_error *err)
{
    eg_path contests = eg_path_field(NULL, "contests");
    /* first, so that what is searched is no longer than what it is searched for */
    if (tally->contest_count > target->contest_count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &contests,
                       "it holds more contests than were encrypted");
    }
    EG_TRY(eg_arena_new(arena, eg_target_selection_count(target), sizeof *d->selections,
                        &d->selections, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        EG_TRY(match_contest(d, tally, &target->contests[i], err));
    }
    return EG_SUCCESS;
}

eg_result eg_decrypted_open(eg_decrypted *d, eg_opened_tally *tally, const eg_node *map,
                            const eg_target *target, bool *good, eg_arena *arena, eg_error *err)
{
    eg_error fault = {0};
    d->count = 0;
    eg_result result = eg_opened_tally_read(tally, map, arena, &fault);
    result = eg_failed(result) ? result : match(d, tally, target, arena, &fault);
    *good = !eg_failed(result);
    return eg_audit_note(d->s, EG_AUDIT_FORM, d->file, result, &fault, err);
}

/* ---- one selection ---- */

enum { PATH_STEPS = 4 };

/* contests.ID.selections.ID */
static const eg_path *path_of(eg_path steps[PATH_STEPS], const eg_decrypted_selection *selection)
{
    eg_str contest = selection->contest->object_id, id = selection->target->object_id;
    steps[0] = eg_path_field(NULL, "contests");
    steps[1] = eg_path_key(&steps[0], contest.data, contest.len);
    steps[2] = eg_path_field(&steps[1], "selections");
    steps[3] = eg_path_key(&steps[2], id.data, id.len);
    return &steps[3];
}

static size_t guardian_of(const eg_audit_state *s, eg_str id)
{
    for (size_t i = 0; i < s->guardian_count; i++) {
        if (eg_str_equal(s->guardians[i].key.owner_id, id)) {
            return i;
        }
    }
    return s->guardian_count;
}

/* The shares of all guardians: shares[i] is guardian i's, and of one who is missing parts[i][j] is
 * what guardian j recovered. */
typedef struct ordered {
    const eg_opened_share *shares[EG_GUARDIANS_MAX];
    const eg_opened_part **parts[EG_GUARDIANS_MAX];
    size_t places[EG_GUARDIANS_MAX]; /* in the file's list */
} ordered;

static eg_result order_part(const eg_decrypted *d, ordered *o, size_t missing,
                            const eg_opened_part *part, const eg_path *at, eg_error *err)
{
    const eg_audit_state *s = d->s;
    const eg_audit_guardian *g = &s->guardians[missing];
    const size_t helper = guardian_of(s, part->key);
    eg_path id = eg_path_field(at, "guardian_id");
    eg_path missing_id = eg_path_field(at, "missing_guardian_id");
    eg_path object_id = eg_path_field(at, "object_id");
    eg_path key = eg_path_field(at, "recovery_key");
    if (helper == s->guardian_count || !s->guardians[helper].is_available) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, at, "it is not of a guardian who is present");
    }
    if (!eg_str_equal(part->guardian_id, part->key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &id, "it is not the guardian it stands under");
    }
    if (!eg_str_equal(part->missing_guardian_id, g->key.owner_id)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &missing_id,
                       "it is not the guardian whose share this is");
    }
    if (!eg_str_equal(part->object_id, o->shares[missing]->object_id)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &object_id, "it is of another selection");
    }
    if (!eg_modp_equal(&part->recovery_key, &g->recovery_keys[helper])) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &key,
                       "it is not what the missing guardian's commitments give");
    }
    o->parts[missing][helper] = part;
    return EG_SUCCESS;
}

static eg_result order_parts(const eg_decrypted *d, ordered *o, size_t missing, const eg_path *at,
                             eg_arena *scratch, eg_error *err)
{
    const eg_opened_share *share = o->shares[missing];
    eg_path path = eg_path_field(at, "recovered_parts");
    if (share->has_proof || !share->has_parts || share->part_count != d->s->available_count) {
        return EG_FAIL(err, EG_E_QUORUM, &path,
                       "the share of a missing guardian has no proof of its own, and a part from "
                       "each guardian present");
    }
    EG_TRY(eg_arena_new(scratch, d->s->guardian_count, sizeof(eg_opened_part *), &o->parts[missing],
                        err));
    for (size_t i = 0; i < share->part_count; i++) {
        eg_str key = share->parts[i].key;
        eg_path each = eg_path_key(&path, key.data, key.len);
        EG_TRY(order_part(d, o, missing, &share->parts[i], &each, err));
    }
    return EG_SUCCESS;
}

static eg_result order_share(const eg_decrypted *d, ordered *o, const eg_opened_selection *stated,
                             size_t place, const eg_path *at, eg_arena *scratch, eg_error *err)
{
    const eg_audit_state *s = d->s;
    const eg_opened_share *share = &stated->shares[place];
    const size_t i = guardian_of(s, share->guardian_id);
    eg_path id = eg_path_field(at, "guardian_id");
    eg_path object_id = eg_path_field(at, "object_id");
    eg_path proof = eg_path_field(at, "proof");
    if (i == s->guardian_count || o->shares[i] != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &id,
                       "each guardian has one share, and nobody else has");
    }
    if (!eg_str_equal(share->object_id, stated->object_id)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &object_id, "it is of another selection");
    }
    o->shares[i] = share;
    o->places[i] = place;
    if (!s->guardians[i].is_available) {
        return order_parts(d, o, i, at, scratch, err);
    }
    if (!share->has_proof || share->has_parts) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &proof,
                       "the share of a guardian who is present has a proof, and no parts");
    }
    return EG_SUCCESS;
}

/* Guardians stand in the same order in the whole file: that of the first selection. */
static bool is_same_order(const eg_decrypted *d, const eg_opened_selection *stated)
{
    const eg_opened_selection *first = d->selections[0].stated;
    for (size_t i = 0; i < stated->share_count && i < first->share_count; i++) {
        if (!eg_str_equal(stated->shares[i].guardian_id, first->shares[i].guardian_id)) {
            return false;
        }
    }
    return true;
}

static eg_result order_shares(const eg_decrypted *d, ordered *o,
                              const eg_decrypted_selection *selection, const eg_path *at,
                              eg_arena *scratch, eg_error *err)
{
    const eg_opened_selection *stated = selection->stated;
    const eg_ciphertext *right = selection->target->ciphertext;
    eg_path message = eg_path_field(at, "message");
    eg_path list = eg_path_field(at, "shares");
    if (!eg_modp_equal(&stated->message.pad, &right->pad) ||
        !eg_modp_equal(&stated->message.data, &right->data)) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &message, "it is not what was encrypted");
    }
    if (stated->share_count != d->s->guardian_count) {
        return EG_FAIL(err, EG_E_QUORUM, &list, "there must be one of each guardian");
    }
    for (size_t i = 0; i < stated->share_count; i++) {
        eg_path each = eg_path_index(&list, i);
        EG_TRY(order_share(d, o, stated, i, &each, scratch, err));
    }
    if (!is_same_order(d, stated)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &list,
                       "the guardians stand in another order than in the file's first selection");
    }
    return EG_SUCCESS;
}

/* ---- proofs ---- */

/* A proof and where it stands. */
typedef struct claim {
    size_t selection;        /* among those checked together */
    size_t guardian, helper; /* helper: who recovered it; the guardian count for a share of one's
                                own */
    const eg_modp *key, *share;
    const eg_generic_proof *proof;
} claim;

typedef struct claims {
    claim *list;
    size_t count;
} claims;

static void add_claims(claims *c, const eg_audit_state *s, const ordered *o, size_t selection)
{
    const size_t n = s->guardian_count;
    for (size_t i = 0; i < n; i++) {
        const eg_audit_guardian *g = &s->guardians[i];
        if (g->is_available) {
            c->list[c->count++] =
                (claim){selection, i, n, &g->key.key, &o->shares[i]->share, &o->shares[i]->proof};
            continue;
        }
        for (size_t j = 0; j < n; j++) {
            if (s->guardians[j].is_available) {
                const eg_opened_part *part = o->parts[i][j];
                c->list[c->count++] =
                    (claim){selection, i, j, &g->recovery_keys[j], &part->share, &part->proof};
            }
        }
    }
}

static eg_generic_check check_of(const eg_decrypted_selection *selections, const claim *c)
{
    return (eg_generic_check){c->proof, selections[c->selection].target->ciphertext, c->key,
                              c->share};
}

static eg_result hold_together(bool *out, const eg_decrypted *d, size_t first, size_t count,
                               const claims *c, eg_arena *scratch, eg_error *err)
{
    const eg_modq *base = &d->s->out->context.extended_base_hash;
    const eg_decrypted_selection *selections = d->selections + first;
    const size_t bases = count * EG_BATCH_OF_CIPHERTEXT + 2 * c->count;
    size_t *ciphertexts = NULL;
    eg_proof_batch batch;
    *out = false;
    for (size_t i = 0; i < c->count; i++) {
        const eg_generic_check check = check_of(selections, &c->list[i]);
        if (!eg_generic_challenge_holds(&check, base)) {
            return EG_SUCCESS;
        }
    }
    EG_TRY(eg_arena_new(scratch, count, sizeof *ciphertexts, &ciphertexts, err));
    EG_TRY(eg_proof_batch_init(&batch, bases + c->count * EG_BATCH_OF_GENERIC, bases, d->s->rng,
                               scratch, err));
    for (size_t i = 0; i < count; i++) {
        ciphertexts[i] = eg_proof_batch_ciphertext(&batch, selections[i].target->ciphertext);
    }
    for (size_t i = 0; i < c->count; i++) {
        const claim *one = &c->list[i];
        const size_t key = eg_proof_batch_base(&batch, one->key);
        const size_t share = eg_proof_batch_base(&batch, one->share);
        eg_proof_batch_generic(&batch, ciphertexts[one->selection], key, share, one->proof);
    }
    return eg_proof_batch_holds(out, &batch, NULL, err);
}

static void report_claim(const eg_decrypted *d, const eg_decrypted_selection *selection,
                         const ordered *o, const claim *c)
{
    const eg_audit_state *s = d->s;
    eg_path steps[PATH_STEPS];
    eg_path list = eg_path_field(path_of(steps, selection), "shares");
    eg_path share = eg_path_index(&list, o->places[c->guardian]);
    if (c->helper == s->guardian_count) {
        eg_audit_fault_at(d->s, d->steps->shares, d->file, &share,
                          "the proof of this share does not hold");
        return;
    }
    eg_str id = s->guardians[c->helper].key.owner_id;
    eg_path parts = eg_path_field(&share, "recovered_parts");
    eg_path part = eg_path_key(&parts, id.data, id.len);
    eg_audit_fault_at(d->s, d->steps->substitutes, d->file, &part,
                      "the proof of this part does not hold");
}

static eg_result verify_claims(const eg_decrypted *d, size_t first, size_t count, const claims *c,
                               const ordered o[], eg_arena *scratch, eg_error *err)
{
    bool hold, *ok = NULL;
    eg_generic_check *checks = NULL;
    EG_TRY(hold_together(&hold, d, first, count, c, scratch, err));
    if (hold) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_arena_new(scratch, c->count, sizeof *checks, &checks, err));
    EG_TRY(eg_arena_new(scratch, c->count, sizeof *ok, &ok, err));
    for (size_t i = 0; i < c->count; i++) {
        checks[i] = check_of(d->selections + first, &c->list[i]);
    }
    eg_generic_verify_vartime(ok, checks, c->count, &d->s->out->context.extended_base_hash);
    for (size_t i = 0; i < c->count; i++) {
        const claim *one = &c->list[i];
        if (!ok[i]) {
            report_claim(d, &d->selections[first + one->selection], &o[one->selection], one);
        }
    }
    return EG_SUCCESS;
}

/* ---- values ---- */

/* A missing guardian's share is the product of the parts, each to its coefficient. */
static eg_result check_replacement(const eg_decrypted *d, const ordered *o, size_t missing,
                                   const eg_path *at, eg_error *err)
{
    const eg_audit_state *s = d->s;
    const eg_modp *bases[EG_GUARDIANS_MAX];
    eg_modq exponents[EG_GUARDIANS_MAX];
    size_t count = 0;
    eg_modp product;
    eg_path list = eg_path_field(at, "shares");
    eg_path share = eg_path_index(&list, o->places[missing]);
    eg_path path = eg_path_field(&share, "share");
    for (size_t j = 0; j < s->guardian_count; j++) {
        if (s->guardians[j].is_available) {
            bases[count] = &o->parts[missing][j]->share;
            exponents[count++] = s->guardians[j].coefficient;
        }
    }
    if (!eg_multi_pow_vartime(&product, bases, exponents, count, 256)) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    if (!eg_modp_equal(&product, &o->shares[missing]->share)) {
        eg_audit_fault_at(d->s, d->steps->replacements, d->file, &path,
                          "it is not what the parts of the guardians present make up");
    }
    return EG_SUCCESS;
}

/* g^tally = value, and value times all shares is what was encrypted. */
static void check_value(const eg_decrypted *d, const ordered *o,
                        const eg_decrypted_selection *selection, const eg_path *at)
{
    const eg_opened_selection *stated = selection->stated;
    const eg_modp *factors[EG_GUARDIANS_MAX + 1];
    const eg_modq count = eg_modq_from_u64((uint64_t)stated->tally);
    eg_modp power, product;
    eg_path tally = eg_path_field(at, "tally");
    eg_path value = eg_path_field(at, "value");
    eg_fixed_pow job = {eg_fixed_base_g(), &count, &power};
    eg_fixed_pow_batch_vartime(&job, 1);
    if (!eg_modp_equal(&power, &stated->value)) {
        eg_audit_fault_at(d->s, d->steps->values, d->file, &tally,
                          "the value beside it stands for another count");
    }
    for (size_t i = 0; i < d->s->guardian_count; i++) {
        factors[i] = &o->shares[i]->share;
    }
    factors[d->s->guardian_count] = &stated->value;
    eg_modp_product(&product, factors, d->s->guardian_count + 1);
    if (!eg_modp_equal(&product, &selection->target->ciphertext->data)) {
        eg_audit_fault_at(d->s, d->steps->values, d->file, &value,
                          "it is not what the guardians' shares decrypt to");
    }
}

/* ---- all of some selections ---- */

static size_t claims_of(const eg_audit_state *s)
{
    return s->available_count + (s->guardian_count - s->available_count) * s->available_count;
}

static eg_result check_values(const eg_decrypted *d, size_t at, const ordered *o, eg_error *err)
{
    const eg_audit_state *s = d->s;
    eg_path steps[PATH_STEPS];
    const eg_path *path = path_of(steps, &d->selections[at]);
    for (size_t i = 0; i < s->guardian_count; i++) {
        if (!s->guardians[i].is_available) {
            EG_TRY(check_replacement(d, o, i, path, err));
        }
    }
    check_value(d, o, &d->selections[at], path);
    return EG_SUCCESS;
}

static void count_checked(const eg_decrypted *d, size_t count)
{
    const eg_audit_state *s = d->s;
    const size_t missing = s->guardian_count - s->available_count;
    eg_audit_checked(d->s, d->steps->shares, count * s->available_count);
    eg_audit_checked(d->s, d->steps->substitutes, count * missing * s->available_count);
    eg_audit_checked(d->s, d->steps->replacements, count * missing);
    eg_audit_checked(d->s, d->steps->values, count);
}

eg_result eg_decrypted_check(const eg_decrypted *d, size_t first, size_t count, eg_arena *scratch,
                             eg_error *err)
{
    eg_decrypted good = *d; /* of which the shares are in order */
    ordered *o = NULL;
    claims c = {0};
    good.count = 0;
    EG_TRY(eg_arena_new(scratch, count, sizeof *o, &o, err));
    EG_TRY(eg_arena_new(scratch, count, sizeof *good.selections, &good.selections, err));
    EG_TRY(eg_arena_new(scratch, count * claims_of(d->s), sizeof *c.list, &c.list, err));
    for (size_t i = first; i < first + count; i++) {
        eg_path steps[PATH_STEPS];
        eg_error fault = {0};
        const eg_path *at = path_of(steps, &d->selections[i]);
        memset(&o[good.count], 0, sizeof *o);
        eg_result result = order_shares(d, &o[good.count], &d->selections[i], at, scratch, &fault);
        EG_TRY(eg_audit_note(d->s, d->steps->shares, d->file, result, &fault, err));
        if (!eg_failed(result)) {
            add_claims(&c, d->s, &o[good.count], good.count);
            good.selections[good.count++] = d->selections[i];
        }
    }
    EG_TRY(verify_claims(&good, 0, good.count, &c, o, scratch, err));
    for (size_t i = 0; i < good.count; i++) {
        EG_TRY(check_values(&good, i, &o[i], err));
    }
    count_checked(d, good.count);
    return EG_SUCCESS;
}
