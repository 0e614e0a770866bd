/* The folder of an election that is being held: what a run keeps in order to go on after an
 * interruption, in files that are there whole or not at all. All of it is for its owner alone; what
 * is published is written beside it (publish.h). Layout: docs/election-run.md. */
#ifndef EG_CLIENT_RUN_FOLDER_H
#define EG_CLIENT_RUN_FOLDER_H

#include "base/arena.h"
#include "base/str.h"

#define EG_RUN_PRIVATE "private"
#define EG_RUN_LOCK    EG_RUN_PRIVATE "/lock"

enum { EG_RUN_NAME_BYTES = 96 };

typedef struct eg_run_folder {
    int folder; /* open folder; -1: none */
    int lock;   /* open lock file; -1: none */
} eg_run_folder;

/* Makes the folder and those in it as needed, and keeps other runs out until closed. Errors:
 * EG_E_BUSY (another run has it), EG_E_DUPLICATE (it holds something else), EG_E_UNAVAILABLE (the
 * system refuses). */
eg_result eg_run_folder_open(eg_run_folder *out, const char *path, eg_error *err) EG_MUST_USE;
void eg_run_folder_close(eg_run_folder *run);

/* name: "private/setup.json". *found tells whether there is such a file; out lives in arena.
 * EG_E_TOO_LARGE above max_bytes. */
eg_result eg_run_folder_read(const eg_run_folder *run, const char *name, size_t max_bytes,
                             eg_str *out, bool *found, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The same of a file that must be there: EG_E_NOT_FOUND. */
eg_result eg_run_folder_need(const eg_run_folder *run, const char *name, size_t max_bytes,
                             eg_str *out, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The lines of a file, each with its end, exactly count of them. lines are borrowed from text; name
 * is for errors. */
eg_result eg_run_folder_split(const char *name, eg_str text, eg_str lines[], size_t count,
                              eg_error *err) EG_MUST_USE;
bool eg_run_folder_has(const eg_run_folder *run, const char *name);

/* Written beside (mode 0600), flushed, then renamed: an interruption leaves the file whole or
 * absent. */
eg_result eg_run_folder_write(const eg_run_folder *run, const char *name, eg_str content,
                              eg_error *err) EG_MUST_USE;

/* Any file: ballots, a manifest, a key. */
eg_result eg_file_read(const char *path, size_t max_bytes, eg_str *out, eg_arena *arena,
                       eg_error *err) EG_MUST_USE;

#endif
