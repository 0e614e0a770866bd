/* PlaintextBallot: a ballot in clear, as electionguard-python writes it. Read alone; secret.
 *
 * { object_id, style_id, contests [ { object_id, ballot_selections [ { object_id, vote, write_in?,
 * is_placeholder_selection? } ] } ] }; older releases have `extended_data` { value, length } in
 * place of write_in. */
#ifndef EG_WIRE_OBJECTS_PLAIN_BALLOT_H
#define EG_WIRE_OBJECTS_PLAIN_BALLOT_H

#include "election/plain_ballot.h"
#include "wire/tree.h"

/* As it stands, without a look at any manifest. Strings are borrowed from the nodes. */
eg_result eg_plain_ballot_read(eg_plain_ballot *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
