/* Blocks whose limbs are chosen so that a kernel's columns go as far as they can: products by
 * halves and quarters have their greatest sums and differences there. Numbers reach the kernel's
 * bound, which lies above p. */
#include "unit/group/lanes.h"

enum { PARTS = 8, PATTERNS = 1 << PARTS, QUARTERS = 4, PRODUCTS = 2048 };

/* What a lane holds, and the plain number that it stands for. */
typedef struct own_form {
    uint64_t limb[EG_KERNEL_ENTRY_WORDS_MAX];
    eg_modp plain;
} own_form;

static unsigned limbs(void)
{
    return kernel->entry_words;
}

static unsigned limb_bits(void)
{
    return kernel->entry_words == 80 ? 52 : 64;
}

/* The bound between operations: a power of two, 2^4097 for limbs of 52 bits. */
static void cut_off(uint64_t limb[])
{
    if (limb_bits() == 52) {
        limb[78] &= ((uint64_t)1 << (4097 - 78 * 52)) - 1;
        limb[79] = 0;
    }
}

/* Cuts off the limbs and fills in the plain number: theirs, divided by R. */
static void complete(own_form *x)
{
    mpz_t v, p, r;
    mpz_inits(v, p, r, NULL);
    mpz_p(p);
    cut_off(x->limb);
    mpz_import(v, limbs(), -1, sizeof x->limb[0], 0, 64 - limb_bits(), x->limb);
    mpz_setbit(r, (mp_bitcnt_t)limbs() * limb_bits());
    mpz_invert(r, r, p);
    mpz_mul(v, v, r);
    mpz_mod(v, v, p);
    x->plain = modp_of(v);
    mpz_clears(v, p, r, NULL);
}

/* Limb i of lane l, a double in one kernel, is word[lanes * i + l] of a block. */
static void put(eg_block *block, unsigned lane, const own_form *x)
{
    const bool is_double = strcmp(kernel->name, "fma") == 0;
    for (size_t i = 0; i < limbs(); i++) {
        double as_double = (double)x->limb[i];
        uint64_t *word = &block->word[i * kernel->lanes + lane];
        *word = x->limb[i];
        if (is_double) {
            memcpy(word, &as_double, sizeof *word);
        }
    }
}

/* Ones in the parts of `pattern`, zeros in the others. */
static void set_pattern(own_form *x, size_t pattern)
{
    for (size_t i = 0; i < limbs(); i++) {
        x->limb[i] =
            (pattern >> i / (limbs() / PARTS) & 1) != 0 ? UINT64_MAX >> (64 - limb_bits()) : 0;
    }
    complete(x);
}

/* The limb times * 2^(half its bits) + more. */
typedef struct limb_of {
    int times, more;
} limb_of;

/* Two limbs of {-1, 1} have a product both of whose halves are nearly as great as can be, where
 * ones have a low half of 1. Less than nothing by {1, -2} is {-1, 1}: so a difference of small
 * limbs, and their own product is small or has a great low half only. */
static const limb_of common[] = {{0, 0}, {0, -1}, {-1, 1}, {1, -2}, {2, -3}};

enum {
    COMMON = sizeof common / sizeof common[0],
    COMMON_NUMBERS = COMMON * COMMON * COMMON * COMMON,
    NUMBERS = PATTERNS + COMMON_NUMBERS
};

/* All limbs of a quarter the same, from the lowest quarter on. */
static void set_quarters(own_form *x, const limb_of quarter[QUARTERS])
{
    for (size_t i = 0; i < limbs(); i++) {
        const limb_of *of = &quarter[i / (limbs() / QUARTERS)];
        int64_t value = of->times * ((int64_t)1 << limb_bits() / 2) + of->more;
        x->limb[i] = (uint64_t)value & UINT64_MAX >> (64 - limb_bits());
    }
    complete(x);
}

static void set_common(own_form *x, size_t choice)
{
    limb_of quarter[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++, choice /= COMMON) {
        quarter[i] = common[choice % COMMON];
    }
    set_quarters(x, quarter);
}

/* a, a * b and a * a, lane by lane */
static void check_lanes(const own_form *const a[], const own_form *const b[])
{
    eg_block x, y;
    eg_modp plain[EG_KERNEL_MAX_LANES], product[EG_KERNEL_MAX_LANES], square[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        put(&x, l, a[l]);
        put(&y, l, b[l]);
        plain[l] = a[l]->plain;
        product[l] = oracle_mul(&a[l]->plain, &b[l]->plain);
        square[l] = oracle_mul(&a[l]->plain, &a[l]->plain);
    }
    assert_lanes(&x, plain);
    kernel->mul(&y, &x, &y);
    assert_lanes(&y, product);
    kernel->sqr(&x, &x);
    assert_lanes(&x, square);
}

static void check_equal_parts(void)
{
    static own_form number[NUMBERS];
    for (size_t i = 0; i < NUMBERS; i++) {
        if (i < PATTERNS) {
            set_pattern(&number[i], i);
        } else {
            set_common(&number[i], i - PATTERNS);
        }
    }
    for (size_t i = 0; i < PRODUCTS; i += kernel->lanes) {
        const own_form *a[EG_KERNEL_MAX_LANES], *b[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) { /* at first every number by itself */
            a[l] = &number[(i + l) % NUMBERS];
            b[l] = i + l < NUMBERS ? a[l] : &number[seeded_u64() % NUMBERS];
        }
        check_lanes(a, b);
    }
}

/* The farthest down that a search over such numbers got in fma and in ifma, and far up: in units of
 * 2^52, a column of the product and what the reduction brings to it come to -146 in the first row,
 * to -107 in the second, to 172 and 213 in the last. */
static const struct {
    limb_of a[QUARTERS], b[QUARTERS];
} farthest[] = {
    {{{2, 548}, {1, 7997}, {0, 0}, {-1, 32045}}, {{2, 13}, {1, -3596}, {1, 860}, {0, 0}}},
    {{{2, 1}, {0, 1}, {1, 399}, {-1, 13324}}, {{2, 3}, {1, 25}, {1, -218}, {0, 0}}},
    {{{-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}}, {{-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}}},
};

static void check_farthest(void)
{
    for (size_t i = 0; i < sizeof farthest / sizeof farthest[0]; i++) {
        own_form x, y;
        const own_form *a[EG_KERNEL_MAX_LANES], *b[EG_KERNEL_MAX_LANES];
        set_quarters(&x, farthest[i].a);
        set_quarters(&y, farthest[i].b);
        for (unsigned l = 0; l < kernel->lanes; l++) {
            a[l] = l % 2 == 0 ? &x : &y;
            b[l] = l % 2 == 0 ? &y : &x;
        }
        check_lanes(a, b);
    }
}

static void equal_parts(void **state)
{
    (void)state;
    for_all(check_equal_parts);
}

static void farthest_columns(void **state)
{
    (void)state;
    for_all(check_farthest);
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_parts),
        cmocka_unit_test(farthest_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
