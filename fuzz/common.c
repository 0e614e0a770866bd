#include "common.h"

#include "api/routes.h"

#include <math.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    CHECK(eg_api_init(NULL));
    return 0;
}

eg_encoding fuzz_encoding_of(const uint8_t *data, size_t n)
{
    return n > 0 && (data[0] == '{' || data[0] == '[') ? EG_JSON : EG_MSGPACK;
}

void fuzz_check_error(const eg_error *error)
{
    int status = eg_error_status(error->code);
    CHECK(error->code != EG_OK && error->code != EG_E_INTERNAL);
    CHECK(status >= 400 && status < 500);
    CHECK(error->text[0] != '\0' && memchr(error->text, '\0', sizeof error->text) != NULL);
    CHECK(memchr(error->path, '\0', sizeof error->path) != NULL);
}

bool fuzz_parse(eg_node *out, eg_encoding encoding, eg_str bytes, eg_arena *arena)
{
    eg_error error = {.code = EG_OK};
    eg_path path = eg_path_field(NULL, "value");
    if (eg_failed(eg_tree_parse(out, encoding, bytes, 0, arena, &path, &error))) {
        fuzz_check_error(&error);
        return false;
    }
    return true;
}

bool fuzz_cannot_be_written(const eg_node *node)
{
    bool found = node->kind == EG_BYTES || (node->kind == EG_FLOAT && !isfinite(node->as.real));
    if (node->kind == EG_ARRAY) {
        for (size_t i = 0; i < node->as.array.count; i++) {
            found = found || fuzz_cannot_be_written(&node->as.array.items[i]);
        }
    } else if (node->kind == EG_MAP) {
        for (size_t i = 0; i < node->as.map.count; i++) {
            found = found || fuzz_cannot_be_written(&node->as.map.members[i].value);
        }
    }
    return found;
}

static void write_object(eg_buf *out, eg_style style, eg_write_fn write, const void *object)
{
    eg_writer w;
    eg_buf_init(out, NULL);
    eg_writer_init(&w, out, style);
    write(&w, object);
    CHECK(!out->failed && !out->misused);
}

static void check_stable(eg_style style, const void *object, void *again, fuzz_read_fn read,
                         eg_write_fn write, eg_arena *arena)
{
    eg_buf first;
    eg_buf second;
    eg_node node;
    eg_error error = {.code = EG_OK};
    write_object(&first, style, write, object);
    CHECK(fuzz_parse(&node, style == EG_STYLE_MSGPACK ? EG_MSGPACK : EG_JSON, eg_buf_str(&first),
                     arena));
    CHECK(!eg_failed(read(again, &node, arena, &error)));
    write_object(&second, style, write, again);
    CHECK(eg_str_equal(eg_buf_str(&first), eg_buf_str(&second)));
    eg_buf_free(&first);
    eg_buf_free(&second);
}

void fuzz_object(const uint8_t *data, size_t n, size_t bytes, fuzz_read_fn read, eg_write_fn write)
{
    eg_arena arena;
    eg_node node;
    eg_error error = {.code = EG_OK};
    eg_arena_init(&arena, NULL);
    void *object = eg_arena_alloc(&arena, bytes);
    void *again = eg_arena_alloc(&arena, bytes);
    CHECK(object != NULL && again != NULL);
    if (fuzz_parse(&node, fuzz_encoding_of(data, n), (eg_str){(const char *)data, n}, &arena)) {
        if (eg_failed(read(object, &node, &arena, &error))) {
            fuzz_check_error(&error);
        } else {
            check_stable(EG_STYLE_TEXT, object, again, read, write, &arena);
            check_stable(EG_STYLE_MSGPACK, object, again, read, write, &arena);
        }
    }
    eg_arena_free(&arena);
}
