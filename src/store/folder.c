/* Objects as files of a folder. The folder is found anew each time, so that a file system that went
 * and came back is the one that is used. */
#include "base/hex.h"
#include "base/rng.h"
#include "store/store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Shared by a group where the umask lets it, never by others: votes may lie there. */
enum { FOLDER_MODE = 0770, FILE_MODE = 0660 };

typedef struct folder {
    eg_store store;
    char path[];
} folder;

/* ---- errors ---- */

static eg_result not_now(eg_error *err)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store is full");
    case EACCES:
    case EPERM:
    case EROFS:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store refuses: %s", strerror(errno));
    case ENOENT:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store's folder is not there");
    case ELOOP:
    case ENOTDIR:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "what has this name in the store is no file in folders of its own");
    default:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store is not reached: %s",
                       strerror(errno));
    }
}

static void close_keeping_errno(int file)
{
    const int why = errno;
    if (file >= 0) {
        (void)close(file);
    }
    errno = why;
}

/* ---- the way to an object ---- */

/* The folder's part that begins here; its end is *rest. */
static size_t take_part(char part[EG_STORE_PART_BYTES + 1], const char **rest)
{
    const size_t n = strcspn(*rest, "/");
    memcpy(part, *rest, n); /* names have been judged */
    part[n] = '\0';
    *rest += n + ((*rest)[n] == '/');
    return n;
}

static int open_folder(int in, const char *name)
{
    return openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Made if it is not there; its name then survives a loss of power. */
static int open_or_make_folder(int in, const char *name)
{
    int opened = open_folder(in, name);
    if (opened >= 0 || errno != ENOENT) {
        return opened;
    }
    if ((mkdirat(in, name, FOLDER_MODE) != 0 && errno != EEXIST) || fsync(in) != 0) {
        return -1;
    }
    return open_folder(in, name);
}

/* The folder that the object is in, and its name there; -1 and errno. No symbolic link is
 * followed. */
static int open_way(int root, const char *name, bool make, char last[EG_STORE_PART_BYTES + 1])
{
    int at = root;
    (void)take_part(last, &name);
    while (*name != '\0' && at >= 0) {
        int next = make ? open_or_make_folder(at, last) : open_folder(at, last);
        if (at != root) {
            close_keeping_errno(at);
        }
        at = next;
        (void)take_part(last, &name);
    }
    return at;
}

static int open_root(const eg_store *store)
{
    return open(((const folder *)store)->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* ---- put ---- */

static bool write_all(int file, eg_str content)
{
    for (size_t n = 0; n < content.len;) {
        ssize_t put = write(file, content.data + n, content.len - n);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        n += put > 0 ? (size_t)put : 0;
    }
    return true;
}

typedef struct beside {
    char name[sizeof ".unfinished-" + 32];
} beside;

/* No object has such a name. */
static bool choose_beside(beside *out)
{
    uint8_t random[16];
    char hex[2 * sizeof random];
    if (eg_failed(eg_rng_fill(eg_rng_system(), random, sizeof random, NULL))) {
        errno = EIO;
        return false;
    }
    eg_hex_encode_lower(hex, random, sizeof random);
    (void)snprintf(out->name, sizeof out->name, ".unfinished-%.32s", hex);
    return true;
}

static bool write_new(int in, const char *name, eg_str content)
{
    int file = openat(in, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (file < 0) {
        return false;
    }
    bool written = write_all(file, content) && fsync(file) == 0;
    if (!written) {
        close_keeping_errno(file);
        return false;
    }
    return close(file) == 0; /* where a file system of a network says that it is full */
}

static bool put_in(int in, const char *name, eg_str content)
{
    beside unfinished;
    if (!choose_beside(&unfinished)) {
        return false;
    }
    if (!write_new(in, unfinished.name, content) || renameat(in, unfinished.name, in, name) != 0) {
        const int why = errno;
        (void)unlinkat(in, unfinished.name, 0);
        errno = why;
        return false;
    }
    return fsync(in) == 0;
}

static eg_result put(eg_store *store, const char *name, eg_str content, eg_error *err)
{
    char last[EG_STORE_PART_BYTES + 1];
    int root = open_root(store);
    int in = root < 0 ? -1 : open_way(root, name, true, last);
    bool done = in >= 0 && put_in(in, last, content);
    if (in != root) {
        close_keeping_errno(in);
    }
    close_keeping_errno(root);
    return done ? EG_SUCCESS : not_now(err);
}

/* ---- get ---- */

static eg_result not_found(eg_error *err)
{
    return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "the store has no such object");
}

/* All of it: a file that is renamed into its place does not grow. */
static eg_result read_all(int file, size_t bytes, eg_buf *out, eg_error *err)
{
    char *to = eg_buf_reserve(out, bytes + 1);
    if (to == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for an object");
    }
    size_t n = 0;
    for (ssize_t got = 1; got != 0 && n<bytes; n += got> 0 ? (size_t)got : 0) {
        got = read(file, to + n, bytes - n);
        if (got < 0 && errno != EINTR) {
            return not_now(err);
        }
    }
    if (n != bytes) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the object changed while it was read");
    }
    out->len += n;
    return EG_SUCCESS;
}

static eg_result read_object(int file, size_t max_bytes, eg_buf *out, eg_error *err)
{
    struct stat found;
    if (fstat(file, &found) != 0) {
        return not_now(err);
    }
    if (!S_ISREG(found.st_mode)) {
        return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "what has this name in the store is no file");
    }
    if ((uintmax_t)found.st_size > max_bytes) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the object is longer than the %zu bytes allowed",
                       max_bytes);
    }
    return read_all(file, (size_t)found.st_size, out, err);
}

/* Nothing is there, or something that is no object: waiting mends neither. */
static bool is_missing(int why)
{
    return why == ENOENT || why == ENOTDIR || why == ELOOP;
}

static eg_result get(eg_store *store, const char *name, size_t max_bytes, eg_buf *out,
                     eg_error *err)
{
    char last[EG_STORE_PART_BYTES + 1];
    int root = open_root(store);
    if (root < 0) {
        return not_now(err);
    }
    int in = open_way(root, name, false, last);
    /* not waiting for whoever writes into a pipe */
    int file = in < 0 ? -1 : openat(in, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    eg_result r = file >= 0           ? read_object(file, max_bytes, out, err)
                  : is_missing(errno) ? not_found(err)
                                      : not_now(err);
    close_keeping_errno(file);
    if (in != root) {
        close_keeping_errno(in);
    }
    close_keeping_errno(root);
    return r;
}

/* ---- a handle ---- */

static void close_folder(eg_store *store)
{
    free(store);
}

eg_result eg_folder_open(eg_store **out, const char *path, eg_error *err)
{
    static const eg_store_kind kind = {put, get, close_folder};
    struct stat found;
    const size_t bytes = strlen(path) + 1;
    if (stat(path, &found) != 0) {
        return EG_FAIL(err, errno == ENOENT ? EG_E_NOT_FOUND : EG_E_UNAVAILABLE, &eg_store_flag,
                       "the store's folder cannot be had: %s", strerror(errno));
    }
    if (!S_ISDIR(found.st_mode)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &eg_store_flag, "the store must be a folder");
    }
    folder *opened = malloc(sizeof *opened + bytes);
    if (opened == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for a store");
    }
    opened->store.kind = &kind;
    memcpy(opened->path, path, bytes);
    *out = &opened->store;
    return EG_SUCCESS;
}
