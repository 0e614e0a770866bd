/* What holds of a tree whatever the encoding it came in. */
#include "common.h"

#include "wire/body.h"

static void write_tree(eg_buf *out, eg_style style, const eg_node *node)
{
    eg_writer w;
    eg_buf_init(out, NULL);
    eg_writer_init(&w, out, style);
    eg_write_node(&w, node);
    CHECK(!out->failed && !out->misused);
}

static void check_written(eg_style style, const eg_node *node, eg_arena *arena)
{
    eg_buf first;
    eg_buf second;
    eg_node again;
    write_tree(&first, style, node);
    CHECK(fuzz_parse(&again, style == EG_STYLE_MSGPACK ? EG_MSGPACK : EG_JSON, eg_buf_str(&first),
                     arena));
    write_tree(&second, style, &again);
    CHECK(eg_str_equal(eg_buf_str(&first), eg_buf_str(&second)));
    eg_buf_free(&first);
    eg_buf_free(&second);
}

/* ---- the same bytes as a body, fed in pieces ---- */

typedef struct counted {
    size_t members;
    size_t elements;
} counted;

static eg_result count_member(void *context, eg_str name, const eg_node *value, eg_error *err)
{
    (void)name;
    (void)value;
    (void)err;
    ((counted *)context)->members++;
    return EG_SUCCESS;
}

static eg_result count_element(void *context, size_t stream, size_t index, const eg_node *value,
                               eg_arena *arena, eg_error *err)
{
    (void)stream;
    (void)index;
    (void)value;
    (void)arena;
    (void)err;
    ((counted *)context)->elements++;
    return EG_SUCCESS;
}

static eg_result count_end(void *context, size_t stream, size_t count, eg_error *err)
{
    (void)stream;
    (void)err;
    CHECK(count <= ((counted *)context)->elements);
    ((counted *)context)->members++;
    return EG_SUCCESS;
}

static bool feed_all(eg_body *body, const uint8_t *data, size_t n, size_t step, eg_error *error)
{
    for (size_t at = 0; at < n; at += step) {
        size_t piece = n - at < step ? n - at : step;
        if (eg_failed(eg_body_feed(body, data + at, piece, error))) {
            return false;
        }
    }
    return !eg_failed(eg_body_finish(body, error));
}

static bool read_body(counted *out, eg_error *error, eg_encoding encoding, const uint8_t *data,
                      size_t n, size_t step)
{
    static const char *const streams[] = {"ballots", "encrypted_ballots", NULL};
    const eg_body_sink sink = {out, count_member, count_element, count_end};
    eg_budget budget;
    eg_arena arena;
    eg_body *body;
    *out = (counted){.members = 0};
    *error = (eg_error){.code = EG_OK};
    eg_budget_init(&budget, 0, NULL);
    eg_arena_init(&arena, &budget);
    CHECK(!eg_failed(eg_body_new(&body, encoding, streams, &sink, &arena, &budget, error)));
    bool good = feed_all(body, data, n, step, error);
    eg_body_free(body);
    eg_arena_free(&arena);
    CHECK(budget.used_bytes == 0);
    if (!good) {
        fuzz_check_error(error);
    }
    return good;
}

/* One piece, or a few bytes at a time: the same answer. */
static void check_pieces(eg_encoding encoding, const uint8_t *data, size_t n, const eg_node *tree)
{
    static const size_t steps[] = {1, 3, 17};
    counted whole;
    counted pieces;
    eg_error error;
    eg_error other;
    bool good = read_body(&whole, &error, encoding, data, n, n == 0 ? 1 : n);
    CHECK(good == (tree != NULL && tree->kind == EG_MAP) || (tree != NULL && !good));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        CHECK(read_body(&pieces, &other, encoding, data, n, steps[i]) == good);
        CHECK(!good || (pieces.members == whole.members && pieces.elements == whole.elements));
        CHECK(good || other.code == error.code);
    }
}

void fuzz_tree(eg_encoding encoding, const uint8_t *data, size_t n)
{
    eg_arena arena;
    eg_node node;
    eg_arena_init(&arena, NULL);
    bool good = fuzz_parse(&node, encoding, (eg_str){(const char *)data, n}, &arena);
    check_pieces(encoding, data, n, good ? &node : NULL);
    if (good && !fuzz_cannot_be_written(&node)) {
        check_written(EG_STYLE_JSON, &node, &arena);
        check_written(EG_STYLE_TEXT, &node, &arena);
        check_written(EG_STYLE_MSGPACK, &node, &arena);
    }
    eg_arena_free(&arena);
}
