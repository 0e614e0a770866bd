#include "client/record_folder.h"

#include "client/new_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 64 };

typedef struct unfinished {
    char name[NAME_BYTES];
} unfinished;

static unfinished unfinished_of(const char *name)
{
    unfinished u;
    (void)snprintf(u.name, sizeof u.name, "%s.new", name);
    return u;
}

static const char *const folders[] = {"encryption_devices", "guardians", "submitted_ballots",
                                      "spoiled_ballots"};

static eg_result refused(const char *what, const char *name, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    return EG_FAIL(err, EG_E_UNAVAILABLE, &path, "it cannot be %s: %s", what, strerror(errno));
}

bool eg_record_folder_is_there(int parent, const char *name)
{
    return faccessat(parent, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- removing ---- */

/* The files of an open folder, and, where they are no files, leaves them: rmdir will say so. */
static void remove_files(int folder)
{
    DIR *entries = fdopendir(folder);
    if (entries == NULL) {
        (void)close(folder);
        return;
    }
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        (void)unlinkat(dirfd(entries), entry->d_name, 0);
    }
    (void)closedir(entries);
}

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Of what we make ourselves there is no more: two levels, and the names in them. */
eg_result eg_record_folder_remove(int parent, const char *name, eg_error *err)
{
    int folder = open_folder(parent, name);
    if (folder < 0) {
        return errno == ENOENT ? EG_SUCCESS : refused("opened", name, err);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        int inner = open_folder(folder, folders[i]);
        if (inner >= 0) {
            remove_files(inner);
            (void)unlinkat(folder, folders[i], AT_REMOVEDIR);
        }
    }
    remove_files(folder);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 ? EG_SUCCESS : refused("removed", name, err);
}

/* ---- making ---- */

eg_result eg_record_folder_begin(eg_record_folder *out, int parent, const char *name, eg_error *err)
{
    const unfinished beside = unfinished_of(name);
    *out = (eg_record_folder){parent, name, -1};
    EG_TRY(eg_record_folder_remove(parent, beside.name, err));
    if (mkdirat(parent, beside.name, 0777) != 0) {
        return refused("made", beside.name, err);
    }
    out->folder = open_folder(parent, beside.name);
    if (out->folder < 0) {
        return refused("opened", beside.name, err);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (mkdirat(out->folder, folders[i], 0777) != 0) {
            return refused("made", folders[i], err);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_record_folder_put(const eg_record_folder *record, eg_record_class which, eg_str id,
                               eg_str content, eg_error *err)
{
    char name[EG_RECORD_FILE_NAME_BYTES];
    const char *fault = which >= EG_RECORD_CLASS_DEVICE ? eg_record_id_fault(id) : NULL;
    if (fault != NULL) {
        eg_path path = eg_path_key(NULL, id.data, id.len);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "%s", fault);
    }
    eg_record_file_name(name, which, id);
    int file =
        openat(record->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0) {
        return refused("written", name, err);
    }
    bool written = eg_write_all(file, content);
    written = close(file) == 0 && written;
    return written ? EG_SUCCESS : refused("written", name, err);
}

eg_result eg_record_folder_end(const eg_record_folder *record, eg_error *err)
{
    const unfinished beside = unfinished_of(record->name);
    /* all files at once: one by one a hundred thousand would take minutes */
    if (syncfs(record->folder) != 0 ||
        renameat(record->parent, beside.name, record->parent, record->name) != 0 ||
        fsync(record->parent) != 0) {
        return refused("written", record->name, err);
    }
    return EG_SUCCESS;
}

void eg_record_folder_close(eg_record_folder *record)
{
    if (record->folder >= 0) {
        (void)close(record->folder);
    }
    record->folder = -1;
}
