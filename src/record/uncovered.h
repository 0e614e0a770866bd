/* What nothing in a record vouches for: the list of docs/record.md. */
#ifndef EG_RECORD_UNCOVERED_H
#define EG_RECORD_UNCOVERED_H

#include <stddef.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* What no hash, proof or other file tells: compare it with what was published elsewhere. */
typedef struct eg_record_uncovered {
    const char *file, *fields, *why;
} eg_record_uncovered;

/* One for each kind of field; the same of every record. */
const eg_record_uncovered *eg_record_uncovered_fields(size_t *count);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
