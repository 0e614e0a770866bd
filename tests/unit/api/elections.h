/* A whole election through the endpoints, step by step, in whatever form test_form says. */
#ifndef EG_TESTS_API_ELECTIONS_H
#define EG_TESTS_API_ELECTIONS_H

#include "requests.h"

typedef struct ran_election {
    size_t guardians;
    size_t quorum;
    size_t max_choices; /* 0: not sent */
    bool january;       /* `candidate_name` */
    eg_node parties;
    eg_node candidates;
    eg_node setup;    /* answer */
    eg_node *ballots; /* answers */
    size_t ballot_count;
    eg_node tally; /* answer */
} ran_election;

static inline eg_node numbered(const char *prefix, size_t count)
{
    eg_node *items = keep(count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s %c", prefix, (char)('A' + i));
        items[i] = text(name);
    }
    return list_of(items, count);
}

static inline void setup(ran_election *e, size_t candidates)
{
    e->parties = numbered("Party", candidates);
    e->candidates = numbered("Candidate", candidates);
    request r = {.count = 0};
    put(&r, "number_of_guardians", number((int64_t)e->guardians));
    put(&r, "quorum", number((int64_t)e->quorum));
    put(&r, "party_names", e->parties);
    put(&r, "candidate_names", e->candidates);
    e->setup = call(&eg_endpoint_setup_guardians, &r);
}

static inline request election_fields(const ran_election *e)
{
    request r = {.count = 0};
    put(&r, "party_names", e->parties);
    put(&r, "candidate_names", e->candidates);
    put(&r, "joint_public_key", *get(&e->setup, "joint_public_key"));
    put(&r, "commitment_hash", *get(&e->setup, "commitment_hash"));
    put(&r, "number_of_guardians", number((int64_t)e->guardians));
    put(&r, "quorum", number((int64_t)e->quorum));
    if (e->max_choices > 0) {
        put(&r, "max_choices", number((int64_t)e->max_choices));
    }
    return r;
}

/* Entry i of a list of the setup answer, opened. */
static inline eg_node setup_entry(const ran_election *e, const char *list, size_t i)
{
    return opened(at(get(&e->setup, list), i));
}

static inline eg_node ballot_id(size_t i)
{
    char id[32];
    (void)snprintf(id, sizeof id, "ballot-%zu", i);
    return text(id);
}

/* One ballot for each choice: an index of a candidate. */
static inline void vote(ran_election *e, const size_t choices[], size_t count)
{
    e->ballots = keep(count * sizeof *e->ballots);
    e->ballot_count = count;
    for (size_t i = 0; i < count; i++) {
        request r = election_fields(e);
        put(&r, "ballot_id", ballot_id(i));
        put(&r, e->january ? "candidate_name" : "candidate_names_to_vote",
            *at(&e->candidates, choices[i]));
        e->ballots[i] = call(&eg_endpoint_create_encrypted_ballot, &r);
    }
}

/* The same as one chunk. */
static inline void vote_chunk(ran_election *e, const size_t choices[], size_t count)
{
    request r = election_fields(e);
    eg_node *entries = keep(count * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        request entry = {.count = 0};
        put(&entry, "ballot_id", ballot_id(i));
        put(&entry, e->january ? "candidate_name" : "candidate_names_to_vote",
            *at(&e->candidates, choices[i]));
        entries[i] = map_of(&entry);
    }
    put(&r, "ballots", list_of(entries, count));
    eg_node answer = call(&eg_endpoint_create_encrypted_ballot, &r);
    assert_int_equal(get(&answer, "count")->as.integer, count);
    assert_int_equal(length(get(&answer, "ballots")), count);
    e->ballots = keep(count * sizeof *e->ballots);
    e->ballot_count = count;
    for (size_t i = 0; i < count; i++) {
        e->ballots[i] = *at(get(&answer, "ballots"), i);
    }
}

static inline request tally_request(const ran_election *e, size_t count)
{
    request r = election_fields(e);
    eg_node *ballots = keep(count * sizeof *ballots);
    for (size_t i = 0; i < count; i++) {
        ballots[i] = *get(&e->ballots[i], "encrypted_ballot");
    }
    put(&r, "encrypted_ballots", list_of(ballots, count));
    return r;
}

/* Of the first `count` ballots. */
static inline void tally(ran_election *e, size_t count)
{
    request r = tally_request(e, count);
    e->tally = call(&eg_endpoint_create_encrypted_tally, &r);
}

static inline request partial_request(const ran_election *e, size_t guardian,
                                      const eg_node *submitted)
{
    request r = election_fields(e);
    eg_node data = setup_entry(e, "guardian_data", guardian);
    put(&r, "guardian_id", *get(&data, "id"));
    put(&r, "guardian_data", *at(get(&e->setup, "guardian_data"), guardian));
    put(&r, "private_key", *at(get(&e->setup, "private_keys"), guardian));
    put(&r, "public_key", *at(get(&e->setup, "public_keys"), guardian));
    put(&r, "polynomial", *at(get(&e->setup, "polynomials"), guardian));
    put(&r, "ciphertext_tally", *get(&e->tally, "ciphertext_tally"));
    put(&r, "submitted_ballots", *submitted);
    return r;
}

static inline request compensated_request(const ran_election *e, size_t available, size_t missing,
                                          const eg_node *submitted)
{
    request r = election_fields(e);
    eg_node a = setup_entry(e, "guardian_data", available);
    eg_node m = setup_entry(e, "guardian_data", missing);
    put(&r, "available_guardian_id", *get(&a, "id"));
    put(&r, "missing_guardian_id", *get(&m, "id"));
    put(&r, "available_guardian_data", *at(get(&e->setup, "guardian_data"), available));
    put(&r, "missing_guardian_data", *at(get(&e->setup, "guardian_data"), missing));
    put(&r, "available_private_key", *at(get(&e->setup, "private_keys"), available));
    put(&r, "available_public_key", *at(get(&e->setup, "public_keys"), available));
    put(&r, "available_polynomial", *at(get(&e->setup, "polynomials"), available));
    put(&r, "ciphertext_tally", *get(&e->tally, "ciphertext_tally"));
    put(&r, "submitted_ballots", *submitted);
    return r;
}

/* The first `available` guardians decrypt, the others are compensated for. */
static inline request combine_request(const ran_election *e, size_t available,
                                      const eg_node *submitted)
{
    enum { MOST = 100 };
    static eg_node ids[MOST], keys[MOST], shares[MOST], ballots[MOST];
    static eg_node missing[MOST], by[MOST], parts[MOST], ballot_parts[MOST];
    size_t pairs = 0;
    for (size_t i = 0; i < available; i++) {
        request p = partial_request(e, i, submitted);
        eg_node share = call(&eg_endpoint_create_partial_decryption, &p);
        eg_node data = setup_entry(e, "guardian_data", i);
        ids[i] = *get(&data, "id");
        keys[i] = *get(&share, "guardian_public_key");
        shares[i] = *get(&share, "tally_share");
        ballots[i] = *get(&share, "ballot_shares");
    }
    for (size_t m = available; m < e->guardians; m++) {
        for (size_t i = 0; i < available; i++, pairs++) {
            request p = compensated_request(e, i, m, submitted);
            eg_node share = call(&eg_endpoint_create_compensated_decryption, &p);
            eg_node data = setup_entry(e, "guardian_data", m);
            missing[pairs] = *get(&data, "id");
            by[pairs] = ids[i];
            parts[pairs] = *get(&share, "compensated_tally_share");
            ballot_parts[pairs] = *get(&share, "compensated_ballot_shares");
        }
    }
    request r = election_fields(e);
    put(&r, "ciphertext_tally", *get(&e->tally, "ciphertext_tally"));
    put(&r, "submitted_ballots", *submitted);
    put(&r, "guardian_data", *get(&e->setup, "guardian_data"));
    put(&r, "available_guardian_ids", list_of(ids, available));
    put(&r, "available_guardian_public_keys", list_of(keys, available));
    put(&r, "available_tally_shares", list_of(shares, available));
    put(&r, "available_ballot_shares", list_of(ballots, available));
    put(&r, "missing_guardian_ids", list_of(missing, pairs));
    put(&r, "compensating_guardian_ids", list_of(by, pairs));
    put(&r, "compensated_tally_shares", list_of(parts, pairs));
    put(&r, "compensated_ballot_shares", list_of(ballot_parts, pairs));
    return r;
}

static inline void assert_votes(const eg_node *results, const eg_node *candidate, size_t votes)
{
    char expected[32];
    (void)snprintf(expected, sizeof expected, "%zu", votes);
    const eg_node *candidates = get(get(results, "results"), "candidates");
    for (size_t i = 0; i < candidates->as.map.count; i++) {
        const eg_member *m = &candidates->as.map.members[i];
        if (eg_str_equal(m->key, candidate->as.str)) {
            assert_text(get(&m->value, "votes"), expected);
            return;
        }
    }
    fail_msg("no such candidate in the results");
}

#endif
