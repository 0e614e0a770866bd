/* The files that guardians give one another: where a command finds them, and what it calls its own.
 * Names: docs/guardian-key.md. */
#ifndef EG_CLI_GUARDIAN_FILES_H
#define EG_CLI_GUARDIAN_FILES_H

#include "cli/options.h"
#include "guardian/guardian.h"

#include <limits.h>

typedef enum eg_guardian_kind {
    EG_GUARDIAN_RECORDS, /* record-<order>.json */
    EG_GUARDIAN_BACKUPS  /* backup-<order>-<own order>.json */
} eg_guardian_kind;

/* Puts the file in front of the error's path: the end of its name at least, whatever its length.
 * Returns the result. */
eg_result eg_guardian_in_file(eg_result result, const char *file, eg_error *err);

/* A file that was given, or found in a folder that was, and what came of it. */
typedef struct eg_guardian_input {
    const char *file;
    uint32_t sequence_order; /* whose it is, when it was taken */
    eg_error error;          /* why not; its path is within the file */
} eg_guardian_input;

typedef struct eg_guardian_inputs {
    eg_guardian_input *list;
    size_t count, refused;
} eg_guardian_inputs;

/* Files stand for themselves, folders for the files of that kind in them, by sequence order: of all
 * guardians, its own record as well. EG_E_NOT_FOUND: a folder without any. */
eg_result eg_guardian_inputs_find(eg_guardian_inputs *out, eg_guardian_kind kind,
                                  const eg_option_texts *given, const eg_guardian *guardian,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;
/* Each is read and taken; what is refused is in the list, and the rest goes on. */
eg_result eg_guardian_inputs_take(eg_guardian_inputs *inputs, eg_guardian_kind kind,
                                  eg_guardian *guardian, eg_error *err) EG_MUST_USE;

/* Where a file of that name goes: into the folder that was asked for, or to the file; NULL: here.
 * EG_E_OUT_OF_RANGE for a name that is too long. */
eg_result eg_guardian_output(char out[PATH_MAX], const char *asked, const char *name,
                             eg_error *err) EG_MUST_USE;
/* A new file for everybody. One that holds just this already is fine; any other is
 * EG_E_DUPLICATE. */
eg_result eg_guardian_publish(const char *file, eg_str content, eg_error *err) EG_MUST_USE;

#endif
