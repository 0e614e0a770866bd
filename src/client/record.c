#include "client/record.h"

#include "client/new_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {"private", "ballots", "tallies", "shares"};

static bool is_private(const char *name)
{
    return strncmp(name, "private", strlen("private")) == 0;
}

static eg_result refused(const char *what, const char *name, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    return EG_FAIL(err, EG_E_UNAVAILABLE, &path, "it cannot be %s: %s", what, strerror(errno));
}

/* What a run that was killed early may have left. */
static bool is_ours(const char *entry)
{
    bool ours = strcmp(entry, ".") == 0 || strcmp(entry, "..") == 0 ||
                strcmp(entry, "election.json.new") == 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        ours = ours || strcmp(entry, folders[i]) == 0;
    }
    return ours;
}

/* Whether the folder holds something and no election: keys do not belong into a folder of
 * somebody's. */
static bool is_foreign(int folder)
{
    struct stat what;
    if (fstatat(folder, "election.json", &what, 0) == 0 ||
        fstatat(folder, "private/lock", &what, AT_SYMLINK_NOFOLLOW) == 0) {
        return false;
    }
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again < 0 ? NULL : fdopendir(again);
    bool found = false;
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        found = found || !is_ours(entry->d_name);
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
    return found;
}

static eg_result make_folders(int folder, eg_error *err)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        mode_t mode = is_private(folders[i]) ? 0700 : 0777;
        if (mkdirat(folder, folders[i], mode) != 0 && errno != EEXIST) {
            return refused("made", folders[i], err);
        }
    }
    return EG_SUCCESS;
}

static eg_result take_lock(eg_record *record, eg_error *err)
{
    record->lock =
        openat(record->folder, "private/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (record->lock < 0) {
        return refused("opened", "private/lock", err);
    }
    if (flock(record->lock, LOCK_EX | LOCK_NB) != 0) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "another run is at work in the folder");
    }
    return EG_SUCCESS;
}

eg_result eg_record_open(eg_record *out, const char *path, eg_error *err)
{
    *out = (eg_record){-1, -1};
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return refused("made", path, err);
    }
    out->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->folder < 0) {
        return refused("opened", path, err);
    }
    eg_path at = eg_path_field(NULL, path);
    eg_result result =
        is_foreign(out->folder)
            ? EG_FAIL(err, EG_E_DUPLICATE, &at, "the folder is not empty, and holds no election")
            : make_folders(out->folder, err);
    if (!eg_failed(result)) {
        result = take_lock(out, err);
    }
    if (eg_failed(result)) {
        eg_record_close(out);
    }
    return result;
}

eg_result eg_record_open_read(eg_record *out, const char *path, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    *out = (eg_record){open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), -1};
    return out->folder >= 0 ? EG_SUCCESS
                            : EG_FAIL(err, EG_E_NOT_FOUND, &at, "there is no such folder");
}

void eg_record_close(eg_record *record)
{
    if (record->lock >= 0) {
        (void)close(record->lock);
    }
    if (record->folder >= 0) {
        (void)close(record->folder);
    }
    *record = (eg_record){-1, -1};
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

eg_result eg_record_read(const eg_record *record, const char *name, size_t max_bytes, eg_str *out,
                         bool *found, eg_arena *arena, eg_error *err)
{
    int file = openat(record->folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *found = file >= 0;
    if (file < 0) {
        return errno == ENOENT ? EG_SUCCESS : refused("opened", name, err);
    }
    eg_result result = read_all(file, name, max_bytes, out, arena, err);
    (void)close(file);
    return result;
}

eg_result eg_record_need(const eg_record *record, const char *name, size_t max_bytes, eg_str *out,
                         eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    bool found;
    EG_TRY(eg_record_read(record, name, max_bytes, out, &found, arena, err));
    return found ? EG_SUCCESS : EG_FAIL(err, EG_E_NOT_FOUND, &path, "the file is not there");
}

eg_result eg_record_split(const char *name, eg_str text, eg_str lines[], size_t count,
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

bool eg_record_has(const eg_record *record, const char *name)
{
    return faccessat(record->folder, name, F_OK, 0) == 0;
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
static bool flush_folder_of(const eg_record *record, const char *name)
{
    char folder[EG_RECORD_NAME_BYTES];
    const char *slash = strrchr(name, '/');
    if (slash == NULL) {
        return fsync(record->folder) == 0;
    }
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    int opened = openat(record->folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool flushed = opened >= 0 && fsync(opened) == 0;
    if (opened >= 0) {
        (void)close(opened);
    }
    return flushed;
}

eg_result eg_record_write(const eg_record *record, const char *name, eg_str content, eg_error *err)
{
    char unfinished[EG_RECORD_NAME_BYTES];
    int n = snprintf(unfinished, sizeof unfinished, "%s.new", name);
    EG_BUG_IF(err, n < 0 || (size_t)n >= sizeof unfinished);
    /* what an interrupted run left under this name may have another owner's mode */
    (void)unlinkat(record->folder, unfinished, 0);
    int file =
        openat(record->folder, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
               is_private(name) ? 0600 : 0666);
    if (file < 0) {
        return refused("written", name, err);
    }
    bool written = eg_write_all(file, content) && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (!written || renameat(record->folder, unfinished, record->folder, name) != 0 ||
        !flush_folder_of(record, name)) {
        eg_result result = refused("written", name, err);
        (void)unlinkat(record->folder, unfinished, 0);
        return result;
    }
    return EG_SUCCESS;
}
