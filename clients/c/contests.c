/* An election of several contests through a service: contests URL MANIFEST BALLOTS. The manifest
 * and the list of PlaintextBallots are files as electionguard-python writes them. Three guardians,
 * one of them missing. Prints a line for each selection; the access key comes from the environment.
 */
#include "eg_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum { GUARDIANS = 3, QUORUM = 2 };

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *value = json_load_file(path, 0, &error);
    if (value == NULL) {
        fprintf(stderr, "%s: %s\n", path, error.text);
    }
    return value;
}

/* The counts, contest by contest, or NULL. */
static json_t *decrypt(egc_client *client, const egc_election *election, json_t *tally)
{
    json_t *shares[QUORUM] = {NULL};
    json_t *compensated[QUORUM] = {NULL};
    json_t *contests = NULL;
    bool good = true;
    for (size_t i = 0; good && i < QUORUM; i++) {
        shares[i] = egc_share(client, election, i, tally);
        compensated[i] = egc_compensate(client, election, i, QUORUM, tally);
        good = shares[i] != NULL && compensated[i] != NULL;
    }
    if (good) {
        contests = egc_combine_contests(client, election, tally, shares, QUORUM, compensated);
    }
    for (size_t i = 0; i < QUORUM; i++) {
        json_decref(shares[i]);
        json_decref(compensated[i]);
    }
    return contests;
}

static json_t *hold_election(egc_client *client, json_t *manifest, json_t *plain)
{
    egc_election election = {.manifest = manifest, .guardians = GUARDIANS, .quorum = QUORUM};
    json_t *ballots = NULL, *tally = NULL, *contests = NULL;
    if (egc_setup_guardians(client, &election)) {
        ballots = egc_encrypt_plain(client, &election, plain);
        tally = ballots == NULL ? NULL : egc_tally(client, &election, ballots);
        contests = tally == NULL ? NULL : decrypt(client, &election, tally);
    }
    json_decref(ballots);
    json_decref(tally);
    egc_election_release(&election);
    return contests;
}

static const char *text(const json_t *map, const char *name)
{
    const char *value = json_string_value(json_object_get(map, name));
    return value == NULL ? "" : value;
}

static void print_contests(json_t *contests)
{
    size_t i, k;
    json_t *contest, *selection;
    json_array_foreach(contests, i, contest)
    {
        printf("%s\n", text(contest, "name"));
        json_array_foreach(json_object_get(contest, "selections"), k, selection)
        {
            printf("  %s %s\n", text(selection, "id"), text(selection, "votes"));
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: contests URL MANIFEST BALLOTS\n", stderr);
        return 2;
    }
    json_t *manifest = load(argv[2]), *plain = load(argv[3]), *contests = NULL;
    egc_client *client = egc_new(argv[1], getenv("ELECTIONGUARD_INTERNAL_API_KEY"));
    if (manifest != NULL && plain != NULL && client != NULL) {
        contests = hold_election(client, manifest, plain);
        if (contests == NULL) {
            fprintf(stderr, "%s\n", egc_error(client));
        }
    }
    print_contests(contests);
    int status = contests != NULL ? 0 : 1;
    json_decref(manifest);
    json_decref(plain);
    json_decref(contests);
    egc_free(client);
    curl_global_cleanup();
    return status;
}
