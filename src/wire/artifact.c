#include "wire/artifact.h"

#include "base/base64.h"

static eg_result open_base64(eg_node *out, const eg_node *node, const eg_path *path,
                             eg_arena *arena, eg_error *err)
{
    eg_str text = node->as.str;
    uint8_t *bytes = NULL;
    size_t n;
    EG_TRY(eg_arena_new(arena, EG_BASE64_DECODED_MAX(text.len), 1, &bytes, err));
    if (!eg_base64_decode(bytes, &n, text.data, text.len)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, path,
                       "the text is neither JSON nor base64 with padding");
    }
    return eg_tree_parse(out, EG_MSGPACK, (eg_str){(const char *)bytes, n}, node->depth + 1, arena,
                         path, err);
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

eg_result eg_artifact_open(eg_node *out, eg_artifact_form *form, const eg_node *node,
                           const eg_path *path, eg_arena *arena, eg_error *err)
{
    eg_artifact_form found = EG_FORM_MAP;
    if (node->kind == EG_STRING) {
        if (node->depth >= EG_NESTING_MAX) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, path, "the value is nested too deeply");
        }
        bool json = is_json_text(node->as.str);
        found = json ? EG_FORM_TEXT : EG_FORM_BASE64;
        EG_TRY(json ? eg_tree_parse(out, EG_JSON, node->as.str, node->depth + 1, arena, path, err)
                    : open_base64(out, node, path, arena, err));
    } else {
        *out = *node;
    }
    if (out->kind != EG_MAP && out->kind != EG_ARRAY) {
        return EG_FAIL(err, EG_E_BAD_TYPE, path,
                       "a map, its JSON text or its base64 is needed here");
    }
    if (form != NULL) {
        *form = found;
    }
    return EG_SUCCESS;
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
