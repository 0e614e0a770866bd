/* What must be found, and one function that must not. */
#include "ctime/trace/cases.h"

#include "ctime/trace/secrets.h"
#include "group/limbs.h"

enum { TABLE = 64, COLUMN = 8 };

static uint64_t table[TABLE], secret_word, seen;

static void set(unsigned secret)
{
    secret_word = secret_digit(secret, 0, TABLE);
    for (uint64_t i = 0; i < TABLE; i++) {
        table[i] = i + 1;
    }
}

/* ---- found ----------------------------------------------------------------------------------- */

static void run_branch(void)
{
    if (secret_word % 2 == 1) {
        __asm__ volatile("nop"); /* so that no compiler makes a selection of it */
    }
    seen = secret_word;
}

static void run_load(void)
{
    seen = table[secret_word];
}

static void run_store(void)
{
    table[secret_word] = 0;
    seen = secret_word;
}

static void run_nothing(void)
{
    seen = secret_word;
}

static void run_little(void)
{
    seen = secret_word + 1;
}

/* The pointer is taken by a mask, so that the call alone shows. */
static void run_call(void)
{
    uintptr_t even = (uintptr_t)run_nothing, odd = (uintptr_t)run_little;
    uintptr_t mask = eg_mask(secret_word % 2 == 1);
    void (*const way)(void) = (void (*)(void))((even & ~mask) | (odd & mask));
    way();
}

static void run_count(void)
{
    uint64_t count = secret_word;
    void *to = table;
    __asm__ volatile("rep stosb" : "+c"(count), "+D"(to) : "a"(7) : "memory");
    seen = secret_word;
}

static void run_comparison(void)
{
    uint64_t count = sizeof table;
    const void *from = table, *with = &secret_word;
    __asm__ volatile("cmp %%al, %%al\n\trepe cmpsb"
                     : "+c"(count), "+S"(from), "+D"(with)::"memory", "cc");
    seen = secret_word;
}

static void run_division(void)
{
    uint64_t high = 0, low = 1000, by = secret_word + 1;
    __asm__("div %2" : "+a"(low), "+d"(high) : "r"(by) : "cc");
    seen = low;
}

static void run_root(void)
{
    double x = (double)secret_word, root;
    __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(x));
    seen = (uint64_t)root + secret_word;
}

static void run_mask(void)
{
    __asm__ volatile("movq %0, %%xmm0\n\tmaskmovdqu %%xmm0, %%xmm0" ::"r"(secret_word << 2),
                     "D"(table)
                     : "xmm0", "memory");
    seen = secret_word;
}

static void run_gather(void)
{
    __asm__ volatile("vmovq %1, %%xmm0\n\tvpcmpeqd %%xmm1, %%xmm1, %%xmm1\n\t"
                     "vpgatherqq %%xmm1, (%2, %%xmm0, 8), %%xmm2\n\tvmovq %%xmm2, %0"
                     : "=r"(seen)
                     : "r"(secret_word), "r"(table)
                     : "xmm0", "xmm1", "xmm2", "memory");
}

static void run_masked_store(void)
{
    __asm__ volatile("kmovw %k0, %%k1\n\tvmovdqu64 %%zmm0, (%1)%{%%k1%}" ::"r"(secret_word),
                     "r"(table)
                     : "memory");
    seen = secret_word;
}

static void run_without_secret(void)
{
    seen = table[COLUMN];
}

/* ---- not found ------------------------------------------------------------------------------- */

/* The whole table is read, the entry taken by a mask. */
static void run_masks(void)
{
    uint64_t taken = 0;
    for (uint64_t i = 0; i < TABLE; i++) {
        uint64_t difference = i ^ secret_word;
        uint64_t differs = (difference | (0 - difference)) >> 63;
        taken |= table[i] & ~eg_mask(differs != 0);
    }
    seen = taken;
}

/* versions of clang-format differ on a macro that is an initialiser */
// clang-format off
#define ROW(name, run, verdict, like)                                                              \
    {                                                                                              \
        {name, set, run, &seen, sizeof seen}, verdict, like                                        \
    }
// clang-format on

const case_leak *cases_leaks(size_t *count)
{
    static const case_leak row[] = {
        ROW("a branch", run_branch, TRACE_OTHER_WAY, NULL),
        ROW("an address read", run_load, TRACE_OTHER_ADDRESS, NULL),
        ROW("an address written", run_store, TRACE_OTHER_ADDRESS, NULL),
        ROW("a function called by pointer", run_call, TRACE_OTHER_WAY, NULL),
        ROW("a repetition", run_count, TRACE_OTHER_ADDRESS, NULL),
        ROW("a comparison that ends early", run_comparison, TRACE_REFUSED, NULL),
        ROW("a division", run_division, TRACE_OTHER_ADDRESS, NULL),
        ROW("a square root", run_root, TRACE_REFUSED, NULL),
        ROW("a move by a mask of bytes", run_mask, TRACE_REFUSED, NULL),
        ROW("a gather", run_gather, TRACE_REFUSED, &eg_kernel_fma),
        ROW("a store by a mask register", run_masked_store, TRACE_OTHER_ADDRESS, &eg_kernel_ifma),
        ROW("a computation that the secret does not reach", run_without_secret, TRACE_BLIND, NULL),
        ROW("none: a selection by masks", run_masks, TRACE_SAME, NULL),
    };
    *count = sizeof row / sizeof row[0];
    return row;
}
