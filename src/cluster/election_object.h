/* The public part of an election, as an object of the store: what a service must be told with every
 * chunk. Its digest is the election's name in tasks. */
#ifndef EG_CLUSTER_ELECTION_OBJECT_H
#define EG_CLUSTER_ELECTION_OBJECT_H

#include "client/remote.h"

/* One line of JSON without its end. out is initialised by the caller. Of the ceremony the joint key
 * and the commitment hash alone. */
void eg_election_object_write(eg_buf *out, const eg_election_spec *spec,
                              const eg_ceremony *ceremony);
/* What is read is borrowed from text or lives in arena; of the ceremony as above, of the spec what
 * requests are made of. Errors name the member. */
eg_result eg_election_object_read(eg_election_spec *spec, eg_ceremony *ceremony, eg_str text,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
