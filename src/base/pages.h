/* Memory of its own for what is large, lives long and is read from end to end: from the system and
 * back to it, on huge pages where the system gives them to who asks, so that reading does not wait
 * for address translation. No memory more than asked for: what is left behind the last whole huge
 * page lies on small ones. */
#ifndef EG_BASE_PAGES_H
#define EG_BASE_PAGES_H

#include <stddef.h>

#ifdef __wasm__
enum { EG_HUGE_PAGE = 64 };
#else
enum { EG_HUGE_PAGE = 2 * 1024 * 1024 };
#endif

/* Zeros, at a multiple of EG_HUGE_PAGE; NULL without memory. */
void *eg_pages_new(size_t bytes);
void eg_pages_free(void *pages, size_t bytes); /* bytes as asked for; NULL is fine */

/* Zeros on pages of their own, small ones; NULL without memory. bytes: more than 0. */
void *eg_pages_map(size_t bytes);
void eg_pages_unmap(void *pages, size_t bytes);

/* Asks for huge pages for memory that is there and not yet written to: the small pages that lie in
 * it whole. */
void eg_pages_prefer_huge(void *memory, size_t bytes);

/* Keeps the pages that lie whole in memory out of dumps of the process, those that a debugger
 * writes included: they hold votes and keys. Stays until they are unmapped. */
void eg_pages_keep_from_dumps(void *memory, size_t bytes);

#endif
