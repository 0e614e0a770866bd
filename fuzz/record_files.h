/* A good record in memory, and copies of it whose files are other ones. */
#ifndef EG_FUZZ_RECORD_FILES_H
#define EG_FUZZ_RECORD_FILES_H

#include "common.h"

#include "record/audit.h"
#include "record/layout.h"

enum { RECORD_FILES_MAX = 24 };

typedef struct record_file {
    eg_str name;
    eg_str text;
} record_file;

/* By name. Texts are borrowed. */
typedef struct record_files {
    record_file files[RECORD_FILES_MAX];
    size_t count;
} record_files;

/* tests/data/records/minimal.zip, read once. */
const record_files *record_good(void);

/* NULL when there is none of that name. */
record_file *record_find(record_files *files, eg_str name);

/* Verifies it, and checks what must hold of a verdict whatever the files hold: every fault has a
 * sentence and a file of the record, and one that is verified has none. *out lives in arena. */
void record_audit(eg_audit **out, const record_files *files, eg_arena *arena);

/* Is all that differs between the two something that nothing vouches for (docs/record.md)? */
bool record_differs_uncovered(const record_files *a, const record_files *b, eg_arena *arena);

#endif
