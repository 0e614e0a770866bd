/* Tables of election keys, kept between requests that follow each other closely. Bounded; derived
 * from the key's value alone, so that it never changes an answer. Safe from any thread; empty after
 * a fork of a process that never used it. */
#ifndef EG_API_FIELDS_KEY_CACHE_H
#define EG_API_FIELDS_KEY_CACHE_H

#include "api/endpoint.h"
#include "group/group.h"

typedef struct eg_key_entry eg_key_entry;

/* The table of key, whose membership the caller has checked (eg_context_init does). Release each
 * once. settings->key_table_cache: how many unused tables may be kept; settings->shared is charged
 * while a table is in use. EG_E_BUSY without memory. */
eg_result eg_key_acquire(eg_key_entry **out, const eg_modp *key, const eg_api_settings *settings,
                         eg_error *err) EG_MUST_USE;
const eg_fixed_base *eg_key_table(const eg_key_entry *entry);
void eg_key_release(eg_key_entry *entry); /* NULL is fine */

/* How many tables there are, and how many are in use: for tests. */
void eg_key_cache_count(size_t *entries, size_t *in_use);
/* Drops every table that was last used before that time (eg_clock_monotonic_ns) and is not in use.
 * A table takes milliseconds to make again; kept, it is memory that an idle service does not give
 * back. */
void eg_key_cache_rest(uint64_t before_ns);

#endif
