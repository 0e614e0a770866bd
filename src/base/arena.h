/* Arena: many allocations, one release. Blocks come straight from the system (mmap) and go straight
 * back. */
#ifndef EG_BASE_ARENA_H
#define EG_BASE_ARENA_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Counts bytes held against a limit, across the arenas and buffers that share it. Thread-safe: what
 * changes is read with the functions below alone. */
typedef struct eg_budget {
    size_t used_bytes;
    size_t peak_bytes;
    size_t limit_bytes;       /* 0: no limit */
    struct eg_budget *parent; /* charged as well; or NULL. Outlives this one */
    size_t wanted_bytes;      /* the most that would have been in use had none failed */
    size_t reserved_bytes;    /* the parents are charged for so much at least */
} eg_budget;

void eg_budget_init(eg_budget *budget, size_t limit_bytes, eg_budget *parent);
/* Sets aside what will be needed: until released, the parents are charged as if so much more were
 * in use than is now. False, and nothing is set aside, when they have not so much. Both while
 * nobody else uses the budget; once at most. */
bool eg_budget_reserve(eg_budget *budget, size_t bytes);
void eg_budget_release(eg_budget *budget);
bool eg_budget_take(eg_budget *budget, size_t bytes); /* all or nothing, parents included */
void eg_budget_give(eg_budget *budget, size_t bytes);

/* The compiler's atomics, not the language's: C and C++ have none in common. */
static inline size_t eg_budget_used(const eg_budget *budget)
{
    return __atomic_load_n(&budget->used_bytes, __ATOMIC_SEQ_CST);
}
static inline size_t eg_budget_peak(const eg_budget *budget)
{
    return __atomic_load_n(&budget->peak_bytes, __ATOMIC_SEQ_CST);
}
/* The peak, counting what was asked for in vain. */
static inline size_t eg_budget_wanted(const eg_budget *budget)
{
    size_t peak = eg_budget_peak(budget);
    size_t wanted = __atomic_load_n(&budget->wanted_bytes, __ATOMIC_SEQ_CST);
    return wanted > peak ? wanted : peak;
}

typedef struct eg_arena_block eg_arena_block;

/* Not thread-safe: one arena belongs to one thread at a time. */
typedef struct eg_arena {
    eg_arena_block *head; /* owned */
    eg_budget *budget;    /* borrowed; may be NULL */
    size_t next_block_bytes;
} eg_arena;

/* No allocation happens until the first eg_arena_alloc. */
void eg_arena_init(eg_arena *arena, eg_budget *budget);

/* bytes zeroed, aligned to 64; NULL when the budget or the system is exhausted. bytes == 0 gives a
 * valid pointer. */
void *eg_arena_alloc(eg_arena *arena, size_t bytes) EG_MUST_USE;

/* count * size with overflow checked. */
void *eg_arena_alloc_array(eg_arena *arena, size_t count, size_t size) EG_MUST_USE;

/* The same with the error raised: EG_E_TOO_LARGE "the request needs more memory than it may use".
 */
eg_result eg_arena_new(eg_arena *arena, size_t count, size_t size, void *out_pointer,
                       eg_error *err) EG_MUST_USE;

/* A copy of s with a NUL behind it (not counted). */
eg_result eg_arena_copy_str(eg_arena *arena, eg_str s, eg_str *out, eg_error *err) EG_MUST_USE;

/* Wipes everything handed out; keeps at most one small block for reuse, returns the rest. */
void eg_arena_reset(eg_arena *arena);

/* From here on the arena is charged to that budget (NULL: none), and no longer to the one before.
 * What does not fit into it is wiped and returned. */
void eg_arena_set_budget(eg_arena *arena, eg_budget *budget);

/* Wipes and returns everything. The arena may be used again. */
void eg_arena_free(eg_arena *arena);

/* Moves all of from's blocks to into (same budget chain); from is empty afterwards. */
void eg_arena_absorb(eg_arena *into, eg_arena *from);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
