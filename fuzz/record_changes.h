/* Instructions that change a record. */
#ifndef EG_FUZZ_RECORD_CHANGES_H
#define EG_FUZZ_RECORD_CHANGES_H

#include "record_files.h"

enum { RECORD_CHANGE_BYTES = 5 };

/* What, which file, where in it (two bytes), how. What is new lives in arena. */
void record_change(record_files *files, const uint8_t code[RECORD_CHANGE_BYTES], eg_arena *arena);

#endif
