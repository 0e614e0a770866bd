#include "client/run_folder.h"

#include "client/new_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {EG_RUN_PRIVATE, EG_RUN_PRIVATE "/ballots",
                                      EG_RUN_PRIVATE "/tallies", EG_RUN_PRIVATE "/shares"};

static eg_result refused(const char *what, const char *name, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    return EG_FAIL(err, EG_E_UNAVAILABLE, &path, "it cannot be %s: %s", what, strerror(errno));
}

static bool is_there(int folder, const char *name)
{
    struct stat what;
    return fstatat(folder, name, &what, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether the folder holds something and no election: keys do not belong into a folder of
 * somebody's. A run that was killed early has left an empty private folder. */
static bool is_foreign(int folder)
{
    if (is_there(folder, EG_RUN_LOCK)) {
        return false;
    }
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again < 0 ? NULL : fdopendir(again);
    bool found = false;
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        const char *name = entry->d_name;
        found = found || (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
                          strcmp(name, EG_RUN_PRIVATE) != 0);
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
    return found;
}

static eg_result refuse_others(int folder, const eg_path *at, eg_error *err)
{
    if (is_foreign(folder)) {
        return EG_FAIL(err, EG_E_DUPLICATE, at, "the folder is not empty, and holds no election");
    }
    if (is_there(folder, "election.json")) {
        return EG_FAIL(err, EG_E_DUPLICATE, at,
                       "the folder holds an election of an earlier release, which cannot go on");
    }
    return EG_SUCCESS;
}

static eg_result make_folders(int folder, eg_error *err)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (mkdirat(folder, folders[i], 0700) != 0 && errno != EEXIST) {
            return refused("made", folders[i], err);
        }
    }
    return EG_SUCCESS;
}

static eg_result take_lock(eg_run_folder *run, eg_error *err)
{
    run->lock = openat(run->folder, EG_RUN_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (run->lock < 0) {
        return refused("opened", EG_RUN_LOCK, err);
    }
    if (flock(run->lock, LOCK_EX | LOCK_NB) != 0) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "another run is at work in the folder");
    }
    return EG_SUCCESS;
}

eg_result eg_run_folder_open(eg_run_folder *out, const char *path, eg_error *err)
{
    *out = (eg_run_folder){-1, -1};
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return refused("made", path, err);
    }
    out->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->folder < 0) {
        return refused("opened", path, err);
    }
    eg_path at = eg_path_field(NULL, path);
    eg_result result = refuse_others(out->folder, &at, err);
    result = eg_failed(result) ? result : make_folders(out->folder, err);
    result = eg_failed(result) ? result : take_lock(out, err);
    if (eg_failed(result)) {
        eg_run_folder_close(out);
    }
    return result;
}

void eg_run_folder_close(eg_run_folder *run)
{
    if (run->lock >= 0) {
        (void)close(run->lock);
    }
    if (run->folder >= 0) {
        (void)close(run->folder);
    }
    *run = (eg_run_folder){-1, -1};
}

/* ---- reading ---- */

static eg_result read_all(int file, const char *name, size_t max_bytes, eg_str *out,
                          eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    struct stat about;
    char *text = NULL;
    size_t n = 0;
    if (fstat(file, &about) != 0) {
        return refused("read", name, err);
    }
    if (!S_ISREG(about.st_mode)) {
        return EG_FAIL(err, EG_E_BAD_TYPE, &path, "it must be a file");
    }
    if ((uintmax_t)about.st_size > max_bytes) {
        return EG_FAIL(err, EG_E_TOO_LARGE, &path, "it is longer than %zu bytes", max_bytes);
    }
    const size_t size = (size_t)about.st_size;
    EG_TRY(eg_arena_new(arena, size + 1, 1, &text, err));
    while (n < size) {
        ssize_t got = read(file, text + n, size - n);
        if (got < 0 && errno != EINTR) {
            return refused("read", name, err);
        }
        if (got == 0) {
            break; /* it became shorter */
        }
        n += got > 0 ? (size_t)got : 0;
    }
    *out = (eg_str){text, n};
    return EG_SUCCESS;
}

eg_result eg_run_folder_read(const eg_run_folder *run, const char *name, size_t max_bytes,
                             eg_str *out, bool *found, eg_arena *arena, eg_error *err)
{
    int file = openat(run->folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *found = file >= 0;
    if (file < 0) {
        return errno == ENOENT ? EG_SUCCESS : refused("opened", name, err);
    }
    eg_result result = read_all(file, name, max_bytes, out, arena, err);
    (void)close(file);
    return result;
}

eg_result eg_run_folder_need(const eg_run_folder *run, const char *name, size_t max_bytes,
                             eg_str *out, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    bool found;
    EG_TRY(eg_run_folder_read(run, name, max_bytes, out, &found, arena, err));
    return found ? EG_SUCCESS : EG_FAIL(err, EG_E_NOT_FOUND, &path, "the file is not there");
}

eg_result eg_run_folder_split(const char *name, eg_str text, eg_str lines[], size_t count,
                              eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const char *end = at < text.len ? memchr(text.data + at, '\n', text.len - at) : NULL;
        if (end == NULL) {
            return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "it must hold a line for each ballot");
        }
        lines[i] = (eg_str){text.data + at, (size_t)(end - text.data) - at};
        at += lines[i].len + 1;
    }
    return at == text.len ? EG_SUCCESS
                          : EG_FAIL(err, EG_E_BAD_ENCODING, &path, "it holds too many lines");
}

bool eg_run_folder_has(const eg_run_folder *run, const char *name)
{
    return faccessat(run->folder, name, F_OK, 0) == 0;
}

eg_result eg_file_read(const char *path, size_t max_bytes, eg_str *out, eg_arena *arena,
                       eg_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return refused("opened", path, err);
    }
    eg_result result = read_all(file, path, max_bytes, out, arena, err);
    (void)close(file);
    return result;
}

/* ---- writing ---- */

/* The rename itself must survive a loss of power, too. */
static bool flush_folder_of(const eg_run_folder *run, const char *name)
{
    char folder[EG_RUN_NAME_BYTES];
    const char *slash = strrchr(name, '/');
    if (slash == NULL) {
        return fsync(run->folder) == 0;
    }
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    int opened = openat(run->folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool flushed = opened >= 0 && fsync(opened) == 0;
    if (opened >= 0) {
        (void)close(opened);
    }
    return flushed;
}

eg_result eg_run_folder_write(const eg_run_folder *run, const char *name, eg_str content,
                              eg_error *err)
{
    char unfinished[EG_RUN_NAME_BYTES];
    int n = snprintf(unfinished, sizeof unfinished, "%s.new", name);
    EG_BUG_IF(err, n < 0 || (size_t)n >= sizeof unfinished);
    /* what an interrupted run left under this name may have another owner's mode */
    (void)unlinkat(run->folder, unfinished, 0);
    int file =
        openat(run->folder, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        return refused("written", name, err);
    }
    bool written = eg_write_all(file, content) && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (!written || renameat(run->folder, unfinished, run->folder, name) != 0 ||
        !flush_folder_of(run, name)) {
        eg_result result = refused("written", name, err);
        (void)unlinkat(run->folder, unfinished, 0);
        return result;
    }
    return EG_SUCCESS;
}
