/* Chunk tallies: combined into one, or several in one share request. Memory of a tally request. */
#include "elections.h"

enum { CHUNKS = 3, PER_CHUNK = 2 };

static ran_election base;
static eg_node tallies[CHUNKS];

static void make_chunk(size_t chunk)
{
    static const size_t choices[CHUNKS][PER_CHUNK] = {{0, 1}, {1, 1}, {2, 1}};
    request r = election_fields(&base);
    eg_node entries[PER_CHUNK];
    eg_node ballots[PER_CHUNK];
    for (size_t i = 0; i < PER_CHUNK; i++) {
        request entry = {.count = 0};
        put(&entry, "ballot_id", ballot_id(chunk * PER_CHUNK + i));
        put(&entry, "candidate_names_to_vote", *at(&base.candidates, choices[chunk][i]));
        entries[i] = map_of(&entry);
    }
    put(&r, "ballots", list_of(entries, PER_CHUNK));
    eg_node answer = call(&eg_endpoint_create_encrypted_ballot, &r);
    for (size_t i = 0; i < PER_CHUNK; i++) {
        ballots[i] = *get(at(get(&answer, "ballots"), i), "encrypted_ballot");
    }
    drop(&r, "ballots");
    put(&r, "encrypted_ballots", list_of(ballots, PER_CHUNK));
    put(&r, "include_submitted_ballots", boolean(false));
    answer = call(&eg_endpoint_create_encrypted_tally, &r);
    tallies[chunk] = *get(&answer, "ciphertext_tally");
}

static int start(void **s)
{
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    if (!eg_api_init(NULL)) {
        return 1;
    }
    base = (ran_election){.guardians = 3, .quorum = 2, .max_choices = 1};
    setup(&base, 3);
    for (size_t i = 0; i < CHUNKS; i++) {
        make_chunk(i);
    }
    return 0;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

static request combine_tallies_request(void)
{
    request r = election_fields(&base);
    put(&r, "ciphertext_tallies", list_of(tallies, CHUNKS));
    return r;
}

static void combined_tally_decrypts_once(void **s)
{
    (void)s;
    request r = combine_tallies_request();
    base.tally = call(&eg_endpoint_combine_encrypted_tallies, &r);
    eg_node total = opened(get(&base.tally, "ciphertext_tally"));
    const eg_node *ids = get(&total, "cast_ballot_ids");
    assert_int_equal(length(ids), CHUNKS * PER_CHUNK);
    eg_node none = list_of(NULL, 0);
    request c = combine_request(&base, 2, &none);
    eg_node answer = call(&eg_endpoint_combine_decryption_shares, &c);
    eg_node results = opened(get(&answer, "results"));
    assert_votes(&results, at(&base.candidates, 0), 1);
    assert_votes(&results, at(&base.candidates, 1), 4);
    assert_votes(&results, at(&base.candidates, 2), 1);
}

static void combined_tally_in_texts(void **s)
{
    test_form.accept = "application/json; artifacts=texts";
    combined_tally_decrypts_once(s);
}

static void tallies_that_do_not_go_together(void **s)
{
    const eg_endpoint *e = &eg_endpoint_combine_encrypted_tallies;
    (void)s;
    request r = combine_tallies_request();
    set(&r, "ciphertext_tallies", LIST(tallies[0], tallies[1], tallies[0]));
    refused(e, &r, EG_E_DUPLICATE, "ciphertext_tallies[2].cast_ballot_ids[0]");
    set(&r, "ciphertext_tallies", list_of(NULL, 0));
    refused(e, &r, EG_E_OUT_OF_RANGE, "ciphertext_tallies");
    drop(&r, "ciphertext_tallies");
    refused(e, &r, EG_E_MISSING_FIELD, "ciphertext_tallies");
    r = combine_tallies_request();
    set(&r, "commitment_hash", text("5"));
    refused(e, &r, EG_E_WRONG_ELECTION, NULL);
}

static request several(request r)
{
    drop(&r, "ciphertext_tally");
    drop(&r, "submitted_ballots");
    put(&r, "ciphertext_tallies", list_of(tallies, CHUNKS));
    return r;
}

static void shares_of_several_tallies(void **s)
{
    (void)s;
    request c = combine_tallies_request();
    base.tally = call(&eg_endpoint_combine_encrypted_tallies, &c);
    eg_node none = list_of(NULL, 0);
    request r = several(partial_request(&base, 0, &none));
    eg_node answer = call(&eg_endpoint_create_partial_decryption, &r);
    assert_int_equal(get(&answer, "count")->as.integer, CHUNKS);
    assert_int_equal(length(get(&answer, "tally_shares")), CHUNKS);
    put(&r, "ciphertext_tally", tallies[0]);
    refused(&eg_endpoint_create_partial_decryption, &r, EG_E_DUPLICATE, "ciphertext_tallies");

    r = several(compensated_request(&base, 0, 2, &none));
    answer = call(&eg_endpoint_create_compensated_decryption, &r);
    assert_int_equal(length(get(&answer, "compensated_tally_shares")), CHUNKS);

    /* each of them is the share that the single form gives */
    base.tally = with(&base.tally, "ciphertext_tally", &tallies[1]);
    r = combine_request(&base, 2, &none);
    request p = several(partial_request(&base, 0, &none));
    answer = call(&eg_endpoint_create_partial_decryption, &p);
    for (size_t i = 0; i < r.count; i++) {
        if (eg_str_equal(r.fields[i].key, EG_STR("available_tally_shares"))) {
            r.fields[i].value =
                with_item(&r.fields[i].value, 0, at(get(&answer, "tally_shares"), 1));
        }
    }
    answer = call(&eg_endpoint_combine_decryption_shares, &r);
    assert_votes(get(&answer, "results"), at(&base.candidates, 1), 2);
}

static size_t peak_of_tally(size_t count, bool verify)
{
    driven d;
    request r = tally_request(&base, count);
    put(&r, "verify_ballots", boolean(verify));
    eg_node map = map_of(&r);
    send_map(&d, &eg_endpoint_create_encrypted_tally, &map);
    assert_true(d.ok);
    assert_int_equal(d.items, count);
    size_t peak = d.peak_bytes;
    driven_free(&d);
    return peak;
}

/* Beside the ballots themselves, decoded and without nonces, nothing grows with their number: all
 * that is needed to verify them is the memory of one batch. */
static void memory_of_a_tally(void **s)
{
    enum { FEW = 8, BATCHES = 96, MANY = 200, LIMIT = 25 * 1024, BATCH = 512 * 1024 };
    size_t choices[MANY] = {0};
    (void)s;
    test_form.encoding = EG_MSGPACK;
    test_form.feed_bytes = 16384;
    vote_chunk(&base, choices, MANY);
    size_t per_ballot =
        (peak_of_tally(MANY, false) - peak_of_tally(FEW, false)) / (size_t)(MANY - FEW);
    print_message("%zu bytes a ballot of 4 selections\n", per_ballot);
    assert_true(per_ballot <= LIMIT);
    assert_true(peak_of_tally(BATCHES, true) <= peak_of_tally(BATCHES, false) + BATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(combined_tally_decrypts_once, start, stop),
        cmocka_unit_test_setup_teardown(combined_tally_in_texts, start, stop),
        cmocka_unit_test_setup_teardown(tallies_that_do_not_go_together, start, stop),
        cmocka_unit_test_setup_teardown(shares_of_several_tallies, start, stop),
        cmocka_unit_test_setup_teardown(memory_of_a_tally, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
