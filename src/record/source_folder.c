/* A folder, and the folders in it; no deeper. Symbolic links are refused, not followed. */
#include "record/source_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct folder {
    int fd;
} folder;

static eg_result system_fault(eg_str name, int why, eg_error *err)
{
    eg_path path = eg_path_key(NULL, name.data, name.len);
    return EG_FAIL(err, EG_E_UNAVAILABLE, name.len > 0 ? &path : NULL, "it cannot be read: %s",
                   strerror(why));
}

static eg_result list_folder(eg_source_list *list, int fd, eg_str prefix, eg_error *err);

static eg_result list_inner(eg_source_list *list, int fd, const char *name, eg_str prefix,
                            eg_error *err)
{
    char inner[NAME_MAX + 2];
    eg_path path = eg_path_field(NULL, name);
    if (prefix.len > 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "a folder within a folder of the record");
    }
    int n = snprintf(inner, sizeof inner, "%s/", name);
    int below = openat(fd, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
    if (below < 0) {
        return system_fault((eg_str){inner, (size_t)n}, errno, err);
    }
    return list_folder(list, below, (eg_str){inner, (size_t)n}, err);
}

static eg_result list_entry(eg_source_list *list, int fd, const char *name, eg_str prefix,
                            eg_error *err)
{
    char whole[2 * NAME_MAX + 4];
    struct stat st;
    int n = snprintf(whole, sizeof whole, "%.*s%s", (int)prefix.len, prefix.data, name);
    eg_str full = {whole, (size_t)n};
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return system_fault(full, errno, err);
    }
    if (S_ISDIR(st.st_mode)) {
        return list_inner(list, fd, name, prefix, err);
    }
    if (!S_ISREG(st.st_mode)) {
        eg_path path = eg_path_key(NULL, full.data, full.len);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       S_ISLNK(st.st_mode) ? "it is a symbolic link: a record holds its files"
                                           : "it is no file");
    }
    return eg_source_list_add(list, full, (uint64_t)st.st_size, 0, err);
}

/* Closes fd. */
static eg_result list_folder(eg_source_list *list, int fd, eg_str prefix, eg_error *err)
{
    eg_result result = EG_SUCCESS;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
        return system_fault(prefix, errno, err);
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL && errno != 0) {
            result = system_fault(prefix, errno, err);
        }
        if (entry == NULL || eg_failed(result)) {
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            result = list_entry(list, fd, entry->d_name, prefix, err);
        }
    }
    closedir(dir);
    return result;
}

/* ---- reading ---- */

/* Of "folder/file" the folder is opened first, so that no link is followed on the way. */
static int open_file(int fd, const char *name)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    char first[NAME_MAX + 1];
    const char *slash = strchr(name, '/');
    if (slash == NULL) {
        return openat(fd, name, flags);
    }
    (void)snprintf(first, sizeof first, "%.*s", (int)(slash - name), name);
    int below = openat(fd, first, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
    if (below < 0) {
        return -1;
    }
    int file = openat(below, slash + 1, flags);
    int why = errno;
    close(below);
    errno = why;
    return file;
}

/* Exactly the bytes announced, and nothing behind them. */
static eg_result read_all(int fd, char *out, size_t bytes, eg_error *err)
{
    size_t done = 0;
    while (done <= bytes) {
        ssize_t n = read(fd, out + done, bytes + 1 - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return system_fault(EG_STR(""), errno, err);
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    if (done != bytes) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "it changed while it was read");
    }
    return EG_SUCCESS;
}

static eg_result read_file(const eg_source *source, const eg_source_file *file, char *out,
                           eg_error *err)
{
    const folder *f = source->state;
    struct stat st;
    int fd = open_file(f->fd, file->name.data);
    if (fd < 0) {
        return system_fault(EG_STR(""), errno, err);
    }
    eg_result result = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
                           ? read_all(fd, out, file->bytes, err)
                           : EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "it changed while it was read");
    close(fd);
    return result;
}

static void close_folder(eg_source *source)
{
    folder *f = source->state;
    close(f->fd);
    free(f);
}

eg_result eg_source_open_folder(eg_source *out, int fd, eg_arena *arena, eg_error *err)
{
    static const eg_source_type type = {read_file, close_folder};
    eg_source_list list = {.arena = arena};
    folder *f = malloc(sizeof *f);
    int listed = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (f == NULL || listed < 0) {
        free(f);
        close(fd);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    f->fd = fd;
    *out = (eg_source){.state = f, .type = &type};
    eg_result result = list_folder(&list, listed, EG_STR(""), err);
    result = eg_failed(result) ? result : eg_source_list_finish(out, &list, err);
    eg_source_list_free(&list);
    if (eg_failed(result)) {
        eg_source_close(out);
    }
    return result;
}
