/* The tally that a guardian is asked to help decrypt, from the record before its decryption:
 * everything in it verified, and that it is of this guardian's election. */
#ifndef EG_GUARDIAN_VERIFIED_TALLY_H
#define EG_GUARDIAN_VERIFIED_TALLY_H

#include "guardian/shares.h"
#include "record/audit.h"

typedef struct eg_verified_tally {
    const eg_audit *audit;   /* what was found; where it is not verified its faults say why */
    eg_guardian_tally tally; /* for shares: nothing unless the audit is verified */
} eg_verified_tally;

/* The record is verified up to the product of its cast ballots (EG_AUDIT_CLOSED), and its spoiled
 * ballots are what will be opened. With EG_AUDIT_TALLY_ALONE ballots are not looked at, and none is
 * opened: nobody has shown that the tally does not count it.
 *
 * A record that does not hold is a success, as for eg_audit_run: look at audit->is_verified. Fails
 * with EG_E_WRONG_ELECTION, before ballots are read, when it is not of the guardian's election,
 * with EG_E_WITHHELD when it counts a single ballot, and as eg_audit_run and
 * eg_guardian_check_context do. Paths begin with the file's name. out lives in arena and in the
 * source. */
eg_result eg_verified_tally_open(eg_verified_tally *out, const eg_guardian *guardian,
                                 const eg_source *source, eg_audit_extent extent, const eg_rng *rng,
                                 size_t threads, const eg_record_watch *watch, eg_arena *arena,
                                 eg_error *err) EG_MUST_USE;

#endif
