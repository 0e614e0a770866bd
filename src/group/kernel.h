/* The contract of a kernel: arithmetic mod p on EG_KERNEL_MAX_LANES or fewer independent numbers at
 * once, in a representation of the kernel's own. Windows, tables and batching stand above it
 * (pow.c, fixed_base.c, multi_exp.c) and are the same for all kernels.
 *
 * A block holds `lanes` numbers in the kernel's Montgomery form, its limbs in any order that suits
 * it. A kernel of one lane is bound more tightly: word[0..63] of its block are the limbs of
 * x * 2^4096 mod p, little-endian, lazily below 2^4096, and mul(a, b) is a * b / 2^4096 for any two
 * numbers below 2^4096. Single products (modp.c) rest on that. Between operations numbers may be
 * lazily reduced: each kernel states its bound; `store` and `give` alone reduce fully. Every
 * operation is constant-time in the numbers; those with _vartime are not in the indices. */
#ifndef EG_GROUP_KERNEL_H
#define EG_GROUP_KERNEL_H

#include "group/group.h"

enum {
    EG_KERNEL_MAX_LANES = 8,
    EG_KERNEL_ENTRY_WORDS_MAX = 80,
    EG_WINDOW_BITS_MIN = 6,
    EG_WINDOW_BITS_MAX = 7,
    EG_WINDOW_MIN = 16, /* a window has room for as many numbers at least */
    EG_WINDOW_STEP = 8, /* numbers that go into a window at once */
    EG_SELECT_BLOCKS_MAX = 16,
    EG_SELECT_LANES_MAX = EG_SELECT_BLOCKS_MAX * EG_KERNEL_MAX_LANES
};

/* Room for a block of any kernel. */
typedef struct eg_block {
    _Alignas(64) uint64_t word[EG_KERNEL_MAX_LANES * EG_KERNEL_ENTRY_WORDS_MAX];
} eg_block;

typedef struct eg_kernel {
    const char *name;
    unsigned lanes;       /* 1, 4 or 8 */
    unsigned entry_words; /* 64-bit words of one number in a table; entries are 64-byte aligned */
    unsigned window_bits; /* of a table for secret exponents: wider ones save fewer products than
                             their reading costs; within EG_WINDOW_BITS_MIN and _MAX */

    /* CPU and operating system can run it. Callable on any CPU. */
    bool (*is_supported)(void);

    /* Around any run of the operations below, on the same thread: sets and restores the rounding
     * mode where a kernel needs one. NULL where it does not. */
    uint32_t (*enter)(void);
    void (*leave)(uint32_t saved);

    /* Plain canonical numbers to the kernel's form. in has `lanes` pointers, none NULL. */
    void (*load)(eg_block *r, const eg_modp *const in[]);
    /* Back, fully reduced. out has `lanes` pointers; a NULL skips its lane. */
    void (*store)(eg_modp *const out[], const eg_block *a);
    /* Plain numbers as they are: the product of a number in the kernel's form and a plain one is
     * plain, and so needs no `store`. Lanes as for these; give reduces fully what mul gave, or what
     * was taken, and wipes it. */
    void (*take)(eg_block *r, const eg_modp *const in[]);
    void (*give)(eg_modp *const out[], eg_block *a);
    /* 1 in every lane. */
    void (*one)(eg_block *r);
    /* r may be a or b or both. */
    void (*mul)(eg_block *r, const eg_block *a, const eg_block *b);
    void (*sqr)(eg_block *r, const eg_block *a);

    /* Lanes to table entries: entry[l] receives lane l (entry_words words); a NULL skips its lane.
     */
    void (*to_entries)(uint64_t *const entry[], const eg_block *a);
    /* Lane l becomes *entry[l]. Addresses depend on the choice: public data only. */
    void (*from_entries_vartime)(eg_block *r, const uint64_t *const entry[]);

    /* A window is `count` numbers (a power of two, at most 256) to select from, laid out as suits
     * the kernel in eg_window_words(kernel, count) words, 64-byte aligned.
     *
     * Lane l of a[k] becomes number digit + k of window[l], which has count[l]; a NULL skips its
     * lane. `digit` is a multiple of EG_WINDOW_STEP, and what is beyond a count below that is
     * nobody's. */
    void (*to_window)(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP]);
    /* For n blocks, at most EG_SELECT_BLOCKS_MAX: lane l of r[b] becomes number
     * digit[b * lanes + l] of the window, or all its words zero where that is >= count. The whole
     * window is read whatever the digits. */
    void (*select)(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                   const uint32_t digit[]);
    /* Lane l becomes lane l of blocks[digit[l]]; all blocks are read. */
    void (*select_blocks)(eg_block *r, const eg_block *blocks, unsigned count,
                          const uint32_t digit[]);
} eg_kernel;

static inline size_t eg_window_words(const eg_kernel *kernel, unsigned count)
{
    return (size_t)(count < EG_WINDOW_MIN ? EG_WINDOW_MIN : count) * kernel->entry_words;
}

extern const eg_kernel eg_kernel_portable;
#if defined(__x86_64__)
extern const eg_kernel eg_kernel_adx;
extern const eg_kernel eg_kernel_fma;
extern const eg_kernel eg_kernel_ifma;
#endif
#if defined(EG_SIMD128) /* WebAssembly's; elsewhere for its tests */
extern const eg_kernel eg_kernel_simd128;
#endif

/* Every kernel of this build, best first, NULL at the end. */
extern const eg_kernel *const eg_kernels[];

/* A kernel that was not built in: from here on the first choice, once it has computed right. NULL:
 * none. Before eg_group_init. */
void eg_kernel_offer(const eg_kernel *kernel);

/* The one of that name, or NULL when there is none or this CPU cannot run it. */
const eg_kernel *eg_kernel_by_name(const char *name);

/* Whether its products and squares are those of the portable kernel, on a few numbers that carry
 * far. The CPU can run it. Takes less than a millisecond. */
bool eg_kernel_computes(const eg_kernel *kernel);

/* Makes a kernel the active one without that proof; eg_group_init asks for it. For the
 * constant-time check: valgrind rounds floating-point numbers otherwise than the CPU. */
void eg_kernel_use(const eg_kernel *kernel);

/* The chosen one: lanes as many as it has. */
const eg_kernel *eg_kernel_active(void);
/* The best of the one-lane kernels that this CPU runs: for single products. */
const eg_kernel *eg_kernel_scalar(void);

#endif
