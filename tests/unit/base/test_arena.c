/* Arenas and buffers: what they hand out, what they charge, and what happens at the limit. */
#include "support/cmocka_all.h"

#include "base/arena.h"
#include "base/buf.h"

#include <pthread.h>

#include <stdatomic.h>
#include <stdio.h>

static size_t used(eg_budget *budget)
{
    return atomic_load(&budget->used_bytes);
}

static bool is_zero(const unsigned char *bytes, size_t n)
{
    unsigned char any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= bytes[i];
    }
    return any == 0;
}

static void memory_is_zeroed_and_aligned(void **state)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 100000, 3000000};
    eg_arena arena;
    (void)state;
    eg_arena_init(&arena, NULL);
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            unsigned char *p = eg_arena_alloc(&arena, sizes[i]);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 64, 0);
            assert_true(is_zero(p, sizes[i]));
            memset(p, 0xa5, sizes[i]);
        }
        eg_arena_reset(&arena); /* what is kept comes back wiped */
    }
    eg_arena_free(&arena);
}

static void budgets_are_charged_and_given_back(void **state)
{
    eg_budget service, job;
    eg_arena arena;
    (void)state;
    eg_budget_init(&service, 0, NULL);
    eg_budget_init(&job, 0, &service);
    eg_arena_init(&arena, &job);
    assert_non_null(eg_arena_alloc(&arena, 1000));
    assert_true(used(&job) >= 1000);
    assert_int_equal(used(&job), used(&service));
    assert_non_null(eg_arena_alloc(&arena, 5000000));
    size_t peak = used(&job);
    assert_true(peak >= 5001000);
    eg_arena_reset(&arena);
    assert_true(used(&job) <= 1024 * 1024); /* one small block at most */
    eg_arena_free(&arena);
    assert_int_equal(used(&job), 0);
    assert_int_equal(used(&service), 0);
    assert_int_equal(atomic_load(&job.peak_bytes), peak);
}

/* What is set aside is there whatever others take; what is taken beyond it is charged as ever. */
static void a_reserve_is_kept(void **state)
{
    eg_budget service, job;
    (void)state;
    eg_budget_init(&service, 1000, NULL);
    eg_budget_init(&job, 0, &service);
    assert_true(eg_budget_take(&job, 100));
    assert_false(eg_budget_reserve(&job, 901));
    assert_int_equal(used(&service), 100);
    assert_int_equal(eg_budget_wanted(&job), 1001);
    assert_true(eg_budget_reserve(&job, 500));
    assert_int_equal(used(&service), 600);
    assert_true(eg_budget_take(&service, 400)); /* others take the rest */
    assert_true(eg_budget_take(&job, 300));
    assert_true(eg_budget_take(&job, 200));
    assert_int_equal(used(&service), 1000);
    assert_false(eg_budget_take(&job, 1));
    eg_budget_give(&service, 400);
    assert_true(eg_budget_take(&job, 50));
    assert_int_equal(used(&service), 650);
    eg_budget_give(&job, 350);
    assert_int_equal(used(&job), 300);
    assert_int_equal(used(&service), 600);
    eg_budget_release(&job);
    assert_int_equal(used(&service), 300);
    eg_budget_give(&job, 300);
    assert_int_equal(used(&job), 0);
    assert_int_equal(used(&service), 0);
}

/* From several threads, some of whose takes fail: in the end nothing is charged. */
typedef struct shared {
    eg_budget service, job;
} shared;

static void *take_and_give(void *context)
{
    enum { TURNS = 20000, BYTES = 70 };
    shared *s = context;
    for (size_t i = 0; i < TURNS; i++) {
        if (eg_budget_take(&s->job, BYTES + i % 7)) {
            eg_budget_give(&s->job, BYTES + i % 7);
        }
    }
    return NULL;
}

static void a_reserve_stays_right_between_threads(void **state)
{
    enum { THREADS = 4 };
    shared s;
    pthread_t threads[THREADS];
    (void)state;
    eg_budget_init(&s.service, 200, NULL);
    eg_budget_init(&s.job, 0, &s.service);
    assert_true(eg_budget_reserve(&s.job, 100));
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &s), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(used(&s.job), 0);
    assert_int_equal(used(&s.service), 100);
    eg_budget_release(&s.job);
    assert_int_equal(used(&s.service), 0);
}

static void past_the_limit_allocation_fails(void **state)
{
    eg_budget service, job;
    eg_arena arena;
    eg_error err = {.code = EG_OK};
    void *p = NULL;
    (void)state;
    eg_budget_init(&service, 1000000, NULL); /* the parent's limit binds too */
    eg_budget_init(&job, 0, &service);
    eg_arena_init(&arena, &job);
    eg_result r = eg_arena_new(&arena, 1, 2000000, &p, &err);
    assert_int_equal(r.code, EG_E_NO_MEMORY);
    assert_null(p);
    assert_int_equal(used(&job), 0);
    r = eg_arena_new(&arena, SIZE_MAX / 2, 4, &p, &err); /* the product overflows */
    assert_int_equal(r.code, EG_E_NO_MEMORY);
    assert_non_null(eg_arena_alloc(&arena, 1000));
    eg_arena_free(&arena);
    assert_int_equal(used(&service), 0);
}

static void absorbed_memory_outlives_its_arena(void **state)
{
    eg_budget budget;
    eg_arena into, from;
    (void)state;
    eg_budget_init(&budget, 0, NULL);
    eg_arena_init(&into, &budget);
    eg_arena_init(&from, &budget);
    char *mine = eg_arena_alloc(&into, 10);
    char *moved = eg_arena_alloc(&from, 200000);
    assert_non_null(mine);
    assert_non_null(moved);
    memset(moved, 'm', 200000);
    eg_arena_absorb(&into, &from);
    eg_arena_free(&from);
    assert_int_equal(moved[199999], 'm');
    char *next = eg_arena_alloc(&into, 10); /* the block in use before is still used */
    assert_ptr_equal(next, mine + 64);
    eg_arena_free(&into);
    assert_int_equal(used(&budget), 0);
}

static void a_kept_block_follows_its_budget(void **state)
{
    eg_budget first, second, tiny;
    eg_arena arena;
    (void)state;
    eg_budget_init(&first, 0, NULL);
    eg_budget_init(&second, 0, NULL);
    eg_budget_init(&tiny, 100, NULL);
    eg_arena_init(&arena, &first);
    char *kept = eg_arena_alloc(&arena, 1000);
    assert_non_null(kept);
    size_t charged = used(&first);
    eg_arena_reset(&arena);
    eg_arena_set_budget(&arena, NULL);
    assert_int_equal(used(&first), 0);
    eg_arena_set_budget(&arena, &second);
    assert_int_equal(used(&second), charged);
    assert_ptr_equal(eg_arena_alloc(&arena, 1000), kept); /* the same memory, wiped */
    assert_true(is_zero((unsigned char *)kept, 1000));
    eg_arena_set_budget(&arena, &tiny); /* no room for it there: it goes back */
    assert_int_equal(used(&second), 0);
    assert_int_equal(used(&tiny), 0);
    assert_null(eg_arena_alloc(&arena, 1000));
    eg_arena_free(&arena);
}

static void a_copied_text_ends_in_nul(void **state)
{
    eg_arena arena;
    eg_str copy = {NULL, 0};
    (void)state;
    eg_arena_init(&arena, NULL);
    assert_false(eg_failed(eg_arena_copy_str(&arena, (eg_str){"a\0bc", 3}, &copy, NULL)));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.data, "a\0b", 4);
    eg_arena_free(&arena);
}

static void a_buffer_grows_and_keeps_its_content(void **state)
{
    eg_budget budget;
    eg_buf buf;
    (void)state;
    eg_budget_init(&budget, 0, NULL);
    eg_buf_init(&buf, &budget);
    for (size_t i = 0; i < 300000; i++) {
        eg_buf_append_char(&buf, (char)(i % 251));
    }
    assert_false(buf.failed);
    assert_int_equal(buf.len, 300000);
    for (size_t i = 0; i < 300000; i++) {
        assert_int_equal((unsigned char)buf.data[i], i % 251);
    }
    assert_int_equal(used(&budget), buf.capacity);
    eg_buf_free(&buf);
    assert_int_equal(used(&budget), 0);
}

static void a_buffers_failure_is_sticky(void **state)
{
    eg_budget budget;
    eg_buf buf;
    (void)state;
    eg_budget_init(&budget, 100000, NULL);
    eg_buf_init(&buf, &budget);
    eg_buf_append_str(&buf, EG_STR("kept"));
    assert_null(eg_buf_reserve(&buf, 200000));
    assert_true(buf.failed);
    eg_buf_append_str(&buf, EG_STR("lost"));
    assert_int_equal(buf.len, 4);
    assert_null(eg_buf_reserve(&buf, SIZE_MAX));
    eg_buf_clear(&buf);
    assert_false(buf.failed);
    assert_true(is_zero((unsigned char *)buf.data, 4)); /* cleared content is wiped */
    eg_buf_append_str(&buf, EG_STR("again"));
    assert_int_equal(buf.len, 5);
    eg_buf_free(&buf);
    assert_int_equal(used(&budget), 0);
}

/* Whether the kernel leaves the page that holds it out of dumps. */
static bool is_kept_from_dumps(const void *memory)
{
    char line[512];
    bool inside = false, kept = false;
    FILE *maps = fopen("/proc/self/smaps", "re");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
            inside = (uintptr_t)memory >= from && (uintptr_t)memory < to;
        } else if (inside && strncmp(line, "VmFlags:", 8) == 0) {
            kept = strstr(line, " dd") != NULL;
        }
    }
    (void)fclose(maps);
    return kept;
}

static void what_may_be_secret_is_kept_from_dumps(void **state)
{
    (void)state;
    skip_if_emulated();
    eg_arena arena;
    eg_buf buf;
    eg_arena_init(&arena, NULL);
    eg_buf_init(&buf, NULL);
    assert_true(is_kept_from_dumps(eg_arena_alloc(&arena, 100)));
    char *large = eg_buf_reserve(&buf, 1 << 20);
    assert_non_null(large);
    assert_true(is_kept_from_dumps(large + (1 << 19)));
    static const char constant[] = "public";
    assert_false(is_kept_from_dumps(constant));
    eg_buf_free(&buf);
    eg_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(budgets_are_charged_and_given_back),
        cmocka_unit_test(a_reserve_is_kept),
        cmocka_unit_test(a_reserve_stays_right_between_threads),
        cmocka_unit_test(past_the_limit_allocation_fails),
        cmocka_unit_test(absorbed_memory_outlives_its_arena),
        cmocka_unit_test(a_kept_block_follows_its_budget),
        cmocka_unit_test(a_copied_text_ends_in_nul),
        cmocka_unit_test(a_buffer_grows_and_keeps_its_content),
        cmocka_unit_test(a_buffers_failure_is_sticky),
        cmocka_unit_test(what_may_be_secret_is_kept_from_dumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
