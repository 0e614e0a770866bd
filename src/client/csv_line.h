/* One line of CSV as fields. */
#ifndef EG_CLIENT_CSV_LINE_H
#define EG_CLIENT_CSV_LINE_H

#include "base/arena.h"

enum {
    EG_CSV_FIELD_BYTES_MAX = 1024, /* of names and ids in the service */
    EG_CSV_FIELDS_MAX = 1001       /* an id and as many choices as there may be candidates */
};

/* The line, without its end, as fields. Quoted fields may hold separators and doubled quotes.
 * Empty fields beyond the last that may be are dropped. Fields are borrowed from line, or live in
 * arena. NULL when it is good; else what is wrong, and *fault_field where (from 1; 0: the line). */
const char *eg_csv_split(eg_str line, char separator, eg_str fields[EG_CSV_FIELDS_MAX],
                         size_t *count, size_t *fault_field, eg_arena *arena);

/* Do all these fields show nothing? Spreadsheets write an empty row as separators alone. */
bool eg_csv_is_empty(const eg_str fields[], size_t count);

#endif
