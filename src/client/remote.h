/* An election held at a service over HTTP: one function for each request, and what its answer
 * holds. Source: docs/api-contract.md 5, 6.
 *
 * Artifacts are kept and sent back as the texts they came as. Results live in the arena given;
 * EG_E_UNAVAILABLE, EG_E_DEADLINE: the service was not reached; EG_E_BUSY: it stayed full;
 * EG_E_INTERNAL: it answered what it should not; other codes: it refused, in its own words. */
#ifndef EG_CLIENT_REMOTE_H
#define EG_CLIENT_REMOTE_H

#include "client/http_client.h"
#include "client/progress.h"
#include "electionguard/electionguard.h"
#include "wire/node.h"

#include <stdint.h>

typedef struct eg_election_spec {
    uint32_t guardians;
    uint32_t quorum;
    uint32_t missing; /* the last ones; guardians - missing >= quorum */
    /* of an election from names */
    uint32_t max_choices;
    const eg_str *candidates;
    const eg_str *parties; /* one for each candidate */
    size_t candidate_count;
    /* of one from a manifest: its JSON text, as it is sent; else empty */
    eg_str manifest_text;
    /* complete, of either; may be NULL where nothing but requests is made of an election from names
     */
    const eg_manifest *manifest;
} eg_election_spec;

static inline bool eg_spec_is_from_names(const eg_election_spec *spec)
{
    return spec->manifest_text.len == 0;
}

/* How many counts there are: one for each selection of the manifest, contest by contest; from
 * names, one for each candidate. */
size_t eg_spec_count_count(const eg_election_spec *spec);

/* What /setup_guardians answered; lists have one entry for each guardian. */
typedef struct eg_ceremony {
    eg_str joint_public_key;
    eg_str commitment_hash;
    const eg_str *ids;
    const eg_str *data;         /* with the backups that each received */
    const eg_str *records;      /* ElectionPublicKey, public */
    const eg_str *private_keys; /* secret */
    const eg_str *public_keys;
    const eg_str *polynomials; /* secret */
} eg_ceremony;

typedef struct eg_remote {
    eg_http_client *const *services; /* borrowed; any of them may answer */
    size_t service_count;
    size_t at;                    /* the one that is asked */
    const eg_election_spec *spec; /* borrowed */
    eg_ceremony ceremony;         /* filled by the caller, with eg_ceremony_read */
    eg_http_answer answer;        /* of the latest request */
    eg_progress *progress;        /* told why it waits; borrowed */
    uint64_t patience_s;          /* for a service that is full or restarts */
    bool reached;                 /* by an earlier request */
    /* of a request that failed: when it is worth another try (0: never), and why, of which service
     */
    unsigned retry_after_s;
    char why[EG_ERROR_TEXT_BYTES];
} eg_remote;

typedef struct eg_vote {
    eg_str ballot_id;
    const eg_str *choices; /* of an election from names: candidates' names; secret */
    size_t choice_count;
    eg_str plain;    /* of one from a manifest: the PlaintextBallot as JSON text; secret */
    bool is_spoiled; /* encrypted and opened, not counted */
    /* where it stands: its line in a file of CSV, else its number, from 1; its file in a folder */
    size_t line;
    const char *file;
} eg_vote;

/* Ballots that are opened one by one: SubmittedBallots of state 2, as JSON texts. */
typedef struct eg_spoiled_ballots {
    const eg_str *ids;
    const eg_str *texts;
    size_t count;
} eg_spoiled_ballots;

enum { EG_PATIENCE_S = 60, EG_PATIENCE_MAX_S = 86400 };

/* A service that is full (503), or refuses or breaks connections or answers, is asked again for
 * patience_s, after the others where there are several; one that was never reached, for some
 * seconds at most: its address may be wrong. patience_s 0: a request is made once. */
void eg_remote_init(eg_remote *remote, eg_http_client *const services[], size_t service_count,
                    const eg_election_spec *spec, eg_progress *progress, uint64_t patience_s);
void eg_remote_free(eg_remote *remote); /* the latest answer; it may hold secrets */

/* POST /setup_guardians. answer: the raw body, borrowed until the next request; secret. */
eg_result eg_remote_setup(eg_remote *remote, eg_str *answer, eg_arena *arena,
                          eg_error *err) EG_MUST_USE;
/* Such an answer, fresh or kept. */
eg_result eg_ceremony_read(eg_ceremony *out, eg_str answer, const eg_election_spec *spec,
                           eg_arena *arena, eg_error *err) EG_MUST_USE;

/* POST /create_encrypted_ballot, single form. published: the ballot's JSON text, without nonces. */
eg_result eg_remote_encrypt(eg_remote *remote, const eg_vote *vote, eg_str *published,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;
/* Chunk form: as many published texts as votes, in their order. */
eg_result eg_remote_encrypt_chunk(eg_remote *remote, const eg_vote votes[], size_t count,
                                  eg_str published[], eg_arena *arena, eg_error *err) EG_MUST_USE;

/* POST /create_encrypted_tally. tally: JSON text of the map. */
eg_result eg_remote_tally(eg_remote *remote, const eg_str ballots[], size_t count, eg_str *tally,
                          eg_arena *arena, eg_error *err) EG_MUST_USE;

/* What is decrypted. */
typedef struct eg_remote_target {
    eg_str tally;
    eg_spoiled_ballots spoiled;
} eg_remote_target;

/* POST /create_partial_decryption and /create_compensated_decryption, guardians by their position
 * from 0. share: JSON text of eg_kept_share. */
eg_result eg_remote_share(eg_remote *remote, size_t guardian, const eg_remote_target *target,
                          eg_str *share, eg_arena *arena, eg_error *err) EG_MUST_USE;
eg_result eg_remote_compensate(eg_remote *remote, size_t available, size_t missing,
                               const eg_remote_target *target, eg_str *share, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;

/* { tally_share str, ballot_shares map<ballot id, str> }: shares as JSON texts, own or compensated.
 */
typedef struct eg_kept_share {
    eg_str tally_share;
    eg_node ballot_shares;
} eg_kept_share;
eg_result eg_kept_share_read(eg_kept_share *out, eg_str text, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;
/* That of a spoiled ballot. EG_E_MISSING_FIELD. */
eg_result eg_kept_share_of_ballot(eg_str *out, const eg_kept_share *share, eg_str ballot_id,
                                  eg_error *err) EG_MUST_USE;

static inline size_t eg_spec_available(const eg_election_spec *spec)
{
    return spec->guardians - spec->missing;
}

/* POST /combine_decryption_shares. shares: one for each available guardian; compensated[m *
 * available + a]: missing guardian m (from 0, the first missing one) by available guardian a.
 * results: JSON text. */
eg_result eg_remote_combine(eg_remote *remote, const eg_remote_target *target,
                            const eg_str shares[], const eg_str compensated[], eg_str *results,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The counts in such results: eg_spec_count_count. */
eg_result eg_results_counts(uint64_t counts[], eg_str results, const eg_election_spec *spec,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
