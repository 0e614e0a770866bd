/* A vote encrypted and proved to be one, a key proved to be known. Secrets are at random: of those
 * at the edge numbers have leading zero bytes, which are not hashed, and their count may show
 * (docs/decisions/0010-what-secrets-show.md). The numbers of these secrets have none; should a
 * change of what is hashed bring one, other places for secret_exponent help. */
#include "ctime/trace/cases.h"

#include "crypto/proofs.h"
#include "ctime/trace/secrets.h"

#include <stdio.h>
#include <stdlib.h>

/* As many of no as of yes. One bit of a derived nonce is the same in all once in 128 times. */
enum { PROOF_SECRETS = 8 };

static eg_fixed_base *key;
static eg_modq nonce, seed, hash;
static bool vote;

static struct {
    eg_ciphertext ciphertext;
    eg_disjunctive_proof proof;
} ballot;

static struct {
    eg_modp public_key;
    eg_schnorr_proof proof;
} guardian;

static void set(unsigned secret)
{
    secret_exponent(&nonce, 0, 2 * secret);
    secret_exponent(&seed, 0, 2 * secret + 1);
    vote = secret % 2 == 1;
}

static void run_vote(void)
{
    eg_elgamal_encrypt(&ballot.ciphertext, vote, &nonce, key);
    eg_disjunctive_make(&ballot.proof, &ballot.ciphertext, vote, &nonce, key, &seed, &hash);
}

static void run_key(void)
{
    eg_public_key(&guardian.public_key, &nonce);
    eg_schnorr_make(&guardian.proof, &nonce, &guardian.public_key, &seed);
}

case_list cases_proofs(void)
{
    static const trace_case row[] = {
        {"eg_disjunctive_make", set, run_vote, &ballot, sizeof ballot},
        {"eg_schnorr_make", set, run_key, &guardian, sizeof guardian},
    };
    eg_fixed_base_free(key);
    key = eg_fixed_base_new(&eg_modp_g);
    if (key == NULL) {
        fprintf(stderr, "no memory for a table\n");
        exit(2);
    }
    secret_exponent(&hash, 1, 0);
    return (case_list){row, sizeof row / sizeof row[0], PROOF_SECRETS};
}
