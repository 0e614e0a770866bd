/* The four proofs: made, and judged by the exact way and by a batch. */
#include "crypto/proofs_batch.h"
#include "vectors/runner.h"
#include "wire/objects/proofs.h"

#include <stdlib.h>

static bool schnorr_make(vec *v)
{
    GET_Q(secret, "secret_key");
    GET_Q(nonce, "nonce");
    eg_modp key;
    eg_schnorr_proof proof;
    eg_public_key(&key, &secret);
    eg_schnorr_make(&proof, &secret, &key, &nonce);
    expect_object(v, "proof", eg_schnorr_proof_write, &proof);
    return true;
}

#define GET_PROOF(type, var)                                                                       \
    type var;                                                                                      \
    eg_node var##_node;                                                                            \
    if (!node_of(&var##_node, v, get(v, "proof"))) {                                               \
        return false;                                                                              \
    }

/* A batch of one judges as the exact way does. */
typedef struct alone {
    eg_proof_batch batch;
    bool holds;
} alone;

static void batch_of(alone *out, const vec *v, size_t elements, size_t bases)
{
    if (eg_failed(
            eg_proof_batch_init(&out->batch, elements, bases, eg_rng_system(), v->arena, NULL))) {
        abort();
    }
}

static void expect_agreement(vec *v, alone *a, const eg_fixed_base *key, bool challenge_holds,
                             bool exact)
{
    if (eg_failed(eg_proof_batch_holds(&a->holds, &a->batch, key, NULL)) ||
        (a->holds && challenge_holds) != exact) {
        different(v, "valid, in a batch");
    }
}

static bool schnorr_verify(vec *v)
{
    GET_PROOF(eg_schnorr_proof, proof);
    if (eg_failed(eg_schnorr_proof_read(&proof, &proof_node, NULL, NULL))) {
        return false;
    }
    expect_bool(v, "valid", eg_schnorr_verify_vartime(&proof));
    return true;
}

static bool disjunctive_make(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    GET_Q(nonce, "nonce");
    GET_P(key, "public_key");
    GET_Q(base_hash, "base_hash");
    GET_Q(seed, "seed");
    eg_disjunctive_proof proof;
    eg_disjunctive_make(&proof, &c, int_of(get(v, "plaintext")) == 1, &nonce, table_of(&key), &seed,
                        &base_hash);
    expect_object(v, "proof", eg_disjunctive_proof_write, &proof);
    return true;
}

static bool disjunctive_verify(vec *v)
{
    GET_PROOF(eg_disjunctive_proof, proof);
    GET_CIPHERTEXT(c, "ciphertext");
    GET_P(key, "public_key");
    GET_Q(base_hash, "base_hash");
    bool ok;
    if (eg_failed(eg_disjunctive_proof_read(&proof, &proof_node, NULL, NULL))) {
        return false;
    }
    const eg_disjunctive_check check = {&proof, &c};
    eg_disjunctive_verify_vartime(&ok, &check, 1, table_of(&key), &base_hash);
    expect_bool(v, "valid", ok);
    alone a;
    batch_of(&a, v, EG_BATCH_OF_DISJUNCTIVE + EG_BATCH_OF_CIPHERTEXT, EG_BATCH_OF_CIPHERTEXT);
    eg_proof_batch_disjunctive(&a.batch, eg_proof_batch_ciphertext(&a.batch, &c), &proof);
    expect_agreement(v, &a, table_of(&key), eg_disjunctive_challenge_holds(&check, &base_hash), ok);
    return true;
}

static bool constant_make(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    GET_Q(nonce, "nonce");
    GET_P(key, "public_key");
    GET_Q(base_hash, "base_hash");
    GET_Q(seed, "seed");
    eg_constant_proof proof;
    eg_modq u;
    eg_modp a, b;
    eg_constant_nonce(&u, &seed);
    eg_fixed_pow jobs[] = {{eg_fixed_base_g(), &u, &a}, {table_of(&key), &u, &b}};
    eg_fixed_pow_batch(jobs, 2);
    eg_constant_finish(&proof, &c, (uint32_t)int_of(get(v, "constant")), &nonce, &u, &a, &b,
                       &base_hash);
    expect_object(v, "proof", eg_constant_proof_write, &proof);
    return true;
}

static bool constant_verify(vec *v)
{
    GET_PROOF(eg_constant_proof, proof);
    GET_CIPHERTEXT(c, "ciphertext");
    GET_P(key, "public_key");
    GET_Q(base_hash, "base_hash");
    bool ok;
    if (eg_failed(eg_constant_proof_read(&proof, &proof_node, NULL, NULL))) {
        return false;
    }
    const eg_constant_check check = {&proof, &c};
    eg_constant_verify_vartime(&ok, &check, 1, table_of(&key), &base_hash);
    expect_bool(v, "valid", ok);
    alone a;
    batch_of(&a, v, EG_BATCH_OF_CONSTANT + EG_BATCH_OF_CIPHERTEXT, EG_BATCH_OF_CIPHERTEXT);
    eg_proof_batch_constant(&a.batch, eg_proof_batch_ciphertext(&a.batch, &c), 1, &proof);
    expect_agreement(v, &a, table_of(&key), eg_constant_challenge_holds(&check, &base_hash), ok);
    return true;
}

static bool generic_make(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    GET_Q(secret, "secret");
    GET_P(share, "share");
    GET_Q(base_hash, "base_hash");
    GET_Q(seed, "seed");
    eg_generic_proof proof;
    eg_modq u;
    eg_modp a, b;
    eg_generic_nonce(&u, &seed);
    eg_public_key(&a, &u);
    eg_pow_batch(&(eg_pow){&c.pad, &u, &b}, 1);
    eg_generic_finish(&proof, &c, &share, &secret, &u, &a, &b, &base_hash);
    expect_object(v, "proof", eg_generic_proof_write, &proof);
    return true;
}

static bool generic_verify(vec *v)
{
    GET_PROOF(eg_generic_proof, proof);
    GET_CIPHERTEXT(c, "ciphertext");
    GET_P(key, "public_key");
    GET_P(share, "share");
    GET_Q(base_hash, "base_hash");
    bool ok;
    if (eg_failed(eg_generic_proof_read(&proof, &proof_node, NULL, NULL))) {
        return false;
    }
    const eg_generic_check check = {&proof, &c, &key, &share};
    eg_generic_verify_vartime(&ok, &check, 1, &base_hash);
    expect_bool(v, "valid", ok);
    alone a;
    batch_of(&a, v, EG_BATCH_OF_GENERIC + EG_BATCH_OF_CIPHERTEXT + 2, EG_BATCH_OF_CIPHERTEXT + 2);
    size_t ciphertext = eg_proof_batch_ciphertext(&a.batch, &c);
    size_t key_base = eg_proof_batch_base(&a.batch, &key);
    size_t share_base = eg_proof_batch_base(&a.batch, &share);
    eg_proof_batch_generic(&a.batch, ciphertext, key_base, share_base, &proof);
    expect_agreement(v, &a, NULL, eg_generic_challenge_holds(&check, &base_hash), ok);
    return true;
}

const vector_op ops_proofs[] = {{"schnorr_make", schnorr_make},
                                {"schnorr_verify", schnorr_verify},
                                {"disjunctive_make", disjunctive_make},
                                {"disjunctive_verify", disjunctive_verify},
                                {"constant_make", constant_make},
                                {"constant_verify", constant_verify},
                                {"generic_make", generic_make},
                                {"generic_verify", generic_verify},
                                {NULL, NULL}};
