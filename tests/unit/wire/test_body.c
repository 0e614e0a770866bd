/* Bodies that arrive in small pieces, and the memory that reading one may hold. */
#include "support/cmocka_all.h"

#include "wire/body.h"

#include <stdio.h>
#include <time.h>

static eg_arena texts;

static int drop_texts(void **state)
{
    (void)state;
    eg_arena_free(&texts);
    return 0;
}

static const char *const no_streams[] = {NULL};

/* What the sink saw. */
typedef struct seen {
    size_t members;
    size_t bytes; /* of strings */
    size_t entries;
    const eg_budget *budget; /* or NULL */
    size_t used;             /* of it at the last member */
} seen;

static eg_result member(void *context, eg_str name, const eg_node *value, eg_error *err)
{
    seen *s = context;
    (void)name;
    (void)err;
    s->members++;
    s->bytes += value->kind == EG_STRING ? value->as.str.len : 0;
    s->entries += value->kind == EG_ARRAY ? value->as.array.count : 0;
    s->used = s->budget == NULL ? 0 : s->budget->used_bytes;
    return EG_SUCCESS;
}

static eg_result read_in_pieces(seen *s, eg_encoding encoding, eg_str text, size_t piece,
                                eg_budget *budget, eg_error *err)
{
    const eg_body_sink sink = {.context = s, .member = member};
    eg_body *body;
    eg_arena arena;
    *s = (seen){.budget = budget};
    eg_arena_init(&arena, budget);
    eg_result r = eg_body_new(&body, encoding, no_streams, &sink, &arena, budget, err);
    assert_false(eg_failed(r));
    for (size_t at = 0; at < text.len && !eg_failed(r); at += piece) {
        size_t left = text.len - at;
        r = eg_body_feed(body, text.data + at, left < piece ? left : piece, err);
    }
    if (!eg_failed(r)) {
        r = eg_body_finish(body, err);
    }
    eg_body_free(body);
    eg_arena_free(&arena);
    return r;
}

/* {"x":"aaa...<middle>...aaa"} */
static eg_str long_json_string(size_t bytes, const char *middle)
{
    static const char front[] = "{\"x\":\"", back[] = "\"}";
    size_t n = sizeof front - 1 + bytes + sizeof back - 1;
    char *text = eg_arena_alloc(&texts, n);
    assert_non_null(text);
    memset(text, 'a', n);
    memcpy(text, front, sizeof front - 1);
    memcpy(text + n / 2, middle, strlen(middle));
    memcpy(text + n - (sizeof back - 1), back, sizeof back - 1);
    return (eg_str){text, n};
}

static double seconds_of_thread(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Read anew with each piece it would take 1,000 times as long as at once. */
static void a_long_string_in_small_pieces_takes_about_as_long_as_at_once(void **state)
{
    enum { BYTES = 2 << 20, PIECE = 1024, TIMES_AS_LONG_MAX = 50 };
    eg_str text = long_json_string(BYTES, "");
    seen s;
    (void)state;
    double start = seconds_of_thread();
    assert_int_equal(read_in_pieces(&s, EG_JSON, text, text.len, NULL, NULL).code, EG_OK);
    double at_once = seconds_of_thread() - start;
    start = seconds_of_thread();
    assert_int_equal(read_in_pieces(&s, EG_JSON, text, PIECE, NULL, NULL).code, EG_OK);
    double in_pieces = seconds_of_thread() - start;
    assert_int_equal(s.members, 1);
    assert_int_equal(s.bytes, BYTES);
    assert_true(in_pieces < TIMES_AS_LONG_MAX * at_once);
}

static void a_long_string_is_read_alike_in_pieces_of_any_size(void **state)
{
    static const size_t pieces[] = {7, 1000, 65536, 100000, 1 << 20};
    enum { BYTES = 300000 };
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        eg_str good = long_json_string(BYTES, "\\u00e9");
        eg_str half = long_json_string(BYTES, "\\ud800 ");
        eg_str cut = {good.data, good.len - 2};
        eg_error err = {.code = EG_OK};
        seen s;
        assert_int_equal(read_in_pieces(&s, EG_JSON, good, pieces[i], NULL, &err).code, EG_OK);
        assert_int_equal(s.bytes, BYTES - 6 + 2);
        eg_result r = read_in_pieces(&s, EG_JSON, half, pieces[i], NULL, &err);
        assert_int_equal(r.code, EG_E_BAD_ENCODING);
        assert_string_equal(err.path, "x");
        r = read_in_pieces(&s, EG_JSON, cut, pieces[i], NULL, &err);
        assert_int_equal(r.code, EG_E_BAD_ENCODING);
    }
}

static void the_error_says_where_in_pieces_as_well(void **state)
{
    enum { BYTES = 200000 };
    static const size_t pieces[] = {1000, 70000, 1 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        eg_str text = long_json_string(BYTES, "\x01"); /* no control character within a string */
        eg_error err = {.code = EG_OK};
        char where[32];
        seen s;
        eg_result r = read_in_pieces(&s, EG_JSON, text, pieces[i], NULL, &err);
        assert_int_equal(r.code, EG_E_BAD_ENCODING);
        (void)snprintf(where, sizeof where, "near byte %zu", text.len / 2);
        if (strstr(err.text, where) == NULL) {
            fail_msg("%s instead of %s", err.text, where);
        }
    }
}

/* A list of one-byte integers in MessagePack: {"x": [1, 1, ...]} */
static eg_str many_integers(uint32_t count)
{
    char *text = eg_arena_alloc(&texts, 8 + (size_t)count);
    assert_non_null(text);
    memcpy(text, "\x81\xa1x\xdd", 4);
    for (unsigned i = 0; i < 4; i++) {
        text[4 + i] = (char)(count >> (24 - 8 * i));
    }
    memset(text + 8, 1, count);
    return (eg_str){text, 8 + (size_t)count};
}

/* All that is held at once counts: what is read so far, and the list that it is copied to. */
static void the_entries_of_an_open_list_count_as_long_as_they_are_held(void **state)
{
    enum { COUNT = 100000, PIECE = 4096 };
    const size_t pending = COUNT * sizeof(eg_member), items = COUNT * sizeof(eg_node);
    eg_str text = many_integers(COUNT);
    eg_budget budget;
    eg_error err = {.code = EG_OK};
    seen s;
    (void)state;
    eg_budget_init(&budget, 0, NULL);
    assert_int_equal(read_in_pieces(&s, EG_MSGPACK, text, PIECE, &budget, &err).code, EG_OK);
    assert_int_equal(s.entries, COUNT);
    assert_true(budget.peak_bytes >= pending + items);
    assert_true(s.used < pending + items); /* a list that is whole is held once */
    assert_int_equal(budget.used_bytes, 0);
    eg_budget_init(&budget, pending + items / 2, NULL);
    eg_result r = read_in_pieces(&s, EG_MSGPACK, text, PIECE, &budget, &err);
    assert_int_equal(r.code, EG_E_NO_MEMORY);
    assert_int_equal(budget.used_bytes, 0);
}

static void a_string_counts_while_its_pieces_are_gathered(void **state)
{
    enum { BYTES = 1 << 20, PIECE = 4096, PREFIX = 8 };
    char *text = eg_arena_alloc(&texts, PREFIX + BYTES);
    assert_non_null(text);
    memset(text, 'a', PREFIX + BYTES);
    memcpy(text, "\x81\xa1x\xdb\x00\x10\x00\x00", PREFIX);
    eg_budget budget;
    seen s;
    (void)state;
    eg_budget_init(&budget, 0, NULL);
    eg_str whole = {text, PREFIX + BYTES};
    assert_int_equal(read_in_pieces(&s, EG_MSGPACK, whole, PIECE, &budget, NULL).code, EG_OK);
    assert_int_equal(s.bytes, BYTES);
    assert_true(budget.peak_bytes >= 2 * (size_t)BYTES); /* and its copy in the arena */
    assert_int_equal(budget.used_bytes, 0);
}

int main(void)
{
    eg_arena_init(&texts, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_string_in_small_pieces_takes_about_as_long_as_at_once),
        cmocka_unit_test(a_long_string_is_read_alike_in_pieces_of_any_size),
        cmocka_unit_test(the_error_says_where_in_pieces_as_well),
        cmocka_unit_test(the_entries_of_an_open_list_count_as_long_as_they_are_held),
        cmocka_unit_test(a_string_counts_while_its_pieces_are_gathered),
    };
    return cmocka_run_group_tests(tests, NULL, drop_texts);
}
