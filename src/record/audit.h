/* Verifies a published record of electionguard-python 1.4 from its files alone, and says what it
 * found: every fault with file and place, what each step of the specification covered, the ballots
 * and the counts. Source: docs/record.md, docs/crypto.md. */
#ifndef EG_RECORD_AUDIT_H
#define EG_RECORD_AUDIT_H

#include "base/rng.h"
#include "election/key_ceremony.h"
#include "election/tally.h"
#include "record/source.h"
#include "record/uncovered.h"
#include "record/watch.h"

enum { EG_AUDIT_FAULTS_MAX = 100 };

/* The numbers of the specification's verification steps (1.1, 1.53); 0 is the form of the files,
 * of which the specification says nothing. */
typedef enum eg_audit_step {
    EG_AUDIT_FORM = 0,
    EG_AUDIT_PARAMETERS = 1,
    EG_AUDIT_GUARDIAN_KEYS = 2,
    EG_AUDIT_ELECTION_KEY = 3,
    EG_AUDIT_SELECTIONS = 4,
    EG_AUDIT_VOTE_LIMITS = 5,
    EG_AUDIT_CODES = 6,
    EG_AUDIT_AGGREGATION = 7,
    EG_AUDIT_SHARES = 8,
    EG_AUDIT_SUBSTITUTES = 9,
    EG_AUDIT_REPLACEMENTS = 10,
    EG_AUDIT_TALLY = 11,
    EG_AUDIT_SPOILED_SHARES = 12,
    EG_AUDIT_SPOILED_SUBSTITUTES = 13,
    EG_AUDIT_SPOILED_REPLACEMENTS = 14,
    EG_AUDIT_SPOILED_DECRYPTION = 15,
    EG_AUDIT_SPOILED_VOTES = 16,
    EG_AUDIT_STEP_COUNT
} eg_audit_step;

/* "guardians' public keys", for people. */
const char *eg_audit_step_name(eg_audit_step step);
/* What its count counts: "commitments". */
const char *eg_audit_step_noun(eg_audit_step step);

typedef struct eg_audit_fault {
    eg_audit_step step;
    bool is_unreadable; /* the file could not be read at all */
    eg_str file;        /* "" of the record as a whole; lives as long as the source */
    char path[EG_ERROR_PATH_BYTES];
    char text[EG_ERROR_TEXT_BYTES];
} eg_audit_fault;

typedef struct eg_audit_ballot {
    eg_str id;                    /* of the source */
    const eg_ballot_style *style; /* of the manifest; NULL where the ballot could not be read */
    eg_modq code, code_seed;
    eg_ballot_state state;
} eg_audit_ballot;

/* What the guardians' shares decrypt to. */
typedef struct eg_audit_count {
    const eg_contest_description *contest;
    const eg_selection_description *selection;
    uint64_t votes;
} eg_audit_count;

typedef struct eg_audit {
    /* sorted by step, file and place; the same whatever the number of threads */
    eg_audit_fault faults[EG_AUDIT_FAULTS_MAX];
    size_t fault_count;   /* of those kept */
    uint64_t fault_total; /* of all */
    struct {
        uint64_t checked, faults;
    } steps[EG_AUDIT_STEP_COUNT];
    bool is_unreadable; /* a fault is */
    bool is_verified;   /* no fault, and every step that was asked for was taken */
    /* as far as it was read */
    bool has_election;
    eg_manifest manifest;
    eg_context context;
    const eg_guardian_public *guardians; /* by sequence order; NULL unless all are good */
    size_t guardian_count;
    const eg_tally *encrypted_tally; /* NULL unless it has the manifest's shape */
    uint32_t missing_guardians;
    eg_audit_ballot *ballots; /* by id */
    size_t ballot_count, cast_count, spoiled_count;
    uint64_t *contest_ballots; /* for each contest of the manifest, the cast ballots that have it */
    eg_audit_count *counts;    /* contest by contest; NULL where nothing was decrypted */
    size_t count_count;
    size_t chained, unchained; /* ballots whose codes chain, and those that begin one each */
} eg_audit;

/* threads: 0 for as many as there are processors. out lives in arena and in the source. Fails when
 * memory, the system or the generator does; what is wrong with the record is in out. */
eg_result eg_audit_run(eg_audit **out, const eg_source *source, const eg_rng *rng, size_t threads,
                       const eg_record_watch *watch, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* How much of a record that is not decrypted yet. */
typedef enum eg_audit_extent {
    EG_AUDIT_CLOSED,     /* steps 1 to 7: up to the product of the cast ballots */
    EG_AUDIT_TALLY_ALONE /* ballots, codes and product are left out: others vouch for them */
} eg_audit_extent;

/* The same of the record before its decryption, as guardians are given it. What only decryption
 * leaves in a record (tally, coefficients, spoiled ballots as opened) is not looked at, and may be
 * there or not. */
eg_result eg_audit_run_closed(eg_audit **out, const eg_source *source, eg_audit_extent extent,
                              const eg_rng *rng, size_t threads, const eg_record_watch *watch,
                              eg_arena *arena, eg_error *err) EG_MUST_USE;

/* One of several programs that verify a record between them and share no memory, as workers in a
 * browser do: number of `of`, from 0. */
typedef struct eg_audit_part {
    size_t number, of;
} eg_audit_part;

/* Number 0 does all of the verification but the proofs of the ballots that are the others'; the
 * others do these, and what they rest on. The record holds when every part is verified; a fault
 * that has to do with proofs of ballots (steps 4 and 5) is found by one of them, any other by
 * number 0. is_closed: as eg_audit_run_closed with EG_AUDIT_CLOSED. */
eg_result eg_audit_run_part(eg_audit **out, const eg_source *source, bool is_closed,
                            const eg_audit_part *part, const eg_rng *rng,
                            const eg_record_watch *watch, eg_arena *arena,
                            eg_error *err) EG_MUST_USE;

/* A ballot that the audit found good, from its file once more: in arena. Between the two readings
 * another file may have been put in its place: EG_E_TAMPERED, or the error of what is no such
 * ballot, below the file's name. */
eg_result eg_audit_read_ballot_again(eg_ballot *out, const eg_audit *audit,
                                     const eg_audit_ballot *verified, const eg_source *source,
                                     eg_arena *arena, eg_error *err) EG_MUST_USE;

/* A voter's ballot; NULL when it is not in the record. */
const eg_audit_ballot *eg_audit_find_ballot(const eg_audit *audit, eg_str id);

#endif
