#include "record/zip_library.h"

#include "base/library.h"

#include <pthread.h>

static const eg_library_function functions[] = {
    {"zip_open", offsetof(eg_zip_library, open)},
    {"zip_discard", offsetof(eg_zip_library, discard)},
    {"zip_error_init_with_code", offsetof(eg_zip_library, error_init_with_code)},
    {"zip_error_strerror", offsetof(eg_zip_library, error_strerror)},
    {"zip_error_fini", offsetof(eg_zip_library, error_fini)},
    {"zip_get_num_entries", offsetof(eg_zip_library, get_num_entries)},
    {"zip_stat_index", offsetof(eg_zip_library, stat_index)},
    {"zip_file_get_external_attributes", offsetof(eg_zip_library, file_get_external_attributes)},
    {"zip_fopen_index", offsetof(eg_zip_library, fopen_index)},
    {"zip_fread", offsetof(eg_zip_library, fread)},
    {"zip_fclose", offsetof(eg_zip_library, fclose)},
    {"zip_source_file", offsetof(eg_zip_library, source_file)},
    {"zip_source_free", offsetof(eg_zip_library, source_free)},
    {"zip_file_add", offsetof(eg_zip_library, file_add)},
    {"zip_file_set_mtime", offsetof(eg_zip_library, file_set_mtime)},
    {"zip_register_progress_callback_with_state",
     offsetof(eg_zip_library, register_progress_callback_with_state)},
    {"zip_register_cancel_callback_with_state",
     offsetof(eg_zip_library, register_cancel_callback_with_state)},
    {"zip_strerror", offsetof(eg_zip_library, strerror)},
    {"zip_close", offsetof(eg_zip_library, close)},
};

/* Debian's own numbering has 4 where everybody else, and Debian since 13, has 5: one interface. */
static bool load(eg_zip_library *zip)
{
    return eg_library_load("libzip.so.5", zip, functions, sizeof functions / sizeof *functions) ||
           eg_library_load("libzip.so.4", zip, functions, sizeof functions / sizeof *functions);
}

static eg_zip_library zip;
static bool loaded;
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

/* Tried again each time: it may have been installed meanwhile. */
eg_result eg_zip_library_load(const eg_zip_library **out, eg_error *err)
{
    pthread_mutex_lock(&loading);
    loaded = loaded || load(&zip);
    const bool is_there = loaded;
    pthread_mutex_unlock(&loading);
    if (!is_there) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "a record in a zip file needs libzip, which is not installed: Debian's "
                       "package is libzip5, or libzip4 before Debian 13. Folders need nothing");
    }
    *out = &zip;
    return EG_SUCCESS;
}
