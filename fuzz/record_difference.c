/* What differs between two records, and whether anything vouches for it. */
#include "record_files.h"

enum { PATH_BYTES = 200 };

/* Patterns of docs/record.md; a path that begins with one is uncovered. Indices and the ids of maps
 * are '*'. */
static bool is_uncovered(eg_record_class which, const char *path)
{
    static const struct {
        eg_record_class which;
        const char *path;
    } list[] = {
        {EG_RECORD_CLASS_CONTEXT, ".extended_data"},
        {EG_RECORD_CLASS_CONTEXT, ".configuration."},
        {EG_RECORD_CLASS_SUBMITTED_BALLOT, ".contests.*.extended_data"},
        {EG_RECORD_CLASS_TALLY, ".object_id"},
        {EG_RECORD_CLASS_ENCRYPTED_TALLY, ".object_id"},
    };
    /* its hash is held against all the others': what is in it changes them */
    if (which == EG_RECORD_CLASS_MANIFEST) {
        return true;
    }
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (list[i].which == which && strncmp(path, list[i].path, strlen(list[i].path)) == 0) {
            return true;
        }
    }
    return false;
}

typedef struct comparison {
    eg_record_class which;
    char path[PATH_BYTES];
    bool covered; /* something that is differs */
} comparison;

static void note(comparison *c, bool same)
{
    if (!same && !is_uncovered(c->which, c->path)) {
        c->covered = true;
    }
}

static void compare(comparison *c, const eg_node *a, const eg_node *b);

static void compare_at(comparison *c, const char *step, size_t length, const eg_node *a,
                       const eg_node *b)
{
    size_t before = strlen(c->path);
    (void)snprintf(c->path + before, sizeof c->path - before, ".%.*s", (int)length, step);
    compare(c, a, b);
    c->path[before] = '\0';
}

/* Of any order. */
static void compare_maps(comparison *c, const eg_node *a, const eg_node *b)
{
    note(c, a->as.map.count == b->as.map.count);
    for (size_t i = 0; i < a->as.map.count; i++) {
        const eg_member *one = &a->as.map.members[i];
        const eg_node *other = NULL;
        for (size_t k = 0; k < b->as.map.count; k++) {
            if (eg_str_equal(one->key, b->as.map.members[k].key)) {
                other = &b->as.map.members[k].value;
            }
        }
        if (other == NULL) {
            note(c, false);
        } else {
            compare_at(c, one->key.data, one->key.len, &one->value, other);
        }
    }
}

static void compare_lists(comparison *c, const eg_node *a, const eg_node *b)
{
    note(c, a->as.array.count == b->as.array.count);
    for (size_t i = 0; i < a->as.array.count && i < b->as.array.count; i++) {
        compare_at(c, "*", 1, &a->as.array.items[i], &b->as.array.items[i]);
    }
}

/* As deep as a file of a record, which no verified one exceeds. */
static void compare(comparison *c, const eg_node *a, const eg_node *b)
{
    if (a->kind != b->kind) {
        note(c, false);
        return;
    }
    switch (a->kind) {
    case EG_NULL:
        return;
    case EG_BOOL:
        note(c, a->as.boolean == b->as.boolean);
        return;
    case EG_INT:
        note(c, a->as.integer == b->as.integer);
        return;
    case EG_STRING:
        note(c, eg_str_equal(a->as.str, b->as.str));
        return;
    case EG_MAP:
        compare_maps(c, a, b);
        return;
    case EG_ARRAY:
        compare_lists(c, a, b);
        return;
    case EG_BIGINT: /* none in a record */
    case EG_FLOAT:
    case EG_BYTES:
        note(c, false);
        return;
    }
}

static bool texts_differ_uncovered(eg_str name, eg_str a, eg_str b, eg_arena *arena)
{
    eg_node x, y;
    eg_str id;
    comparison c = {.which = eg_record_classify(name, &id)};
    if (eg_str_equal(a, b)) {
        return true;
    }
    if (!fuzz_parse(&x, EG_JSON, a, arena) || !fuzz_parse(&y, EG_JSON, b, arena)) {
        return false;
    }
    compare(&c, &x, &y);
    return !c.covered;
}

bool record_differs_uncovered(const record_files *a, const record_files *b, eg_arena *arena)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const record_file *one = &a->files[i];
        const record_file *other = record_find((record_files *)(uintptr_t)b, one->name);
        if (other == NULL || !texts_differ_uncovered(one->name, one->text, other->text, arena)) {
            return false;
        }
    }
    return true;
}
