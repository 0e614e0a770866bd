/* A zip file. What it declares is held against the bounds before anything is unpacked, and never
 * more is unpacked than was declared. */
#include "record/source_parts.h"
#include "record/zip_library.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct archive {
    const eg_zip_library *library;
    zip_t *zip;
    pthread_mutex_t lock; /* an archive is for one thread at a time */
} archive;

static eg_result unpack_fault(eg_error *err, const char *why)
{
    return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "it cannot be unpacked: %s", why);
}

/* bytes + 1 are asked for: what there is beyond is seen, and at the end the sum is checked. */
static eg_result unpack(const archive *a, zip_file_t *file, char *out, size_t bytes, eg_error *err)
{
    size_t done = 0;
    while (done <= bytes) {
        zip_int64_t n = a->library->fread(file, out + done, bytes + 1 - done);
        if (n < 0) {
            return unpack_fault(err, "it is damaged");
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    return done == bytes ? EG_SUCCESS : unpack_fault(err, "it has another size than is declared");
}

static eg_result read_file(const eg_source *source, const eg_source_file *file, char *out,
                           eg_error *err)
{
    archive *a = source->state;
    eg_result result;
    pthread_mutex_lock(&a->lock);
    zip_file_t *opened = a->library->fopen_index(a->zip, file->entry, 0);
    if (opened == NULL) {
        result = unpack_fault(err, "it is damaged, encrypted or packed in an unknown way");
    } else {
        result = unpack(a, opened, out, file->bytes, err);
        (void)a->library->fclose(opened);
    }
    pthread_mutex_unlock(&a->lock);
    return result;
}

static void close_zip(eg_source *source)
{
    archive *a = source->state;
    a->library->discard(a->zip);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

/* ---- listing ---- */

static bool is_link(const archive *a, zip_uint64_t entry)
{
    zip_uint8_t system = ZIP_OPSYS_DOS;
    zip_uint32_t attributes = 0;
    int r = a->library->file_get_external_attributes(a->zip, entry, 0, &system, &attributes);
    return r == 0 && system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16);
}

static eg_result list_entry(eg_source_list *list, const archive *a, zip_uint64_t entry,
                            uint64_t *packed, eg_error *err)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    zip_stat_t st;
    if (a->library->stat_index(a->zip, entry, 0, &st) != 0 || (st.valid & needed) != needed) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "entry %llu of the zip file is damaged",
                       (unsigned long long)entry);
    }
    eg_str name = eg_str_from(st.name);
    eg_path path = eg_path_key(NULL, name.data, name.len);
    if (is_link(a, entry)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "it is a symbolic link: a record holds its files");
    }
    if (name.len > 0 && name.data[name.len - 1] == '/' && st.size == 0) {
        const char *fault = eg_source_name_fault(name);
        return fault == NULL ? EG_SUCCESS : EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "%s", fault);
    }
    if (st.size / EG_SOURCE_UNPACKS_MAX > st.comp_size) {
        return EG_FAIL(err, EG_E_TOO_LARGE, &path,
                       "it declares more than %d times the size it is packed to",
                       EG_SOURCE_UNPACKS_MAX);
    }
    *packed += st.comp_size;
    return eg_source_list_add(list, name, st.size, entry, err);
}

/* Entries that share their bytes would unpack to more than their number times the file. */
static eg_result list_all(eg_source_list *list, const archive *a, uint64_t bytes, eg_error *err)
{
    uint64_t packed = 0;
    zip_int64_t count = a->library->get_num_entries(a->zip, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        EG_TRY(list_entry(list, a, (zip_uint64_t)i, &packed, err));
        if (packed > bytes) {
            return EG_FAIL(err, EG_E_BAD_ENCODING, NULL,
                           "entries of the zip file share their bytes");
        }
    }
    return EG_SUCCESS;
}

/* The library refuses two entries of a name without saying which: the list will. */
static eg_result open_zip(archive *a, const char *path, eg_error *err)
{
    int code = 0;
    a->zip = a->library->open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (a->zip == NULL && code == ZIP_ER_EXISTS) {
        a->zip = a->library->open(path, ZIP_RDONLY, &code);
    }
    if (a->zip == NULL) {
        zip_error_t why;
        eg_path at = eg_path_field(NULL, path);
        a->library->error_init_with_code(&why, code);
        (void)EG_FAIL(err, EG_E_BAD_ENCODING, &at, "it is no zip file that can be read: %s",
                      a->library->error_strerror(&why));
        a->library->error_fini(&why);
        return (eg_result){EG_E_BAD_ENCODING};
    }
    return EG_SUCCESS;
}

eg_result eg_source_open_zip(eg_source *out, const char *path, uint64_t bytes, eg_arena *arena,
                             eg_error *err)
{
    static const eg_source_type type = {read_file, close_zip};
    eg_source_list list = {.arena = arena};
    const eg_zip_library *library;
    EG_TRY(eg_zip_library_load(&library, err));
    archive *a = malloc(sizeof *a);
    if (a == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    *a = (archive){.library = library};
    eg_result opened = open_zip(a, path, err);
    if (eg_failed(opened)) {
        free(a);
        return opened;
    }
    pthread_mutex_init(&a->lock, NULL);
    *out = (eg_source){.state = a, .type = &type};
    eg_result result = list_all(&list, a, bytes, err);
    result = eg_failed(result) ? result : eg_source_list_finish(out, &list, err);
    eg_source_list_free(&list);
    if (eg_failed(result)) {
        eg_source_close(out);
    }
    return result;
}
