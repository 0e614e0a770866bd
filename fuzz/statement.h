/* A sound tally and the shares that decrypt it, as numbers that a program of changes may alter:
 * what fuzz_combination.c sends to /combine_decryption_shares. */
#ifndef EG_FUZZ_STATEMENT_H
#define EG_FUZZ_STATEMENT_H

#include "common.h"

#include "election/decryption.h"
#include "election/key_ceremony.h"
#include "support/call_driver.h"

enum {
    GUARDIANS = 3,
    QUORUM = 2,
    CANDIDATES = 2,
    CAST = 3,
    PARTS = GUARDIANS * (GUARDIANS - 1),
    SHARES = GUARDIANS + PARTS, /* each guardian's own; then part (missing, by) */
    PAIRS_MAX = 2 * PARTS
};

typedef struct election {
    eg_arena arena;
    eg_str names[CANDIDATES], ids[GUARDIANS], cast[CAST];
    eg_manifest manifest;
    eg_context context;
    eg_polynomial polynomials[GUARDIANS];
    eg_guardian_public records[GUARDIANS];
    eg_modq secret; /* of the joint key */
} election;

extern election the; /* made by the first statement_begin */

typedef struct entry { /* of a share: one selection */
    eg_modp share;
    eg_generic_proof proof;
    bool has_proof;
    bool touched; /* since it was known to be right */
} entry;

typedef struct pair {
    size_t missing, by, part; /* as listed; whose share is sent */
} pair;

typedef struct statement {
    uint64_t random;
    eg_arena arena;
    eg_tally tally;
    eg_ciphertext *cipher[CANDIDATES];
    bool cipher_touched[CANDIDATES];
    entry shares[SHARES][CANDIDATES];
    eg_modq secrets[SHARES]; /* a guardian's, or the coordinate */
    eg_modp keys[SHARES];    /* of these */
    eg_decryption_share own[GUARDIANS];
    eg_decryption_share parts[PARTS];
    size_t available[GUARDIANS], available_count;
    size_t own_of[GUARDIANS]; /* whose share is sent at that place */
    pair pairs[PAIRS_MAX];
    size_t pair_count;
    int64_t guardians, quorum;
    bool odd; /* names, lists or counts were changed: refusing is right */
} statement;

/* Where the share for a missing guardian, by another one, is among parts. */
size_t part_of(size_t missing, size_t by);
bool is_available(const statement *s, size_t guardian);
/* The guardians of the bits in mask, each with its own share and with those for the others. */
void choose_available(statement *s, unsigned mask);

/* ---- numbers ---- */

void must(eg_result r);
void random_q(eg_modq *out, statement *s);
void g_to(eg_modp *out, const eg_modq *exponent);
/* The share of a secret and its proof. */
void make_entry(statement *s, size_t share, size_t k, const eg_modq *secret);
/* A proof for the share as it is, with commitments that fit: all but the hash is right. */
void simulate_proof(statement *s, size_t share, size_t k);
/* The hash over what is there, and the response that fits it where the share does. */
void rehash(statement *s, size_t share, size_t k);

/* ---- what becomes of a statement ---- */

/* The sound one, guardians 1 and 2 available. Freed with its arena. */
void statement_begin(statement *s);
/* statement_changes.c: each instruction has four bytes: what, where (share), where (selection),
 * with what. */
void statement_change(statement *s, const uint8_t *program, size_t n);
/* statement_request.c: what /combine_decryption_shares answers. */
void statement_ask(driven *d, statement *s);

#endif
