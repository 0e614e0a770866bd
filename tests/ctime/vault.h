/* ML-KEM under valgrind; see main.c. */
#ifndef EG_TESTS_CTIME_VAULT_H
#define EG_TESTS_CTIME_VAULT_H

/* Encapsulation of a secret message, decapsulation with a secret key. Exits with status 2 when one
 * of them fails. */
void ctime_vault(void);

#endif
