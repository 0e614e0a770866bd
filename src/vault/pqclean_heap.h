/* Put before PQClean's sources by the build (-include): the states of its hash functions, which
 * absorb secrets, live on the heap and are not wiped there. These are. */
#ifndef EG_VAULT_PQCLEAN_HEAP_H
#define EG_VAULT_PQCLEAN_HEAP_H

#include <stdlib.h>

void *eg_pqclean_alloc(size_t bytes); /* never NULL: aborts instead */
void eg_pqclean_free(void *memory);   /* wipes */

#define malloc eg_pqclean_alloc
#define free   eg_pqclean_free

#endif
