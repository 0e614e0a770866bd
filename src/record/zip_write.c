#include "record/zip_write.h"

#include "record/zip_library.h"

#include <limits.h>
#include <stdio.h>

/* Zip files have local times: noon is the same day in most zones. Nothing depends on it. */
static const time_t all_made_at = 1735732800; /* 2025-01-01T12:00:00Z */

typedef struct packing {
    const eg_zip_library *library;
    zip_t *zip;
    const eg_zip_watch *watch;
} packing;

static eg_result refused(const packing *p, const eg_path *at, eg_error *err)
{
    return EG_FAIL(err, EG_E_UNAVAILABLE, at, "it cannot be written: %s",
                   p->library->strerror(p->zip));
}

/* The file is opened, and read, when the archive is closed. */
static eg_result add(const packing *p, const char *folder, const eg_source_file *file,
                     const eg_path *at, eg_error *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", folder, file->name.data);
    if (n < 0 || n >= PATH_MAX) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, at, "the name of a file is too long");
    }
    zip_source_t *source = p->library->source_file(p->zip, path, 0, -1);
    if (source == NULL) {
        return refused(p, at, err);
    }
    zip_int64_t entry = p->library->file_add(p->zip, file->name.data, source, ZIP_FL_ENC_UTF_8);
    if (entry < 0) {
        p->library->source_free(source);
        return refused(p, at, err);
    }
    return p->library->file_set_mtime(p->zip, (zip_uint64_t)entry, all_made_at, 0) == 0
               ? EG_SUCCESS
               : refused(p, at, err);
}

static void tell(zip_t *zip, double part, void *context)
{
    const eg_zip_watch *watch = context;
    (void)zip;
    watch->done(watch->context, part);
}

static int is_cancelled(zip_t *zip, void *context)
{
    const eg_zip_watch *watch = context;
    (void)zip;
    return watch->goes_on(watch->context) ? 0 : 1;
}

static eg_result pack(const packing *p, const char *folder, const eg_source *files,
                      const eg_path *at, eg_error *err)
{
    void *context = (void *)(uintptr_t)p->watch;
    for (size_t i = 0; i < files->count; i++) {
        EG_TRY(add(p, folder, &files->files[i], at, err));
    }
    p->library->register_progress_callback_with_state(p->zip, 0.001, tell, NULL, context);
    p->library->register_cancel_callback_with_state(p->zip, is_cancelled, NULL, context);
    if (p->library->close(p->zip) == 0) {
        return EG_SUCCESS;
    }
    return p->watch->goes_on(p->watch->context) ? refused(p, at, err)
                                                : EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
}

eg_result eg_zip_write(const char *path, const char *folder, const eg_source *files,
                       const eg_zip_watch *watch, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    packing p = {.watch = watch};
    int code = 0;
    EG_TRY(eg_zip_library_load(&p.library, err));
    p.zip = p.library->open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (p.zip == NULL) {
        zip_error_t why;
        p.library->error_init_with_code(&why, code);
        eg_result result = EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be written: %s",
                                   p.library->error_strerror(&why));
        p.library->error_fini(&why);
        return result;
    }
    eg_result result = pack(&p, folder, files, &at, err);
    if (eg_failed(result)) {
        p.library->discard(p.zip); /* what was there stays */
    }
    return result;
}
