/* Election keys whose membership in the group was established lately. The test costs as much as a
 * third of a ballot's encryption, and requests of one election all carry the same key. Bounded;
 * derived from the key's value alone, so that it never changes an answer. Safe from any thread. */
#ifndef EG_API_FIELDS_KNOWN_KEYS_H
#define EG_API_FIELDS_KNOWN_KEYS_H

#include "group/group.h"

enum { EG_KNOWN_KEYS_MAX = 64 };

/* Whether the key is a group element other than 1: remembered, or tested now and remembered when it
 * is. Public keys only: variable time. */
bool eg_key_is_member_vartime(const eg_modp *key);

/* How many are remembered: for tests. */
size_t eg_known_keys_count(void);

#endif
