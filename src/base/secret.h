/* Handling of secret bytes: wiping and comparing. */
#ifndef EG_BASE_SECRET_H
#define EG_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

/* Overwrites with zeros; is not optimised away. */
void eg_wipe(void *data, size_t bytes);

/* Compares in time that depends on n alone. */
bool eg_secret_equal(const void *a, const void *b, size_t n);

#pragma GCC visibility pop

#endif
