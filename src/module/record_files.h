/* The files of a record, which the program around hands over one by one, and who is told of
 * progress. */
#ifndef EG_MODULE_RECORD_FILES_H
#define EG_MODULE_RECORD_FILES_H

#include "module/operation.h"
#include "record/audit.h"
#include "record/layout.h"

/* What reads them, for as long as the source is open. Filled by the function below. */
typedef struct eg_record_files {
    const eg_module_host *host;
    eg_record_watch watch;
    eg_source source;
} eg_record_files;

/* The request's `files`: [ { name, bytes } ], which the host reads by their places in the list. */
eg_result eg_record_files_open(eg_record_files *out, const eg_operation_call *call,
                               eg_error *err) EG_MUST_USE;

/* An element of an answer's list of files that were made: { name, text }. id: empty where there is
 * one of the class. Fails as eg_buf_check of text. */
eg_result eg_record_file_put(eg_writer *w, eg_record_class which, eg_str id, const eg_buf *text,
                             eg_error *err) EG_MUST_USE;

/* Members of a report: verified, unreadable, fault_total, faults [ { step, file, path, message } ].
 * What another part finds as well is left to it. */
void eg_record_faults_write(eg_writer *w, const eg_audit *audit, const eg_audit_part *part);

#endif
