/* Text files as spreadsheets and editors write them: which encoding, and where lines end. */
#ifndef EG_CLIENT_FILE_TEXT_H
#define EG_CLIENT_FILE_TEXT_H

#include "base/arena.h"

typedef struct eg_file_text {
    eg_str text;   /* UTF-8 as far as the file is; its mark is gone */
    char line_end; /* '\n', or '\r' where the file has no '\n' */
    size_t at;     /* behind the latest line */
    size_t line;   /* number of the latest line, from 1; 0 before the first */
    size_t lines;  /* how many there are at most */
} eg_file_text;

/* A byte order mark tells UTF-16 of either order; without one the file is taken as UTF-8. content
 * is borrowed for as long as the text, which is that or lives in arena. NULL when it is good; else
 * what is wrong. */
const char *eg_file_text_open(eg_file_text *out, eg_str content, eg_arena *arena) EG_MUST_USE;

/* The next line without its end. False: there is none. */
bool eg_file_text_next(eg_file_text *file, eg_str *line);

#endif
