/* An election that is open: what its handle stands for. */
#ifndef EG_MODULE_OP_ELECTION_H
#define EG_MODULE_OP_ELECTION_H

#include "election/ballot_fill.h"
#include "record/election_file.h"

typedef struct eg_open_election {
    eg_arena arena; /* of all of it */
    eg_election_file file;
    eg_manifest_index index;
    eg_modq device_hash; /* what codes begin with */
    eg_fixed_base *key;  /* owned */
    eg_election election;
} eg_open_election;

#endif
