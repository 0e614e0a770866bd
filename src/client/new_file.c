#include "client/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool eg_write_all(int file, eg_str content)
{
    size_t n = 0;
    while (n < content.len) {
        ssize_t put = write(file, content.data + n, content.len - n);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        n += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static eg_result refused(eg_error *err)
{
    return errno == EEXIST
               ? EG_FAIL(err, EG_E_DUPLICATE, NULL, "it is there already, and is not overwritten")
               : EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "it cannot be written: %s", strerror(errno));
}

/* Gives it its name only if nothing has that name; file systems without this do without. */
static bool rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return true;
    }
    return (errno == EINVAL || errno == ENOSYS) && link(from, to) == 0 && unlink(from) == 0;
}

/* The name must survive a loss of power as well. */
static bool flush_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    (void)snprintf(folder, sizeof folder, "%.*s.", (int)n, path);
    int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool flushed = opened >= 0 && fsync(opened) == 0;
    if (opened >= 0) {
        (void)close(opened);
    }
    return flushed;
}

/* A file of no name yet beside it, flushed; its name is in unfinished. */
static bool write_beside(char unfinished[PATH_MAX], const char *path, eg_str content, mode_t mode)
{
    int n = snprintf(unfinished, PATH_MAX, "%s.XXXXXX", path);
    if (n < 0 || n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        unfinished[0] = '\0';
        return false;
    }
    int file = mkostemp(unfinished, O_CLOEXEC); /* mode 0600 */
    if (file < 0) {
        unfinished[0] = '\0';
        return false;
    }
    bool written = eg_write_all(file, content) && fchmod(file, mode) == 0 && fsync(file) == 0;
    return close(file) == 0 && written;
}

static void forget(const char *unfinished)
{
    const int why = errno;
    if (unfinished[0] != '\0') {
        (void)unlink(unfinished);
    }
    errno = why;
}

static eg_result write_new(const char *path, eg_str content, mode_t mode, eg_error *err)
{
    char unfinished[PATH_MAX];
    if (!write_beside(unfinished, path, content, mode) || !rename_new(unfinished, path) ||
        !flush_folder(path)) {
        forget(unfinished);
        return refused(err);
    }
    return EG_SUCCESS;
}

static eg_result replace(const char *name, eg_str content, mode_t mode, const eg_path *path,
                         eg_error *err)
{
    char unfinished[PATH_MAX];
    if (!write_beside(unfinished, name, content, mode) || rename(unfinished, name) != 0 ||
        !flush_folder(name)) {
        forget(unfinished);
        return EG_FAIL(err, EG_E_UNAVAILABLE, path, "it cannot be written: %s", strerror(errno));
    }
    return EG_SUCCESS;
}

static mode_t for_everybody(void)
{
    const mode_t mask = umask(0);
    (void)umask(mask);
    return 0666 & ~mask;
}

enum { FOR_ITS_OWNER = 0600 };

eg_result eg_new_file_write(const char *path, eg_str content, eg_error *err)
{
    return write_new(path, content, FOR_ITS_OWNER, err);
}

eg_result eg_new_file_publish(const char *path, eg_str content, eg_error *err)
{
    return write_new(path, content, for_everybody(), err);
}

eg_result eg_file_replace(const char *name, eg_str content, const eg_path *path, eg_error *err)
{
    return replace(name, content, for_everybody(), path, err);
}

eg_result eg_file_replace_secret(const char *name, eg_str content, const eg_path *path,
                                 eg_error *err)
{
    return replace(name, content, FOR_ITS_OWNER, path, err);
}
