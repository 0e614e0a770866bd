/* libzip, loaded where a record is a zip file. Not linked: the process that serves would carry it
 * and what is behind it, without ever calling it (as libcurl, client/curl.h). */
#ifndef EG_RECORD_ZIP_LIBRARY_H
#define EG_RECORD_ZIP_LIBRARY_H

#include "base/error.h"

#include <zip.h>

/* Functions of libzip under their names without "zip_". */
typedef struct eg_zip_library {
    __typeof__(zip_open) *open;
    __typeof__(zip_discard) *discard;
    __typeof__(zip_error_init_with_code) *error_init_with_code;
    __typeof__(zip_error_strerror) *error_strerror;
    __typeof__(zip_error_fini) *error_fini;
    __typeof__(zip_get_num_entries) *get_num_entries;
    __typeof__(zip_stat_index) *stat_index;
    __typeof__(zip_file_get_external_attributes) *file_get_external_attributes;
    __typeof__(zip_fopen_index) *fopen_index;
    __typeof__(zip_fread) *fread;
    __typeof__(zip_fclose) *fclose;
    __typeof__(zip_source_file) *source_file;
    __typeof__(zip_source_free) *source_free;
    __typeof__(zip_file_add) *file_add;
    __typeof__(zip_file_set_mtime) *file_set_mtime;
    __typeof__(zip_register_progress_callback_with_state) *register_progress_callback_with_state;
    __typeof__(zip_register_cancel_callback_with_state) *register_cancel_callback_with_state;
    __typeof__(zip_strerror) *strerror;
    __typeof__(zip_close) *close;
} eg_zip_library;

/* Loads it once; stays. EG_E_UNAVAILABLE, saying what to install, where it is not there. */
eg_result eg_zip_library_load(const eg_zip_library **out, eg_error *err) EG_MUST_USE;

#endif
