/* "Did you mean": which of some names a mistyped one looks like. */
#ifndef EG_BASE_SIMILAR_H
#define EG_BASE_SIMILAR_H

#include <stddef.h>

/* How many letters must be added, taken away, changed or swapped with their neighbour to make one
 * of the other; SIZE_MAX for texts of more than 64 bytes. */
size_t eg_similar_distance(const char *a, const char *b);
/* Is the distance small for a name of that length (a third of it at most)? */
int eg_similar_fits(const char *given, const char *name, size_t distance);

#endif
