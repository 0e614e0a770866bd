/* Streamed elements on their way to the item stage: each has its value to itself until it is done,
 * then its memory serves the next ones. */
#include "support/call_driver.h"
#include "support/cmocka_all.h"

#include "api/frame/intake.h"

enum { ELEMENTS = 100, ELEMENT_BYTES = 1000, BODY_MAX = ELEMENTS * (ELEMENT_BYTES + 8) };

typedef struct state {
    eg_intake intake;
    size_t right; /* elements that were what was sent */
} state;

static const void *blocks[ELEMENTS]; /* the memory that each element was in */
static size_t right;

static eg_result take(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                      eg_arena *arena, eg_error *err)
{
    return eg_item_new(in, stream, index, value, arena, err);
}

static const char *const names[] = {"texts", NULL};
static const eg_streams streams = {.names = names, .element = take};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), &streams, err);
}

static char letter(size_t index)
{
    return (char)('a' + index % 26);
}

static eg_result item(eg_call *call, void *item_, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    eg_item *it = item_;
    bool same = it->value.kind == EG_STRING && it->value.as.str.len == ELEMENT_BYTES;
    (void)scratch;
    (void)err;
    for (size_t i = 0; same && i < ELEMENT_BYTES; i++) {
        same = it->value.as.str.data[i] == letter(it->index);
    }
    s->right += same ? 1 : 0;
    blocks[it->index] = it->arena.head;
    eg_item_done(&s->intake, it);
    assert_null(it->arena.head);
    return EG_SUCCESS;
}

static eg_result finish(eg_call *call, eg_error *err)
{
    const state *s = call->state;
    (void)err;
    right = s->right;
    return EG_SUCCESS;
}

static const eg_endpoint endpoint = {
    .method = "POST",
    .path = "/texts",
    .begin = begin,
    .feed = eg_intake_feed,
    .item = item,
    .finish = finish,
    .end = eg_intake_end,
};

static size_t write_body(char body[BODY_MAX])
{
    static const char start[] = "{\"texts\":[", end[] = "]}";
    size_t n = sizeof start - 1;
    memcpy(body, start, n);
    for (size_t i = 0; i < ELEMENTS; i++) {
        if (i > 0) {
            body[n++] = ',';
        }
        body[n++] = '"';
        memset(body + n, letter(i), ELEMENT_BYTES);
        n += ELEMENT_BYTES;
        body[n++] = '"';
    }
    memcpy(body + n, end, sizeof end - 1);
    return n + sizeof end - 1;
}

static size_t distinct_blocks(void)
{
    size_t count = 0;
    for (size_t i = 0; i < ELEMENTS; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++) {
            seen = blocks[k] == blocks[i];
        }
        count += seen ? 0 : 1;
    }
    return count;
}

static void run(bool items_last)
{
    static char body[BODY_MAX + 16];
    const drive_options options = {.feed_bytes = ELEMENT_BYTES, .items_last = items_last};
    driven d;
    drive(&d, &endpoint, body, write_body(body), &options);
    assert_true(d.ok);
    assert_int_equal(d.items, ELEMENTS);
    assert_int_equal(right, ELEMENTS);
    assert_int_equal(d.left_bytes, 0);
    driven_free(&d);
}

static void memory_of_what_is_done_serves_the_next(void **context)
{
    (void)context;
    run(false);
    assert_true(distinct_blocks() <= EG_IDLE_ARENAS_MAX + 1);
}

static void what_waits_keeps_its_own(void **context)
{
    (void)context;
    run(true);
    assert_int_equal(distinct_blocks(), ELEMENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_of_what_is_done_serves_the_next),
        cmocka_unit_test(what_waits_keeps_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
