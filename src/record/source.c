#include "record/source_parts.h"

#include "base/sort.h"
#include "base/utf8.h"

#include <stdlib.h>

/* ---- names ---- */

static bool is_step_out(eg_str step)
{
    return step.len == 0 || eg_str_equal(step, EG_STR(".")) || eg_str_equal(step, EG_STR(".."));
}

const char *eg_source_name_fault(eg_str name)
{
    if (name.len > EG_SOURCE_NAME_BYTES_MAX || !eg_utf8_is_valid(name)) {
        return "its name is too long, or not UTF-8";
    }
    if (name.len > 0 && name.data[name.len - 1] == '/') {
        name.len--;
    }
    eg_str step = {name.data, 0};
    for (size_t i = 0; i <= name.len; i++) {
        if (i < name.len && ((unsigned char)name.data[i] < 0x20 || name.data[i] == '\\')) {
            return "its name holds a character that no file of a record has";
        }
        if (i == name.len || name.data[i] == '/') {
            step.len = (size_t)(name.data + i - step.data);
            if (is_step_out(step)) {
                return "its name leads out of the record";
            }
            step.data = name.data + i + 1;
        }
    }
    return NULL;
}

/* ---- the list ---- */

static bool make_room(eg_source_list *list)
{
    if (list->count < list->capacity) {
        return true;
    }
    size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
    eg_source_file *items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL) {
        return false;
    }
    list->items = items;
    list->capacity = capacity;
    return true;
}

eg_result eg_source_list_add(eg_source_list *list, eg_str name, uint64_t bytes, uint64_t entry,
                             eg_error *err)
{
    const char *fault = eg_source_name_fault(name);
    eg_path path = eg_path_key(NULL, name.data, name.len);
    if (fault != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "%s", fault);
    }
    if (bytes > EG_SOURCE_FILE_BYTES_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, &path, "it is larger than %d MiB",
                       EG_SOURCE_FILE_BYTES_MAX >> 20);
    }
    if (list->count == EG_SOURCE_FILES_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "it holds more than %d files",
                       EG_SOURCE_FILES_MAX);
    }
    if (!make_room(list)) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    eg_source_file *file = &list->items[list->count];
    *file = (eg_source_file){.bytes = (size_t)bytes, .entry = entry};
    EG_TRY(eg_arena_copy_str(list->arena, name, &file->name, err));
    list->count++;
    return EG_SUCCESS;
}

static int by_name(const void *a, const void *b)
{
    return eg_str_compare(((const eg_source_file *)a)->name, ((const eg_source_file *)b)->name);
}

static eg_result refuse_doubled(const eg_source_file files[], size_t count, eg_error *err)
{
    for (size_t i = 1; i < count; i++) {
        if (eg_str_equal(files[i].name, files[i - 1].name)) {
            eg_path path = eg_path_key(NULL, files[i].name.data, files[i].name.len);
            return EG_FAIL(err, EG_E_DUPLICATE, &path, "the record holds two files of this name");
        }
    }
    return EG_SUCCESS;
}

eg_result eg_source_list_finish(eg_source *out, eg_source_list *list, eg_error *err)
{
    eg_source_file *files = NULL;
    EG_TRY(eg_arena_new(list->arena, list->count, sizeof *files, &files, err));
    if (list->count > 0) {
        memcpy(files, list->items, list->count * sizeof *files);
    }
    eg_sort(files, list->count, sizeof *files, by_name);
    out->files = files;
    out->count = list->count;
    return refuse_doubled(files, list->count, err);
}

void eg_source_list_free(eg_source_list *list)
{
    free(list->items);
    *list = (eg_source_list){.arena = list->arena};
}

/* ---- sources ---- */

void eg_source_close(eg_source *source)
{
    if (source->type != NULL) {
        source->type->close(source);
    }
    *source = (eg_source){0};
}

const eg_source_file *eg_source_find(const eg_source *source, eg_str name)
{
    size_t low = 0, high = source->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = eg_str_compare(source->files[middle].name, name);
        if (order == 0) {
            return &source->files[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

eg_result eg_source_read(const eg_source *source, const eg_source_file *file, eg_str *out,
                         eg_arena *arena, eg_error *err)
{
    char *bytes = NULL;
    EG_TRY(eg_arena_new(arena, file->bytes + 1, 1, &bytes, err));
    EG_TRY(source->type->read(source, file, bytes, err));
    *out = (eg_str){bytes, file->bytes};
    return EG_SUCCESS;
}
