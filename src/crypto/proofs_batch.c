/* Two products over the whole batch. With rho fresh 128-bit numbers, one for each element x:
 *
 *   V = product of x^rho                  in the subgroup: so is every x, up to its sign
 *   V * product of base^(e - rho) * ...   equals 1: so every equation holds
 *
 * An equation such as g^v = a * A^c enters as a * A^c * g^-v = 1, raised to the rho of its
 * commitment `a`: so commitments need no second power. e of A is the sum of rho * c over its
 * equations; V holds A^rho already. The exponents may be reduced mod q because the first product
 * and the Jacobi symbols show that everything is in the subgroup. */
#include "crypto/proofs_batch.h"

#include "group/group.h"

#include <string.h>

enum { COEFFICIENT_BITS = 128, EXPONENT_BITS = 256, COEFFICIENT_LIMBS = COEFFICIENT_BITS / 64 };

static eg_result draw(eg_modq coefficients[], size_t count, const eg_rng *rng, eg_error *err)
{
    enum { AT_ONCE = 256 };
    uint64_t random[AT_ONCE][COEFFICIENT_LIMBS];
    for (size_t done = 0; done < count; done += AT_ONCE) {
        size_t some = count - done < AT_ONCE ? count - done : AT_ONCE;
        EG_TRY(eg_rng_fill(rng, (uint8_t *)random, some * sizeof random[0], err));
        for (size_t i = 0; i < some; i++) {
            coefficients[done + i] = (eg_modq){{random[i][0], random[i][1]}};
        }
    }
    return EG_SUCCESS;
}

eg_result eg_proof_batch_init(eg_proof_batch *out, size_t elements, size_t bases, const eg_rng *rng,
                              eg_arena *arena, eg_error *err)
{
    *out = (eg_proof_batch){.element_count = 0};
    EG_TRY(eg_arena_new(arena, elements, sizeof(eg_modp *), &out->elements, err));
    EG_TRY(eg_arena_new(arena, elements, sizeof(eg_modq), &out->coefficients, err));
    EG_TRY(eg_arena_new(arena, bases, sizeof(eg_modp *), &out->bases, err));
    EG_TRY(eg_arena_new(arena, bases, sizeof(eg_modq), &out->exponents, err));
    return draw(out->coefficients, elements, rng, err);
}

/* Adds an element; its coefficient. */
static const eg_modq *add_element(eg_proof_batch *batch, const eg_modp *element)
{
    size_t i = batch->element_count++;
    batch->elements[i] = element;
    return &batch->coefficients[i];
}

size_t eg_proof_batch_base(eg_proof_batch *batch, const eg_modp *element)
{
    const eg_modq *rho = add_element(batch, element);
    size_t i = batch->base_count++;
    batch->bases[i] = element;
    eg_modq_neg(&batch->exponents[i], rho); /* what V has of it already */
    return i;
}

size_t eg_proof_batch_ciphertext(eg_proof_batch *batch, const eg_ciphertext *c)
{
    size_t pad = eg_proof_batch_base(batch, &c->pad);
    (void)eg_proof_batch_base(batch, &c->data);
    return pad;
}

/* exponent += rho * power */
static void raise(eg_modq *exponent, const eg_modq *rho, const eg_modq *power)
{
    eg_modq_add_mul(exponent, exponent, rho, power);
}

/* exponent -= rho * power */
static void lower(eg_modq *exponent, const eg_modq *rho, const eg_modq *power)
{
    eg_modq product;
    eg_modq_mul(&product, rho, power);
    eg_modq_sub(exponent, exponent, &product);
}

void eg_proof_batch_disjunctive(eg_proof_batch *batch, size_t ciphertext,
                                const eg_disjunctive_proof *proof)
{
    eg_modq *pad = &batch->exponents[ciphertext], *data = &batch->exponents[ciphertext + 1];
    const eg_modq *rho = add_element(batch, &proof->zero_pad); /* a0 A^c0 = g^v0 */
    raise(pad, rho, &proof->zero_challenge);
    lower(&batch->g_exponent, rho, &proof->zero_response);
    rho = add_element(batch, &proof->zero_data); /* b0 B^c0 = K^v0 */
    raise(data, rho, &proof->zero_challenge);
    lower(&batch->key_exponent, rho, &proof->zero_response);
    rho = add_element(batch, &proof->one_pad); /* a1 A^c1 = g^v1 */
    raise(pad, rho, &proof->one_challenge);
    lower(&batch->g_exponent, rho, &proof->one_response);
    rho = add_element(batch, &proof->one_data); /* b1 B^c1 = g^c1 K^v1 */
    raise(data, rho, &proof->one_challenge);
    lower(&batch->g_exponent, rho, &proof->one_challenge);
    lower(&batch->key_exponent, rho, &proof->one_response);
}

void eg_proof_batch_constant(eg_proof_batch *batch, size_t first, size_t count,
                             const eg_constant_proof *proof)
{
    eg_modq limit = eg_modq_from_u64(proof->constant), limit_c, pad_power, data_power;
    const eg_modq *rho_pad = add_element(batch, &proof->pad);   /* a A^c = g^v */
    const eg_modq *rho_data = add_element(batch, &proof->data); /* b B^c = g^(c L) K^v */
    eg_modq_mul(&limit_c, &limit, &proof->challenge);
    lower(&batch->g_exponent, rho_pad, &proof->response);
    lower(&batch->g_exponent, rho_data, &limit_c);
    lower(&batch->key_exponent, rho_data, &proof->response);
    /* A and B are products: each factor gets the power */
    eg_modq_mul(&pad_power, rho_pad, &proof->challenge);
    eg_modq_mul(&data_power, rho_data, &proof->challenge);
    for (size_t i = 0; i < count; i++) {
        eg_modq *exponent = &batch->exponents[first + EG_BATCH_OF_CIPHERTEXT * i];
        eg_modq_add(&exponent[0], &exponent[0], &pad_power);
        eg_modq_add(&exponent[1], &exponent[1], &data_power);
    }
}

void eg_proof_batch_generic(eg_proof_batch *batch, size_t ciphertext, size_t public_key,
                            size_t share, const eg_generic_proof *proof)
{
    const eg_modq *rho = add_element(batch, &proof->pad); /* a K^c = g^v */
    raise(&batch->exponents[public_key], rho, &proof->challenge);
    lower(&batch->g_exponent, rho, &proof->response);
    rho = add_element(batch, &proof->data); /* b M^c = A^v */
    raise(&batch->exponents[share], rho, &proof->challenge);
    lower(&batch->exponents[ciphertext], rho, &proof->response);
}

static bool all_positive(const eg_modp *const elements[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_modp_jacobi_vartime(elements[i]) != 1) {
            return false;
        }
    }
    return true;
}

/* V, and whether every sign is right. The only small subgroup beside the one of order q is {1, -1},
 * and -1 is no square: the sign of an element is its Jacobi symbol; 0 has none. Of many elements
 * the products of 128 random subsets are tested instead: those that the bits of rho choose. */
static bool multiply_members(eg_modp *members, bool *signs_hold, const eg_proof_batch *batch)
{
    eg_modp subsets[COEFFICIENT_BITS];
    const eg_modp *tested[COEFFICIENT_BITS];
    if (batch->element_count <= COEFFICIENT_BITS) {
        *signs_hold = all_positive(batch->elements, batch->element_count);
        return eg_multi_pow_vartime(members, batch->elements, batch->coefficients,
                                    batch->element_count, COEFFICIENT_BITS);
    }
    if (!eg_multi_pow_bits_vartime(members, subsets, batch->elements, batch->coefficients,
                                   batch->element_count, COEFFICIENT_BITS)) {
        return false;
    }
    for (size_t i = 0; i < COEFFICIENT_BITS; i++) {
        tested[i] = &subsets[i];
    }
    *signs_hold = all_positive(tested, COEFFICIENT_BITS);
    return true;
}

static eg_result no_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to verify the proofs");
}

eg_result eg_proof_batch_holds(bool *out, const eg_proof_batch *batch, const eg_fixed_base *key,
                               eg_error *err)
{
    eg_modp members, powers, g_power, key_power = eg_modp_one, product;
    bool signs_hold;
    *out = false;
    if (!multiply_members(&members, &signs_hold, batch)) {
        return no_memory(err);
    }
    if (!signs_hold || !eg_modp_is_residue_vartime(&members)) {
        return EG_SUCCESS;
    }
    if (!eg_multi_pow_vartime(&powers, batch->bases, batch->exponents, batch->base_count,
                              EXPONENT_BITS)) {
        return no_memory(err);
    }
    const eg_fixed_pow jobs[] = {{eg_fixed_base_g(), &batch->g_exponent, &g_power},
                                 {key, &batch->key_exponent, &key_power}};
    eg_fixed_pow_batch_vartime(jobs, key == NULL ? 1 : 2);
    const eg_modp *const factors[] = {&members, &powers, &g_power, &key_power};
    eg_modp_product(&product, factors, sizeof factors / sizeof factors[0]);
    *out = eg_modp_is_one(&product);
    return EG_SUCCESS;
}
