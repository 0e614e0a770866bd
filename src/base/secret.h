/* Handling of secret bytes: wiping and comparing. */
#ifndef EG_BASE_SECRET_H
#define EG_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Overwrites with zeros; is not optimised away. */
void eg_wipe(void *data, size_t bytes);

/* Compares in time that depends on n alone. */
bool eg_secret_equal(const void *a, const void *b, size_t n);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

/* Says of these bytes, though computed from secrets, that everybody may know them: what follows may
 * branch on them. Does nothing but in the builds of tests/ctime, where valgrind holds every secret
 * for undefined until it is declassified. Each use argues why it may. */
#ifdef EG_CTIME
void eg_declassify(const void *data, size_t bytes);
#else
static inline void eg_declassify(const void *data, size_t bytes)
{
    (void)data;
    (void)bytes;
}
#endif

#endif
