/* The audit of a record as commands run it: over all processors, with progress on stderr. */
#ifndef EG_CLI_AUDIT_RUN_H
#define EG_CLI_AUDIT_RUN_H

#include "record/audit.h"

/* Opens the source, which the caller closes whatever the result. Errors: eg_source_open's and
 * eg_audit_run's; what is wrong with the record is in out. */
eg_result eg_audit_run_command(eg_audit **out, eg_source *source, const char *path, bool is_quiet,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
