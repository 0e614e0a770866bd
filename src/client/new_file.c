#include "client/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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

eg_result eg_new_file_write(const char *path, eg_str content, eg_error *err)
{
    char unfinished[PATH_MAX];
    int n = snprintf(unfinished, sizeof unfinished, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof unfinished) {
        errno = ENAMETOOLONG;
        return refused(err);
    }
    int file = mkostemp(unfinished, O_CLOEXEC); /* mode 0600 */
    if (file < 0) {
        return refused(err);
    }
    bool written = eg_write_all(file, content) && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (!written || !rename_new(unfinished, path) || !flush_folder(path)) {
        eg_result result = refused(err);
        (void)unlink(unfinished);
        return result;
    }
    return EG_SUCCESS;
}
