/* The folder in which an election's guardians put what they make, and find what they are given:
 * files that others write, and that are waited for. None is secret. Names: docs/election-run.md.
 *
 * What is seen may be half written: a file is taken once its text is a whole object and what it
 * says holds; until then it is looked at again whenever it has changed. */
#ifndef EG_CLIENT_GUARDIAN_FOLDER_H
#define EG_CLIENT_GUARDIAN_FOLDER_H

#include "client/progress.h"
#include "electionguard/electionguard.h"
#include "wire/node.h"

#include <sys/types.h>
#include <time.h>

#define EG_GUARDIANS_ELECTION "election.json"
#define EG_GUARDIANS_TALLY    "tally.zip"

enum { EG_AWAITED_NAME_BYTES = 48, EG_AWAITED_WAIT_S = 86400, EG_AWAITED_WAIT_MAX_S = 30 * 86400 };

typedef struct eg_awaited_name {
    char text[EG_AWAITED_NAME_BYTES];
} eg_awaited_name;

/* Guardians by sequence order, from 1. */
eg_awaited_name eg_record_file_of(size_t order);
eg_awaited_name eg_share_file_of(size_t order);
eg_awaited_name eg_compensation_file_of(size_t missing, size_t by);

/* For whom it may concern when nobody waits any longer: a file, what it is, and what is wrong with
 * the one that is there, or "". */
typedef struct eg_awaited_line {
    eg_awaited_name file;
    char what[160];
    char fault[EG_ERROR_PATH_BYTES + EG_ERROR_TEXT_BYTES + 2];
} eg_awaited_line;

enum { EG_AWAITED_LINES_MAX = 40 };

typedef struct eg_awaited_list {
    eg_awaited_line lines[EG_AWAITED_LINES_MAX]; /* the first ones */
    size_t count;                                /* of all that are awaited */
} eg_awaited_list;

typedef struct eg_guardian_folder {
    const char *path;
    uint64_t wait_s;                /* for each kind of file; 0: those that are there must do */
    const char *const *missing_ids; /* guardians who will not come, as their user says */
    size_t missing_count;
    eg_awaited_list *awaited; /* filled when files do not come */
    eg_progress *progress;
} eg_guardian_folder;

/* ---- one file ---- */

enum { EG_RECORD_BYTES_MAX = 1 << 20, EG_SHARE_BYTES_MAX = 1 << 30 /* of many spoiled ballots */ };

typedef struct eg_awaited_file {
    eg_awaited_name name;
    size_t max_bytes;
    bool is_taken;
    bool was_seen; /* with the times and sizes below */
    bool is_told;  /* what is wrong with it */
    struct timespec changed;
    off_t bytes;
    ino_t number;
    eg_error fault; /* of the file that was seen; EG_OK: none */
} eg_awaited_file;

/* Makes of the file what it can; arena holds the nodes and is emptied afterwards. An input fault is
 * the file's. at: the file's name. */
typedef eg_result eg_awaited_take(void *context, size_t which, const eg_node *map,
                                  const eg_path *at, eg_arena *arena, eg_error *err);

/* Looks at a file that is not taken yet, if it has changed since. Succeeds whatever is wrong with
 * it: that is in `fault`, and told once the file stays as it is. Fails where the system refuses. */
eg_result eg_awaited_look(eg_awaited_file *file, const eg_guardian_folder *folder, size_t which,
                          eg_awaited_take *take, void *context, eg_error *err) EG_MUST_USE;

/* ---- waiting ---- */

/* Of one kind of file: since when. */
typedef struct eg_awaited_time {
    uint64_t started_ns;
} eg_awaited_time;

eg_awaited_time eg_awaited_begin(void);
bool eg_awaited_is_over(const eg_awaited_time *time, const eg_guardian_folder *folder);
/* Until the next look. EG_E_CANCELLED: interrupted. */
eg_result eg_awaited_pause(const eg_guardian_folder *folder, eg_error *err) EG_MUST_USE;

void eg_awaited_add(eg_awaited_list *list, const eg_awaited_file *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Always fails, with EG_E_NOT_FOUND: what is on the list is awaited. */
eg_result eg_awaited_fail(const eg_guardian_folder *folder, eg_error *err) EG_MUST_USE;

/* ---- writing ---- */

/* For everybody to read; whole or not at all. */
eg_result eg_guardian_folder_put(const eg_guardian_folder *folder, const char *name, eg_str content,
                                 eg_error *err) EG_MUST_USE;
/* The path of a file in it, with a NUL behind, appended. */
eg_result eg_guardian_folder_path(eg_buf *out, const eg_guardian_folder *folder, const char *name,
                                  eg_error *err) EG_MUST_USE;

#endif
