#include "election/decryption_open.h"

#include "election/flat.h"
#include "group/group.h"

/* The compensated shares by coefficient, which is negated where that makes it shorter: between
 * others: between guardians 1 to k coefficients are small whole numbers, of either sign, and a
 * power to the other side of the equation costs nothing. */
typedef struct group {
    const eg_modq *coefficient;
    eg_modq exponent; /* the coefficient or its negation, whichever is shorter */
    bool is_negative;
} group;

typedef struct groups {
    group *at;
    size_t count;
    size_t *of; /* group of each share: those of the first missing guardian, then the next */
    unsigned bits;
} groups;

static size_t share_count(const eg_opening *o)
{
    size_t n = 0;
    for (size_t m = 0; m < o->missing_count; m++) {
        n += o->missing[m].count;
    }
    return n;
}

static unsigned bits_of(const eg_modq *x)
{
    unsigned bits = EG_Q_BYTES * 8;
    while (bits > 1 && (x->limb[(bits - 1) / 64] >> ((bits - 1) % 64) & 1) == 0) {
        bits--;
    }
    return bits;
}

static void add_group(groups *g, const eg_modq *coefficient)
{
    group *added = &g->at[g->count++];
    eg_modq negated;
    eg_modq_neg(&negated, coefficient);
    unsigned bits = bits_of(coefficient), negated_bits = bits_of(&negated);
    *added = (group){.coefficient = coefficient,
                     .exponent = negated_bits < bits ? negated : *coefficient,
                     .is_negative = negated_bits < bits};
    bits = added->is_negative ? negated_bits : bits;
    g->bits = bits > g->bits ? bits : g->bits;
}

static size_t group_of(groups *g, const eg_modq *coefficient)
{
    size_t i = 0;
    while (i < g->count && !eg_modq_equal(g->at[i].coefficient, coefficient)) {
        i++;
    }
    if (i == g->count) {
        add_group(g, coefficient);
    }
    return i;
}

static eg_result make_groups(groups *g, const eg_opening *o, eg_arena *scratch, eg_error *err)
{
    size_t n = share_count(o), at = 0;
    *g = (groups){.count = 0};
    EG_TRY(eg_arena_new(scratch, n, sizeof *g->at, &g->at, err));
    EG_TRY(eg_arena_new(scratch, n, sizeof *g->of, &g->of, err));
    for (size_t m = 0; m < o->missing_count; m++) {
        for (size_t l = 0; l < o->missing[m].count; l++) {
            g->of[at++] = group_of(g, &o->missing[m].coefficients[l]);
        }
    }
    return EG_SUCCESS;
}

size_t eg_opening_powers(const eg_opening *o)
{
    enum { PRODUCTS_OF_TERM = 80, SCALAR_IN_LANES = 6 };
    size_t most = 0, shares = share_count(o) + o->own_count;
    for (size_t m = 0; m < o->missing_count; m++) {
        most = o->missing[m].count > most ? o->missing[m].count : most;
    }
    size_t products = most * PRODUCTS_OF_TERM + shares * SCALAR_IN_LANES;
    return 1 + products / EG_PRODUCTS_OF_POWER + (most > 0 ? 1 : 0);
}

static const eg_modp *part_at(const eg_opening *o, size_t missing, size_t part, eg_flat at)
{
    return &o->missing[missing].parts[part]->contests[at.contest].selections[at.selection].share;
}

/* products[i]: of the selection's shares in group i */
static void multiply_groups(eg_modp products[], eg_modp_acc acc[], const groups *g,
                            const eg_opening *o, eg_flat at)
{
    size_t share = 0;
    for (size_t i = 0; i < g->count; i++) {
        eg_modp_acc_init(&acc[i]);
    }
    for (size_t m = 0; m < o->missing_count; m++) {
        for (size_t l = 0; l < o->missing[m].count; l++) {
            eg_modp_acc_mul(&acc[g->of[share++]], part_at(o, m, l, at));
        }
    }
    for (size_t i = 0; i < g->count; i++) {
        eg_modp_acc_value(&products[i], &acc[i]);
    }
}

/* What the missing guardians' shares of a selection come to: over / under. */
typedef struct fraction {
    eg_modp over, under;
} fraction;

/* powers[i] = products[i]^exponent of its group, for the groups of `count` selections. */
static eg_result raise_each(eg_modp powers[], const eg_modp products[], const groups *g,
                            size_t count, eg_arena *scratch, eg_error *err)
{
    eg_pow *jobs;
    size_t n = g->count * count;
    EG_TRY(eg_arena_new(scratch, n, sizeof *jobs, &jobs, err));
    for (size_t i = 0; i < n; i++) {
        jobs[i] = (eg_pow){&products[i], &g->at[i % g->count].exponent, &powers[i]};
    }
    eg_pow_batch_vartime(jobs, n);
    return EG_SUCCESS;
}

static void multiply_powers(fraction *out, const eg_modp powers[], const groups *g)
{
    eg_modp_acc over, under;
    eg_modp_acc_init(&over);
    eg_modp_acc_init(&under);
    for (size_t i = 0; i < g->count; i++) {
        eg_modp_acc_mul(g->at[i].is_negative ? &under : &over, &powers[i]);
    }
    eg_modp_acc_value(&out->over, &over);
    eg_modp_acc_value(&out->under, &under);
}

static eg_result raise_apart(fraction out[], const eg_modp products[], const groups *g,
                             size_t count, eg_arena *scratch, eg_error *err)
{
    eg_modp *powers;
    EG_TRY(eg_arena_new(scratch, count * g->count, sizeof *powers, &powers, err));
    EG_TRY(raise_each(powers, products, g, count, scratch, err));
    for (size_t s = 0; s < count; s++) {
        multiply_powers(&out[s], powers + s * g->count, g);
    }
    return EG_SUCCESS;
}

/* Of one selection, the groups of one sign as one product of powers. */
static bool raise_side(eg_modp *out, const eg_modp products[], const groups *g, bool negative,
                       const eg_modp *bases[], eg_modq exponents[])
{
    size_t n = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (g->at[i].is_negative == negative) {
            exponents[n] = g->at[i].exponent;
            bases[n++] = &products[i];
        }
    }
    *out = eg_modp_one;
    return n == 0 || eg_multi_pow_vartime(out, bases, exponents, n, g->bits);
}

static eg_result raise_together(fraction out[], const eg_modp products[], const groups *g,
                                size_t count, eg_arena *scratch, eg_error *err)
{
    const eg_modp **bases;
    eg_modq *exponents;
    EG_TRY(eg_arena_new(scratch, g->count, sizeof *bases, (void *)&bases, err));
    EG_TRY(eg_arena_new(scratch, g->count, sizeof *exponents, &exponents, err));
    for (size_t s = 0; s < count; s++) {
        const eg_modp *of_selection = products + s * g->count;
        if (!raise_side(&out[s].over, of_selection, g, false, bases, exponents) ||
            !raise_side(&out[s].under, of_selection, g, true, bases, exponents)) {
            return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to combine the shares");
        }
    }
    return EG_SUCCESS;
}

static size_t blocks_of(size_t n)
{
    return (n + eg_group_lanes() - 1) / eg_group_lanes();
}

/* In products of whole blocks: single powers fill the lanes from several selections; a product of
 * powers squares once for all its terms. */
static bool is_better_together(const groups *g, size_t count)
{
    enum { OF_TABLE = 16, BITS_OF_WINDOW = 4 };
    size_t negative = 0, windows = g->bits / BITS_OF_WINDOW + 1;
    for (size_t i = 0; i < g->count; i++) {
        negative += g->at[i].is_negative ? 1 : 0;
    }
    size_t sides = (negative > 0 ? 1u : 0u) + (negative < g->count ? 1u : 0u);
    size_t rounds = blocks_of(negative) + blocks_of(g->count - negative);
    size_t together = count * (sides * g->bits + rounds * (OF_TABLE + windows));
    return together < blocks_of(g->count * count) * (OF_TABLE + g->bits + windows);
}

/* missing[i]: of selection first + i. */
static eg_result multiply_missing(fraction missing[], const eg_opening *o, const groups *g,
                                  size_t first, size_t count, eg_arena *scratch, eg_error *err)
{
    eg_modp *products;
    eg_modp_acc *acc;
    EG_TRY(eg_arena_new(scratch, count * g->count, sizeof *products, &products, err));
    EG_TRY(eg_arena_new(scratch, g->count, sizeof *acc, &acc, err));
    for (size_t s = 0; s < count; s++) {
        multiply_groups(products + s * g->count, acc, g, o, eg_flat_at(o->target, first + s));
    }
    return is_better_together(g, count) ? raise_together(missing, products, g, count, scratch, err)
                                        : raise_apart(missing, products, g, count, scratch, err);
}

/* B / product of all shares, and its logarithm. missing: NULL where nobody is. */
static bool open_selection(eg_plain_result *out, const eg_opening *o, eg_flat at,
                           const fraction *missing)
{
    eg_modp_acc product;
    eg_modp divisor;
    const eg_target_selection *selection =
        &o->target->contests[at.contest].selections[at.selection];
    eg_modp_acc_init(&product);
    for (size_t i = 0; i < o->own_count; i++) {
        eg_modp_acc_mul(&product, &o->own[i]->contests[at.contest].selections[at.selection].share);
    }
    if (missing != NULL) {
        eg_modp_acc_mul(&product, &missing->over);
    }
    eg_modp_acc_value(&divisor, &product);
    if (!eg_modp_inverse_vartime(&divisor, &divisor)) {
        return false;
    }
    eg_modp_mul(&out->value, &selection->ciphertext->data, &divisor);
    if (missing != NULL) {
        eg_modp_mul(&out->value, &out->value, &missing->under);
    }
    out->contest_id = o->target->contests[at.contest].object_id;
    out->object_id = selection->object_id;
    return eg_dlog_find_vartime(&out->tally, o->counts, &out->value);
}

static eg_result refuse(const eg_opening *o, eg_flat at, const eg_path *path, eg_error *err)
{
    const eg_target_contest *contest = &o->target->contests[at.contest];
    eg_str id = contest->selections[at.selection].object_id;
    eg_path contests = eg_path_field(path, "contests");
    eg_path one = eg_path_key(&contests, contest->object_id.data, contest->object_id.len);
    eg_path selections = eg_path_field(&one, "selections");
    eg_path here = eg_path_key(&selections, id.data, id.len);
    return EG_FAIL(err, EG_E_PROOF_INVALID, &here,
                   "the shares do not decrypt the selection to a count that is possible");
}

eg_result eg_selections_open(eg_plain_result results[], const eg_opening *o, size_t first,
                             size_t count, eg_arena *scratch, const eg_path *path, eg_error *err)
{
    groups g;
    fraction *missing = NULL;
    EG_TRY(make_groups(&g, o, scratch, err));
    if (g.count > 0) {
        EG_TRY(eg_arena_new(scratch, count, sizeof *missing, &missing, err));
        EG_TRY(multiply_missing(missing, o, &g, first, count, scratch, err));
    }
    for (size_t i = 0; i < count; i++) {
        eg_flat at = eg_flat_at(o->target, first + i);
        bool is_placeholder =
            o->target->contests[at.contest].selections[at.selection].is_placeholder;
        if (!is_placeholder &&
            !open_selection(&results[i], o, at, missing == NULL ? NULL : &missing[i])) {
            return refuse(o, at, path, err);
        }
    }
    return EG_SUCCESS;
}

size_t eg_results_gather(eg_plain_result results[], const eg_target *target)
{
    size_t n = 0, flat = 0;
    for (size_t c = 0; c < target->contest_count; c++) {
        for (size_t s = 0; s < target->contests[c].selection_count; s++, flat++) {
            if (!target->contests[c].selections[s].is_placeholder) {
                results[n++] = results[flat];
            }
        }
    }
    return n;
}
