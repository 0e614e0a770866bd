/* What the two kinds of source share. Private to this folder. */
#ifndef EG_RECORD_SOURCE_PARTS_H
#define EG_RECORD_SOURCE_PARTS_H

#include "record/source.h"

/* A list of files that grows; finished it is sorted. */
typedef struct eg_source_list {
    eg_source_file *items; /* malloc'ed */
    size_t count, capacity;
    eg_arena *arena; /* of the names */
} eg_source_list;

/* The name is copied. EG_E_OUT_OF_RANGE where the name is not one that a record may have,
 * EG_E_TOO_LARGE above the bounds. */
eg_result eg_source_list_add(eg_source_list *list, eg_str name, uint64_t bytes, uint64_t entry,
                             eg_error *err) EG_MUST_USE;
/* Sorts it into out, and frees it. EG_E_DUPLICATE. */
eg_result eg_source_list_finish(eg_source *out, eg_source_list *list, eg_error *err) EG_MUST_USE;
void eg_source_list_free(eg_source_list *list);

/* Why a name may not be; NULL when it may. A folder's has its '/' behind it. */
const char *eg_source_name_fault(eg_str name);

eg_result eg_source_open_folder(eg_source *out, int folder, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;
eg_result eg_source_open_zip(eg_source *out, const char *path, uint64_t bytes, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;

#endif
