/* The group layer beside its peers: each kernel's products against OpenSSL's Montgomery
 * multiplication, its powers against GMP's mpz_powm.
 *
 * usage: bench-group [--kernel NAME] [--rounds N]
 *
 * All items of all kernels and the peers take turns, round after round, and the clock is the CPU
 * time of the thread, so that whatever else the machine does falls on all alike. The output is a
 * table in Markdown: medians, and their ratios to the peers' medians. */
#include "measure.h"

#include "group/group.h"
#include "group/kernel.h"
#include "support/splitmix.h"

#include <gmp.h>
#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS_MAX = 101,
    KERNELS_MAX = 8,
    LANES = EG_KERNEL_MAX_LANES,
    BATCH = 16,
    BALLOT = 39, /* powers of a ballot of four candidates, 22 of them on g */
    BALLOT_G = 22,
    TERMS = 1024
};

static const eg_kernel *kernel;

/* ---- inputs, the same for all ---------------------------------------------------------------- */

static uint64_t random_state = 1;

static eg_modp base[TERMS], power[TERMS];
static const eg_modp *bases[TERMS];
static eg_modq exponent[TERMS], half_exponent[TERMS];
static eg_block block_a, block_b;
static eg_fixed_base *table; /* of base[0], in the kernel's form */
static mpz_t gmp_base, gmp_exponent, gmp_p, gmp_result;
static BIGNUM *bn_a, *bn_b;
static BN_MONT_CTX *bn_mont;
static BN_CTX *bn_ctx;

static void make_inputs(void)
{
    for (size_t i = 0; i < TERMS; i++) {
        for (size_t j = 0; j < EG_P_LIMBS; j++) {
            base[i].limb[j] = splitmix_next(&random_state);
        }
        base[i].limb[EG_P_LIMBS - 1] >>= 1;
        for (size_t j = 0; j < EG_Q_LIMBS; j++) {
            exponent[i].limb[j] = splitmix_next(&random_state);
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

/* The powers of some ballots, as they stand there: on g and on a key. */
static void fixed(void (*run)(const eg_fixed_pow *, size_t), size_t ballots)
{
    static eg_fixed_pow job[TERMS];
    for (size_t i = 0; i < ballots * BALLOT; i++) {
        const eg_fixed_base *of = i % BALLOT < BALLOT_G ? eg_fixed_base_g() : table;
        job[i] = (eg_fixed_pow){.base = of, .exponent = &exponent[i], .out = &power[i]};
    }
    run(job, ballots * BALLOT);
}

static void fixed_secret_1(void)
{
    fixed(eg_fixed_pow_batch, 1);
}

static void fixed_secret_4(void)
{
    fixed(eg_fixed_pow_batch, 4);
}

static void fixed_public(void)
{
    fixed(eg_fixed_pow_batch_vartime, 4);
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
    unsigned units; /* what one run does; of products also as many as the kernel has lanes */
    bool by_lane;
    peer against;
} item;

static const item peers[] = {
    {"BN_mod_mul_montgomery", openssl_mul, 100, false, PEER_NONE},
    {"mpz_powm, 256-bit exponent", gmp_powm, 1, false, PEER_NONE},
};

static const item items[] = {
    {"product, per lane", kernel_mul, 100, true, PEER_MUL},
    {"square, per lane", kernel_sqr, 100, true, PEER_MUL},
    {"single product, plain to plain", single_mul, 100, false, PEER_MUL},
    {"accumulator, per factor", accumulate, 100, false, PEER_MUL},
    {"fixed base, secret, 1 ballot's powers", fixed_secret_1, BALLOT, false, PEER_POW},
    {"fixed base, secret, 4 ballots' powers", fixed_secret_4, 4 * BALLOT, false, PEER_POW},
    {"fixed base, public", fixed_public, 4 * BALLOT, false, PEER_POW},
    {"any base, secret", pow_secret, BATCH, false, PEER_POW},
    {"any base, secret, one alone", pow_alone, 1, false, PEER_POW},
    {"any base, public", pow_public, BATCH, false, PEER_POW},
    {"chain: two powers and membership", chains, BATCH, false, PEER_POW},
    {"membership alone", memberships, BATCH, false, PEER_POW},
    {"multi-exponentiation, 128 bits, of 8", multi_8, 8, false, PEER_POW},
    {"multi-exponentiation, 128 bits, of 64", multi_64, 64, false, PEER_POW},
    {"multi-exponentiation, 128 bits, of 1024", multi_1024, TERMS, false, PEER_POW},
    {"making a table", new_table, 1, false, PEER_POW},
};

enum { PEERS = sizeof peers / sizeof peers[0], ITEMS = sizeof items / sizeof items[0] };

/* ---- measuring ------------------------------------------------------------------------------- */

typedef struct entrant {
    const eg_kernel *kernel;
    eg_fixed_base *table;
    double time[ITEMS][ROUNDS_MAX];
    double median[ITEMS];
} entrant;

static entrant entrants[KERNELS_MAX];
static size_t entrant_count;
static double peer_time[PEERS][ROUNDS_MAX], peer_median[PEERS];

static double time_of(const item *of)
{
    double start = cpu_microseconds();
    of->run();
    double units = of->units * (of->by_lane ? kernel->lanes : 1);
    return (cpu_microseconds() - start) / units;
}

static void step_forward(const entrant *e)
{
    const eg_modp *in_a[LANES], *in_b[LANES];
    kernel = e->kernel;
    table = e->table;
    (void)eg_group_init(kernel->name);
    for (size_t l = 0; l < LANES; l++) {
        in_a[l] = &base[l];
        in_b[l] = &base[LANES + l];
    }
    uint32_t saved = kernel->enter != NULL ? kernel->enter() : 0;
    kernel->load(&block_a, in_a);
    kernel->load(&block_b, in_b);
    if (kernel->leave != NULL) {
        kernel->leave(saved);
    }
    fixed_public(); /* tables made, caches warm */
}

static bool enter_kernel(const eg_kernel *k)
{
    entrant *e = &entrants[entrant_count];
    if (entrant_count == KERNELS_MAX || !eg_group_init(k->name)) {
        return false;
    }
    e->kernel = k;
    e->table = eg_fixed_base_new(&base[0]);
    entrant_count++;
    return e->table != NULL;
}

static void measure(unsigned rounds)
{
    for (unsigned r = 0; r < rounds; r++) {
        for (size_t i = 0; i < PEERS; i++) {
            peer_time[i][r] = time_of(&peers[i]);
        }
        for (size_t e = 0; e < entrant_count; e++) {
            step_forward(&entrants[e]);
            for (size_t i = 0; i < ITEMS; i++) {
                entrants[e].time[i][r] = time_of(&items[i]);
            }
        }
    }
    for (size_t i = 0; i < PEERS; i++) {
        peer_median[i] = median_of(peer_time[i], rounds);
    }
    for (size_t e = 0; e < entrant_count; e++) {
        for (size_t i = 0; i < ITEMS; i++) {
            entrants[e].median[i] = median_of(entrants[e].time[i], rounds);
        }
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

static void print_cpu(void)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL) {
            printf("CPU:%s", strchr(line, ':') + 1);
            break;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    printf("kernels that it runs:");
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (eg_kernels[i]->is_supported()) {
            printf(" %s (%u at once)", eg_kernels[i]->name, eg_kernels[i]->lanes);
        }
    }
    printf("\nkernels that it does not run:");
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (!eg_kernels[i]->is_supported()) {
            printf(" %s", eg_kernels[i]->name);
        }
    }
    printf("\n\n");
}

static void print_cell(double time, peer against)
{
    if (against == PEER_MUL) {
        printf(" %8.2f  %5.2f |", time, time / peer_median[0]);
    } else {
        printf(" %8.1f 1/%-4.1f |", time, peer_median[1] / time);
    }
}

static void print_table(unsigned rounds)
{
    print_cpu();
    for (size_t i = 0; i < PEERS; i++) {
        printf("%s: %.2f us\n", peers[i].name, peer_median[i]);
    }
    printf("\n| us, and as part of the peer's time (median of %u) |", rounds);
    for (size_t e = 0; e < entrant_count; e++) {
        printf(" %-15s |", entrants[e].kernel->name);
    }
    printf("\n|---|");
    for (size_t e = 0; e < entrant_count; e++) {
        printf("---|");
    }
    printf("\n");
    for (size_t i = 0; i < ITEMS; i++) {
        printf("| %-48s |", items[i].name);
        for (size_t e = 0; e < entrant_count; e++) {
            print_cell(entrants[e].median[i], items[i].against);
        }
        printf("\n");
    }
}

/* ---- command line ---------------------------------------------------------------------------- */

/* All kernels that the CPU runs, or the one of this name. */
static bool enter_kernels(const char *name)
{
    bool found = false;
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        const eg_kernel *k = eg_kernels[i];
        if (k->is_supported() && (name == NULL || strcmp(name, k->name) == 0)) {
            found = true;
            if (!enter_kernel(k)) {
                return false;
            }
        }
    }
    return found;
}

int main(int argc, char **argv)
{
    const char *name = NULL;
    unsigned rounds = 9;
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
    if (!make_peers() || !enter_kernels(name)) {
        fprintf(stderr, "bench-group: no such kernel on this CPU, or no memory\n");
        return 1;
    }
    measure(rounds);
    print_table(rounds);
    for (size_t e = 0; e < entrant_count; e++) {
        eg_fixed_base_free(entrants[e].table);
    }
    free_peers();
    return 0;
}
