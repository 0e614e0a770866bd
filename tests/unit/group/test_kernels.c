/* Every kernel of the build keeps the contract of kernel.h, against GMP. */
#include "unit/group/lanes.h"

#include <fenv.h>

enum { CHAIN = 40, TABLE = 256 };

static void fill(eg_modp value[], size_t round)
{
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        value[l] = some_modp(round + l);
    }
}

static void check_load_store(void)
{
    for (size_t round = 0; round < 30; round++) {
        eg_modp a[EG_KERNEL_MAX_LANES], spare = eg_modp_g;
        eg_block x;
        fill(a, round);
        load(&x, a);
        assert_lanes(&x, a);
        eg_modp *out[EG_KERNEL_MAX_LANES] = {NULL};
        out[kernel->lanes - 1] = &spare;
        kernel->store(out, &x);
        assert_modp_equal(&spare, &a[kernel->lanes - 1]);
    }
    eg_block x;
    eg_modp ones[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        ones[l] = eg_modp_one;
    }
    kernel->one(&x);
    assert_lanes(&x, ones);
}

/* What mul gives of a number in the kernel's form and a plain one is plain; what is taken is given
 * back. Nothing of either stays. */
static void check_take_give(void)
{
    static const eg_block nothing;
    for (size_t round = 0; round < 60; round++) {
        eg_modp a[EG_KERNEL_MAX_LANES], b[EG_KERNEL_MAX_LANES], spare = eg_modp_g;
        eg_block x, y, z = nothing;
        fill(a, round);
        fill(b, round / 3);
        load(&x, a);
        take(&y, b);
        kernel->mul(&y, &x, &y);
        for (unsigned l = 0; l < kernel->lanes; l++) {
            a[l] = oracle_mul(&a[l], &b[l]);
        }
        assert_given(&y, a);
        take(&z, b);
        assert_given(&z, b);
        assert_memory_equal(&z, &nothing, sizeof z);
        take(&z, b);
        eg_modp *out[EG_KERNEL_MAX_LANES] = {NULL};
        out[kernel->lanes - 1] = &spare;
        kernel->give(out, &z);
        assert_modp_equal(&spare, &b[kernel->lanes - 1]);
        take(&z, b);
        out[kernel->lanes - 1] = NULL;
        kernel->give(out, &z);
        assert_memory_equal(&z, &nothing, sizeof z);
    }
}

/* Long runs without leaving the kernel's form: lazy bounds must hold. */
static void check_mul_sqr(void)
{
    for (size_t round = 0; round < 24; round++) {
        eg_modp a[EG_KERNEL_MAX_LANES], b[EG_KERNEL_MAX_LANES];
        eg_block x, y;
        fill(a, round);
        fill(b, round / 2);
        load(&x, a);
        load(&y, b);
        for (size_t i = 0; i < CHAIN; i++) {
            switch (i % 4) {
            case 0:
                kernel->mul(&x, &x, &y);
                break;
            case 1:
                kernel->sqr(&y, &y);
                break;
            case 2:
                kernel->mul(&y, &x, &y);
                break;
            default:
                kernel->mul(&x, &x, &x);
                break;
            }
            for (unsigned l = 0; l < kernel->lanes; l++) {
                if (i % 4 == 1) {
                    b[l] = oracle_mul(&b[l], &b[l]);
                } else if (i % 4 == 2) {
                    b[l] = oracle_mul(&a[l], &b[l]);
                } else {
                    a[l] = oracle_mul(&a[l], i % 4 == 0 ? &b[l] : &a[l]);
                }
            }
        }
        assert_lanes(&x, a);
        assert_lanes(&y, b);
    }
}

/* Numbers up to 2^4096 - 1, p and beyond it too: equal limbs, p, and those of random_limbs. */
static void limbs_of_block(eg_block *x, size_t round)
{
    static const uint64_t edge[] = {0, UINT64_MAX, 1, UINT64_MAX - 1, UINT64_MAX >> 1};
    for (size_t i = 0; i < EG_P_LIMBS; i++) {
        x->word[i] = edge[round % (sizeof edge / sizeof edge[0])];
    }
    if (round == 5) {
        memcpy(x->word, eg_p_limbs, sizeof eg_p_limbs);
    } else if (round > 5) {
        random_limbs(x->word, EG_P_LIMBS);
    }
}

/* got * 2^4096 = x * y mod p, got taken as it stands in the block */
static void assert_one_lane_product(const eg_block *got, const eg_block *x, const eg_block *y)
{
    mpz_t p, g, a, b;
    mpz_inits(p, g, a, b, NULL);
    mpz_p(p);
    mpz_from_limbs(g, got->word, EG_P_LIMBS);
    mpz_from_limbs(a, x->word, EG_P_LIMBS);
    mpz_from_limbs(b, y->word, EG_P_LIMBS);
    mpz_mul_2exp(g, g, 4096);
    mpz_submul(g, a, b);
    assert_true(mpz_divisible_p(g, p));
    mpz_clears(p, g, a, b, NULL);
}

/* What is stored is fully reduced, whatever was in the block: got * 2^4096 = x mod p. */
static void assert_one_lane_store(const eg_block *x)
{
    eg_modp got;
    eg_modp *out = &got;
    mpz_t p, g, a;
    mpz_inits(p, g, a, NULL);
    mpz_p(p);
    kernel->store(&out, x);
    mpz_from_limbs(g, got.limb, EG_P_LIMBS);
    mpz_from_limbs(a, x->word, EG_P_LIMBS);
    assert_true(mpz_cmp(g, p) < 0);
    mpz_mul_2exp(g, g, 4096);
    assert_true(mpz_congruent_p(g, a, p));
    mpz_clears(p, g, a, NULL);
}

/* What kernel.h promises of kernels of one lane alone. */
static void check_one_lane_form(void)
{
    for (size_t round = 0; kernel->lanes == 1 && round < 400; round++) {
        eg_block x, y, r;
        limbs_of_block(&x, round % 20);
        limbs_of_block(&y, round / 20);
        kernel->mul(&r, &x, &y);
        assert_one_lane_product(&r, &x, &y);
        kernel->sqr(&r, &x);
        assert_one_lane_product(&r, &x, &x);
        assert_one_lane_store(&x);
    }
}

static eg_modp number[TABLE]; /* TABLE is a multiple of EG_WINDOW_STEP */

static void check_entries(void)
{
    static _Alignas(64) uint64_t entries[TABLE * EG_KERNEL_ENTRY_WORDS_MAX];
    for (unsigned i = 0; i < TABLE; i += kernel->lanes) {
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            number[i + l] = some_modp(i + l);
            to[l] = entries + (i + l) * kernel->entry_words;
        }
        eg_block x;
        load(&x, &number[i]);
        kernel->to_entries(to, &x);
    }
    for (size_t round = 0; round < 50; round++) {
        const uint64_t *from[EG_KERNEL_MAX_LANES];
        eg_modp want[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            size_t e = seeded_u64() % TABLE;
            from[l] = entries + e * kernel->entry_words;
            want[l] = number[e];
        }
        eg_block x;
        kernel->from_entries_vartime(&x, from);
        assert_lanes(&x, want);
    }
    uint64_t *nowhere[EG_KERNEL_MAX_LANES] = {NULL};
    eg_block x;
    kernel->one(&x);
    kernel->to_entries(nowhere, &x);
}

/* Number d of the window is number[d]. One lane brings a step of them, the others are told to skip.
 */
static void fill_window(uint64_t *window, unsigned count)
{
    static eg_block x[EG_WINDOW_STEP];
    for (unsigned d = 0; d < count; d += EG_WINDOW_STEP) {
        const unsigned from = d / EG_WINDOW_STEP % kernel->lanes;
        uint64_t *to[EG_KERNEL_MAX_LANES] = {NULL};
        unsigned counts[EG_KERNEL_MAX_LANES] = {0};
        eg_modp lane[EG_KERNEL_MAX_LANES];
        to[from] = window;
        counts[from] = count;
        for (unsigned k = 0; k < EG_WINDOW_STEP; k++) {
            fill(lane, EDGE_MODP_COUNT);
            lane[from] = number[d + k] = some_modp(d + k);
            load(&x[k], lane);
        }
        kernel->to_window(to, counts, d, x);
    }
}

/* n blocks at once, each with digits of its own; in one of three rounds a lane beyond the window.
 */
static void check_window(const uint64_t *window, unsigned count, size_t round, size_t n)
{
    static eg_block x[EG_SELECT_BLOCKS_MAX];
    static eg_modp want[EG_SELECT_LANES_MAX];
    uint32_t digit[EG_SELECT_LANES_MAX];
    const size_t lanes = n * kernel->lanes;
    for (size_t l = 0; l < lanes; l++) {
        digit[l] = (uint32_t)(round == 0 ? count - 1 : seeded_u64() % count);
        want[l] = number[digit[l]];
    }
    size_t missed = seeded_u64() % lanes;
    if (round % 3 == 1) { /* zero words, which is a zero: beyond the window, or far beyond */
        digit[missed] = round % 2 == 0 ? count : UINT16_MAX;
        want[missed] = eg_modp_zero;
    }
    kernel->select(x, n, window, count, digit);
    for (size_t b = 0; b < n; b++) {
        eg_modp *lane = want + b * kernel->lanes;
        assert_lanes(&x[b], lane);
        kernel->sqr(&x[b], &x[b]); /* a number to calculate with, not only to store */
        for (unsigned l = 0; l < kernel->lanes; l++) {
            lane[l] = oracle_mul(&lane[l], &lane[l]);
        }
        assert_lanes(&x[b], lane);
    }
}

static void check_windows(void)
{
    static _Alignas(64) uint64_t window[TABLE * EG_KERNEL_ENTRY_WORDS_MAX];
    for (unsigned count = 1; count <= TABLE; count *= 2) {
        assert_true(eg_window_words(kernel, count) <= sizeof window / sizeof window[0]);
        memset(window, 0xff, sizeof window);
        fill_window(window, count);
        for (size_t round = 0; round < 20; round++) {
            check_window(window, count, round, 1 + round % EG_SELECT_BLOCKS_MAX);
        }
    }
}

static void check_select_blocks(void)
{
    enum { BLOCKS = 32 };
    static eg_block block[BLOCKS];
    static eg_modp of[BLOCKS][EG_KERNEL_MAX_LANES];
    for (size_t i = 0; i < BLOCKS; i++) {
        fill(of[i], i);
        load(&block[i], of[i]);
    }
    for (size_t round = 0; round < 50; round++) {
        uint32_t digit[EG_KERNEL_MAX_LANES];
        eg_modp want[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            digit[l] = (uint32_t)(seeded_u64() % BLOCKS);
            want[l] = of[digit[l]][l];
        }
        eg_block x;
        kernel->select_blocks(&x, block, BLOCKS, digit);
        assert_lanes(&x, want);
    }
}

/* Whatever rounding mode the caller has, products are right, and the caller has it again after. */
static void check_rounding_mode(void)
{
    const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST};
    eg_modp a[EG_KERNEL_MAX_LANES], square[EG_KERNEL_MAX_LANES];
    eg_block x;
    for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
        assert_int_equal(fesetround(modes[m]), 0);
        uint32_t saved = enter();
        fill(a, EDGE_MODP_COUNT);
        load(&x, a);
        kernel->sqr(&x, &x);
        for (unsigned l = 0; l < kernel->lanes; l++) {
            square[l] = oracle_mul(&a[l], &a[l]);
        }
        assert_lanes(&x, square);
        leave(saved);
        assert_int_equal(fegetround(), modes[m]);
    }
}

static void rounding_mode(void **state)
{
    (void)state;
    for_all(check_rounding_mode);
}

static void take_give(void **state)
{
    (void)state;
    for_all(check_take_give);
}

static void load_store(void **state)
{
    (void)state;
    for_all(check_load_store);
}

static void mul_sqr(void **state)
{
    (void)state;
    for_all(check_mul_sqr);
}

static void one_lane_form(void **state)
{
    (void)state;
    for_all(check_one_lane_form);
}

static void entries(void **state)
{
    (void)state;
    for_all(check_entries);
}

static void windows(void **state)
{
    (void)state;
    for_all(check_windows);
}

static void blocks(void **state)
{
    (void)state;
    for_all(check_select_blocks);
}

static void choice_by_name(void **state)
{
    (void)state;
    assert_false(eg_group_init("no such kernel"));
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        assert_int_equal(eg_group_init(eg_kernels[i]->name), eg_kernels[i]->is_supported());
        if (eg_kernels[i]->is_supported()) {
            assert_string_equal(eg_group_kernel_name(), eg_kernels[i]->name);
            assert_ptr_equal(eg_kernel_active(), eg_kernels[i]);
            assert_int_equal(eg_kernel_scalar()->lanes, 1);
            assert_true(eg_kernel_scalar()->is_supported());
        }
    }
    assert_true(eg_group_init("portable"));
    assert_ptr_equal(eg_kernel_scalar(), &eg_kernel_portable);
    assert_true(eg_group_init(NULL));
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (eg_kernels[i]->is_supported()) {
            assert_ptr_equal(eg_kernel_active(), eg_kernels[i]);
            break;
        }
    }
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_store),     cmocka_unit_test(take_give),
        cmocka_unit_test(mul_sqr),        cmocka_unit_test(entries),
        cmocka_unit_test(windows),        cmocka_unit_test(blocks),
        cmocka_unit_test(choice_by_name), cmocka_unit_test(rounding_mode),
        cmocka_unit_test(one_lane_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
