#include "statement.h"

#include "group/group.h"
#include "support/splitmix.h"

election the;

void must(eg_result r)
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

static void make_election(void)
{
    eg_modp key;
    eg_modq hash;
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
}

size_t part_of(size_t missing, size_t by)
{
    return missing * (GUARDIANS - 1) + by - (by > missing ? 1 : 0);
}

void random_q(eg_modq *out, statement *s)
{
    uint8_t bytes[EG_Q_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)splitmix_next(&s->random);
    }
    bytes[0] = 0; /* below q */
    CHECK(eg_modq_from_bytes(out, bytes, sizeof bytes));
}

void g_to(eg_modp *out, const eg_modq *exponent)
{
    const eg_fixed_pow job = {eg_fixed_base_g(), exponent, out};
    eg_fixed_pow_batch_vartime(&job, 1);
}

static void power(eg_modp *out, const eg_modp *base, const eg_modq *exponent)
{
    CHECK(eg_multi_pow_vartime(out, &base, exponent, 1, EG_Q_BYTES * 8));
}

void make_entry(statement *s, size_t share, size_t k, const eg_modq *secret)
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

void simulate_proof(statement *s, size_t share, size_t k)
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

void rehash(statement *s, size_t share, size_t k)
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
        make_election();
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

bool is_available(const statement *s, size_t guardian)
{
    for (size_t i = 0; i < s->available_count; i++) {
        if (s->available[i] == guardian) {
            return true;
        }
    }
    return false;
}

void choose_available(statement *s, unsigned mask)
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

void statement_begin(statement *s)
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
