/* No unit of work holds a thread for long, whatever the request: for the costliest request of each
 * endpoint, the longest unit in powers. Those of
 * ballots: test_units_ballots.c. */
#include "units.h"

/* ---- combining ---- */

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

/* Polynomials and keys of as many as a ceremony may have. */
static void backups_for_many(void **s)
{
    enum { GUARDIANS = 40 };
    cheap_election e = {.guardians = GUARDIANS, .missing = 0, .candidates = 2};
    request r = {.count = 0};
    eg_node recipients[GUARDIANS];
    (void)s;
    cheap_manifest(&e);
    cheap_guardians(&e);
    for (size_t i = 1; i < GUARDIANS; i++) {
        request one = {.count = 0};
        put(&one, "guardian_id", (eg_node){.kind = EG_STRING, .as.str = e.ids[i]});
        put(&one, "sequence_order", number((int64_t)i + 1));
        put(&one, "public_key", decimal(write_p, &e.records[i].key));
        recipients[i] = map_of(&one);
    }
    put(&r, "number_of_guardians", number(GUARDIANS));
    put(&r, "quorum", number(GUARDIANS));
    put(&r, "sender_guardian_id", (eg_node){.kind = EG_STRING, .as.str = e.ids[0]});
    put(&r, "sender_sequence_order", number(1));
    put(&r, "sender_private_key", decimal(write_q, &e.polynomials[0].coefficients[0].value));
    put(&r, "sender_public_key", decimal(write_p, &e.records[0].key));
    put(&r, "sender_polynomial", as_text(eg_polynomial_write, &e.polynomials[0]));
    put(&r, "recipients", list_of(recipients + 1, GUARDIANS - 1));
    eg_node answer = answered_shortly(&eg_endpoint_generate_guardian_backup_shares, &r);
    assert_int_equal(get(&answer, "backup_count")->as.integer, GUARDIANS - 1);

    eg_node data = opened(get(&answer, "guardian_data"));
    request v = {.count = 0};
    put(&v, "number_of_guardians", number(GUARDIANS));
    put(&v, "quorum", number(GUARDIANS));
    put(&v, "guardian_id", (eg_node){.kind = EG_STRING, .as.str = e.ids[1]});
    put(&v, "sequence_order", number(2));
    put(&v, "private_key", decimal(write_q, &e.polynomials[1].coefficients[0].value));
    put(&v, "backup", *get(get(&data, "backups"), "2"));
    put(&v, "sender_election_public_key", as_text(eg_guardian_public_write, &e.records[0]));
    answer = answered_shortly(&eg_endpoint_verify_guardian_backup, &v);
    assert_true(get(&answer, "verified")->as.boolean);
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
        cmocka_unit_test_setup_teardown(many_guardians_set_up, start, stop),
        cmocka_unit_test_setup_teardown(a_record_of_many_commitments, start, stop),
        cmocka_unit_test_setup_teardown(backups_for_many, start, stop),
        cmocka_unit_test_setup_teardown(a_share_of_many_candidates, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
