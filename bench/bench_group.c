/* The group layer beside its peers: each kernel's products against OpenSSL's Montgomery
 * multiplication, its powers against GMP's mpz_powm.
 *
 * usage: bench-group [--kernel NAME] [--rounds N]
 *
 * All items of a kernel and the peers take turns, round after round, so that whatever else the
 * machine does falls on all alike; the table shows ratios of medians. */
#include "group/group.h"
#include "group/kernel.h"

#include <gmp.h>
#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 201, LANES = EG_KERNEL_MAX_LANES, BATCH = 16, TERMS = 1024 };

static const eg_kernel *kernel;

/* ---- inputs, the same for all ---------------------------------------------------------------- */

static uint64_t random_state = 1;

static uint64_t random_u64(void)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static eg_modp base[TERMS], power[TERMS];
static const eg_modp *bases[TERMS];
static eg_modq exponent[TERMS], half_exponent[TERMS];
static eg_block block_a, block_b;
static eg_fixed_base *table;
static mpz_t gmp_base, gmp_exponent, gmp_p, gmp_result;
static BIGNUM *bn_a, *bn_b;
static BN_MONT_CTX *bn_mont;
static BN_CTX *bn_ctx;

static void make_inputs(void)
{
    for (size_t i = 0; i < TERMS; i++) {
        for (size_t j = 0; j < EG_P_LIMBS; j++) {
            base[i].limb[j] = random_u64();
        }
        base[i].limb[EG_P_LIMBS - 1] >>= 1;
        for (size_t j = 0; j < EG_Q_LIMBS; j++) {
            exponent[i].limb[j] = random_u64();
        }
        exponent[i].limb[3] -= exponent[i].limb[3] == UINT64_MAX;
        half_exponent[i] = (eg_modq){{exponent[i].limb[0], exponent[i].limb[1]}};
        bases[i] = &base[i];
    }
}

static BIGNUM *bn_of(const uint64_t *limbs, int n)
{
    uint8_t bytes[EG_P_BYTES];
    for (int i = 0; i < n * 8; i++) {
        bytes[i] = (uint8_t)(limbs[i / 8] >> (i % 8 * 8));
    }
    return BN_lebin2bn(bytes, n * 8, NULL);
}

static bool make_peers(void)
{
    mpz_inits(gmp_base, gmp_exponent, gmp_p, gmp_result, NULL);
    mpz_import(gmp_base, EG_P_LIMBS, -1, 8, 0, 0, base[0].limb);
    mpz_import(gmp_exponent, EG_Q_LIMBS, -1, 8, 0, 0, exponent[0].limb);
    mpz_import(gmp_p, EG_P_LIMBS, -1, 8, 0, 0, eg_p_limbs);
    BIGNUM *p = bn_of(eg_p_limbs, EG_P_LIMBS);
    bn_a = bn_of(base[0].limb, EG_P_LIMBS);
    bn_b = bn_of(base[1].limb, EG_P_LIMBS);
    bn_ctx = BN_CTX_new();
    bn_mont = BN_MONT_CTX_new();
    bool made = p != NULL && bn_a != NULL && bn_b != NULL && bn_ctx != NULL && bn_mont != NULL &&
                BN_MONT_CTX_set(bn_mont, p, bn_ctx) == 1;
    BN_free(p);
    return made;
}

static void free_peers(void)
{
    mpz_clears(gmp_base, gmp_exponent, gmp_p, gmp_result, NULL);
    BN_free(bn_a);
    BN_free(bn_b);
    BN_MONT_CTX_free(bn_mont);
    BN_CTX_free(bn_ctx);
}

/* ---- what is measured ------------------------------------------------------------------------ */

static void gmp_powm(void)
{
    mpz_powm(gmp_result, gmp_base, gmp_exponent, gmp_p);
}

static void openssl_mul(void)
{
    for (int i = 0; i < 100; i++) {
        (void)BN_mod_mul_montgomery(bn_a, bn_a, bn_b, bn_mont, bn_ctx);
    }
}

static void in_kernel(void (*operate)(eg_block *, const eg_block *, const eg_block *))
{
    uint32_t saved = kernel->enter != NULL ? kernel->enter() : 0;
    for (int i = 0; i < 100; i++) {
        operate(&block_a, &block_a, &block_b);
    }
    if (kernel->leave != NULL) {
        kernel->leave(saved);
    }
}

static void kernel_sqr_of_two(eg_block *r, const eg_block *a, const eg_block *b)
{
    (void)b;
    kernel->sqr(r, a);
}

static void kernel_mul(void)
{
    in_kernel(kernel->mul);
}

static void kernel_sqr(void)
{
    in_kernel(kernel_sqr_of_two);
}

static void single_mul(void)
{
    for (size_t i = 0; i < 100; i++) {
        eg_modp_mul(&power[0], &power[0], &base[i]);
    }
}

static void accumulate(void)
{
    eg_modp_acc acc;
    eg_modp_acc_init(&acc);
    for (size_t i = 0; i < 100; i++) {
        eg_modp_acc_mul(&acc, &base[i]);
    }
    eg_modp_acc_value(&power[0], &acc);
}

static void fixed(void (*run)(const eg_fixed_pow *, size_t))
{
    eg_fixed_pow job[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        job[i] = (eg_fixed_pow){.base = table, .exponent = &exponent[i], .out = &power[i]};
    }
    run(job, BATCH);
}

static void fixed_secret(void)
{
    fixed(eg_fixed_pow_batch);
}

static void fixed_public(void)
{
    fixed(eg_fixed_pow_batch_vartime);
}

static void any_base(void (*run)(const eg_pow *, size_t), size_t n)
{
    eg_pow job[BATCH];
    for (size_t i = 0; i < n; i++) {
        job[i] = (eg_pow){.base = &base[i], .exponent = &exponent[i], .out = &power[i]};
    }
    run(job, n);
}

static void pow_secret(void)
{
    any_base(eg_pow_batch, BATCH);
}

static void pow_public(void)
{
    any_base(eg_pow_batch_vartime, BATCH);
}

static void pow_alone(void)
{
    any_base(eg_pow_batch, 1);
}

static void chains(void)
{
    eg_chain job[BATCH];
    static eg_modp second[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        job[i] = (eg_chain){.base = &base[i],
                            .exponents = {&exponent[i], &exponent[BATCH + i]},
                            .powers = {&power[i], &second[i]},
                            .exponent_count = 2};
    }
    eg_chain_batch_vartime(job, BATCH);
}

static void memberships(void)
{
    eg_chain job[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        job[i] = (eg_chain){.base = &base[i]};
    }
    eg_chain_batch_vartime(job, BATCH);
}

static void multi(size_t n)
{
    (void)eg_multi_pow_vartime(&power[0], bases, half_exponent, n, 128);
}

static void multi_8(void)
{
    multi(8);
}

static void multi_64(void)
{
    multi(64);
}

static void multi_1024(void)
{
    multi(TERMS);
}

static void new_table(void)
{
    eg_fixed_base_free(eg_fixed_base_new(&base[2]));
}

typedef enum peer { PEER_NONE, PEER_MUL, PEER_POW } peer;

typedef struct item {
    const char *name;
    void (*run)(void);
    unsigned units; /* what one run does; products count per lane */
    peer against;
} item;

enum { GMP_ITEM, OPENSSL_ITEM, FIRST_OWN_ITEM };

static item items[] = {
    [GMP_ITEM] = {"mpz_powm, 256-bit exponent", gmp_powm, 1, PEER_NONE},
    [OPENSSL_ITEM] = {"BN_mod_mul_montgomery", openssl_mul, 100, PEER_NONE},
    [FIRST_OWN_ITEM] = {"product, per lane", kernel_mul, 100, PEER_MUL},
    {"square, per lane", kernel_sqr, 100, PEER_MUL},
    {"single product, plain to plain", single_mul, 100, PEER_MUL},
    {"accumulator, per factor", accumulate, 100, PEER_MUL},
    {"fixed base, secret exponent", fixed_secret, BATCH, PEER_POW},
    {"fixed base, public exponent", fixed_public, BATCH, PEER_POW},
    {"any base, secret exponent", pow_secret, BATCH, PEER_POW},
    {"any base, secret exponent, one alone", pow_alone, 1, PEER_POW},
    {"any base, public exponent", pow_public, BATCH, PEER_POW},
    {"chain: two powers and membership", chains, BATCH, PEER_POW},
    {"membership alone", memberships, BATCH, PEER_POW},
    {"multi-exponentiation, 128 bits, of 8", multi_8, 8, PEER_POW},
    {"multi-exponentiation, 128 bits, of 64", multi_64, 64, PEER_POW},
    {"multi-exponentiation, 128 bits, of 1024", multi_1024, TERMS, PEER_POW},
    {"making a table", new_table, 1, PEER_POW},
};

enum { ITEMS = sizeof items / sizeof items[0] };

/* ---- measuring ------------------------------------------------------------------------------- */

/* CPU time of this thread: whatever else the machine runs does not count. */
static double microseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(double median[ITEMS], unsigned rounds)
{
    static double time[ITEMS][ROUNDS_MAX];
    for (size_t i = 0; i < ITEMS; i++) {
        items[i].run(); /* tables made, caches warm */
    }
    for (unsigned r = 0; r < rounds; r++) {
        for (size_t i = 0; i < ITEMS; i++) {
            double start = microseconds();
            items[i].run();
            time[i][r] = (microseconds() - start) / items[i].units;
        }
    }
    for (size_t i = 0; i < ITEMS; i++) {
        qsort(time[i], rounds, sizeof time[i][0], by_size);
        median[i] = time[i][rounds / 2];
    }
}

static void print_row(const item *of, double time, const double median[ITEMS])
{
    if (of->against == PEER_MUL) {
        printf("  %-42s %10.2f us   %6.3f of OpenSSL's product\n", of->name, time,
               time / median[OPENSSL_ITEM]);
    } else if (of->against == PEER_POW) {
        printf("  %-42s %10.2f us   %6.3f of mpz_powm (1/%.1f)\n", of->name, time,
               time / median[GMP_ITEM], median[GMP_ITEM] / time);
    } else {
        printf("  %-42s %10.2f us\n", of->name, time);
    }
}

static bool run_kernel(const char *name, unsigned rounds)
{
    if (!eg_group_init(name)) {
        fprintf(stderr, "bench-group: kernel '%s' is unknown or not for this CPU\n", name);
        return false;
    }
    kernel = eg_kernel_active();
    const eg_modp *in_a[LANES], *in_b[LANES];
    for (size_t l = 0; l < LANES; l++) {
        in_a[l] = &base[l];
        in_b[l] = &base[LANES + l];
    }
    kernel->load(&block_a, in_a);
    kernel->load(&block_b, in_b);
    table = eg_fixed_base_new(&base[0]);
    if (table == NULL) {
        return false;
    }
    double median[ITEMS];
    measure(median, rounds);
    printf("kernel %s, %u lane%s\n", kernel->name, kernel->lanes, kernel->lanes == 1 ? "" : "s");
    for (size_t i = 0; i < ITEMS; i++) {
        bool per_lane = items[i].run == kernel_mul || items[i].run == kernel_sqr;
        print_row(&items[i], median[i] / (per_lane ? kernel->lanes : 1), median);
    }
    eg_fixed_base_free(table);
    return true;
}

static bool run_all(unsigned rounds)
{
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (!eg_kernels[i]->is_supported()) {
            printf("kernel %s: not for this CPU\n", eg_kernels[i]->name);
        } else if (!run_kernel(eg_kernels[i]->name, rounds)) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *name = NULL;
    unsigned rounds = 15;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--kernel") == 0 && i + 1 < argc) {
            name = argv[++i];
        } else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            rounds = (unsigned)strtoul(argv[++i], NULL, 10);
        } else {
            fprintf(stderr, "usage: bench-group [--kernel NAME] [--rounds N]\n");
            return 2;
        }
    }
    if (rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "bench-group: rounds must be from 1 to %d\n", ROUNDS_MAX);
        return 2;
    }
    make_inputs();
    if (!make_peers()) {
        fprintf(stderr, "bench-group: the peers could not be set up\n");
        return 1;
    }
    bool done = name != NULL ? run_kernel(name, rounds) : run_all(rounds);
    free_peers();
    return done ? 0 : 1;
}
