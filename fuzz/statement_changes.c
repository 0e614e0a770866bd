/* Instructions that change a statement: numbers, proofs made anew over what has become of them,
 * order, names and lists. */
#include "statement.h"

#include "group/group.h"

enum { BYTES_OF_OP = 4, OPS_MAX = 24 };

typedef struct op {
    statement *s;
    size_t share, k;
    uint8_t how;
} op;

/* p - x: no member where x is one */
static void negate(eg_modp *x)
{
    uint64_t borrow = 0;
    if (eg_modp_is_zero(x)) {
        return;
    }
    for (size_t i = 0; i < EG_P_LIMBS; i++) {
        uint64_t a = eg_p_limbs[i], b = x->limb[i];
        x->limb[i] = a - b - borrow;
        borrow = a < b || (a == b && borrow != 0) ? 1 : 0;
    }
}

static void change_p(statement *s, eg_modp *x, uint8_t how)
{
    static const uint64_t small[] = {0, 1, 2, 4};
    eg_modq e;
    eg_modp factor;
    switch (how % 8) {
    case 0: /* another sign: no member */
        negate(x);
        return;
    case 1:
    case 2: /* times g, or 1/g: a vote more or less */
        e = eg_modq_one;
        if (how % 8 == 2) {
            eg_modq_neg(&e, &e);
        }
        g_to(&factor, &e);
        eg_modp_mul(x, x, &factor);
        return;
    case 3:
        random_q(&e, s);
        g_to(x, &e);
        return;
    case 4:
        random_q(&e, s);
        g_to(&factor, &e);
        eg_modp_mul(x, x, &factor);
        return;
    case 5:
        *x = (eg_modp){{small[how / 8 % 4]}};
        return;
    case 6: /* p - 1 */
        *x = eg_modp_one;
        negate(x);
        return;
    default:
        eg_modp_mul(x, x, x);
    }
}

static void change_q(statement *s, eg_modq *x, uint8_t how)
{
    eg_modq e;
    switch (how % 5) {
    case 0:
        eg_modq_add(x, x, &eg_modq_one);
        return;
    case 1:
        *x = eg_modq_zero;
        return;
    case 2:
        eg_modq_neg(x, x);
        return;
    case 3:
        random_q(x, s);
        return;
    default:
        random_q(&e, s);
        eg_modq_add(x, x, &e);
    }
}

static void change_pad(const op *o)
{
    change_p(o->s, &o->s->cipher[o->k]->pad, o->how);
    o->s->cipher_touched[o->k] = true;
}

static void change_data(const op *o)
{
    change_p(o->s, &o->s->cipher[o->k]->data, o->how);
    o->s->cipher_touched[o->k] = true;
}

static void swap_selections(const op *o)
{
    size_t other = o->how % CANDIDATES;
    eg_ciphertext was = *o->s->cipher[o->k];
    *o->s->cipher[o->k] = *o->s->cipher[other];
    *o->s->cipher[other] = was;
    o->s->cipher_touched[o->k] = o->s->cipher_touched[other] = true;
}

static void no_vote(const op *o)
{
    *o->s->cipher[o->k] = (eg_ciphertext){eg_modp_one, eg_modp_one};
    o->s->cipher_touched[o->k] = true;
}

static entry *entry_of(const op *o)
{
    entry *e = &o->s->shares[o->share][o->k];
    e->touched = true;
    return e;
}

static void change_share(const op *o)
{
    change_p(o->s, &entry_of(o)->share, o->how);
}

static void change_commitment(const op *o)
{
    entry *e = entry_of(o);
    change_p(o->s, (o->how & 1) != 0 ? &e->proof.pad : &e->proof.data, o->how / 2);
}

static void change_challenge(const op *o)
{
    change_q(o->s, &entry_of(o)->proof.challenge, o->how);
}

static void change_response(const op *o)
{
    change_q(o->s, &entry_of(o)->proof.response, o->how);
}

/* Signs of a share and a commitment together: the equations stay right for even challenges. */
static void change_signs(const op *o)
{
    entry *e = entry_of(o);
    negate(&e->share);
    if ((o->how & 1) != 0) {
        negate(&e->proof.data);
    }
    if ((o->how & 2) != 0) {
        rehash(o->s, o->share, o->k);
    }
}

static void copy_entry(const op *o)
{
    *entry_of(o) = o->s->shares[o->how % SHARES][o->how / SHARES % CANDIDATES];
    entry_of(o)->touched = true;
}

static void make_again(const op *o)
{
    make_entry(o->s, o->share, o->k, &o->s->secrets[o->share]);
}

/* Of all shares that are sent. */
static void make_all_again(const op *o)
{
    statement *s = o->s;
    for (size_t i = 0; i < s->available_count; i++) {
        make_entry(s, s->own_of[i], o->k, &s->secrets[s->own_of[i]]);
    }
    for (size_t i = 0; i < s->pair_count; i++) {
        size_t share = GUARDIANS + s->pairs[i].part;
        make_entry(s, share, o->k, &s->secrets[share]);
    }
}

/* As if another secret were the guardian's. */
static void make_with_another_secret(const op *o)
{
    eg_modq secret = o->s->secrets[o->share];
    change_q(o->s, &secret, o->how);
    make_entry(o->s, o->share, o->k, &secret);
}

/* One share has what another lacks: their product is right. */
static void shift_between(const op *o)
{
    size_t other = o->how % SHARES;
    eg_modq x, minus;
    random_q(&x, o->s);
    eg_modq_neg(&minus, &x);
    eg_modp factor;
    g_to(&factor, &x);
    eg_modp_mul(&entry_of(o)->share, &entry_of(o)->share, &factor);
    g_to(&factor, &minus);
    eg_modp *to = &o->s->shares[other][o->k].share;
    eg_modp_mul(to, to, &factor);
    o->s->shares[other][o->k].touched = true;
    if ((o->how & 0x80) != 0) {
        simulate_proof(o->s, o->share, o->k);
        simulate_proof(o->s, other, o->k);
    }
}

static void simulate(const op *o)
{
    simulate_proof(o->s, o->share, o->k);
}

static void hash_again(const op *o)
{
    rehash(o->s, o->share, o->k);
}

static void drop_proof(const op *o)
{
    entry_of(o)->has_proof = false;
}

static void change_available(const op *o)
{
    choose_available(o->s, o->how % 8);
}

/* ---- instructions that leave the order of things ---- */

static void change_order_of_pairs(const op *o)
{
    if (o->s->pair_count > 1) { /* any order will do */
        size_t i = o->share % o->s->pair_count, j = o->how % o->s->pair_count;
        pair was = o->s->pairs[i];
        o->s->pairs[i] = o->s->pairs[j];
        o->s->pairs[j] = was;
    }
}

static void drop_pair(const op *o)
{
    if (o->s->pair_count > 0) {
        size_t at = o->share % o->s->pair_count;
        o->s->pairs[at] = o->s->pairs[--o->s->pair_count];
        o->s->odd = true;
    }
}

static void repeat_pair(const op *o)
{
    if (o->s->pair_count > 0 && o->s->pair_count < PAIRS_MAX) {
        o->s->pairs[o->s->pair_count] = o->s->pairs[o->share % o->s->pair_count];
        o->s->pairs[o->s->pair_count++].part = o->how % PARTS;
        o->s->odd = true;
    }
}

static void send_another_share(const op *o)
{
    if ((o->how & 1) != 0 && o->s->pair_count > 0) {
        o->s->pairs[o->share % o->s->pair_count].part = o->how / 2 % PARTS;
    } else if (o->s->available_count > 0) {
        o->s->own_of[o->share % o->s->available_count] = o->how / 2 % GUARDIANS;
    }
    o->s->odd = true;
}

static void repeat_available(const op *o)
{
    if (o->s->available_count > 0) {
        o->s->available[o->share % o->s->available_count] = o->how % GUARDIANS;
        o->s->odd = true;
    }
}

static void change_names(const op *o)
{
    bool own = o->share < GUARDIANS;
    eg_str *name;
    if (own) {
        eg_decryption_share *d = &o->s->own[o->share];
        name = (o->how & 1) != 0 ? &d->guardian_id : &d->contests[0].selections[o->k].object_id;
    } else {
        eg_decryption_share *c = &o->s->parts[o->share - GUARDIANS];
        name = (o->how & 1) != 0 ? &c->guardian_id : &c->missing_guardian_id;
    }
    *name = the.ids[o->how / 2 % GUARDIANS];
    o->s->odd = true;
}

static void change_counts(const op *o)
{
    o->s->guardians += (int)(o->how % 3) - 1;
    o->s->quorum += (int)(o->how / 3 % 3) - 1;
    o->s->odd = true;
}

typedef void run_op(const op *o);
static run_op *const ops[] = {
    change_pad,
    change_data,
    swap_selections,
    no_vote,
    change_share,
    change_commitment,
    change_challenge,
    change_response,
    change_signs,
    copy_entry,
    make_again,
    make_all_again,
    make_all_again,
    make_with_another_secret,
    shift_between,
    simulate,
    hash_again,
    drop_proof,
    change_available,
    change_available,
    change_order_of_pairs,
    drop_pair,
    repeat_pair,
    send_another_share,
    repeat_available,
    change_names,
    change_counts,
};
enum { OPS = sizeof ops / sizeof ops[0] };

void statement_change(statement *s, const uint8_t *program, size_t n)
{
    for (size_t i = 0; i + BYTES_OF_OP <= n && i < OPS_MAX * BYTES_OF_OP; i += BYTES_OF_OP) {
        const op o = {s, program[i + 1] % SHARES, program[i + 2] % CANDIDATES, program[i + 3]};
        ops[program[i] % OPS](&o);
    }
}
