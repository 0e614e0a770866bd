#include "client/guardian_folder.h"

#include "base/clock.h"
#include "client/interrupt.h"
#include "client/new_file.h"
#include "client/run_folder.h"
#include "wire/fields.h"
#include "wire/tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

enum { LOOK_EACH_MS = 500 };

eg_awaited_name eg_record_file_of(size_t order)
{
    eg_awaited_name name;
    (void)snprintf(name.text, sizeof name.text, "record-%zu.json", order);
    return name;
}

eg_awaited_name eg_share_file_of(size_t order)
{
    eg_awaited_name name;
    (void)snprintf(name.text, sizeof name.text, "share-%zu.json", order);
    return name;
}

eg_awaited_name eg_compensation_file_of(size_t missing, size_t by)
{
    eg_awaited_name name;
    (void)snprintf(name.text, sizeof name.text, "share-%zu-by-%zu.json", missing, by);
    return name;
}

eg_result eg_guardian_folder_path(eg_buf *out, const eg_guardian_folder *folder, const char *name,
                                  eg_error *err)
{
    eg_buf_append_str(out, eg_str_from(folder->path));
    eg_buf_append_char(out, '/');
    eg_buf_append(out, name, strlen(name) + 1);
    return eg_buf_check(out, err);
}

/* ---- one file ---- */

/* Whether it is the file that was seen last time. */
static bool is_same(const eg_awaited_file *file, const struct stat *about)
{
    return file->was_seen && file->bytes == about->st_size && file->number == about->st_ino &&
           file->changed.tv_sec == about->st_mtim.tv_sec &&
           file->changed.tv_nsec == about->st_mtim.tv_nsec;
}

static void note_seen(eg_awaited_file *file, const struct stat *about)
{
    file->was_seen = true;
    file->is_told = false;
    file->bytes = about->st_size;
    file->number = about->st_ino;
    file->changed = about->st_mtim;
}

/* One that is still being written is no news; it is when it stays as it is. */
static void tell(eg_awaited_file *file, const eg_guardian_folder *folder)
{
    if (!file->is_told && file->fault.code != EG_OK) {
        eg_progress_note(folder->progress, "%.200s: %.200s; a better one is waited for",
                         file->fault.path, file->fault.text);
        file->is_told = true;
    }
}

static eg_result read_and_take(const char *path, const eg_awaited_file *file, size_t which,
                               eg_awaited_take *take, void *context, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, file->name.text);
    eg_str text;
    eg_node map;
    EG_TRY(eg_file_read(path, file->max_bytes, &text, arena, err));
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, arena, &at, err));
    EG_TRY(eg_need_map(&map, &at, err));
    return take(context, which, &map, &at, arena, err);
}

/* Long numbers take little more than their text; a text of tiny values would take forty times as
 * much. */
static void budget_for(eg_budget *out, const struct stat *about)
{
    enum { TIMES = 6, MORE = 64 << 20 };
    eg_budget_init(out, TIMES * (size_t)about->st_size + MORE, NULL);
}

static eg_result look_at(eg_awaited_file *file, const char *path, const eg_guardian_folder *folder,
                         size_t which, eg_awaited_take *take, void *context, eg_error *err)
{
    struct stat about;
    eg_budget budget;
    eg_arena arena;
    eg_error fault = {.code = EG_OK};
    if (stat(path, &about) != 0) {
        file->was_seen = false;
        file->fault.code = EG_OK;
        return EG_SUCCESS; /* also where the folder itself is not there yet */
    }
    if (is_same(file, &about)) {
        tell(file, folder);
        return EG_SUCCESS;
    }
    note_seen(file, &about);
    budget_for(&budget, &about);
    eg_arena_init(&arena, &budget);
    eg_result r = read_and_take(path, file, which, take, context, &arena, &fault);
    eg_arena_free(&arena);
    if (r.code == EG_E_NO_MEMORY) {
        eg_path at = eg_path_field(NULL, file->name.text);
        r = EG_FAIL(&fault, EG_E_TOO_LARGE, &at,
                    "it takes more memory to read than such a file should");
    }
    file->is_taken = !eg_failed(r);
    file->fault = fault;
    file->fault.code = eg_failed(r) ? r.code : EG_OK;
    const bool is_its_own = eg_is_input_fault(r) || r.code == EG_E_UNAVAILABLE;
    if (eg_failed(r) && !is_its_own) {
        *err = fault;
        return r;
    }
    return EG_SUCCESS;
}

eg_result eg_awaited_look(eg_awaited_file *file, const eg_guardian_folder *folder, size_t which,
                          eg_awaited_take *take, void *context, eg_error *err)
{
    eg_buf path;
    eg_buf_init(&path, NULL);
    eg_result result = eg_guardian_folder_path(&path, folder, file->name.text, err);
    if (!eg_failed(result) && !file->is_taken) {
        result = look_at(file, (const char *)path.data, folder, which, take, context, err);
    }
    eg_buf_free(&path);
    return result;
}

/* ---- waiting ---- */

eg_awaited_time eg_awaited_begin(void)
{
    return (eg_awaited_time){eg_clock_monotonic_ns()};
}

bool eg_awaited_is_over(const eg_awaited_time *time, const eg_guardian_folder *folder)
{
    return (eg_clock_monotonic_ns() - time->started_ns) / 1000000000u >= folder->wait_s;
}

eg_result eg_awaited_pause(const eg_guardian_folder *folder, eg_error *err)
{
    if (!eg_interrupt_wait_ms(LOOK_EACH_MS)) {
        return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
    }
    eg_progress_tick(folder->progress);
    return EG_SUCCESS;
}

void eg_awaited_add(eg_awaited_list *list, const eg_awaited_file *file, const char *format, ...)
{
    va_list args;
    if (list->count++ >= EG_AWAITED_LINES_MAX) {
        return;
    }
    eg_awaited_line *line = &list->lines[list->count - 1];
    *line = (eg_awaited_line){.file = file->name};
    va_start(args, format);
    (void)vsnprintf(line->what, sizeof line->what, format, args);
    va_end(args);
    if (file->fault.code != EG_OK) {
        (void)snprintf(line->fault, sizeof line->fault, "%s: %s", file->fault.path,
                       file->fault.text);
    }
}

eg_result eg_awaited_fail(const eg_guardian_folder *folder, eg_error *err)
{
    eg_path at = eg_path_field(NULL, folder->path);
    return EG_FAIL(err, EG_E_NOT_FOUND, &at, "guardians' files are awaited, the first is %s",
                   folder->awaited->lines[0].file.text);
}

/* ---- writing ---- */

eg_result eg_guardian_folder_put(const eg_guardian_folder *folder, const char *name, eg_str content,
                                 eg_error *err)
{
    eg_path at = eg_path_field(NULL, name);
    eg_buf path;
    eg_buf_init(&path, NULL);
    eg_result result = eg_guardian_folder_path(&path, folder, name, err);
    result =
        eg_failed(result) ? result : eg_file_replace((const char *)path.data, content, &at, err);
    eg_buf_free(&path);
    return result;
}
