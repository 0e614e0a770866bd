/* Combinations of shares that are nearly right. The bytes are a program: they change a sound tally
 * and its shares, numbers and all, and make proofs anew over what has become of them. What
 * /combine_decryption_shares then answers must be what the plain way says (plain_verdict.h):
 *
 *   accepted  every number is a member, every proof used holds, and each count is what the secret
 *             key opens
 *   refused   something of that is not so; or names, lists or numbers of guardians were changed
 *
 * Each instruction has four bytes: what, where (share), where (selection), with what. */
#include "common.h"
#include "plain_verdict.h"

#include "api/endpoints.h"
#include "api/frame/negotiation.h"
#include "api/routes.h"
#include "election/decryption.h"
#include "election/key_ceremony.h"
#include "group/group.h"
#include "support/call_driver.h"
#include "support/splitmix.h"
#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"
#include "wire/objects/tally.h"

enum {
    GUARDIANS = 3,
    QUORUM = 2,
    CANDIDATES = 2,
    CAST = 3,
    PARTS = GUARDIANS * (GUARDIANS - 1),
    SHARES = GUARDIANS + PARTS, /* each guardian's own; then part (missing, by) */
    PAIRS_MAX = 2 * PARTS,
    BYTES_OF_OP = 4,
    OPS_MAX = 24
};

/* ---- the election ---- */

typedef struct election {
    eg_arena arena;
    eg_str names[CANDIDATES], ids[GUARDIANS], cast[CAST];
    eg_manifest manifest;
    eg_context context;
    eg_polynomial polynomials[GUARDIANS];
    eg_guardian_public records[GUARDIANS];
    eg_modq secret; /* of the joint key */
} election;

static election the;

static void must(eg_result r)
{
    CHECK(!eg_failed(r));
}

static eg_str made_text(const char *format, size_t i)
{
    enum { BYTES = 16 };
    char *out = eg_arena_alloc(&the.arena, BYTES);
    CHECK(out != NULL);
    return (eg_str){out, (size_t)snprintf(out, BYTES, format, i)};
}

static const election *election_once(void)
{
    eg_modp key;
    eg_modq hash;
    if (the.names[0].data != NULL) {
        return &the;
    }
    eg_arena_init(&the.arena, NULL);
    for (size_t i = 0; i < CANDIDATES; i++) {
        the.names[i] = made_text("C%zu", i);
    }
    for (size_t i = 0; i < CAST; i++) {
        the.cast[i] = made_text("b-%zu", i);
    }
    must(eg_manifest_build_service(&the.manifest, &the.arena, the.names, CANDIDATES, the.names,
                                   CANDIDATES, 1, NULL));
    for (size_t i = 0; i < GUARDIANS; i++) {
        the.ids[i] = made_text("%zu", i + 1);
        must(eg_guardian_generate(&the.polynomials[i], &the.records[i], the.ids[i], (uint32_t)i + 1,
                                  QUORUM, eg_rng_system(), &the.arena, NULL));
        eg_modq_add(&the.secret, &the.secret, &the.polynomials[i].coefficients[0].value);
    }
    eg_joint_key(&key, &hash, the.records, GUARDIANS);
    must(eg_context_init(&the.context, GUARDIANS, QUORUM, &key, &hash, &the.manifest.hash, NULL));
    return &the;
}

/* ---- what the program changes ---- */

typedef struct entry { /* of a share: one selection */
    eg_modp share;
    eg_generic_proof proof;
    bool has_proof;
    bool touched; /* since it was known to be right */
} entry;

typedef struct pair {
    size_t missing, by, part; /* as listed; whose share is sent */
} pair;

typedef struct statement {
    uint64_t random;
    eg_arena arena;
    eg_tally tally;
    eg_ciphertext *cipher[CANDIDATES];
    bool cipher_touched[CANDIDATES];
    entry shares[SHARES][CANDIDATES];
    eg_modq secrets[SHARES]; /* a guardian's, or the coordinate */
    eg_modp keys[SHARES];    /* of these */
    eg_decryption_share own[GUARDIANS];
    eg_decryption_share parts[PARTS];
    size_t available[GUARDIANS], available_count;
    size_t own_of[GUARDIANS]; /* whose share is sent at that place */
    pair pairs[PAIRS_MAX];
    size_t pair_count;
    int64_t guardians, quorum;
    bool odd; /* names, lists or counts were changed: refusing is right */
} statement;

static size_t part_of(size_t missing, size_t by)
{
    return missing * (GUARDIANS - 1) + by - (by > missing ? 1 : 0);
}

static void random_q(eg_modq *out, statement *s)
{
    uint8_t bytes[EG_Q_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)splitmix_next(&s->random);
    }
    bytes[0] = 0; /* below q */
    CHECK(eg_modq_from_bytes(out, bytes, sizeof bytes));
}

static void g_to(eg_modp *out, const eg_modq *exponent)
{
    const eg_fixed_pow job = {eg_fixed_base_g(), exponent, out};
    eg_fixed_pow_batch_vartime(&job, 1);
}

static void power(eg_modp *out, const eg_modp *base, const eg_modq *exponent)
{
    CHECK(eg_multi_pow_vartime(out, &base, exponent, 1, EG_Q_BYTES * 8));
}

/* The share of a secret and its proof. */
static void make_entry(statement *s, size_t share, size_t k, const eg_modq *secret)
{
    entry *e = &s->shares[share][k];
    const eg_ciphertext *c = s->cipher[k];
    eg_modq u;
    eg_modp a, b;
    random_q(&u, s);
    power(&e->share, &c->pad, secret);
    g_to(&a, &u);
    power(&b, &c->pad, &u);
    eg_generic_finish(&e->proof, c, &e->share, secret, &u, &a, &b, &the.context.extended_base_hash);
    e->has_proof = true;
    e->touched = true;
}

/* A proof for the share as it is, with commitments that fit: all but the hash is right. */
static void simulate_proof(statement *s, size_t share, size_t k)
{
    entry *e = &s->shares[share][k];
    eg_modq minus_c;
    eg_modp left, right;
    random_q(&e->proof.challenge, s);
    random_q(&e->proof.response, s);
    eg_modq_neg(&minus_c, &e->proof.challenge);
    g_to(&left, &e->proof.response);
    power(&right, &s->keys[share], &minus_c);
    eg_modp_mul(&e->proof.pad, &left, &right);
    power(&left, &s->cipher[k]->pad, &e->proof.response);
    power(&right, &e->share, &minus_c);
    eg_modp_mul(&e->proof.data, &left, &right);
    e->touched = true;
}

/* The hash over what is there, and the response that fits it where the share does. */
static void rehash(statement *s, size_t share, size_t k)
{
    entry *e = &s->shares[share][k];
    const eg_modp a = e->proof.pad, b = e->proof.data;
    eg_modq u;
    random_q(&u, s);
    eg_generic_finish(&e->proof, s->cipher[k], &e->share, &s->secrets[share], &u, &a, &b,
                      &the.context.extended_base_hash);
    e->touched = true;
}

/* ---- the sound beginning ---- */

static void make_tally(statement *s)
{
    static const uint64_t votes[CANDIDATES] = {2, 1};
    eg_tally_sum sum;
    must(eg_tally_sum_init(&sum, &the.manifest, &s->arena, NULL));
    must(eg_tally_from_sum(&s->tally, &sum, &the.manifest, &s->arena, NULL));
    s->tally.cast_ids = the.cast;
    s->tally.cast_count = CAST;
    for (size_t k = 0; k < CANDIDATES; k++) {
        eg_modq r, t = eg_modq_from_u64(votes[k]);
        eg_modp g_t, k_r;
        s->cipher[k] = &s->tally.contests[0].selections[k].ciphertext;
        random_q(&r, s);
        g_to(&s->cipher[k]->pad, &r);
        g_to(&g_t, &t);
        power(&k_r, &the.context.public_key, &r);
        eg_modp_mul(&s->cipher[k]->data, &g_t, &k_r);
    }
}

static void make_shares(statement *s)
{
    for (size_t i = 0; i < SHARES; i++) {
        for (size_t k = 0; k < CANDIDATES; k++) {
            make_entry(s, i, k, &s->secrets[i]);
            s->shares[i][k].touched = false;
        }
    }
}

static void make_secrets(statement *s)
{
    for (size_t m = 0; m < GUARDIANS; m++) {
        eg_modq coefficients[QUORUM];
        for (size_t j = 0; j < QUORUM; j++) {
            coefficients[j] = the.polynomials[m].coefficients[j].value;
        }
        s->secrets[m] = coefficients[0];
        s->keys[m] = the.records[m].key;
        for (size_t by = 0; by < GUARDIANS; by++) {
            if (by != m) {
                size_t at = GUARDIANS + part_of(m, by);
                eg_polynomial_value(&s->secrets[at], coefficients, QUORUM, by + 1);
                g_to(&s->keys[at], &s->secrets[at]);
            }
        }
    }
}

/* Numbers are copied from here for each input: its tally and shares are the same. */
static const statement *sound(void)
{
    static statement s;
    static bool ready;
    if (!ready) {
        s = (statement){.random = 1, .guardians = GUARDIANS, .quorum = QUORUM};
        eg_arena_init(&s.arena, NULL);
        make_secrets(&s);
        make_tally(&s);
        make_shares(&s);
        ready = true;
    }
    return &s;
}

static void make_shapes(statement *s)
{
    eg_target target;
    must(eg_target_from_tally(&target, &s->tally, &s->arena, NULL));
    for (size_t i = 0; i < GUARDIANS; i++) {
        const eg_share_origin own = {.guardian_id = the.ids[i], .public_key = &the.records[i].key};
        must(eg_decryption_share_init(&s->own[i], &target, &own, &s->arena, NULL));
        for (size_t by = 0; by < GUARDIANS; by++) {
            if (by != i) {
                size_t part = part_of(i, by);
                const eg_share_origin origin = {the.ids[by], the.ids[i], &the.records[by].key,
                                                &s->keys[GUARDIANS + part]};
                must(eg_decryption_share_init(&s->parts[part], &target, &origin, &s->arena, NULL));
            }
        }
    }
}

static bool is_available(const statement *s, size_t guardian)
{
    for (size_t i = 0; i < s->available_count; i++) {
        if (s->available[i] == guardian) {
            return true;
        }
    }
    return false;
}

static void choose_available(statement *s, unsigned mask)
{
    s->available_count = 0;
    for (size_t i = 0; i < GUARDIANS; i++) {
        if ((mask >> i & 1) != 0) {
            s->own_of[s->available_count] = i;
            s->available[s->available_count++] = i;
        }
    }
    s->pair_count = 0;
    for (size_t m = 0; m < GUARDIANS; m++) {
        for (size_t i = 0; i < s->available_count && !is_available(s, m); i++) {
            size_t by = s->available[i];
            s->pairs[s->pair_count++] = (pair){m, by, part_of(m, by)};
        }
    }
    s->odd = s->odd || s->available_count < QUORUM;
}

static void begin(statement *s)
{
    const statement *from = sound();
    *s = *from;
    eg_arena_init(&s->arena, NULL);
    eg_tally_sum sum;
    must(eg_tally_sum_init(&sum, &the.manifest, &s->arena, NULL));
    must(eg_tally_from_sum(&s->tally, &sum, &the.manifest, &s->arena, NULL));
    s->tally.cast_ids = the.cast;
    s->tally.cast_count = CAST;
    for (size_t k = 0; k < CANDIDATES; k++) {
        s->cipher[k] = &s->tally.contests[0].selections[k].ciphertext;
        *s->cipher[k] = *from->cipher[k];
    }
    make_shapes(s);
    choose_available(s, 3);
}

/* ---- instructions ---- */

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
        o->s->pairs[o->share % o->s->pair_count] = o->s->pairs[--o->s->pair_count];
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

static void run_program(statement *s, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i + BYTES_OF_OP <= n && i < OPS_MAX * BYTES_OF_OP; i += BYTES_OF_OP) {
        const op o = {s, data[i + 1] % SHARES, data[i + 2] % CANDIDATES, data[i + 3]};
        ops[data[i] % OPS](&o);
    }
}

/* ---- asking ---- */

static void put_numbers(statement *s)
{
    for (size_t i = 0; i < SHARES; i++) {
        for (size_t k = 0; k < CANDIDATES; k++) {
            const entry *e = &s->shares[i][k];
            eg_decryption_share *share = i < GUARDIANS ? &s->own[i] : &s->parts[i - GUARDIANS];
            eg_decryption_selection *to = &share->contests[0].selections[k];
            to->share = e->share;
            to->proof = e->proof;
            to->has_proof = e->has_proof;
        }
    }
}

static void put_object(eg_writer *w, eg_write_fn write, const void *object)
{
    eg_artifact_write(w, EG_FORM_MAP, write, object);
}

static void put_fields(eg_writer *w, const statement *s)
{
    const eg_tally_object tally = {&s->tally, &the.context, &the.manifest, false};
    for (int both = 0; both < 2; both++) {
        eg_write_key(w, both == 0 ? "party_names" : "candidate_names");
        eg_write_array(w, CANDIDATES);
        for (size_t k = 0; k < CANDIDATES; k++) {
            eg_write_str(w, the.names[k]);
        }
        eg_write_end(w);
    }
    eg_write_key(w, "joint_public_key");
    eg_write_p_decimal(w, &the.context.public_key);
    eg_write_key(w, "commitment_hash");
    eg_write_q_decimal(w, &the.context.commitment_hash);
    eg_put_int(w, "number_of_guardians", s->guardians);
    eg_put_int(w, "quorum", s->quorum);
    eg_write_key(w, "ciphertext_tally");
    put_object(w, eg_tally_object_write, &tally);
    eg_write_key(w, "submitted_ballots");
    eg_write_array(w, 0);
    eg_write_end(w);
    eg_write_key(w, "guardian_data");
    eg_write_array(w, GUARDIANS);
    for (size_t i = 0; i < GUARDIANS; i++) {
        eg_write_map(w);
        eg_put_str(w, "id", the.ids[i]);
        eg_put_int(w, "sequence_order", (int64_t)i + 1);
        eg_write_key(w, "election_public_key");
        put_object(w, eg_guardian_public_write, &the.records[i]);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_no_ballots(eg_writer *w, const char *name, size_t count)
{
    eg_write_key(w, name);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(w);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_available(eg_writer *w, const statement *s)
{
    eg_write_key(w, "available_guardian_ids");
    eg_write_array(w, s->available_count);
    for (size_t i = 0; i < s->available_count; i++) {
        eg_write_str(w, the.ids[s->available[i]]);
    }
    eg_write_end(w);
    eg_write_key(w, "available_guardian_public_keys");
    eg_write_array(w, s->available_count);
    for (size_t i = 0; i < s->available_count; i++) {
        put_object(w, eg_guardian_public_write, &the.records[s->available[i]]);
    }
    eg_write_end(w);
    eg_write_key(w, "available_tally_shares");
    eg_write_array(w, s->available_count);
    for (size_t i = 0; i < s->available_count; i++) {
        put_object(w, eg_decryption_share_write, &s->own[s->own_of[i]]);
    }
    eg_write_end(w);
    put_no_ballots(w, "available_ballot_shares", s->available_count);
}

static void put_pairs(eg_writer *w, const statement *s)
{
    for (int missing = 1; missing >= 0; missing--) {
        eg_write_key(w, missing != 0 ? "missing_guardian_ids" : "compensating_guardian_ids");
        eg_write_array(w, s->pair_count);
        for (size_t i = 0; i < s->pair_count; i++) {
            eg_write_str(w, the.ids[missing != 0 ? s->pairs[i].missing : s->pairs[i].by]);
        }
        eg_write_end(w);
    }
    eg_write_key(w, "compensated_tally_shares");
    eg_write_array(w, s->pair_count);
    for (size_t i = 0; i < s->pair_count; i++) {
        put_object(w, eg_decryption_share_write, &s->parts[s->pairs[i].part]);
    }
    eg_write_end(w);
    put_no_ballots(w, "compensated_ballot_shares", s->pair_count);
}

static void ask(driven *d, statement *s)
{
    static const eg_api_settings settings = {.verify_ballots_default = true, .key_table_cache = 4};
    const drive_options options = {.settings = &settings,
                                   .content_type = eg_encoding_media_type(EG_MSGPACK),
                                   .error_body = eg_error_body};
    eg_buf body;
    eg_writer w;
    put_numbers(s);
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, EG_STYLE_MSGPACK);
    eg_write_map_of(&w, 20);
    put_fields(&w, s);
    put_available(&w, s);
    put_pairs(&w, s);
    eg_write_end(&w);
    CHECK(!body.failed);
    drive(d, &eg_endpoint_combine_decryption_shares, body.data, body.len, &options);
    eg_buf_free(&body);
}

/* ---- judging ---- */

static bool share_holds(const statement *s, size_t share)
{
    for (size_t k = 0; k < CANDIDATES; k++) {
        const entry *e = &s->shares[share][k];
        if (!e->has_proof) {
            return false;
        }
        if ((e->touched || s->cipher_touched[k]) &&
            !plain_proof_holds(&e->proof, s->cipher[k], &e->share, &s->keys[share],
                               &the.context.extended_base_hash)) {
            return false;
        }
    }
    return true;
}

static bool tally_holds(const statement *s, int votes[CANDIDATES])
{
    bool sound = true;
    for (size_t k = 0; k < CANDIDATES; k++) {
        votes[k] = plain_votes(s->cipher[k], &the.secret, CAST);
        sound = sound && votes[k] >= 0 && plain_is_member(&s->cipher[k]->pad) &&
                plain_is_member(&s->cipher[k]->data);
    }
    return sound;
}

/* Of what was sent as it should be. */
static bool all_hold(const statement *s)
{
    for (size_t i = 0; i < s->available_count; i++) {
        if (!share_holds(s, s->own_of[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < s->pair_count; i++) {
        if (!is_available(s, s->pairs[i].missing) &&
            !share_holds(s, GUARDIANS + s->pairs[i].part)) {
            return false;
        }
    }
    return true;
}

static void check_votes(const driven *d, const int votes[CANDIDATES])
{
    eg_arena arena;
    eg_node answer, results;
    eg_error error;
    eg_arena_init(&arena, NULL);
    bool msgpack = strcmp(d->content_type, "application/msgpack") == 0;
    CHECK(fuzz_parse(&answer, msgpack ? EG_MSGPACK : EG_JSON, eg_buf_str(&d->body), &arena));
    must(eg_artifact_open(&results, NULL, eg_map_find(&answer, "results"), NULL, &arena, &error));
    const eg_node *list = eg_map_find(eg_map_find(&results, "results"), "candidates");
    CHECK(list != NULL && list->as.map.count == CANDIDATES);
    for (size_t k = 0; k < CANDIDATES; k++) {
        char expected[16];
        const eg_member *m = &list->as.map.members[k];
        (void)snprintf(expected, sizeof expected, "%d", votes[k]);
        CHECK(eg_str_equal(m->key, the.names[k]));
        CHECK(eg_str_equal(eg_map_find(&m->value, "votes")->as.str, eg_str_from(expected)));
    }
    eg_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static statement s;
    int votes[CANDIDATES];
    driven d;
    (void)election_once();
    begin(&s);
    run_program(&s, data, n);
    ask(&d, &s);
    bool sound_tally = tally_holds(&s, votes);
    if (d.ok) {
        CHECK(sound_tally && all_hold(&s));
        check_votes(&d, votes);
    } else {
        fuzz_check_error(&d.error);
        CHECK(s.odd || !sound_tally || !all_hold(&s));
    }
    driven_free(&d);
    eg_arena_free(&s.arena);
    return 0;
}
