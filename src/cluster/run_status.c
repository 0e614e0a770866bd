#include "cluster/run_status.h"

#include "cluster/ledger.h"
#include "wire/fields.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECENT_S = 600, BALLOTS_MAX = 2000000000 };

typedef struct reading {
    eg_run_status *out;
    eg_run_folder folder;
    eg_arena arena;
    uint32_t chunk_ballots;
    int64_t *times; /* of tallies; malloc'ed */
    size_t time_count, time_room;
} reading;

/* ---- the election ---- */

static eg_result read_election(reading *r, eg_error *err)
{
    const eg_path at = eg_path_field(NULL, EG_RUN_ELECTION);
    eg_str text;
    eg_node map;
    uint32_t ballots = 0;
    EG_TRY(eg_run_folder_need(&r->folder, EG_RUN_ELECTION, EG_RUN_FILE_BYTES_MAX, &text, &r->arena,
                              err));
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, &r->arena, &at, err));
    EG_TRY(eg_need_map(&map, &at, err));
    EG_TRY(eg_read_count(&map, &at, "ballots", 1, BALLOTS_MAX, &ballots, err));
    EG_TRY(eg_read_count(&map, &at, "chunk_ballots", 1, BALLOTS_MAX, &r->chunk_ballots, err));
    r->out->ballots = ballots;
    r->out->chunks = (ballots + (uint64_t)r->chunk_ballots - 1) / r->chunk_ballots;
    return EG_SUCCESS;
}

/* ---- files ---- */

static void note_time(reading *r, int64_t seconds)
{
    if (r->time_count == r->time_room) {
        const size_t room = r->time_room == 0 ? 1024 : 2 * r->time_room;
        int64_t *more = realloc(r->times, room * sizeof *more);
        if (more == NULL) {
            return; /* the rate is then told from fewer */
        }
        r->times = more;
        r->time_room = room;
    }
    r->times[r->time_count++] = seconds;
}

/* Files whose names begin with a digit are of chunks. */
static void visit(reading *r, const char *name, void (*see)(reading *, const char *, int64_t))
{
    const int file = openat(r->folder.folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = file < 0 ? NULL : fdopendir(file);
    if (list == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        const size_t n = strlen(entry->d_name);
        struct stat st;
        if (n > 5 && strstr(entry->d_name, ".json") != NULL &&
            fstatat(file, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            see(r, entry->d_name, st.st_mtim.tv_sec);
        }
    }
    (void)closedir(list);
}

static void see_ballots(reading *r, const char *name, int64_t seconds)
{
    r->out->encrypted += name[0] >= '0' && name[0] <= '9';
    r->out->changed_s = seconds > r->out->changed_s ? seconds : r->out->changed_s;
}

static void see_tally(reading *r, const char *name, int64_t seconds)
{
    const bool is_chunk = name[0] >= '0' && name[0] <= '9';
    r->out->tallied += is_chunk;
    r->out->sums += strncmp(name, "sum-", 4) == 0;
    r->out->changed_s = seconds > r->out->changed_s ? seconds : r->out->changed_s;
    if (is_chunk) {
        note_time(r, seconds);
    }
}

static bool is_there(const reading *r, const char *name)
{
    struct stat st;
    return fstatat(r->folder.folder, name, &st, 0) == 0;
}

static bool is_locked(const reading *r)
{
    const int file = openat(r->folder.folder, EG_RUN_LOCK, O_RDONLY | O_CLOEXEC);
    const bool locked = file >= 0 && flock(file, LOCK_SH | LOCK_NB) != 0;
    if (file >= 0) {
        (void)close(file);
    }
    return locked;
}

/* From the tallies of the last minutes: how many a second. */
static void reckon(reading *r)
{
    int64_t last = 0, first = INT64_MAX;
    uint64_t count = 0;
    for (size_t i = 0; i < r->time_count; i++) {
        last = r->times[i] > last ? r->times[i] : last;
    }
    for (size_t i = 0; i < r->time_count; i++) {
        if (r->times[i] > last - RECENT_S) {
            first = r->times[i] < first ? r->times[i] : first;
            count++;
        }
    }
    r->out->seconds_left = -1;
    if (count > 1 && last > first) {
        const double left = (double)(r->out->chunks - r->out->tallied) * r->chunk_ballots;
        r->out->ballots_per_second =
            (double)(count - 1) * r->chunk_ballots / (double)(last - first);
        r->out->seconds_left = left / r->out->ballots_per_second;
    }
}

/* ---- chunks that were given up on ---- */

static bool is_done(const reading *r, const eg_chunk_result *line)
{
    const size_t number = strtoul(line->task.chunk, NULL, 10);
    if (line->task.stage == EG_STAGE_COMBINE) {
        return is_there(r, EG_RUN_TALLY);
    }
    return is_there(r, line->task.stage == EG_STAGE_ENCRYPT ? eg_run_ballots(number).text
                                                            : eg_run_chunk_tally(number).text);
}

static void note_failure(eg_run_status *out, const eg_chunk_result *line)
{
    for (size_t i = 0; i < out->failed_count && i < EG_STATUS_FAILED_SHOWN; i++) {
        if (out->failed[i].stage == line->task.stage &&
            strcmp(out->failed[i].chunk, line->task.chunk) == 0) {
            out->failed[i].fault = line->fault;
            return;
        }
    }
    if (out->failed_count < EG_STATUS_FAILED_SHOWN) {
        eg_failed_chunk *to = &out->failed[out->failed_count];
        to->stage = line->task.stage;
        to->fault = line->fault;
        memcpy(to->chunk, line->task.chunk, sizeof to->chunk);
    }
    out->failed_count++;
}

static eg_result read_ledger(reading *r, eg_error *err)
{
    eg_str text = {0};
    bool found = false;
    EG_TRY(eg_run_folder_read(&r->folder, EG_LEDGER_FILE, EG_RUN_FILE_BYTES_MAX, &text, &found,
                              &r->arena, err));
    while (text.len > 0) {
        const char *end = memchr(text.data, '\n', text.len);
        eg_chunk_result line;
        if (end == NULL) {
            break; /* being written */
        }
        const size_t n = (size_t)(end - text.data);
        if (!eg_failed(eg_chunk_result_read(&line, (eg_str){text.data, n}, NULL)) &&
            line.is_failed && !is_done(r, &line)) {
            note_failure(r->out, &line);
        }
        text = (eg_str){end + 1, text.len - n - 1};
    }
    return EG_SUCCESS;
}

/* ---- all of it ---- */

static eg_result read_all(reading *r, eg_error *err)
{
    EG_TRY(read_election(r, err));
    visit(r, EG_RUN_PRIVATE "/ballots", see_ballots);
    visit(r, EG_RUN_PRIVATE "/tallies", see_tally);
    r->out->has_tally = is_there(r, EG_RUN_TALLY);
    r->out->has_results = is_there(r, EG_RUN_RESULTS);
    r->out->has_record = is_there(r, "record");
    r->out->is_running = is_locked(r);
    reckon(r);
    return read_ledger(r, err);
}

eg_result eg_run_status_read(eg_run_status *out, const char *folder, eg_error *err)
{
    const eg_path at = eg_path_field(NULL, folder);
    reading r = {.out = out, .folder = {.lock = -1}};
    *out = (eg_run_status){0};
    r.folder.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r.folder.folder < 0 || !is_there(&r, EG_RUN_ELECTION)) {
        if (r.folder.folder >= 0) {
            (void)close(r.folder.folder);
        }
        return EG_FAIL(err, EG_E_NOT_FOUND, &at, "there is no run of an election in this folder");
    }
    eg_arena_init(&r.arena, NULL);
    eg_result result = read_all(&r, err);
    eg_arena_free(&r.arena);
    free(r.times);
    (void)close(r.folder.folder);
    return result;
}
