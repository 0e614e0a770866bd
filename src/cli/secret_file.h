/* A secret that a command is given: in a file, never among its arguments. */
#ifndef EG_CLI_SECRET_FILE_H
#define EG_CLI_SECRET_FILE_H

#include "base/arena.h"

/* One line; its end is not part of it. flag: what named the file, for errors. In arena, which wipes
 * it. */
eg_result eg_secret_file_read(const char **out, const char *file, const char *flag, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;

#endif
