/* Artifacts as strings: a text or base64 is opened, and stays the same in each form. */
#include "common.h"

static void write_whole(eg_writer *w, const void *node)
{
    eg_write_node(w, node);
}

/* The artifact in one of its forms, as a node that may be opened again. */
static eg_node in_form(eg_artifact_form form, const eg_node *value, eg_arena *arena)
{
    eg_buf out;
    eg_writer w;
    eg_node string;
    eg_str bytes;
    eg_error error;
    eg_buf_init(&out, NULL);
    eg_writer_init(&w, &out, EG_STYLE_MSGPACK);
    eg_artifact_write(&w, form, write_whole, value);
    CHECK(!out.failed);
    CHECK(!eg_failed(eg_arena_copy_str(arena, eg_buf_str(&out), &bytes, &error)));
    eg_buf_free(&out);
    CHECK(fuzz_parse(&string, EG_MSGPACK, bytes, arena));
    return string;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    eg_arena arena;
    eg_node string = {.kind = EG_STRING, .as.str = {(const char *)data, n}};
    eg_node value;
    eg_error error = {.code = EG_OK};
    eg_path path = eg_path_field(NULL, "artifact");
    eg_artifact_form form;
    eg_arena_init(&arena, NULL);
    if (eg_failed(eg_artifact_open(&value, &form, &string, &path, &arena, &error))) {
        fuzz_check_error(&error);
    } else if (!fuzz_cannot_be_written(&value)) {
        CHECK(value.kind == EG_MAP || value.kind == EG_ARRAY);
        eg_node map = in_form(EG_FORM_MAP, &value, &arena);
        for (int f = EG_FORM_MAP; f <= EG_FORM_BASE64; f++) {
            eg_node opened;
            eg_node again = in_form((eg_artifact_form)f, &map, &arena);
            CHECK(!eg_failed(eg_artifact_open(&opened, &form, &again, &path, &arena, &error)));
            CHECK(form == (eg_artifact_form)f);
        }
    }
    eg_arena_free(&arena);
    return 0;
}
