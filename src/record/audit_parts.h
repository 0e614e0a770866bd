/* What the files of the audit share. Private to this folder. */
#ifndef EG_RECORD_AUDIT_PARTS_H
#define EG_RECORD_AUDIT_PARTS_H

#include "base/lock.h"
#include "election/decryption.h"
#include "election/key_ceremony.h"
#include "election/tally.h"
#include "record/audit.h"
#include "record/copies.h"
#include "record/layout.h"
#include "record/shape.h"

typedef struct eg_audit_device {
    const eg_source_file *file;
    eg_modq hash;
} eg_audit_device;

typedef struct eg_audit_guardian {
    const eg_source_file *file;
    eg_guardian_public key;
    bool is_available;      /* has a coefficient */
    eg_modq coefficient;    /* of one who is */
    eg_modp *recovery_keys; /* of one who is not: for each guardian by number, who stands in */
} eg_audit_guardian;

/* The files of one class, in the source's order. */
typedef struct eg_audit_files {
    const eg_source_file **files;
    eg_str *ids;
    size_t count;
} eg_audit_files;

typedef struct eg_audit_state {
    eg_audit *out;
    const eg_source *source;
    const eg_rng *rng;
    const eg_record_watch *watch;
    bool is_closed; /* verified as a record before its decryption */
    eg_audit_part part;
    eg_arena *keep; /* what lasts as long as the audit; of the thread that runs it */
    size_t threads;
    eg_lock lock; /* of faults, steps and watch */
    eg_audit_files files[EG_RECORD_CLASS_COUNT];
    eg_audit_device *devices;
    size_t device_count;
    eg_audit_guardian *guardians; /* by sequence order */
    size_t guardian_count;
    size_t available_count;
    bool has_guardians; /* all of them, keys and proofs good, and coefficients */
    eg_fixed_base *key; /* owned */
    eg_election election;
    eg_tally_sum *sums;        /* of each thread */
    uint64_t *contest_ballots; /* of each thread, contest by contest */
    size_t unread_ballots;
    eg_copies copies;
    eg_tally tally; /* as encrypted_tally.json states it */
    bool has_tally;
} eg_audit_state;

/* ---- faults and steps: from any thread ---- */

/* file NULL: of the record as a whole. */
void eg_audit_add_fault(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                        const eg_error *fault);
/* A failure that is the record's becomes a fault, and is over; others are passed on. */
eg_result eg_audit_note(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                        eg_result result, const eg_error *fault, eg_error *err) EG_MUST_USE;
/* EG_FAIL's sentence as a fault. */
void eg_audit_fault_at(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                       const eg_path *at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void eg_audit_checked(eg_audit_state *s, eg_audit_step step, uint64_t count);
void eg_audit_watch_step(eg_audit_state *s, const char *name, size_t parts);
void eg_audit_watch_done(eg_audit_state *s, size_t parts);

/* ---- files ---- */

/* Reads a file and holds it against its shape. *good is false when it has a fault, which is noted
 * then. */
eg_result eg_audit_load(eg_audit_state *s, const eg_source_file *file, const eg_shape *shape,
                        eg_node *out, bool *good, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The one file of its class; NULL, noted, when it is not there. */
const eg_source_file *eg_audit_only_file(eg_audit_state *s, eg_record_class which);

/* ---- the steps, in this order ---- */

eg_result eg_audit_list_files(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_constants(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_manifest(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_guardians(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_context(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_coefficients(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_devices(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_ballots(eg_audit_state *s, eg_error *err) EG_MUST_USE;
/* Of a part that is not number 0: the proofs of its ballots and nothing else of them. */
eg_result eg_audit_proofs(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_chain(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_encrypted_tally(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_tally(eg_audit_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_audit_spoiled(eg_audit_state *s, eg_error *err) EG_MUST_USE;

/* A submitted ballot from its file: shape, id and structure. *good is false when it has a fault,
 * which is noted then. */
eg_result eg_audit_read_ballot(eg_audit_state *s, size_t number, eg_ballot *out, bool *good,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
