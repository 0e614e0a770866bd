/* An election whose guardians made their keys themselves: their records as they come into the
 * folder, each checked, and the election file that follows from them (record/election_file.h). */
#ifndef EG_CLIENT_GUARDIAN_ELECTION_H
#define EG_CLIENT_GUARDIAN_ELECTION_H

#include "client/guardian_folder.h"
#include "client/remote.h"
#include "record/election_file.h"

/* Lives in an arena. */
typedef struct eg_guardian_election {
    eg_election_file file;
    eg_str text;    /* of it, as it is in the folder */
    bool was_there; /* the folder had it */
} eg_guardian_election;

/* The folder's election file, which must be of this election; where there is none, it is made from
 * the guardians' records once all are there, and put into the folder. spec->manifest is needed.
 * EG_E_NOT_FOUND: they are not (folder->awaited). EG_E_WRONG_ELECTION: the file, or a record beside
 * it, is another one's. */
eg_result eg_guardian_election_get(eg_guardian_election *out, const eg_guardian_folder *folder,
                                   const eg_election_spec *spec, eg_arena *arena,
                                   eg_error *err) EG_MUST_USE;

/* A text of it that was kept: EG_E_WRONG_ELECTION as above. at: its name. */
eg_result eg_guardian_election_read(eg_guardian_election *out, eg_str text, const eg_path *at,
                                    const eg_election_spec *spec, eg_arena *arena,
                                    eg_error *err) EG_MUST_USE;
/* The same for one that was kept earlier: what is in the folder must be the same, or is put there
 * again. */
eg_result eg_guardian_election_agree(const eg_guardian_election *kept,
                                     const eg_guardian_folder *folder, const eg_election_spec *spec,
                                     eg_error *err) EG_MUST_USE;

/* What requests say of it, all of it public: no private keys, no polynomials. */
eg_result eg_guardian_ceremony(eg_ceremony *out, const eg_election_file *file, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;

#endif
