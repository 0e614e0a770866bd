#include "cluster/ledger.h"

#include "base/hex.h"
#include "client/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LEDGER_BYTES_MAX = 1 << 30 };

static const eg_path at = {.name = EG_LEDGER_FILE, .name_len = sizeof EG_LEDGER_FILE - 1};

/* ---- chunks and their places ---- */

void eg_chunk_name_of(char out[EG_CHUNK_NAME_BYTES], const eg_task *task)
{
    if (task->stage == EG_TASK_SUM) {
        (void)snprintf(out, EG_CHUNK_NAME_BYTES, "%u.%zu", task->level, task->number);
    } else {
        (void)snprintf(out, EG_CHUNK_NAME_BYTES, "%zu", task->number);
    }
}

/* Digits without zeros in front; moves on behind them. */
static bool read_number(size_t *out, const char **text)
{
    const char *p = *text;
    size_t n = 0;
    for (; *p >= '0' && *p <= '9' && n < SIZE_MAX / 20; p++) {
        n = n * 10 + (size_t)(*p - '0');
    }
    const bool is_good = p != *text && **text != '0';
    *out = n;
    *text = p;
    return is_good;
}

static bool is_in_plan(const eg_run_plan *plan, const eg_task *task)
{
    const size_t most =
        task->stage == EG_TASK_SUM ? eg_plan_sums_on(plan, task->level) : plan->chunk_count;
    return task->number >= 1 && task->number <= most;
}

bool eg_task_of_chunk_name(eg_task *out, const eg_run_plan *plan, eg_stage stage, const char *name)
{
    size_t level = 0;
    *out = (eg_task){.stage = stage == EG_STAGE_ENCRYPT ? EG_TASK_ENCRYPT
                              : stage == EG_STAGE_TALLY ? EG_TASK_TALLY
                                                        : EG_TASK_SUM};
    if (out->stage == EG_TASK_SUM) {
        if (!read_number(&level, &name) || *name++ != '.' || level > eg_plan_levels(plan)) {
            return false;
        }
        out->level = (unsigned)level;
    }
    return read_number(&out->number, &name) && *name == '\0' && is_in_plan(plan, out);
}

static size_t sums_below(const eg_run_plan *plan, unsigned level)
{
    size_t count = 0;
    for (unsigned i = 1; i < level; i++) {
        count += eg_plan_sums_on(plan, i);
    }
    return count;
}

eg_entry *eg_ledger_entry(const eg_ledger *ledger, const eg_task *task)
{
    const eg_run_plan *plan = ledger->plan;
    if (!is_in_plan(plan, task)) {
        return NULL;
    }
    const size_t before = task->stage == EG_TASK_ENCRYPT ? 0
                          : task->stage == EG_TASK_TALLY
                              ? plan->chunk_count
                              : 2 * plan->chunk_count + sums_below(plan, task->level);
    return &ledger->entries[before + task->number - 1];
}

/* ---- lines ---- */

static void apply(eg_entry *entry, const eg_chunk_result *result)
{
    entry->state = result->is_failed ? EG_ENTRY_FAILED : EG_ENTRY_DONE;
    (void)eg_hex_decode(entry->of, result->of, sizeof entry->of);
    if (!result->is_failed) {
        (void)eg_hex_decode(entry->sha256, result->task.sha256, sizeof entry->sha256);
    }
}

static eg_result read_line(eg_ledger *ledger, eg_str line, eg_error *err)
{
    eg_chunk_result result;
    eg_task task;
    EG_TRY(eg_chunk_result_read(&result, line, err));
    if (strcmp(result.task.election, ledger->election) != 0) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, NULL, "it is of another election");
    }
    if (!eg_task_of_chunk_name(&task, ledger->plan, result.task.stage, result.task.chunk)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL, "the election has no such chunk");
    }
    apply(eg_ledger_entry(ledger, &task), &result);
    return EG_SUCCESS;
}

static eg_result read_lines(eg_ledger *ledger, eg_str text, eg_error *err)
{
    eg_str rest = text;
    for (size_t line = 1; rest.len > 0; line++) {
        eg_error why = {0};
        const char *end = memchr(rest.data, '\n', rest.len);
        if (end == NULL) {
            const off_t whole = (off_t)(text.len - rest.len);
            return ftruncate(ledger->file, whole) == 0
                       ? EG_SUCCESS
                       : EG_FAIL(err, EG_E_UNAVAILABLE, &at,
                                 "the torn last line cannot be cut off");
        }
        const size_t n = (size_t)(end - rest.data);
        if (eg_failed(read_line(ledger, (eg_str){rest.data, n}, &why))) {
            return EG_FAIL(err, EG_E_BAD_ENCODING, &at, "line %zu: %s", line, why.text);
        }
        rest = (eg_str){end + 1, rest.len - n - 1};
    }
    return EG_SUCCESS;
}

static eg_result read_file(eg_ledger *ledger, eg_error *err)
{
    eg_arena arena;
    eg_str text = {0};
    bool found = false;
    eg_arena_init(&arena, NULL);
    eg_result result = eg_run_folder_read(ledger->plan->folder, EG_LEDGER_FILE, LEDGER_BYTES_MAX,
                                          &text, &found, &arena, err);
    result = eg_failed(result) || !found ? result : read_lines(ledger, text, err);
    eg_arena_free(&arena);
    return result;
}

eg_result eg_ledger_open(eg_ledger *out, const eg_run_plan *plan, const char *election,
                         eg_error *err)
{
    *out = (eg_ledger){.plan = plan, .election = election, .file = -1};
    out->count = 2 * plan->chunk_count + sums_below(plan, eg_plan_levels(plan) + 1);
    out->entries = calloc(out->count, sizeof *out->entries);
    if (out->entries == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    out->file = openat(plan->folder->folder, EG_LEDGER_FILE,
                       O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out->file < 0) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "cannot be opened: %s", strerror(errno));
    }
    return read_file(out, err);
}

void eg_ledger_close(eg_ledger *ledger)
{
    if (ledger->file >= 0) {
        (void)close(ledger->file);
    }
    free(ledger->entries);
    *ledger = (eg_ledger){.file = -1};
}

eg_result eg_ledger_record(eg_ledger *ledger, const eg_task *task, const eg_chunk_result *result,
                           eg_error *err)
{
    eg_entry *entry = eg_ledger_entry(ledger, task);
    const off_t before = lseek(ledger->file, 0, SEEK_END);
    eg_buf line;
    EG_BUG_IF(err, entry == NULL);
    eg_buf_init(&line, NULL);
    eg_chunk_result_write(&line, result);
    eg_buf_append_char(&line, '\n');
    eg_result end = eg_buf_check(&line, err);
    if (!eg_failed(end) && (before < 0 || !eg_write_all(ledger->file, eg_buf_str(&line)) ||
                            fdatasync(ledger->file) != 0)) {
        end = EG_FAIL(err, EG_E_UNAVAILABLE, &at, "cannot be written: %s", strerror(errno));
        if (before >= 0 && ftruncate(ledger->file, before) != 0) {
            end = EG_FAIL(err, EG_E_UNAVAILABLE, &at, "cannot be written, nor put back");
        }
    }
    eg_buf_free(&line);
    if (!eg_failed(end)) {
        apply(entry, result);
    }
    return end;
}
