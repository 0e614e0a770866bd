#include "record/load.h"

#include "record/layout.h"

#include <string.h>

/* What a file may take as a tree: some three times its bytes where they are hex, more where they
 * are short texts, as in a manifest. */
enum { TREE_BYTES_MIN = 64 << 20, TREE_TIMES_FILE = 4 };

static eg_result read_text(eg_str *out, const eg_source *source, const eg_source_file *file,
                           eg_arena *arena, eg_error *err)
{
    eg_str id;
    const size_t most = eg_record_class_bytes_max(eg_record_classify(file->name, &id));
    if (file->bytes > most) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "it is larger than %zu MiB", most >> 20);
    }
    EG_TRY(eg_source_read(source, file, out, arena, err));
    /* the parser skips it for clients; Python's json refuses it */
    if (out->len >= 3 && memcmp(out->data, "\xef\xbb\xbf", 3) == 0) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "it begins with a mark of its byte order");
    }
    return EG_SUCCESS;
}

/* A list of ten million zeros is twenty megabytes as a text, and a gigabyte as a tree. */
eg_result eg_record_load(eg_node *out, const eg_source *source, const eg_source_file *file,
                         eg_arena *arena, eg_error *err)
{
    eg_budget budget;
    eg_arena tree;
    eg_str text;
    EG_TRY(read_text(&text, source, file, arena, err));
    eg_budget_init(&budget, TREE_BYTES_MIN + TREE_TIMES_FILE * text.len, NULL);
    eg_arena_init(&tree, &budget);
    eg_result result = eg_tree_parse(out, EG_JSON, text, 0, &tree, NULL, err);
    if (result.code == EG_E_NO_MEMORY && eg_budget_wanted(&budget) > budget.limit_bytes) {
        result = EG_FAIL(err, EG_E_TOO_LARGE, NULL,
                         "it holds more values than a file of a record can have");
    }
    eg_arena_set_budget(&tree, arena->budget);
    eg_arena_absorb(arena, &tree);
    return result;
}
