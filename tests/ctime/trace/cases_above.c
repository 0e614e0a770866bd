#include "ctime/trace/cases.h"

#include "crypto/elgamal.h"
#include "ctime/trace/secrets.h"

#include <stdio.h>
#include <stdlib.h>

/* Fewer than the most lanes, so that some are spare there. Lanes compute side by side whatever they
 * hold: kernels of one lane do with one job, or two of different bases. */
enum { JOBS = 5 };

static unsigned jobs_of_block(unsigned least)
{
    unsigned lanes = eg_kernel_active()->lanes;
    unsigned jobs = lanes < JOBS ? lanes : JOBS;
    return jobs < least ? least : jobs;
}

static eg_fixed_base *key;
static eg_modp number[JOBS], out[JOBS], product;
static eg_modq exponent[JOBS];
static eg_ciphertext ciphertext;
static bool vote, answers[4];
static uint8_t bytes[EG_P_BYTES];

static void set(unsigned secret)
{
    for (unsigned i = 0; i < JOBS; i++) {
        secret_number(&number[i], secret, i);
        secret_exponent(&exponent[i], secret, i);
    }
    vote = secret % 2 == 1;
}

/* Two bases, out of order, that meet in a block. */
static void run_fixed_pow(void)
{
    eg_fixed_pow jobs[JOBS];
    const unsigned count = jobs_of_block(2);
    for (unsigned i = 0; i < count; i++) {
        jobs[i] = (eg_fixed_pow){i % 2 == 0 ? eg_fixed_base_g() : key, &exponent[i], &out[i]};
    }
    eg_fixed_pow_batch(jobs, count);
}

static void run_pow(void)
{
    eg_pow jobs[JOBS];
    const unsigned count = jobs_of_block(1);
    for (unsigned i = 0; i < count; i++) {
        jobs[i] = (eg_pow){&number[i], &exponent[i], &out[i]};
    }
    eg_pow_batch(jobs, count);
}

static void run_mul(void)
{
    eg_modp_mul(&product, &number[0], &number[1]);
}

static void run_mul_batch(void)
{
    eg_modp_pair jobs[JOBS];
    for (unsigned i = 0; i < JOBS; i++) {
        jobs[i] = (eg_modp_pair){&number[i], &number[(i + 1) % JOBS], &out[i]};
    }
    eg_modp_mul_batch(jobs, JOBS);
}

static void run_mul_g_if(void)
{
    eg_modp_mul_g_if(&product, &number[0], vote);
}

/* Whether they are the same, and the first as bytes. */
static void run_bytes(void)
{
    answers[0] = eg_modp_equal(&number[0], &number[1]);
    answers[1] = eg_modp_is_zero(&number[0]);
    answers[2] = eg_modp_is_one(&number[0]);
    eg_modp_to_bytes(bytes, &number[0]);
    answers[3] = eg_modp_from_bytes(&product, bytes, sizeof bytes);
}

static void run_product(void)
{
    const eg_modp *factors[JOBS];
    for (unsigned i = 0; i < JOBS; i++) {
        factors[i] = &number[i];
    }
    eg_modp_product(&product, factors, JOBS);
}

static void run_select(void)
{
    eg_modp_select(&product, &number[0], &number[1], vote);
}

static void run_encrypt(void)
{
    eg_elgamal_encrypt(&ciphertext, vote, &exponent[0], key);
}

case_list cases_above(void)
{
    static const trace_case row[] = {
        {"eg_modp_mul", set, run_mul, &product, sizeof product},
        {"eg_modp_mul_batch", set, run_mul_batch, out, sizeof out},
        {"eg_modp_mul_g_if", set, run_mul_g_if, &product, sizeof product},
        {"eg_modp_to_bytes, ...", set, run_bytes, &product, sizeof product},
        {"eg_modp_product", set, run_product, &product, sizeof product},
        {"eg_modp_select", set, run_select, &product, sizeof product},
        {"eg_fixed_pow_batch", set, run_fixed_pow, out, sizeof out},
        {"eg_pow_batch", set, run_pow, out, sizeof out},
        {"eg_elgamal_encrypt", set, run_encrypt, &ciphertext, sizeof ciphertext},
    };
    eg_modp base;
    secret_number(&base, 0, 99);
    eg_fixed_base_free(key);
    key = eg_fixed_base_new(&base);
    if (key == NULL) {
        fprintf(stderr, "no memory for a table\n");
        exit(2);
    }
    return (case_list){row, sizeof row / sizeof row[0], SECRETS_OF_LONG};
}
