/* Ballots that were encrypted elsewhere, judged one by one as they are read and then beside each
 * other. Where they come from: encrypted_file.h. */
#ifndef EG_CLIENT_ENCRYPTED_READER_H
#define EG_CLIENT_ENCRYPTED_READER_H

#include "client/ballot_file.h"
#include "client/encrypted_ballot.h"

/* Lists that grow while ballots are read; handed over to the arena, or given up, at the end. */
typedef struct eg_encrypted_reader {
    eg_ballot_file *votes;
    const eg_election_spec *spec;
    eg_arena *arena;
    eg_arena scratch; /* of one ballot */
    eg_sha256 sum;    /* of all digests */
    eg_vote *list;
    eg_encrypted_ballot *ballots;
    size_t count, room;
    eg_pad_key pad_key;
    eg_pad_mark *marks; /* of all pads */
    size_t *owners;     /* the ballot of each */
    size_t mark_count, mark_room;
    size_t cast;
} eg_encrypted_reader;

eg_result eg_encrypted_reader_init(eg_encrypted_reader *r, eg_ballot_file *votes,
                                   const eg_election_spec *spec, eg_arena *arena,
                                   eg_error *err) EG_MUST_USE;
void eg_encrypted_reader_free(eg_encrypted_reader *r);

/* What is wrong, kept if there is room. file: within a folder; else NULL, and line counts. */
eg_result eg_encrypted_fault(eg_encrypted_reader *r, size_t line, const char *file,
                             const char *path, const char *reason, eg_error *err) EG_MUST_USE;
/* A ballot: kept, or its fault is. file outlives the reader. */
eg_result eg_encrypted_take(eg_encrypted_reader *r, eg_str text, uint64_t offset, size_t line,
                            const char *file, eg_error *err) EG_MUST_USE;
/* All of them: ids, copies, and that one counts. */
eg_result eg_encrypted_judge(eg_encrypted_reader *r, eg_error *err) EG_MUST_USE;
/* To the votes and *ballots; identity: of all of them. */
eg_result eg_encrypted_hand_over(eg_encrypted_reader *r, const eg_encrypted_ballot **ballots,
                                 eg_str *identity, eg_error *err) EG_MUST_USE;

#endif
