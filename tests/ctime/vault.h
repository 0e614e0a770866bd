/* What protects keys, under valgrind; see main.c. Each exits with status 2 when a part of it fails.
 */
#ifndef EG_TESTS_CTIME_VAULT_H
#define EG_TESTS_CTIME_VAULT_H

/* Sealing a secret under a secret key. */
void ctime_vault(void);
/* Encapsulation of a secret message, decapsulation with a secret key; not where stand-ins are
 * built, which have no ML-KEM. */
void ctime_kem(void);

#endif
