/* An election as voters' and guardians' programs are given it, in one file. */
#ifndef EG_RECORD_ELECTION_FILE_H
#define EG_RECORD_ELECTION_FILE_H

#include "election/context.h"
#include "election/key_ceremony.h"
#include "election/manifest.h"
#include "wire/tree.h"
#include "wire/writer.h"

#define EG_ELECTION_FILE_FORMAT "egserve election 1"

typedef struct eg_election_device {
    int64_t device_id, session_id, launch_code;
    eg_str location;
} eg_election_device;

/* As the service has it for every ballot. */
extern const eg_election_device eg_election_device_default;

/* { format, manifest, context, guardians [ElectionPublicKey], device }. In its arena. */
typedef struct eg_election_file {
    eg_manifest manifest;
    eg_context context;
    eg_guardian_public *guardians; /* by sequence order: context.number_of_guardians of them */
    eg_election_device device;
} eg_election_file;

/* Read and checked: the manifest as a whole, every guardian's record with its proofs, and that the
 * context is what follows from them. Strings are borrowed from the nodes. */
eg_result eg_election_file_read(eg_election_file *out, const eg_node *map, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;
/* The parts of one: read, and the context made from them. map has manifest, or party_names and
 * candidate_names (and max_choices); guardians; quorum; and perhaps device. */
eg_result eg_election_file_make(eg_election_file *out, const eg_node *map, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;
/* The whole value. */
void eg_election_file_write(eg_writer *w, const eg_election_file *file);

/* A manifest of either form, read, judged and completed. */
eg_result eg_election_manifest_read(eg_manifest *out, const eg_node *map, eg_arena *arena,
                                    eg_error *err) EG_MUST_USE;

#endif
