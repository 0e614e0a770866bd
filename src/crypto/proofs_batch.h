/* Verification of many proofs at once by a random linear combination of their equations.
 * Source: docs/crypto.md 8; the bound on what slips by: docs/decisions, "batch verification".
 *
 * A batch accepts whatever the exact functions of proofs.h accept, and what they refuse with
 * probability below 2^-126. It does not tell which proof is false: the exact functions do.
 *
 * Use: everything that is verified is in memory and does not change any more; init draws the
 * coefficients; one call for each ciphertext and proof; eg_proof_batch_holds judges. What is added
 * is borrowed until then. */
#ifndef EG_CRYPTO_PROOFS_BATCH_H
#define EG_CRYPTO_PROOFS_BATCH_H

#include "base/arena.h"
#include "base/rng.h"
#include "crypto/proofs.h"

/* How many elements a proof adds; each ciphertext adds two more. */
enum {
    EG_BATCH_OF_CIPHERTEXT = 2,
    EG_BATCH_OF_DISJUNCTIVE = 4,
    EG_BATCH_OF_CONSTANT = 2,
    EG_BATCH_OF_GENERIC = 2
};

typedef struct eg_proof_batch {
    /* Every element whose membership is shown, and its coefficient: fresh, 128 bits. */
    const eg_modp **elements;
    eg_modq *coefficients;
    size_t element_count;
    /* Those elements that the equations raise to powers, and their exponents so far. */
    const eg_modp **bases;
    eg_modq *exponents;
    size_t base_count;
    eg_modq g_exponent, key_exponent;
} eg_proof_batch;

/* Room for so many elements, of which `bases` are raised to powers (all but commitments); with
 * their coefficients drawn from rng. From arena, and gone with it. */
eg_result eg_proof_batch_init(eg_proof_batch *out, size_t elements, size_t bases, const eg_rng *rng,
                              eg_arena *arena, eg_error *err) EG_MUST_USE;

/* An element that proofs refer to by the index returned: a share, a public key. */
size_t eg_proof_batch_base(eg_proof_batch *batch, const eg_modp *element);
/* Two of them: pad at the index returned, data behind it. */
size_t eg_proof_batch_ciphertext(eg_proof_batch *batch, const eg_ciphertext *c);

/* The equations of a proof; its challenge is checked apart
 * (eg_…_challenge_holds). The key of the election, whose
 * membership the caller has checked, is the one that eg_proof_batch_holds gets. */
void eg_proof_batch_disjunctive(eg_proof_batch *batch, size_t ciphertext,
                                const eg_disjunctive_proof *proof);
/* Of the product of `count` ciphertexts, added one after the other from `first` on. */
void eg_proof_batch_constant(eg_proof_batch *batch, size_t first, size_t count,
                             const eg_constant_proof *proof);
void eg_proof_batch_generic(eg_proof_batch *batch, size_t ciphertext, size_t public_key,
                            size_t share, const eg_generic_proof *proof);

/* Every element is in the subgroup and every equation holds. key: NULL where no proof uses one.
 * Fails when memory runs out. */
eg_result eg_proof_batch_holds(bool *out, const eg_proof_batch *batch, const eg_fixed_base *key,
                               eg_error *err) EG_MUST_USE;

#endif
