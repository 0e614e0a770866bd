#include "cli/guardian_files.h"

#include "client/new_file.h"
#include "client/run_folder.h"

#include <stdio.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

eg_result eg_guardian_in_file(eg_result result, const char *file, eg_error *err)
{
    enum { WITHIN_BYTES = 80 }; /* of the path within the file, where the whole is too long */
    if (!eg_failed(result)) {
        return result;
    }
    const eg_error copy = *err;
    const char *dot = copy.path[0] == '\0' ? "" : ".";
    const size_t within = strnlen(copy.path, WITHIN_BYTES) + strlen(dot);
    const size_t room = sizeof err->path - 1 - within, length = strlen(file);
    const bool is_cut = length > room;
    (void)snprintf(err->path, sizeof err->path, "%s%s%s%.*s", is_cut ? "..." : "",
                   is_cut ? file + length - (room - 3) : file, dot, WITHIN_BYTES, copy.path);
    return result;
}

/* ---- input ---- */

static void name_of(char out[64], eg_guardian_kind kind, uint32_t from, uint32_t own)
{
    if (kind == EG_GUARDIAN_RECORDS) {
        (void)snprintf(out, 64, "record-%u.json", from);
    } else {
        (void)snprintf(out, 64, "backup-%u-%u.json", from, own);
    }
}

static eg_result add_folder(eg_guardian_inputs *inputs, eg_guardian_kind kind, const char *folder,
                            const eg_guardian_info *info, eg_arena *arena, eg_error *err)
{
    const size_t before = inputs->count;
    for (uint32_t i = 1; i <= info->number_of_guardians; i++) {
        char name[64], path[PATH_MAX];
        struct stat found;
        eg_str kept;
        name_of(name, kind, i, info->sequence_order);
        int n = snprintf(path, sizeof path, "%s/%s", folder, name);
        if (n > 0 && (size_t)n < sizeof path && stat(path, &found) == 0) {
            EG_TRY(eg_arena_copy_str(arena, eg_str_from(path), &kept, err));
            inputs->list[inputs->count++].file = kept.data;
        }
    }
    return inputs->count > before
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_NOT_FOUND, NULL, "there is no %s in it",
                         kind == EG_GUARDIAN_RECORDS ? "record-<number>.json"
                                                     : "backup-<number>-<own number>.json");
}

eg_result eg_guardian_inputs_find(eg_guardian_inputs *out, eg_guardian_kind kind,
                                  const eg_option_texts *given, const eg_guardian *guardian,
                                  eg_arena *arena, eg_error *err)
{
    eg_guardian_info info;
    eg_guardian_about(guardian, &info);
    *out = (eg_guardian_inputs){.count = 0};
    EG_TRY(eg_arena_new(arena, given->count * info.number_of_guardians, sizeof *out->list,
                        &out->list, err));
    for (size_t i = 0; i < given->count; i++) {
        if (is_folder(given->items[i])) {
            EG_TRY(eg_guardian_in_file(add_folder(out, kind, given->items[i], &info, arena, err),
                                       given->items[i], err));
        } else {
            out->list[out->count++].file = given->items[i];
        }
    }
    return EG_SUCCESS;
}

/* Its errors have no path but within the file. */
static eg_result read_file(eg_str *out, const char *file, size_t most, eg_arena *arena,
                           eg_error *err)
{
    eg_result result = eg_file_read(file, most, out, arena, err);
    if (eg_failed(result)) {
        err->path[0] = '\0';
    }
    return result;
}

static eg_result take(eg_guardian_input *input, eg_guardian_kind kind, eg_guardian *guardian,
                      eg_arena *scratch, eg_error *err)
{
    eg_str text;
    EG_TRY(read_file(&text, input->file, EG_GUARDIAN_TEXT_BYTES_MAX, scratch, err));
    return kind == EG_GUARDIAN_RECORDS
               ? eg_guardian_take_record(guardian, text, NULL, &input->sequence_order, err)
               : eg_guardian_take_backup(guardian, text, NULL, &input->sequence_order, err);
}

eg_result eg_guardian_inputs_take(eg_guardian_inputs *inputs, eg_guardian_kind kind,
                                  eg_guardian *guardian, eg_error *err)
{
    eg_arena scratch;
    eg_result result = EG_SUCCESS;
    eg_arena_init(&scratch, NULL);
    for (size_t i = 0; i < inputs->count && !eg_failed(result); i++) {
        eg_guardian_input *input = &inputs->list[i];
        eg_result taken = take(input, kind, guardian, &scratch, &input->error);
        inputs->refused += eg_failed(taken);
        if (eg_is_our_fault(taken) || taken.code == EG_E_NO_MEMORY) {
            *err = input->error;
            result = taken;
        }
        eg_arena_reset(&scratch);
    }
    eg_arena_free(&scratch);
    return result;
}

/* ---- output ---- */

eg_result eg_guardian_output(char out[PATH_MAX], const char *asked, const char *name, eg_error *err)
{
    const char *folder = asked == NULL ? "." : asked;
    int n = asked != NULL && !is_folder(asked) ? snprintf(out, PATH_MAX, "%s", asked)
            : asked == NULL                    ? snprintf(out, PATH_MAX, "%s", name)
                                               : snprintf(out, PATH_MAX, "%s/%s", folder, name);
    return n > 0 && n < PATH_MAX
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL, "the name of the file is too long");
}

/* Is just this there? */
static bool holds(const char *file, eg_str content)
{
    eg_arena arena;
    eg_str there;
    eg_arena_init(&arena, NULL);
    bool same = !eg_failed(eg_file_read(file, content.len, &there, &arena, NULL)) &&
                eg_str_equal(there, content);
    eg_arena_free(&arena);
    return same;
}

eg_result eg_guardian_publish(const char *file, eg_str content, eg_error *err)
{
    eg_result result = eg_new_file_publish(file, content, err);
    return result.code == EG_E_DUPLICATE && holds(file, content)
               ? EG_SUCCESS
               : eg_guardian_in_file(result, file, err);
}
