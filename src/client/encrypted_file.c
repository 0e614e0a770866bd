#include "client/encrypted_file.h"

#include "client/encrypted_reader.h"
#include "client/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static eg_result out_of_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
}

/* ---- a file of lines ---- */

static bool is_blank(eg_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r') {
            return false;
        }
    }
    return true;
}

/* A window on the file: `held` bytes from `offset` on are in it. */
typedef struct window {
    int file;
    char *bytes;
    size_t held;
    uint64_t offset;
    bool at_end;
} window;

enum { WINDOW_BYTES = EG_ENCRYPTED_BALLOT_BYTES_MAX + 2 }; /* a ballot and its line's end */

static eg_result fill(window *w, const eg_path *at, eg_error *err)
{
    while (w->held < WINDOW_BYTES && !w->at_end) {
        ssize_t got = read(w->file, w->bytes + w->held, WINDOW_BYTES - w->held);
        if (got < 0 && errno != EINTR) {
            return EG_FAIL(err, EG_E_UNAVAILABLE, at, "it cannot be read: %s", strerror(errno));
        }
        w->at_end = got == 0;
        w->held += got > 0 ? (size_t)got : 0;
    }
    return EG_SUCCESS;
}

static void drop(window *w, size_t bytes)
{
    memmove(w->bytes, w->bytes + bytes, w->held - bytes);
    w->held -= bytes;
    w->offset += bytes;
}

/* All lines of the window that end in it. *used: bytes of them. *too_long: not even one does. */
static eg_result take_lines(eg_encrypted_reader *r, const window *w, size_t *line, size_t *used,
                            bool *too_long, eg_error *err)
{
    *used = 0;
    while (*used < w->held && r->count <= EG_BALLOT_FILE_BALLOTS_MAX) {
        const char *from = w->bytes + *used;
        const char *end = memchr(from, '\n', w->held - *used);
        if (end == NULL && !w->at_end) {
            break;
        }
        const size_t length = end == NULL ? w->held - *used : (size_t)(end - from);
        const eg_str text = {from, length};
        ++*line;
        if (!is_blank(text)) {
            EG_TRY(eg_encrypted_take(r, text, w->offset + *used, *line, NULL, err));
        }
        *used += length + (end != NULL);
    }
    *too_long = *used == 0 && w->held == WINDOW_BYTES;
    return EG_SUCCESS;
}

static eg_result read_lines(eg_encrypted_reader *r, window *w, const eg_path *at, eg_error *err)
{
    size_t line = 0, used = 0;
    bool too_long = false;
    do {
        EG_TRY(fill(w, at, err));
        EG_TRY(take_lines(r, w, &line, &used, &too_long, err));
        if (too_long) {
            return eg_encrypted_fault(r, line + 1, NULL, "", "the line is longer than 4 MiB", err);
        }
        drop(w, used);
    } while (w->held > 0 && r->count <= EG_BALLOT_FILE_BALLOTS_MAX);
    return EG_SUCCESS;
}

static eg_result read_file(eg_encrypted_reader *r, const char *path, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    struct stat about;
    window w = {.file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (w.file < 0 || fstat(w.file, &about) != 0) {
        eg_result refused =
            EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be opened: %s", strerror(errno));
        if (w.file >= 0) {
            (void)close(w.file);
        }
        return refused;
    }
    w.bytes = malloc(WINDOW_BYTES);
    eg_result result = !S_ISREG(about.st_mode)
                           ? EG_FAIL(err, EG_E_BAD_TYPE, &at, "it must be a file")
                       : w.bytes == NULL ? out_of_memory(err)
                                         : read_lines(r, &w, &at, err);
    free(w.bytes);
    (void)close(w.file);
    return result;
}

/* ---- a folder ---- */

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool has_json_name(const char *name)
{
    const size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* A file that cannot be read is a fault of the folder. */
static eg_result take_entry(eg_encrypted_reader *r, const char *folder, const char *name,
                            size_t number, eg_error *err)
{
    char path[PATH_MAX];
    eg_arena content;
    eg_error found = {.code = EG_OK};
    eg_str kept, text;
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    EG_TRY(eg_arena_copy_str(r->arena, eg_str_from(name), &kept, err));
    if (!has_json_name(name) || n < 0 || n >= PATH_MAX) {
        return eg_encrypted_fault(r, number, kept.data, "", "it is no file of a ballot: NAME.json",
                                  err);
    }
    eg_arena_init(&content, NULL);
    eg_result result = eg_file_read(path, EG_ENCRYPTED_BALLOT_BYTES_MAX, &text, &content, &found);
    result = eg_failed(result) ? eg_encrypted_fault(r, number, kept.data, "", found.text, err)
                               : eg_encrypted_take(r, text, 0, number, kept.data, err);
    eg_arena_free(&content);
    return result;
}

static eg_result read_folder(eg_encrypted_reader *r, const char *path, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    struct dirent **entries = NULL;
    eg_result result = EG_SUCCESS;
    int count = scandir(path, &entries, is_entry, alphasort);
    if (count < 0) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (!eg_failed(result) && r->count <= EG_BALLOT_FILE_BALLOTS_MAX) {
            result = take_entry(r, path, entries[i]->d_name, (size_t)i + 1, err);
        }
        free(entries[i]);
    }
    free(entries);
    return result;
}

/* ---- all of it ---- */

eg_result eg_encrypted_file_read(eg_encrypted_file *out, eg_ballot_file *votes, eg_str *identity,
                                 const char *path, const eg_election_spec *spec, eg_arena *arena,
                                 eg_error *err)
{
    eg_encrypted_reader r;
    struct stat about;
    *out = (eg_encrypted_file){.path = path,
                               .is_folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode)};
    eg_result result = eg_encrypted_reader_init(&r, votes, spec, arena, err);
    if (!eg_failed(result)) {
        result = out->is_folder ? read_folder(&r, path, err) : read_file(&r, path, err);
    }
    result = eg_failed(result) ? result : eg_encrypted_judge(&r, err);
    result = eg_failed(result) ? result : eg_encrypted_hand_over(&r, &out->ballots, identity, err);
    eg_ballot_file_sort_faults(votes);
    eg_encrypted_reader_free(&r);
    return result;
}

/* ---- again ---- */

static eg_result read_again(const eg_encrypted_file *file, const eg_encrypted_ballot *b,
                            eg_str *out, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, file->path);
    char *text = NULL;
    EG_TRY(eg_arena_new(arena, b->bytes + 1, 1, &text, err));
    int from = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = from < 0 ? -1 : pread(from, text, b->bytes, (off_t)b->offset);
    const int why = errno;
    if (from >= 0) {
        (void)close(from);
    }
    *out = (eg_str){text, b->bytes};
    return got == (ssize_t)b->bytes ? EG_SUCCESS
                                    : EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s",
                                              got < 0 ? strerror(why) : "it became shorter");
}

eg_result eg_encrypted_ballot_load(const eg_encrypted_file *file, size_t i, const eg_vote *vote,
                                   eg_str *out, eg_arena *arena, eg_error *err)
{
    const eg_encrypted_ballot *b = &file->ballots[i];
    eg_path at = eg_path_field(NULL, file->path);
    uint8_t digest[EG_SHA256_BYTES];
    char path[PATH_MAX];
    if (file->is_folder) {
        (void)snprintf(path, sizeof path, "%s/%s", file->path, vote->file);
        EG_TRY(eg_file_read(path, EG_ENCRYPTED_BALLOT_BYTES_MAX, out, arena, err));
    } else {
        EG_TRY(read_again(file, b, out, arena, err));
    }
    eg_sha256_of(digest, out->data, out->len);
    return memcmp(digest, b->digest, sizeof digest) == 0
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_UNAVAILABLE, &at,
                         "it was changed while the run was at work with it");
}
