#include "ctime/trace/cases.h"

#include "ctime/trace/secrets.h"
#include "group/internal.h"

#include <string.h>

enum { DIGITS = 16, BLOCKS = 3, WINDOW_MAX = 1 << EG_WINDOW_BITS_MAX };

static const eg_kernel *kernel;
static eg_modp number[EG_KERNEL_MAX_LANES], other[EG_KERNEL_MAX_LANES], out[EG_KERNEL_MAX_LANES];
static const eg_modp *in[EG_KERNEL_MAX_LANES];
static eg_modp *to[EG_KERNEL_MAX_LANES];
static eg_block a, b, result, picked[BLOCKS], power[DIGITS];
static _Alignas(64) uint64_t window[WINDOW_MAX * EG_KERNEL_ENTRY_WORDS_MAX];
static uint32_t digit[BLOCKS * EG_KERNEL_MAX_LANES];

/* ---- numbers --------------------------------------------------------------------------------- */

static void load_into(eg_block *r, const eg_modp from[])
{
    const eg_modp *each[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        each[l] = &from[l];
    }
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->load(r, each);
    eg_kernel_leave(kernel, saved);
}

static void set_numbers(unsigned secret)
{
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        in[l] = &number[l];
        to[l] = &out[l];
        secret_number(&number[l], secret, l);
        secret_number(&other[l], secret, l + EG_KERNEL_MAX_LANES);
    }
    load_into(&a, number);
    load_into(&b, other);
}

static void run_load(void)
{
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->load(&result, in);
    eg_kernel_leave(kernel, saved);
}

static void run_store(void)
{
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->store(to, &a);
    eg_kernel_leave(kernel, saved);
}

static void run_take_and_give(void)
{
    eg_block taken;
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->take(&taken, in);
    kernel->mul(&taken, &a, &taken);
    kernel->give(to, &taken);
    eg_kernel_leave(kernel, saved);
}

static void run_mul(void)
{
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->mul(&result, &a, &b);
    eg_kernel_leave(kernel, saved);
}

static void run_sqr(void)
{
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->sqr(&result, &a);
    eg_kernel_leave(kernel, saved);
}

/* ---- selections ------------------------------------------------------------------------------ */

static unsigned window_count(void)
{
    return 1u << kernel->window_bits;
}

/* Numbers that differ, as a window and as blocks. */
static void make_tables(void)
{
    const unsigned count[EG_KERNEL_MAX_LANES] = {window_count()};
    uint64_t *const each[EG_KERNEL_MAX_LANES] = {window};
    for (unsigned d = 0; d < window_count(); d += EG_WINDOW_STEP) {
        eg_block x[EG_WINDOW_STEP];
        for (unsigned k = 0; k < EG_WINDOW_STEP; k++) {
            for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
                secret_number(&number[l], 0, (d + k) * EG_KERNEL_MAX_LANES + l);
            }
            load_into(&x[k], number);
            if (d + k < DIGITS) {
                power[d + k] = x[k];
            }
        }
        kernel->to_window(each, count, d, x);
    }
}

static void set_digits(unsigned secret)
{
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        digit[l] = secret_digit(secret, l, DIGITS);
    }
}

static void run_select_blocks(void)
{
    kernel->select_blocks(&result, power, DIGITS, digit);
}

/* A window of the fewest numbers: the last one of a table is so narrow. */
static void run_select_narrow(void)
{
    kernel->select(picked, 1, window, DIGITS, digit);
}

/* Some lanes beyond the window: those that belong to another base. */
static void set_wide_digits(unsigned secret)
{
    for (unsigned l = 0; l < BLOCKS * kernel->lanes; l++) {
        digit[l] = l % 3 == 2 ? UINT16_MAX : secret_digit(secret, l, window_count());
    }
}

static void run_select_one(void)
{
    kernel->select(picked, 1, window, window_count(), digit);
}

static void run_select_more(void)
{
    kernel->select(picked, BLOCKS, window, window_count(), digit);
}

case_list cases_kernel(const eg_kernel *of)
{
    static const trace_case row[] = {
        {"load", set_numbers, run_load, &result, sizeof result},
        {"store", set_numbers, run_store, out, sizeof out},
        {"take, mul, give", set_numbers, run_take_and_give, out, sizeof out},
        {"mul", set_numbers, run_mul, &result, sizeof result},
        {"sqr", set_numbers, run_sqr, &result, sizeof result},
        {"select", set_wide_digits, run_select_one, picked, sizeof picked},
        {"select, three blocks", set_wide_digits, run_select_more, picked, sizeof picked},
        {"select, narrow window", set_digits, run_select_narrow, picked, sizeof picked},
        {"select_blocks", set_digits, run_select_blocks, &result, sizeof result},
    };
    kernel = of;
    make_tables();
    return (case_list){row, sizeof row / sizeof row[0], SECRETS};
}
