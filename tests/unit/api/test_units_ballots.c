/* No unit of work holds a thread for long, whatever the request: for the costliest request of each
 * endpoint, the longest unit in powers: ballots,
 * challenges and tallies. */
#include "units.h"

static void a_ballot_of_many_candidates(void **s)
{
    enum { CANDIDATES = 1000 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    const request r = ballot_request(&e, "CAST");
    (void)s;
    eg_node answer = answered_shortly(&eg_endpoint_create_encrypted_ballot, &r);
    /* it is a ballot like any other */
    request t = election_fields(&e);
    put(&t, "encrypted_ballots", list_of(get(&answer, "encrypted_ballot"), 1));
    (void)call(&eg_endpoint_create_encrypted_tally, &t);
}

static void a_challenge_of_many_candidates(void **s)
{
    enum { CANDIDATES = 1000 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    const request r = ballot_request(&e, "AUDITED");
    (void)s;
    eg_node ballot = call(&eg_endpoint_create_encrypted_ballot, &r);
    request c = election_fields(&e);
    put(&c, "encrypted_ballot_with_nonce", *get(&ballot, "encrypted_ballot_with_nonce"));
    put(&c, "candidate_names_to_verify", list_of(&e.candidates.as.array.items[7], 1));
    eg_node answer = answered_shortly(&eg_endpoint_benaloh_challenge, &c);
    assert_true(get(&answer, "match")->as.boolean);
    request p = {.count = 0};
    put(&p, "ballot_id", text("b"));
    put(&p, "ballot_status", text("AUDITED"));
    put(&p, "encrypted_ballot_response", ballot);
    driven d; /* hashes alone */
    drive_measured(&d, &eg_endpoint_publish_ballot, &p);
    assert_true(d.ok);
    assert_in_range(d.longest_unit, 0, EG_PRODUCTS_OF_POWER);
    driven_free(&d);
}

static void a_chunk_of_such_ballots(void **s)
{
    enum { CANDIDATES = 300, BALLOTS = 3 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    static const size_t choices[BALLOTS] = {1, 299, 0};
    request r = election_fields(&e);
    eg_node entries[BALLOTS], ballots[BALLOTS];
    (void)s;
    for (size_t i = 0; i < BALLOTS; i++) {
        request entry = {.count = 0};
        put(&entry, "ballot_id", ballot_id(i));
        put(&entry, "candidate_names_to_vote",
            list_of(&e.candidates.as.array.items[choices[i]], 1));
        entries[i] = map_of(&entry);
    }
    put(&r, "ballots", list_of(entries, BALLOTS));
    eg_node answer = answered_shortly(&eg_endpoint_create_encrypted_ballot, &r);
    for (size_t i = 0; i < BALLOTS; i++) {
        const eg_node *ballot = at(get(&answer, "ballots"), i);
        assert_true(eg_str_equal(get(ballot, "ballot_id")->as.str, ballot_id(i).as.str));
        ballots[i] = *get(ballot, "encrypted_ballot");
    }
    request t = election_fields(&e);
    put(&t, "encrypted_ballots", list_of(ballots, BALLOTS));
    (void)call(&eg_endpoint_create_encrypted_tally, &t);
}

/* ---- ballots of several contests ---- */

/* One guardian's election from a manifest; the fields of its requests. */
static request general_fields(const eg_node *manifest)
{
    request setup = {.count = 0}, r = {.count = 0};
    put(&setup, "number_of_guardians", number(1));
    put(&setup, "quorum", number(1));
    put(&setup, "manifest", *manifest);
    eg_node made = call(&eg_endpoint_setup_guardians, &setup);
    put(&r, "manifest", *manifest);
    put(&r, "joint_public_key", *get(&made, "joint_public_key"));
    put(&r, "commitment_hash", *get(&made, "commitment_hash"));
    put(&r, "number_of_guardians", number(1));
    put(&r, "quorum", number(1));
    return r;
}

static void a_county_chunk_and_ballot(void **s)
{
    eg_node manifest = json_file("tests/data/manifests/hamilton.manifest.json");
    eg_node ballots = json_file("tests/data/manifests/hamilton.ballots.json");
    request single = general_fields(&manifest), chunk = single;
    (void)s;
    put(&single, "ballot", *at(&ballots, 1));
    eg_node one = answered_shortly(&eg_endpoint_create_encrypted_ballot, &single);
    assert_true(
        eg_str_equal(get(&one, "ballot_id")->as.str, get(at(&ballots, 1), "object_id")->as.str));
    put(&chunk, "ballots", ballots);
    eg_node all = answered_shortly(&eg_endpoint_create_encrypted_ballot, &chunk);
    assert_int_equal(length(get(&all, "ballots")), length(&ballots));
}

/* As many selections in a contest as there may be; in five contests, as many as in a manifest. All
 * are on one ballot. */
static eg_node large_manifest(size_t contests)
{
    enum { CONTESTS_MAX = 5, SELECTIONS = 1000, ROOM = CONTESTS_MAX * SELECTIONS * 80 + 4096 };
    char *json = keep(ROOM);
    size_t n = (size_t)snprintf(
        json, ROOM,
        "{\"election_scope_id\":\"e\",\"spec_version\":\"1.0\",\"type\":\"general\","
        "\"start_date\":\"2024-03-01\",\"end_date\":\"2024-03-01\",\"parties\":[],"
        "\"candidates\":[],\"geopolitical_units\":[{\"object_id\":\"u\",\"name\":\"\","
        "\"type\":\"county\"}],\"ballot_styles\":[{\"object_id\":\"s\","
        "\"geopolitical_unit_ids\":[\"u\"]}],\"contests\":[");
    for (size_t c = 0; c < contests; c++) {
        n += (size_t)snprintf(json + n, ROOM - n,
                              "%s{\"object_id\":\"k%zu\",\"sequence_order\":%zu,"
                              "\"electoral_district_id\":\"u\",\"vote_variation\":\"one_of_m\","
                              "\"number_elected\":1,\"name\":\"\",\"ballot_selections\":[",
                              c == 0 ? "" : ",", c, c);
        for (size_t i = 0; i < SELECTIONS; i++) {
            n += (size_t)snprintf(
                json + n, ROOM - n,
                "%s{\"object_id\":\"s%zu\",\"sequence_order\":%zu,\"candidate_id\":\"c%zu\"}",
                i == 0 ? "" : ",", i, i, i);
        }
        n += (size_t)snprintf(json + n, ROOM - n, "]}");
    }
    n += (size_t)snprintf(json + n, ROOM - n, "]}");
    return parsed(EG_JSON, (eg_str){json, n});
}

static request large_ballot(size_t contests, const char *status)
{
    eg_node manifest = large_manifest(contests);
    request r = general_fields(&manifest);
    put(&r, "ballot",
        parsed(EG_JSON, EG_STR("{\"object_id\":\"b\",\"style_id\":\"s\",\"contests\":"
                               "[{\"object_id\":\"k1\",\"ballot_selections\":[{"
                               "\"object_id\":\"s7\",\"vote\":1}]}]}")));
    put(&r, "ballot_status", text(status));
    return r;
}

static void the_largest_ballot_of_a_manifest(void **s)
{
    (void)s;
    skip_if_sanitized();
    const request r = large_ballot(5, "CAST");
    (void)answered_shortly(&eg_endpoint_create_encrypted_ballot, &r);
}

/* Made again in other parts than it was made in, and the same to the last proof. */
static void a_challenge_of_large_contests(void **s)
{
    (void)s;
    skip_if_sanitized();
    request r = large_ballot(3, "AUDITED"), c = {.count = 0};
    eg_node answer = answered_shortly(&eg_endpoint_create_encrypted_ballot, &r);
    for (size_t i = 0; i < r.count; i++) {
        if (strncmp(r.fields[i].key.data, "ballot", strlen("ballot")) != 0) {
            c.fields[c.count++] = r.fields[i];
        }
    }
    put(&c, "encrypted_ballot_with_nonce", *get(&answer, "encrypted_ballot_with_nonce"));
    put(&c, "selections_to_verify", parsed(EG_JSON, EG_STR("{\"k1\":\"s7\"}")));
    eg_node opened = answered_shortly(&eg_endpoint_benaloh_challenge, &c);
    assert_true(get(&opened, "match")->as.boolean);
}

/* ---- tallies ---- */

static void assert_batches(const driven *d)
{
    assert_in_range(d->longest_unit, 1, POWERS_OF_BATCH * EG_PRODUCTS_OF_POWER);
}

/* Fields before the ballots, and what else makes a call look at them on arrival. */
static request tally_of(const ran_election *e, const eg_node ballots[], size_t count,
                        bool on_arrival)
{
    request r = election_fields(e);
    if (on_arrival) {
        put(&r, "verify_ballots", boolean(true));
    }
    put(&r, "encrypted_ballots", list_of(ballots, count));
    return r;
}

static eg_node one_ballot(const ran_election *e)
{
    const request r = ballot_request(e, "CAST");
    eg_node answer = call(&eg_endpoint_create_encrypted_ballot, &r);
    return opened(get(&answer, "encrypted_ballot"));
}

static void a_tally_of_many_candidates(void **s)
{
    enum { CANDIDATES = 1000, BATCHES = 1001 / 160 + 1 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    const eg_node ballot = one_ballot(&e);
    (void)s;
    for (int on_arrival = 0; on_arrival < 2; on_arrival++) {
        const request r = tally_of(&e, &ballot, 1, on_arrival != 0);
        driven d;
        drive_measured(&d, &eg_endpoint_create_encrypted_tally, &r);
        assert_true(d.ok);
        assert_batches(&d);
        assert_int_equal(d.compute_units, BATCHES + 1);
        driven_free(&d);
    }
}

static void an_unverified_tally_of_many_candidates(void **s)
{
    enum { CANDIDATES = 1000 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    const eg_node ballot = one_ballot(&e);
    (void)s;
    request r = tally_of(&e, &ballot, 1, false);
    put(&r, "verify_ballots", boolean(false));
    (void)answered_shortly(&eg_endpoint_create_encrypted_tally, &r);
}

/* Batches as long as they get: of ballots that do not fill one, so that another makes too much. */
static void ballots_that_fill_no_batch(void **s)
{
    enum { BALLOTS = 5 };
    static const size_t candidates[] = {8, 39, 99, 119, 199};
    (void)s;
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        ran_election e = many_candidates_election(1, candidates[i]);
        eg_node ballots[BALLOTS];
        for (size_t k = 0; k < BALLOTS; k++) {
            request b = ballot_request(&e, "CAST");
            set(&b, "ballot_id", ballot_id(k));
            eg_node answer = call(&eg_endpoint_create_encrypted_ballot, &b);
            ballots[k] = *get(&answer, "encrypted_ballot");
        }
        for (int on_arrival = 0; on_arrival < 2; on_arrival++) {
            const request r = tally_of(&e, ballots, BALLOTS, on_arrival != 0);
            driven d;
            drive_measured(&d, &eg_endpoint_create_encrypted_tally, &r);
            assert_true(d.ok);
            assert_batches(&d);
            driven_free(&d);
        }
    }
}

static eg_node with_response(const eg_node *ballot, size_t selection)
{
    const eg_node one = text("01");
    const eg_node *contests = get(ballot, "contests"), *contest = at(contests, 0);
    const eg_node *list = get(contest, "ballot_selections"), *old = at(list, selection);
    const eg_node proof = with(get(old, "proof"), "proof_one_response", &one);
    const eg_node changed = with(old, "proof", &proof);
    const eg_node changed_list = with_item(list, selection, &changed);
    const eg_node changed_contest = with(contest, "ballot_selections", &changed_list);
    const eg_node changed_contests = with_item(contests, 0, &changed_contest);
    return with(ballot, "contests", &changed_contests);
}

/* It is looked for in units as short, and named. */
static void a_false_selection_among_many(void **s)
{
    enum { CANDIDATES = 1000, FALSE = 777 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    const eg_node ballot = one_ballot(&e), forged = with_response(&ballot, FALSE);
    (void)s;
    for (int on_arrival = 0; on_arrival < 2; on_arrival++) {
        const request r = tally_of(&e, &forged, 1, on_arrival != 0);
        driven d;
        drive_measured(&d, &eg_endpoint_create_encrypted_tally, &r);
        assert_false(d.ok);
        assert_int_equal(d.error.code, EG_E_PROOF_INVALID);
        assert_string_equal(d.error.path,
                            "encrypted_ballots[0].contests[0].ballot_selections[777].proof");
        assert_batches(&d);
        driven_free(&d);
    }
}

/* Every ballot is false, and every one is looked into: in units no longer than those of a tally. */
static void nothing_but_false_ballots(void **s)
{
    enum { CANDIDATES = 60, BALLOTS = 6 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    const eg_node null = {.kind = EG_NULL}, cast = number(1);
    eg_node ballots[BALLOTS];
    (void)s;
    for (size_t i = 0; i < BALLOTS; i++) {
        request b = ballot_request(&e, "CAST");
        set(&b, "ballot_id", ballot_id(i));
        put(&b, "ballot_parts", text("published"));
        eg_node answer = call(&eg_endpoint_create_encrypted_ballot, &b);
        eg_node ballot = opened(get(&answer, "encrypted_ballot"));
        ballot = with(&ballot, "state", &cast);
        ballot = with(&ballot, "nonce", &null);
        ballots[i] = with_response(&ballot, 7 * i);
    }
    request r = election_fields(&e);
    put(&r, "encrypted_ballots", list_of(ballots, BALLOTS));
    driven d;
    drive_measured(&d, &eg_endpoint_verify_ballots, &r);
    assert_true(d.ok);
    assert_batches(&d);
    eg_node answer = answer_of(&d);
    for (size_t i = 0; i < BALLOTS; i++) {
        const eg_node *error = get(at(get(&answer, "ballots"), i), "error");
        assert_true(eg_str_equal(get(error, "code")->as.str, EG_STR("proof_invalid")));
    }
}

/* No proof holds: every one is looked at. */
static void a_large_ballot_of_another_election(void **s)
{
    enum { CANDIDATES = 300 };
    ran_election e = many_candidates_election(1, CANDIDATES);
    ran_election other = many_candidates_election(1, CANDIDATES);
    const eg_node ballot = one_ballot(&other);
    const request r = tally_of(&e, &ballot, 1, false);
    driven d;
    (void)s;
    drive_measured(&d, &eg_endpoint_create_encrypted_tally, &r);
    assert_false(d.ok);
    assert_int_equal(d.error.code, EG_E_WRONG_ELECTION);
    assert_batches(&d);
    driven_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ballot_of_many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(a_challenge_of_many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(a_chunk_of_such_ballots, start, stop),
        cmocka_unit_test_setup_teardown(a_county_chunk_and_ballot, start, stop),
        cmocka_unit_test_setup_teardown(the_largest_ballot_of_a_manifest, start, stop),
        cmocka_unit_test_setup_teardown(a_challenge_of_large_contests, start, stop),
        cmocka_unit_test_setup_teardown(a_tally_of_many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(an_unverified_tally_of_many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(ballots_that_fill_no_batch, start, stop),
        cmocka_unit_test_setup_teardown(a_false_selection_among_many, start, stop),
        cmocka_unit_test_setup_teardown(a_large_ballot_of_another_election, start, stop),
        cmocka_unit_test_setup_teardown(nothing_but_false_ballots, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
