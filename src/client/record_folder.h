/* A record as a folder: nothing else is in it, and it is there whole or not at all. */
#ifndef EG_CLIENT_RECORD_FOLDER_H
#define EG_CLIENT_RECORD_FOLDER_H

#include "base/error.h"
#include "base/str.h"
#include "record/layout.h"

#define EG_RECORD_FOLDER "record"

typedef struct eg_record_folder {
    int parent;       /* borrowed */
    const char *name; /* below it; static */
    int folder;       /* open; -1: none */
} eg_record_folder;

bool eg_record_folder_is_there(int parent, const char *name);

/* Begins one beside its name; what an interrupted run left there is removed first. */
eg_result eg_record_folder_begin(eg_record_folder *out, int parent, const char *name,
                                 eg_error *err) EG_MUST_USE;
/* One that was made so goes, if it is there. */
eg_result eg_record_folder_remove(int parent, const char *name, eg_error *err) EG_MUST_USE;
/* One file, for everybody to read. EG_E_OUT_OF_RANGE for an id that no file can be named for. */
eg_result eg_record_folder_put(const eg_record_folder *record, eg_record_class which, eg_str id,
                               eg_str content, eg_error *err) EG_MUST_USE;
/* Flushes all of it to the disk and gives it its name. */
eg_result eg_record_folder_end(const eg_record_folder *record, eg_error *err) EG_MUST_USE;
void eg_record_folder_close(eg_record_folder *record);

#endif
