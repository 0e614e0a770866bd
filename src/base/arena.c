#include "base/arena.h"

#include "base/pages.h"
#include "base/secret.h"

enum { FIRST_BLOCK_BYTES = 64 * 1024, LAST_BLOCK_BYTES = 1024 * 1024, ALIGNMENT = 64, PAGE = 4096 };

struct eg_arena_block {
    _Alignas(ALIGNMENT) eg_arena_block *next;
    size_t bytes; /* of the whole mapping */
    size_t used;  /* of the whole mapping, this header included */
};

void eg_budget_init(eg_budget *budget, size_t limit_bytes, eg_budget *parent)
{
    *budget = (eg_budget){.limit_bytes = limit_bytes, .parent = parent};
}

static void note_most(size_t *most, size_t used)
{
    size_t before = __atomic_load_n(most, __ATOMIC_RELAXED);
    while (used > before && !__atomic_compare_exchange_n(most, &before, used, true,
                                                         __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
}

/* What the parent is charged for so much in use. */
static size_t charge_of(const eg_budget *budget, size_t used)
{
    return used > budget->reserved_bytes ? used : budget->reserved_bytes;
}

static bool take_within_limit(eg_budget *budget, size_t bytes, size_t *used)
{
    *used = __atomic_add_fetch(&budget->used_bytes, bytes, __ATOMIC_SEQ_CST);
    return *used >= bytes && (budget->limit_bytes == 0 || *used <= budget->limit_bytes);
}

/* Back to where it was; others may have come and gone meanwhile, so that the parent's part of it is
 * another than the one that was not charged. */
static void undo(eg_budget *budget, size_t bytes, size_t uncharged)
{
    size_t left = __atomic_sub_fetch(&budget->used_bytes, bytes, __ATOMIC_SEQ_CST);
    size_t back = charge_of(budget, left + bytes) - charge_of(budget, left);
    if (budget->parent != NULL && back != uncharged) {
        eg_budget_give(budget->parent, back - uncharged); /* modulo 2^64: less than nothing too */
    }
}

bool eg_budget_take(eg_budget *budget, size_t bytes)
{
    size_t used;
    if (budget == NULL) {
        return true;
    }
    bool fits = take_within_limit(budget, bytes, &used);
    size_t charge = charge_of(budget, used) - charge_of(budget, used - bytes);
    if (!fits || (charge > 0 && !eg_budget_take(budget->parent, charge))) {
        undo(budget, bytes, charge);
        note_most(&budget->wanted_bytes, used);
        return false;
    }
    note_most(&budget->peak_bytes, used);
    return true;
}

void eg_budget_give(eg_budget *budget, size_t bytes)
{
    for (; budget != NULL && bytes != 0; budget = budget->parent) {
        size_t left = __atomic_sub_fetch(&budget->used_bytes, bytes, __ATOMIC_SEQ_CST);
        bytes = charge_of(budget, left + bytes) - charge_of(budget, left);
    }
}

bool eg_budget_reserve(eg_budget *budget, size_t bytes)
{
    size_t used = eg_budget_used(budget);
    bool fits = bytes <= SIZE_MAX - used &&
                (budget->limit_bytes == 0 || bytes <= budget->limit_bytes - used);
    if (!fits || !eg_budget_take(budget->parent, bytes)) {
        note_most(&budget->wanted_bytes, bytes > SIZE_MAX - used ? SIZE_MAX : used + bytes);
        return false;
    }
    budget->reserved_bytes = used + bytes;
    return true;
}

void eg_budget_release(eg_budget *budget)
{
    size_t used = eg_budget_used(budget), charged = charge_of(budget, used);
    budget->reserved_bytes = 0;
    eg_budget_give(budget->parent, charged - used);
}

void eg_arena_init(eg_arena *arena, eg_budget *budget)
{
    *arena = (eg_arena){.budget = budget, .next_block_bytes = FIRST_BLOCK_BYTES};
}

static eg_arena_block *block_new(eg_arena *arena, size_t need)
{
    size_t bytes = arena->next_block_bytes;
    if (need > bytes - sizeof(eg_arena_block)) {
        if (need > SIZE_MAX - sizeof(eg_arena_block) - PAGE) {
            return NULL;
        }
        bytes = (need + sizeof(eg_arena_block) + PAGE - 1) / PAGE * PAGE;
    }
    if (!eg_budget_take(arena->budget, bytes)) {
        return NULL;
    }
    void *memory = eg_pages_map(bytes);
    if (memory == NULL) {
        eg_budget_give(arena->budget, bytes);
        return NULL;
    }
    eg_pages_keep_from_dumps(memory, bytes);
    eg_arena_block *block = memory;
    block->bytes = bytes;
    block->used = sizeof *block;
    block->next = arena->head;
    arena->head = block;
    if (arena->next_block_bytes < LAST_BLOCK_BYTES) {
        arena->next_block_bytes *= 2;
    }
    return block;
}

void *eg_arena_alloc(eg_arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    rounded = rounded == 0 ? ALIGNMENT : rounded;
    eg_arena_block *block = arena->head;
    if (block == NULL || block->bytes - block->used < rounded) {
        block = block_new(arena, rounded);
        if (block == NULL) {
            return NULL;
        }
    }
    void *result = (char *)block + block->used;
    block->used += rounded;
    return result;
}

void *eg_arena_alloc_array(eg_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    return eg_arena_alloc(arena, bytes);
}

eg_result eg_arena_new(eg_arena *arena, size_t count, size_t size, void *out_pointer, eg_error *err)
{
    void *memory = eg_arena_alloc_array(arena, count, size);
    if (memory == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the request needs more memory than it may use");
    }
    memcpy(out_pointer, &memory, sizeof memory);
    return EG_SUCCESS;
}

eg_result eg_arena_copy_str(eg_arena *arena, eg_str s, eg_str *out, eg_error *err)
{
    char *copy = NULL;
    EG_BUG_IF(err, s.len == SIZE_MAX);
    EG_TRY(eg_arena_new(arena, s.len + 1, 1, &copy, err));
    if (s.len > 0) {
        memcpy(copy, s.data, s.len);
    }
    copy[s.len] = '\0';
    *out = (eg_str){copy, s.len};
    return EG_SUCCESS;
}

static void block_release(eg_arena *arena, eg_arena_block *block)
{
    size_t bytes = block->bytes;
    eg_wipe(block, block->used);
    eg_pages_unmap(block, bytes);
    eg_budget_give(arena->budget, bytes);
}

void eg_arena_reset(eg_arena *arena)
{
    eg_arena_block *kept = NULL;
    while (arena->head != NULL) {
        eg_arena_block *block = arena->head;
        arena->head = block->next;
        if (kept == NULL && block->bytes <= LAST_BLOCK_BYTES) {
            size_t bytes = block->bytes;
            eg_wipe(block, block->used);
            block->bytes = bytes;
            block->used = sizeof *block;
            kept = block;
        } else {
            block_release(arena, block);
        }
    }
    arena->head = kept;
}

void eg_arena_set_budget(eg_arena *arena, eg_budget *budget)
{
    eg_arena_block *block = arena->head;
    while (block != NULL && eg_budget_take(budget, block->bytes)) {
        block = block->next;
    }
    if (block == NULL) {
        for (block = arena->head; block != NULL; block = block->next) {
            eg_budget_give(arena->budget, block->bytes);
        }
    } else {
        for (eg_arena_block *taken = arena->head; taken != block; taken = taken->next) {
            eg_budget_give(budget, taken->bytes);
        }
        eg_arena_free(arena);
    }
    arena->budget = budget;
}

void eg_arena_free(eg_arena *arena)
{
    while (arena->head != NULL) {
        eg_arena_block *block = arena->head;
        arena->head = block->next;
        block_release(arena, block);
    }
    arena->next_block_bytes = FIRST_BLOCK_BYTES;
}

void eg_arena_absorb(eg_arena *into, eg_arena *from)
{
    eg_arena_block *tail = from->head;
    if (tail == NULL) {
        return;
    }
    while (tail->next != NULL) {
        tail = tail->next;
    }
    if (into->head == NULL) {
        into->head = from->head;
    } else {
        /* behind the head, so that what is left of the current block still serves */
        tail->next = into->head->next;
        into->head->next = from->head;
    }
    from->head = NULL;
    from->next_block_bytes = FIRST_BLOCK_BYTES;
}
