/* Sources on a disk. */
#include "record/source_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

eg_result eg_source_open(eg_source *out, const char *path, eg_arena *arena, eg_error *err)
{
    struct stat st;
    eg_path at = eg_path_field(NULL, path);
    *out = (eg_source){0};
    /* a FIFO must not be waited for */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0) {
            close(fd);
        }
        return EG_FAIL(err, why == ENOENT || why == ENOTDIR ? EG_E_NOT_FOUND : EG_E_UNAVAILABLE,
                       &at, "%s", strerror(why));
    }
    if (S_ISDIR(st.st_mode)) {
        return eg_source_open_folder(out, fd, arena, err);
    }
    close(fd);
    if (!S_ISREG(st.st_mode)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it is neither a folder nor a zip file");
    }
    return eg_source_open_zip(out, path, (uint64_t)st.st_size, arena, err);
}
