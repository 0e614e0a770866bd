/* A small election through a service: example URL. Three guardians, one of them missing, two chunks
 * of ballots. Prints a line for each candidate; the access key comes from the environment. */
#include "eg_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum { CANDIDATES = 3, AVAILABLE = 2, CHUNKS = 2, BALLOTS = 4 };

static const char *const candidates[CANDIDATES] = {"Ann", "Bob", "Eve"};
static const char *const parties[CANDIDATES] = {"Green", "Blue", "Independent"};
static const egc_vote votes[CHUNKS][BALLOTS] = {
    {{"b-1", &candidates[0], 1},
     {"b-2", &candidates[0], 2},
     {"b-3", NULL, 0},
     {"b-4", &candidates[2], 1}},
    {{"b-5", &candidates[1], 2},
     {"b-6", &candidates[2], 1},
     {"b-7", &candidates[1], 1},
     {"b-8", &candidates[2], 1}},
};

/* The tally of all chunks, or NULL. */
static json_t *tally_chunks(egc_client *client, const egc_election *election)
{
    json_t *tallies = json_array();
    json_t *total = NULL;
    bool good = true;
    for (size_t i = 0; good && i < CHUNKS; i++) {
        json_t *ballots = egc_encrypt(client, election, votes[i], BALLOTS);
        json_t *tally = ballots == NULL ? NULL : egc_tally(client, election, ballots);
        good = tally != NULL;
        (void)json_array_append_new(tallies, tally);
        json_decref(ballots);
    }
    if (good) {
        total = egc_combine_tallies(client, election, tallies);
    }
    json_decref(tallies);
    return total;
}

static bool decrypt(egc_client *client, const egc_election *election, json_t *tally,
                    unsigned long long counts[CANDIDATES])
{
    json_t *shares[AVAILABLE] = {NULL};
    json_t *compensated[AVAILABLE] = {NULL};
    bool good = true;
    for (size_t i = 0; good && i < AVAILABLE; i++) {
        shares[i] = egc_share(client, election, i, tally);
        good = shares[i] != NULL;
    }
    for (size_t i = 0; good && i < AVAILABLE; i++) {
        compensated[i] = egc_compensate(client, election, i, AVAILABLE, tally);
        good = compensated[i] != NULL;
    }
    good = good && egc_combine(client, election, tally, shares, AVAILABLE, compensated, counts);
    for (size_t i = 0; i < AVAILABLE; i++) {
        json_decref(shares[i]);
        json_decref(compensated[i]);
    }
    return good;
}

static bool hold_election(egc_client *client, unsigned long long counts[CANDIDATES])
{
    egc_election election = {.candidates = candidates,
                             .parties = parties,
                             .candidate_count = CANDIDATES,
                             .guardians = 3,
                             .quorum = 2,
                             .max_choices = 2};
    json_t *tally = NULL;
    bool good = egc_setup_guardians(client, &election);
    if (good) {
        tally = tally_chunks(client, &election);
        good = tally != NULL && decrypt(client, &election, tally, counts);
    }
    json_decref(tally);
    egc_election_release(&election);
    return good;
}

int main(int argc, char **argv)
{
    unsigned long long counts[CANDIDATES];
    if (argc != 2) {
        fputs("usage: example URL\n", stderr);
        return 2;
    }
    egc_client *client = egc_new(argv[1], getenv("ELECTIONGUARD_INTERNAL_API_KEY"));
    if (client == NULL) {
        fputs("out of memory\n", stderr);
        return 1;
    }
    bool good = hold_election(client, counts);
    for (size_t i = 0; good && i < CANDIDATES; i++) {
        printf("%s %llu\n", candidates[i], counts[i]);
    }
    if (!good) {
        fprintf(stderr, "%s\n", egc_error(client));
    }
    egc_free(client);
    curl_global_cleanup();
    return good ? 0 : 1;
}
