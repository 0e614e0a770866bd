/* A file is taken apart into a tree, and written again with one of its values changed; values are
 * counted from the top, each before what is in it. */
#include "record_changes.h"

#include "base/utf8.h"

typedef enum edit_kind {
    EDIT_NUMBER, /* of a number: more or less; of a text: another digit, letter or length */
    EDIT_KIND,   /* a value of another kind */
    EDIT_TAKE,   /* a value from elsewhere */
    EDIT_REMOVE,
    EDIT_DOUBLE,
    EDIT_RENAME, /* the member */
    EDIT_COUNT
} edit_kind;

typedef struct edit {
    edit_kind kind;
    size_t place;
    uint8_t how;
    const eg_node *from; /* of EDIT_TAKE */
    size_t passed;       /* values so far */
    eg_arena *arena;
} edit;

static size_t count_values(const eg_node *node)
{
    size_t count = 1;
    if (node->kind == EG_ARRAY) {
        for (size_t i = 0; i < node->as.array.count; i++) {
            count += count_values(&node->as.array.items[i]);
        }
    } else if (node->kind == EG_MAP) {
        for (size_t i = 0; i < node->as.map.count; i++) {
            count += count_values(&node->as.map.members[i].value);
        }
    }
    return count;
}

static const eg_node *value_at(const eg_node *node, size_t place, size_t *passed)
{
    const eg_node *found = NULL;
    if ((*passed)++ == place) {
        return node;
    }
    if (node->kind == EG_ARRAY) {
        for (size_t i = 0; i < node->as.array.count && found == NULL; i++) {
            found = value_at(&node->as.array.items[i], place, passed);
        }
    } else if (node->kind == EG_MAP) {
        for (size_t i = 0; i < node->as.map.count && found == NULL; i++) {
            found = value_at(&node->as.map.members[i].value, place, passed);
        }
    }
    return found;
}

/* ---- one value ---- */

static eg_str changed_text(eg_str text, uint8_t how, eg_arena *arena)
{
    static const char digits[] = "0123456789ABCDEF";
    char *copy = eg_arena_alloc(arena, text.len + 2);
    CHECK(copy != NULL);
    memcpy(copy, text.data, text.len);
    switch (text.len == 0 ? 0 : how % 4) {
    case 0: /* longer */
        copy[text.len] = digits[how / 4 % 16];
        return (eg_str){copy, text.len + 1};
    case 1: /* longer in front: zeros do not count */
        memmove(copy + 1, text.data, text.len);
        copy[0] = '0';
        return (eg_str){copy, text.len + 1};
    case 2: /* shorter */
        return (eg_str){copy, text.len - 1};
    default:
        copy[how / 4 * text.len / 64] = digits[how % 16];
        return (eg_str){copy, text.len};
    }
}

static void write_changed(eg_writer *w, const eg_node *node, const edit *e)
{
    switch (node->kind) {
    case EG_INT:
        eg_write_int(w, (int64_t)((uint64_t)node->as.integer + (uint64_t)(int8_t)e->how));
        return;
    case EG_STRING: {
        eg_str text = changed_text(node->as.str, e->how, e->arena);
        if (eg_utf8_is_valid(text)) {
            eg_write_str(w, text);
        } else {
            eg_write_cstr(w, "");
        }
        return;
    }
    case EG_BOOL:
        eg_write_bool(w, !node->as.boolean);
        return;
    case EG_NULL:
    case EG_BIGINT:
    case EG_FLOAT:
    case EG_BYTES:
    case EG_ARRAY:
    case EG_MAP:
        eg_write_str(w, EG_STR("01"));
        return;
    }
}

static void write_other_kind(eg_writer *w, uint8_t how)
{
    switch (how % 8) {
    case 0:
        eg_write_null(w);
        return;
    case 1:
        eg_write_bool(w, true);
        return;
    case 2:
        eg_write_int(w, INT64_MAX);
        return;
    case 3:
        eg_write_int(w, -1);
        return;
    case 4:
        eg_write_double(w, 1.5);
        return;
    case 5:
        eg_write_cstr(w, "");
        return;
    case 6:
        eg_write_array(w, 0);
        eg_write_end(w);
        return;
    default:
        eg_write_map(w);
        eg_write_end(w);
        return;
    }
}

/* ---- all of them ---- */

static void write_edited(eg_writer *w, const eg_node *node, edit *e);

static void write_elements(eg_writer *w, const eg_node *node, edit *e)
{
    eg_write_array(w, node->as.array.count);
    for (size_t i = 0; i < node->as.array.count; i++) {
        const eg_node *item = &node->as.array.items[i];
        bool here = e->passed == e->place;
        if (here && e->kind == EDIT_REMOVE) {
            e->passed += count_values(item);
            continue;
        }
        write_edited(w, item, e);
        if (here && e->kind == EDIT_DOUBLE) {
            eg_write_node(w, item);
        }
    }
    eg_write_end(w);
}

static eg_str other_name(eg_str name, const edit *e)
{
    return changed_text(name, (uint8_t)(e->how & ~3u), e->arena); /* a letter more */
}

static void write_members(eg_writer *w, const eg_node *node, edit *e)
{
    eg_write_map_of(w, node->as.map.count);
    for (size_t i = 0; i < node->as.map.count; i++) {
        const eg_member *m = &node->as.map.members[i];
        bool here = e->passed == e->place;
        if (here && e->kind == EDIT_REMOVE) {
            e->passed += count_values(&m->value);
            continue;
        }
        eg_write_key_str(w, here && e->kind == EDIT_RENAME ? other_name(m->key, e) : m->key);
        write_edited(w, &m->value, e);
        if (here && e->kind == EDIT_DOUBLE) {
            eg_write_key_str(w, e->how % 2 == 0 ? m->key : other_name(m->key, e));
            eg_write_node(w, &m->value);
        }
    }
    eg_write_end(w);
}

static void write_edited(eg_writer *w, const eg_node *node, edit *e)
{
    if (e->passed == e->place &&
        (e->kind == EDIT_NUMBER || e->kind == EDIT_KIND || e->kind == EDIT_TAKE)) {
        e->passed += count_values(node);
        if (e->kind == EDIT_NUMBER) {
            write_changed(w, node, e);
        } else if (e->kind == EDIT_KIND) {
            write_other_kind(w, e->how);
        } else {
            eg_write_node(w, e->from);
        }
        return;
    }
    e->passed++;
    if (node->kind == EG_ARRAY) {
        write_elements(w, node, e);
    } else if (node->kind == EG_MAP) {
        write_members(w, node, e);
    } else {
        eg_write_node(w, node);
    }
}

static void keep_text(record_file *file, eg_buf *text, eg_arena *arena)
{
    char *copy = eg_arena_alloc(arena, text->len + 1);
    CHECK(copy != NULL && !text->failed && !text->misused);
    memcpy(copy, text->data, text->len);
    file->text = (eg_str){copy, text->len};
    eg_buf_free(text);
}

static void edit_file(record_file *file, const record_file *other, edit *e)
{
    eg_node node, foreign;
    eg_buf text;
    eg_writer w;
    size_t passed = 0;
    if (!fuzz_parse(&node, EG_JSON, file->text, e->arena) ||
        !fuzz_parse(&foreign, EG_JSON, other->text, e->arena)) {
        return;
    }
    e->place %= count_values(&node);
    e->from = value_at(&foreign, (e->place + e->how) % count_values(&foreign), &passed);
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_TEXT);
    write_edited(&w, &node, e);
    keep_text(file, &text, e->arena);
}

/* ---- files ---- */

static void change_byte(record_file *file, size_t place, uint8_t how, eg_arena *arena)
{
    char *copy = eg_arena_alloc(arena, file->text.len + 1);
    CHECK(copy != NULL);
    if (file->text.len > 0) {
        memcpy(copy, file->text.data, file->text.len);
        copy[place % file->text.len] = (char)how;
        file->text.data = copy;
    }
}

static void add_file(record_files *files, const record_file *file, uint8_t how)
{
    static const char *const names[] = {
        "notes.txt", "guardians/guardian_2.json", "encryption_devices/device_7.json",
        "submitted_ballots/submitted_ballot_x.json", "spoiled_ballots/spoiled_ballot_x.json"};
    eg_str name = eg_str_from(names[how % (sizeof names / sizeof *names)]);
    if (files->count < RECORD_FILES_MAX && record_find(files, name) == NULL) {
        files->files[files->count++] = (record_file){name, file->text};
    }
}

static void change_files(record_files *files, uint8_t what, record_file *file, size_t place,
                         uint8_t how, eg_arena *arena)
{
    record_file *other = &files->files[how % files->count];
    eg_str text = file->text;
    switch (what % 6) {
    case 0: /* cut */
        file->text.len = file->text.len == 0 ? 0 : place % file->text.len;
        return;
    case 1:
        *file = files->files[--files->count];
        return;
    case 2: /* exchanged */
        file->text = other->text;
        other->text = text;
        return;
    case 3:
        file->text = other->text;
        return;
    case 4:
        add_file(files, file, how);
        return;
    default:
        change_byte(file, place, how, arena);
        return;
    }
}

void record_change(record_files *files, const uint8_t code[RECORD_CHANGE_BYTES], eg_arena *arena)
{
    enum { FILES_FROM = 3 * EDIT_COUNT };
    uint8_t what = code[0] % (FILES_FROM + EDIT_COUNT);
    size_t place = (size_t)code[2] << 8 | code[3];
    if (files->count == 0) {
        return;
    }
    record_file *file = &files->files[code[1] % files->count];
    if (what >= FILES_FROM) {
        change_files(files, what, file, place, code[4], arena);
        return;
    }
    edit e = {.kind = what % EDIT_COUNT, .place = place, .how = code[4], .arena = arena};
    const record_file *other =
        what / EDIT_COUNT == 0 ? file : &files->files[(code[1] + 1u) % files->count];
    edit_file(file, other, &e);
}
