/* The published record of an election, verified: what programs of others take of this folder.
 *
 * An eg_verification owns all that it hands out: pointers and strings live until
 * eg_verification_free. Once made it does not change, so that any thread may look at it. Opening a
 * record is the one thing in the library that touches files; nothing is written, and nothing
 * outside the record read. What is checked, and what nothing vouches for: docs/record.md. */
#ifndef EG_RECORD_VERIFICATION_H
#define EG_RECORD_VERIFICATION_H

#include "base/rng.h"
#include "election/ballot.h"
#include "record/uncovered.h"
#include "record/watch.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_verification eg_verification;

/* The exit status of `egserve verify`. */
typedef enum eg_verdict {
    EG_VERDICT_HOLDS = 0,
    EG_VERDICT_DOES_NOT_HOLD = 1,
    EG_VERDICT_UNREADABLE = 2 /* a file of it could not be read: nothing is said of the rest */
} eg_verdict;

typedef struct eg_verification_fault {
    unsigned step;    /* of the specification's verification, 1 to 16; 0: the form of the files */
    eg_str file;      /* "tally.json"; empty: the record as a whole */
    const char *path; /* "contests.mayor.selections.ann.tally"; empty: the whole file */
    const char *text; /* one sentence */
} eg_verification_fault;

/* What the guardians' shares decrypt to. */
typedef struct eg_verification_count {
    eg_str contest_id, selection_id;
    eg_str candidate; /* a name for people, which nothing vouches for */
    uint64_t votes;
} eg_verification_count;

typedef struct eg_verification_ballot {
    eg_str id;
    eg_modq code;
    bool is_counted; /* cast; else it was spoiled */
} eg_verification_ballot;

/* A folder, or a zip file where libzip is installed (it is loaded then). threads: 0 for as many as
 * there are processors; they end before it returns. watch: NULL, or told of progress.
 *
 * A record that does not hold is a success: ask for the verdict. Fails, and *out is NULL, when
 * there is no such record (EG_E_NOT_FOUND), when it is none that can be read (EG_E_BAD_ENCODING,
 * EG_E_OUT_OF_RANGE, EG_E_TOO_LARGE, EG_E_DUPLICATE, EG_E_UNAVAILABLE), and when memory runs out
 * (EG_E_NO_MEMORY); the path is then the file's. */
eg_result eg_verification_run(eg_verification **out, const char *path, const eg_rng *rng,
                              size_t threads, const eg_record_watch *watch,
                              eg_error *err) EG_MUST_USE;
/* NULL is fine. */
void eg_verification_free(eg_verification *record);

eg_verdict eg_verification_verdict(const eg_verification *record);
/* By step, file and place, 100 at most; *total is the number of all. */
const eg_verification_fault *eg_verification_faults(const eg_verification *record, size_t *count,
                                                    uint64_t *total);
/* Contest by contest in the manifest's order. None where nothing was decrypted. Meaningless
 * unless the record holds. */
const eg_verification_count *eg_verification_counts(const eg_verification *record, size_t *count);
/* Those that could be read, by id. */
const eg_verification_ballot *eg_verification_ballots(const eg_verification *record, size_t *count);
/* NULL when it is not in the record. */
const eg_verification_ballot *eg_verification_find_ballot(const eg_verification *record, eg_str id);
/* NULL where it could not be read, or is not a good one. */
const eg_manifest *eg_verification_manifest(const eg_verification *record);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
