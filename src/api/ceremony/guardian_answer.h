/* Guardians' entries in the answers of the ceremony endpoints.
 * Source: docs/api-contract.md 2.3, 5 /setup_guardians, /generate_guardian_credentials. */
#ifndef EG_API_CEREMONY_GUARDIAN_ANSWER_H
#define EG_API_CEREMONY_GUARDIAN_ANSWER_H

#include "api/frame/negotiation.h"
#include "election/key_ceremony.h"

typedef struct eg_keyed_backup {
    eg_str key; /* of the map: owner or recipient, as the endpoint says */
    eg_backup backup;
} eg_keyed_backup;

/* `guardian_data`: id, sequence_order, election_public_key, backups. */
typedef struct eg_guardian_entry {
    eg_str id;
    uint32_t sequence_order;
    const eg_guardian_public *record;
    eg_keyed_backup *backups;
    size_t backup_count;
    eg_answer_form form;
} eg_guardian_entry;

void eg_guardian_entry_write(eg_writer *w, const void *guardian_entry);

/* `private_keys[]`, `public_keys[]`, `polynomials[]`: guardian_id and the thing itself. */
typedef struct eg_guardian_keys {
    eg_str id;
    const eg_polynomial *polynomial; /* secret */
    const eg_modp *public_key;
    eg_answer_form form;
} eg_guardian_keys;

void eg_private_key_entry_write(eg_writer *w, const void *guardian_keys);
void eg_public_key_entry_write(eg_writer *w, const void *guardian_keys);
void eg_polynomial_entry_write(eg_writer *w, const void *guardian_keys);

#endif
