/* A client of egserve in C: one function for each step of an election, over libcurl and jansson.
 *
 * What the service makes (guardians, ballots, tallies, shares) is a json_t, kept as it came and
 * sent back as it is: a new reference that the caller releases with json_decref. A function that
 * fails returns NULL or false, and egc_error tells why. A client is used by one thread at a time.
 */
#ifndef EG_CLIENT_H
#define EG_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct egc_client egc_client;

/* Names are borrowed for as long as the election is used. */
typedef struct egc_election {
    const char *const *candidates;
    const char *const *parties; /* one for each candidate */
    size_t candidate_count;
    json_t *manifest; /* borrowed: in place of names and max_choices, of an election of several
                         contests; or NULL */
    unsigned guardians, quorum, max_choices;
    json_t *setup; /* owned: answer of /setup_guardians; holds secret keys. egc_election_release */
} egc_election;

typedef struct egc_vote {
    const char *ballot_id;
    const char *const *candidates;
    size_t candidate_count;
} egc_vote;

/* url: http://HOST:PORT. internal_key: the service's access key, or NULL. NULL: out of memory. */
egc_client *egc_new(const char *url, const char *internal_key);
void egc_free(egc_client *client);
/* Of the latest call that failed. */
const char *egc_error(const egc_client *client);

/* All guardians made in one place, for trials: fills election->setup. */
bool egc_setup_guardians(egc_client *client, egc_election *election);
void egc_election_release(egc_election *election);

/* An array of published ballots (JSON texts without nonces), in the order of the votes. */
json_t *egc_encrypt(egc_client *client, const egc_election *election, const egc_vote votes[],
                    size_t count);
/* The same of an array of electionguard-python's PlaintextBallots, of an election from a manifest.
 */
json_t *egc_encrypt_plain(egc_client *client, const egc_election *election, json_t *ballots);
/* ballots: what these returned. Every proof is verified by the service. */
json_t *egc_tally(egc_client *client, const egc_election *election, json_t *ballots);
/* tallies: an array of chunks' tallies, multiplied into one. */
json_t *egc_combine_tallies(egc_client *client, const egc_election *election, json_t *tallies);

/* Guardians by their position from 0. The whole answer: share and public record. */
json_t *egc_share(egc_client *client, const egc_election *election, size_t guardian, json_t *tally);
/* What one guardian contributes in place of a missing one. */
json_t *egc_compensate(egc_client *client, const egc_election *election, size_t available,
                       size_t missing, json_t *tally);
/* Shares of the first `available` guardians, shares[i] by guardian i; the others are missing, and
 * compensated[m * available + i] stands in for guardian available + m by guardian i. Fills one
 * count for each candidate. */
bool egc_combine(egc_client *client, const egc_election *election, json_t *tally,
                 json_t *const shares[], size_t available, json_t *const compensated[],
                 unsigned long long counts[]);
/* The same of an election from a manifest: an array of its contests, each with `id`, `name` and
 * `selections`, each of those with `id`, `candidate_name` and `votes`. */
json_t *egc_combine_contests(egc_client *client, const egc_election *election, json_t *tally,
                             json_t *const shares[], size_t available, json_t *const compensated[]);

#endif
