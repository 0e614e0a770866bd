/* No unit of work holds a thread for long, whatever the request: for the costliest request of each
 * endpoint, the longest unit in powers. */
#include "cheap.h"

#include "elections.h"

/* How much longer a unit may be than it should be: batches of few proofs are not worth cutting. */
enum { TIMES = 2, POWERS_MORE = 16 };

static int start(void **s)
{
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    return eg_api_init(getenv("EG_KERNEL")) ? 0 : 1;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

static const eg_api_settings *used_settings; /* NULL: defaults */

static void drive_measured(driven *d, const eg_endpoint *endpoint, const request *r)
{
    const drive_options options = {
        .now_unix_s = 1764000000, .work = eg_group_products, .settings = used_settings};
    eg_node map = map_of(r);
    eg_buf body;
    eg_writer w;
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, EG_STYLE_JSON);
    eg_write_node(&w, &map);
    assert_false(body.failed);
    drive(d, endpoint, body.data, body.len, &options);
    print_message("%s, %zu KB: %zu units, the longest of %.1f powers (%s)\n", endpoint->path,
                  body.len / 1000, d->compute_units + d->output_units + d->items,
                  (double)d->longest_unit / EG_PRODUCTS_OF_POWER, d->longest_stage);
    eg_buf_free(&body);
}

static void assert_short(const driven *d)
{
    uint64_t powers = TIMES * eg_group_powers_of_unit() + POWERS_MORE;
    assert_in_range(d->longest_unit, 1, powers * EG_PRODUCTS_OF_POWER);
}

/* Answered, in units that are short enough. */
static eg_node answered_shortly(const eg_endpoint *endpoint, const request *r)
{
    driven d;
    drive_measured(&d, endpoint, r);
    if (!d.ok) {
        fail_msg("%s: %s at %s", endpoint->path, d.error.text, d.error.path);
    }
    assert_short(&d);
    return answer_of(&d);
}

static void combine_shortly(size_t guardians, size_t missing, size_t candidates)
{
    cheap_election e = {.guardians = guardians, .missing = missing, .candidates = candidates};
    const request r = cheap_request(&e);
    eg_node answer = answered_shortly(&eg_endpoint_combine_decryption_shares, &r);
    eg_node results = opened(get(&answer, "results"));
    const eg_node *counts = get(get(&results, "results"), "candidates");
    assert_int_equal(counts->as.map.count, candidates);
}

static void many_missing(void **s)
{
    (void)s;
    combine_shortly(40, 20, 2);
}

static void many_candidates(void **s)
{
    (void)s;
    combine_shortly(2, 1, 1000);
}

static void many_of_both(void **s)
{
    (void)s;
    combine_shortly(12, 6, 60);
}

/* The false proof is looked for in units as short as the others. */
static void a_false_proof_among_many(void **s)
{
    enum { GUARDIANS = 4, MISSING = 2, CANDIDATES = 300 };
    cheap_election e = {.guardians = GUARDIANS, .missing = MISSING, .candidates = CANDIDATES};
    driven d;
    (void)s;
    request r = cheap_request(&e);
    eg_node list = parsed(EG_JSON, EG_STR("[]"));
    for (size_t i = 0; i < r.count; i++) {
        if (eg_str_equal(r.fields[i].key, EG_STR("compensated_tally_shares"))) {
            list = r.fields[i].value;
        }
    }
    eg_node share = opened(at(&list, 3));
    const eg_node *contests = get(&share, "contests");
    const eg_node *contest = get(contests, "contest-1");
    const eg_node *selections = get(contest, "selections");
    const eg_node *selection = get(selections, "C250");
    const eg_node one = text("01");
    const eg_node proof = with(get(selection, "proof"), "response", &one);
    const eg_node changed = with(selection, "proof", &proof);
    const eg_node changed_list = with(selections, "C250", &changed);
    const eg_node changed_contest = with(contest, "selections", &changed_list);
    const eg_node changed_contests = with(contests, "contest-1", &changed_contest);
    const eg_node forged = with(&share, "contests", &changed_contests);
    set(&r, "compensated_tally_shares", with_item(&list, 3, &forged));
    drive_measured(&d, &eg_endpoint_combine_decryption_shares, &r);
    assert_false(d.ok);
    assert_int_equal(d.error.code, EG_E_PROOF_INVALID);
    assert_string_equal(d.error.path,
                        "compensated_tally_shares[3].contests.contest-1.selections.C250.proof");
    assert_short(&d);
    driven_free(&d);
}

/* ---- ballots ---- */

static eg_node numbered_candidates(size_t count)
{
    eg_node *names = keep(count * sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = (eg_node){.kind = EG_STRING, .as.str = cheap_name("C%zu", i)};
    }
    return list_of(names, count);
}

static ran_election many_candidates_election(size_t guardians, size_t candidates)
{
    ran_election e = {.guardians = guardians, .quorum = guardians, .max_choices = 1};
    setup(&e, 2);
    e.candidates = numbered_candidates(candidates);
    e.parties = e.candidates;
    return e;
}

static request ballot_request(const ran_election *e, const char *status)
{
    request r = election_fields(e);
    put(&r, "ballot_id", text("b"));
    put(&r, "candidate_names_to_vote", list_of(&e->candidates.as.array.items[7], 1));
    put(&r, "ballot_status", text(status));
    return r;
}

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
    (void)call(&eg_endpoint_publish_ballot, &p);
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

/* ---- guardians ---- */

static void many_guardians_set_up(void **s)
{
    static const eg_api_settings settings = {.max_setup_guardians = 100, .key_table_cache = 4};
    request r = {.count = 0};
    eg_node names = numbered_candidates(2), map;
    driven d;
    (void)s;
    put(&r, "number_of_guardians", number(40));
    put(&r, "quorum", number(40));
    put(&r, "party_names", names);
    put(&r, "candidate_names", names);
    used_settings = &settings;
    drive_measured(&d, &eg_endpoint_setup_guardians, &r);
    used_settings = NULL;
    assert_true(d.ok);
    assert_short(&d);
    map = answer_of(&d);
    assert_int_equal(length(get(&map, "guardian_data")), 40);
    assert_int_equal(length(get(&map, "polynomials")), 40);
}

static void a_record_of_many_commitments(void **s)
{
    enum { QUORUM = 40 };
    cheap_election e = {.guardians = QUORUM, .missing = 0, .candidates = 2};
    request r = {.count = 0};
    eg_node keys[QUORUM], records[QUORUM];
    (void)s;
    cheap_manifest(&e);
    cheap_guardians(&e);
    for (size_t i = 0; i < QUORUM; i++) {
        keys[i] = decimal(write_p, &e.records[i].key);
        records[i] = as_text(eg_guardian_public_write, &e.records[i]);
    }
    put(&r, "party_names", e.names);
    put(&r, "candidate_names", e.names);
    put(&r, "number_of_guardians", number(QUORUM));
    put(&r, "quorum", number(QUORUM));
    put(&r, "public_keys", list_of(keys, QUORUM));
    put(&r, "election_public_keys", list_of(records, QUORUM));
    (void)answered_shortly(&eg_endpoint_combine_guardian_public_keys, &r);
}

/* The tally is of another ballot; the spoiled one is opened. */
static void a_share_of_many_candidates(void **s)
{
    enum { CANDIDATES = 150 };
    ran_election e = many_candidates_election(2, CANDIDATES);
    (void)s;
    request r = ballot_request(&e, "CAST");
    e.ballots = keep(2 * sizeof *e.ballots);
    e.ballots[0] = call(&eg_endpoint_create_encrypted_ballot, &r);
    set(&r, "ballot_id", text("spoiled"));
    e.ballots[1] = call(&eg_endpoint_create_encrypted_ballot, &r);
    tally(&e, 1);
    request t = election_fields(&e);
    put(&t, "encrypted_ballots", list_of(get(&e.ballots[1], "encrypted_ballot"), 1));
    eg_node other = call(&eg_endpoint_create_encrypted_tally, &t);
    eg_node spoiled = opened(at(get(&other, "submitted_ballots"), 0)), state = number(2);
    spoiled = with(&spoiled, "state", &state);
    eg_node list = list_of(&spoiled, 1);
    request p = partial_request(&e, 0, &list);
    (void)answered_shortly(&eg_endpoint_create_partial_decryption, &p);
    request c = compensated_request(&e, 0, 1, &list);
    (void)answered_shortly(&eg_endpoint_create_compensated_decryption, &c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_missing, start, stop),
        cmocka_unit_test_setup_teardown(many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(many_of_both, start, stop),
        cmocka_unit_test_setup_teardown(a_false_proof_among_many, start, stop),
        cmocka_unit_test_setup_teardown(a_ballot_of_many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(a_challenge_of_many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(a_chunk_of_such_ballots, start, stop),
        cmocka_unit_test_setup_teardown(many_guardians_set_up, start, stop),
        cmocka_unit_test_setup_teardown(a_record_of_many_commitments, start, stop),
        cmocka_unit_test_setup_teardown(a_share_of_many_candidates, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
