/* The folder of an election: files that are there whole or not at all. Layout:
 * docs/election-run.md. */
#ifndef EG_CLIENT_RECORD_H
#define EG_CLIENT_RECORD_H

#include "base/arena.h"
#include "base/str.h"

enum { EG_RECORD_NAME_BYTES = 64 };

typedef struct eg_record {
    int folder; /* open folder; -1: none */
    int lock;   /* open lock file; -1 for a record that is only read */
} eg_record;

/* For writing: makes the folder and those in it as needed, and keeps other runs out until closed.
 * Errors: EG_E_BUSY (another run has it), EG_E_UNAVAILABLE (the system refuses). */
eg_result eg_record_open(eg_record *out, const char *path, eg_error *err) EG_MUST_USE;
/* For reading alone. EG_E_NOT_FOUND. */
eg_result eg_record_open_read(eg_record *out, const char *path, eg_error *err) EG_MUST_USE;
void eg_record_close(eg_record *record);

/* name: "ballots/000001.jsonl". *found tells whether there is such a file; out lives in arena.
 * EG_E_TOO_LARGE above max_bytes. */
eg_result eg_record_read(const eg_record *record, const char *name, size_t max_bytes, eg_str *out,
                         bool *found, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The same of a file that must be there: EG_E_NOT_FOUND. */
eg_result eg_record_need(const eg_record *record, const char *name, size_t max_bytes, eg_str *out,
                         eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The lines of a file, each with its end, exactly count of them. lines are borrowed from text; name
 * is for errors. */
eg_result eg_record_split(const char *name, eg_str text, eg_str lines[], size_t count,
                          eg_error *err) EG_MUST_USE;
bool eg_record_has(const eg_record *record, const char *name);

/* Written beside, flushed, then renamed: an interruption leaves the file whole or absent. Names
 * below private/ are for their owner alone (0600). */
eg_result eg_record_write(const eg_record *record, const char *name, eg_str content,
                          eg_error *err) EG_MUST_USE;

/* Any file, for what does not belong to a record: ballots, a key. */
eg_result eg_file_read(const char *path, size_t max_bytes, eg_str *out, eg_arena *arena,
                       eg_error *err) EG_MUST_USE;

#endif
