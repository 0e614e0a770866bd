#include "wire/artifact.h"

#include "base/base64.h"

/* The first byte of a MessagePack map or array. */
static bool begins_container(uint8_t c)
{
    return (c >= 0x80 && c <= 0x9f) || (c >= 0xdc && c <= 0xdf);
}

static eg_result refuse_text(const eg_path *path, const char *what, eg_error *err)
{
    return EG_FAIL(err, EG_E_BAD_ENCODING, path,
                   "%s is needed here, and the text is neither JSON nor base64 with padding", what);
}

/* A word may be base64 by chance: then what it would hold is of no interest. */
static eg_result open_base64(eg_node *out, const eg_node *node, const eg_path *path,
                             eg_arena *arena, const char *what, eg_error *err)
{
    eg_str text = node->as.str;
    uint8_t *bytes = NULL;
    size_t n;
    EG_TRY(eg_arena_new(arena, EG_BASE64_DECODED_MAX(text.len), 1, &bytes, err));
    if (!eg_base64_decode(bytes, &n, text.data, text.len) || n == 0) {
        return refuse_text(path, what, err);
    }
    eg_result r = eg_tree_parse(out, EG_MSGPACK, (eg_str){(const char *)bytes, n}, node->depth + 1,
                                arena, path, err);
    return r.code == EG_E_BAD_ENCODING && !begins_container(bytes[0]) ? refuse_text(path, what, err)
                                                                      : r;
}

static bool is_json_text(eg_str s)
{
    size_t i = 0;
    while (i < s.len &&
           (s.data[i] == ' ' || s.data[i] == '\t' || s.data[i] == '\n' || s.data[i] == '\r')) {
        i++;
    }
    return i < s.len && (s.data[i] == '{' || s.data[i] == '[');
}

static eg_result open_as(eg_node *out, eg_artifact_form *form, const eg_node *node,
                         const eg_path *path, eg_arena *arena, const char *what, eg_error *err)
{
    eg_artifact_form found = EG_FORM_MAP;
    if (node->kind == EG_STRING) {
        if (node->depth >= EG_NESTING_MAX) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, path, "the value is nested too deeply");
        }
        bool json = is_json_text(node->as.str);
        found = json ? EG_FORM_TEXT : EG_FORM_BASE64;
        EG_TRY(json ? eg_tree_parse(out, EG_JSON, node->as.str, node->depth + 1, arena, path, err)
                    : open_base64(out, node, path, arena, what, err));
    } else {
        *out = *node;
    }
    if (out->kind != EG_MAP && out->kind != EG_ARRAY) {
        return EG_FAIL(err, EG_E_BAD_TYPE, path, "%s, its JSON text or its base64 is needed here",
                       what);
    }
    if (form != NULL) {
        *form = found;
    }
    return EG_SUCCESS;
}

eg_result eg_artifact_open(eg_node *out, eg_artifact_form *form, const eg_node *node,
                           const eg_path *path, eg_arena *arena, eg_error *err)
{
    return open_as(out, form, node, path, arena, "a map", err);
}

eg_result eg_artifact_open_list(eg_node *out, const eg_node *node, const eg_path *path,
                                eg_arena *arena, eg_error *err)
{
    return open_as(out, NULL, node, path, arena, "a list", err);
}

eg_result eg_artifact_open_number(eg_node *out, const eg_node *node, const eg_path *path,
                                  eg_arena *arena, eg_error *err)
{
    return open_as(out, NULL, node, path, arena, "a decimal integer, or a map that holds one", err);
}

void eg_artifact_write(eg_writer *w, eg_artifact_form form, eg_write_fn write, const void *object)
{
    if (form == EG_FORM_MAP) {
        write(w, object);
        return;
    }
    eg_writer inner;
    eg_write_inner(w, &inner, form == EG_FORM_TEXT ? EG_STYLE_TEXT : EG_STYLE_MSGPACK);
    write(&inner, object);
    eg_write_inner_end(w, &inner);
}
