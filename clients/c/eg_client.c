#include "eg_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_BYTES = 512, ANSWER_BYTES_MAX = 1 << 30 };

struct egc_client {
    CURL *curl;
    char *url;
    struct curl_slist *headers;
    char error[ERROR_BYTES];
};

typedef struct bytes {
    char *data;
    size_t len;
} bytes;

/* ---- one exchange ---- */

egc_client *egc_new(const char *url, const char *internal_key)
{
    egc_client *c = calloc(1, sizeof *c);
    char line[512];
    if (c == NULL) {
        return NULL;
    }
    c->curl = curl_easy_init();
    c->url = strdup(url);
    c->headers = curl_slist_append(c->headers, "Content-Type: application/json");
    (void)curl_slist_append(c->headers, "Accept: application/json; artifacts=objects");
    (void)curl_slist_append(c->headers, "Expect:");
    if (internal_key != NULL) {
        (void)snprintf(line, sizeof line, "X-ElectionGuard-Internal-Key: %s", internal_key);
        (void)curl_slist_append(c->headers, line);
    }
    if (c->curl == NULL || c->url == NULL || c->headers == NULL) {
        egc_free(c);
        return NULL;
    }
    (void)curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, 10L);
    (void)curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, 600L);
    (void)curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, c->headers);
    return c;
}

void egc_free(egc_client *client)
{
    if (client != NULL) {
        curl_easy_cleanup(client->curl);
        curl_slist_free_all(client->headers);
        free(client->url);
        free(client);
    }
}

const char *egc_error(const egc_client *client)
{
    return client->error;
}

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    bytes *to = context;
    size_t n = size * count;
    if (n > ANSWER_BYTES_MAX - to->len) {
        return 0;
    }
    char *longer = realloc(to->data, to->len + n + 1);
    if (longer == NULL) {
        return 0;
    }
    memcpy(longer + to->len, data, n);
    to->data = longer;
    to->len += n;
    return n;
}

static json_t *read_answer(egc_client *c, const char *path, const bytes *body)
{
    long status = 0;
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    json_t *answer = json_loadb(body->data == NULL ? "" : body->data, body->len, 0, NULL);
    if (status == 200 && json_is_object(answer)) {
        return answer;
    }
    const char *message = json_string_value(json_object_get(answer, "message"));
    const char *field = json_string_value(json_object_get(answer, "field"));
    (void)snprintf(c->error, sizeof c->error, "%s answered %ld: %s%s%s", path, status,
                   field == NULL ? "" : field, field == NULL ? "" : ": ",
                   message == NULL ? "no reason given" : message);
    json_decref(answer);
    return NULL;
}

/* Takes over the request. */
static json_t *post(egc_client *c, const char *path, json_t *request)
{
    char url[2048];
    bytes body = {0};
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    int n = snprintf(url, sizeof url, "%s%s", c->url, path);
    if (text == NULL || n < 0 || (size_t)n >= sizeof url) {
        free(text);
        (void)snprintf(c->error, sizeof c->error, "no request to %s can be made of this", path);
        return NULL;
    }
    (void)curl_easy_setopt(c->curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, text);
    (void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(text));
    (void)curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, receive);
    (void)curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &body);
    CURLcode code = curl_easy_perform(c->curl);
    json_t *answer = NULL;
    if (code == CURLE_OK) {
        answer = read_answer(c, path, &body);
    } else {
        (void)snprintf(c->error, sizeof c->error, "%s: %s", path, curl_easy_strerror(code));
    }
    free(text);
    free(body.data);
    return answer;
}

/* A member of the answer, which is released. */
static json_t *take(egc_client *c, json_t *answer, const char *name)
{
    json_t *member = json_incref(json_object_get(answer, name));
    if (answer != NULL && member == NULL) {
        (void)snprintf(c->error, sizeof c->error, "the answer lacks '%s'", name);
    }
    json_decref(answer);
    return member;
}

/* ---- requests ---- */

static json_t *names(const char *const *items, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, json_string(items[i]));
    }
    return list;
}

static json_t *voted_on(const egc_election *e)
{
    return e->manifest != NULL
               ? json_pack("{sO}", "manifest", e->manifest)
               : json_pack("{so so si}", "party_names", names(e->parties, e->candidate_count),
                           "candidate_names", names(e->candidates, e->candidate_count),
                           "max_choices", (int)e->max_choices);
}

static json_t *election_fields(const egc_election *e)
{
    json_t *fields = json_pack("{sO* sO* si si}", "joint_public_key",
                               json_object_get(e->setup, "joint_public_key"), "commitment_hash",
                               json_object_get(e->setup, "commitment_hash"), "number_of_guardians",
                               (int)e->guardians, "quorum", (int)e->quorum);
    (void)json_object_update_new(fields, voted_on(e));
    return fields;
}

/* Entry of one of the lists of /setup_guardians; borrowed. */
static json_t *of_guardian(const egc_election *e, const char *list, size_t guardian)
{
    return json_array_get(json_object_get(e->setup, list), guardian);
}

static json_t *guardian_id(const egc_election *e, size_t guardian)
{
    return json_object_get(of_guardian(e, "guardian_data", guardian), "id");
}

bool egc_setup_guardians(egc_client *client, egc_election *e)
{
    e->setup = NULL; /* no keys yet */
    e->setup = post(client, "/setup_guardians", election_fields(e));
    if (e->setup != NULL &&
        json_array_size(json_object_get(e->setup, "guardian_data")) != e->guardians) {
        (void)snprintf(client->error, sizeof client->error, "the answer lacks guardians");
        egc_election_release(e);
    }
    return e->setup != NULL;
}

void egc_election_release(egc_election *election)
{
    json_decref(election->setup);
    election->setup = NULL;
}

json_t *egc_encrypt_plain(egc_client *client, const egc_election *election, json_t *ballots)
{
    size_t count = json_array_size(ballots);
    json_t *request = election_fields(election);
    (void)json_object_set(request, "ballots", ballots);
    json_t *answers = take(client, post(client, "/create_encrypted_ballot", request), "ballots");
    json_t *published = answers == NULL ? NULL : json_array();
    for (size_t i = 0; i < json_array_size(answers); i++) {
        json_t *one = json_object_get(json_array_get(answers, i), "encrypted_ballot");
        (void)json_array_append(published, one);
    }
    json_decref(answers);
    if (published != NULL && json_array_size(published) != count) {
        (void)snprintf(client->error, sizeof client->error, "the answer lacks ballots");
        json_decref(published);
        return NULL;
    }
    return published;
}

json_t *egc_encrypt(egc_client *client, const egc_election *election, const egc_vote votes[],
                    size_t count)
{
    json_t *ballots = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(
            ballots,
            json_pack("{ss so}", "ballot_id", votes[i].ballot_id, "candidate_names_to_vote",
                      names(votes[i].candidates, votes[i].candidate_count)));
    }
    json_t *published = egc_encrypt_plain(client, election, ballots);
    json_decref(ballots);
    return published;
}

json_t *egc_tally(egc_client *client, const egc_election *election, json_t *ballots)
{
    json_t *request = election_fields(election);
    (void)json_object_set(request, "encrypted_ballots", ballots);
    (void)json_object_set_new(request, "include_submitted_ballots", json_false());
    return take(client, post(client, "/create_encrypted_tally", request), "ciphertext_tally");
}

json_t *egc_combine_tallies(egc_client *client, const egc_election *election, json_t *tallies)
{
    json_t *request = election_fields(election);
    (void)json_object_set(request, "ciphertext_tallies", tallies);
    return take(client, post(client, "/combine_encrypted_tallies", request), "ciphertext_tally");
}

static void set_target(json_t *request, json_t *tally)
{
    (void)json_object_set(request, "ciphertext_tally", tally);
    (void)json_object_set_new(request, "submitted_ballots", json_array());
}

json_t *egc_share(egc_client *client, const egc_election *e, size_t guardian, json_t *tally)
{
    json_t *request = election_fields(e);
    set_target(request, tally);
    (void)json_object_set(request, "guardian_id", guardian_id(e, guardian));
    (void)json_object_set(request, "guardian_data", of_guardian(e, "guardian_data", guardian));
    (void)json_object_set(request, "private_key", of_guardian(e, "private_keys", guardian));
    (void)json_object_set(request, "public_key", of_guardian(e, "public_keys", guardian));
    (void)json_object_set(request, "polynomial", of_guardian(e, "polynomials", guardian));
    return post(client, "/create_partial_decryption", request);
}

json_t *egc_compensate(egc_client *client, const egc_election *e, size_t available, size_t missing,
                       json_t *tally)
{
    json_t *request = election_fields(e);
    set_target(request, tally);
    (void)json_object_set(request, "available_guardian_id", guardian_id(e, available));
    (void)json_object_set(request, "missing_guardian_id", guardian_id(e, missing));
    (void)json_object_set(request, "available_guardian_data",
                          of_guardian(e, "guardian_data", available));
    (void)json_object_set(request, "missing_guardian_data",
                          of_guardian(e, "guardian_data", missing));
    (void)json_object_set(request, "available_private_key",
                          of_guardian(e, "private_keys", available));
    (void)json_object_set(request, "available_public_key",
                          of_guardian(e, "public_keys", available));
    (void)json_object_set(request, "available_polynomial",
                          of_guardian(e, "polynomials", available));
    return post(client, "/create_compensated_decryption", request);
}

/* request[to] gets the value; one more entry of a parallel list. */
static void append(json_t *request, const char *to, json_t *value)
{
    json_t *list = json_object_get(request, to);
    if (list == NULL) {
        list = json_array();
        (void)json_object_set_new(request, to, list);
    }
    (void)json_array_append(list, value);
}

static void append_shares(json_t *request, const egc_election *e, json_t *const shares[],
                          size_t available, json_t *const compensated[])
{
    for (size_t i = 0; i < available; i++) {
        append(request, "available_guardian_ids", guardian_id(e, i));
        append(request, "available_guardian_public_keys",
               json_object_get(shares[i], "guardian_public_key"));
        append(request, "available_tally_shares", json_object_get(shares[i], "tally_share"));
        append(request, "available_ballot_shares", json_object_get(shares[i], "ballot_shares"));
    }
    const size_t pairs = available * (e->guardians - available);
    for (size_t i = 0; i < pairs; i++) {
        json_t *share = compensated[i];
        append(request, "missing_guardian_ids", guardian_id(e, available + i / available));
        append(request, "compensating_guardian_ids", guardian_id(e, i % available));
        append(request, "compensated_tally_shares",
               json_object_get(share, "compensated_tally_share"));
        append(request, "compensated_ballot_shares",
               json_object_get(share, "compensated_ballot_shares"));
    }
}

/* A count travels as the text of its digits. */
static bool read_count(unsigned long long *out, const json_t *entry)
{
    const char *votes = json_string_value(json_object_get(entry, "votes"));
    char *end;
    if (votes == NULL || *votes < '0' || *votes > '9') {
        return false;
    }
    errno = 0;
    *out = strtoull(votes, &end, 10);
    return *end == '\0' && errno == 0;
}

/* A member of the counts. */
static json_t *combine(egc_client *client, const egc_election *e, json_t *tally,
                       json_t *const shares[], size_t available, json_t *const compensated[],
                       const char *member)
{
    json_t *request = election_fields(e);
    set_target(request, tally);
    (void)json_object_set(request, "guardian_data", json_object_get(e->setup, "guardian_data"));
    append_shares(request, e, shares, available, compensated);
    json_t *results = take(client, post(client, "/combine_decryption_shares", request), "results");
    json_t *counts = results == NULL ? NULL : take(client, results, "results");
    return counts == NULL ? NULL : take(client, counts, member);
}

json_t *egc_combine_contests(egc_client *client, const egc_election *election, json_t *tally,
                             json_t *const shares[], size_t available, json_t *const compensated[])
{
    return combine(client, election, tally, shares, available, compensated, "contests");
}

bool egc_combine(egc_client *client, const egc_election *e, json_t *tally, json_t *const shares[],
                 size_t available, json_t *const compensated[], unsigned long long counts[])
{
    json_t *candidates = combine(client, e, tally, shares, available, compensated, "candidates");
    bool good = candidates != NULL;
    for (size_t i = 0; good && i < e->candidate_count; i++) {
        good = read_count(&counts[i], json_object_get(candidates, e->candidates[i]));
        if (!good) {
            (void)snprintf(client->error, sizeof client->error, "the results lack a candidate");
        }
    }
    json_decref(candidates);
    return good;
}
