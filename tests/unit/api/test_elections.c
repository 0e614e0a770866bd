/* Whole elections through the endpoints, in every form. */
#include "elections.h"

static const size_t choices[] = {0, 1, 2, 2, 1, 2, 3};
enum { CHOICES = sizeof choices / sizeof choices[0], SPOILED = CHOICES - 1 };

static int start(void **s)
{
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    return eg_api_init(NULL) ? 0 : 1;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

/* The last ballot is not in the tally: it is spoiled. */
static eg_node submitted_with_spoiled(const ran_election *e)
{
    const eg_node *cast = get(&e->tally, "submitted_ballots");
    assert_int_equal(length(cast), SPOILED);
    eg_node items[CHOICES];
    for (size_t i = 0; i < SPOILED; i++) {
        items[i] = *at(cast, i);
    }
    eg_node ballot = opened(get(&e->ballots[SPOILED], "encrypted_ballot"));
    eg_node state = number(2);
    items[SPOILED] = with(&ballot, "state", &state);
    return list_of(items, CHOICES);
}

static void check_results(const ran_election *e, const eg_node *answer)
{
    eg_node results = opened(get(answer, "results"));
    assert_votes(&results, at(&e->candidates, 0), 1);
    assert_votes(&results, at(&e->candidates, 1), 2);
    assert_votes(&results, at(&e->candidates, 2), 3);
    assert_votes(&results, at(&e->candidates, 3), 0);
    const eg_node *counts = get(&results, "results");
    assert_int_equal(get(counts, "total_ballots_cast")->as.integer, CHOICES);
    assert_int_equal(get(counts, "total_valid_ballots")->as.integer, SPOILED);
    assert_int_equal(get(counts, "total_spoiled_ballots")->as.integer, 1);
    const eg_node *spoiled = at(get(counts, "spoiled_ballots"), 0);
    assert_text(get(spoiled, "ballot_id"), "ballot-6");
    for (size_t i = 0; i < 4; i++) {
        const eg_node *selection = at(get(spoiled, "selections"), i);
        assert_text(get(selection, "vote"), i == 3 ? "1" : "0");
    }
    const eg_node *verification = get(&results, "verification");
    assert_int_equal(length(get(verification, "ballots")), CHOICES);
    assert_text(get(at(get(verification, "ballots"), SPOILED), "status"), "spoiled");
    assert_text(get(at(get(verification, "guardians"), 0), "status"), "available");
    assert_text(get(at(get(verification, "guardians"), e->guardians - 1), "status"),
                "missing (compensated)");
}

static void run_whole(bool january, bool chunk)
{
    ran_election e = {
        .guardians = 4, .quorum = 2, .january = january, .max_choices = january ? 0 : 1};
    setup(&e, 4);
    if (chunk) {
        vote_chunk(&e, choices, CHOICES);
    } else {
        vote(&e, choices, CHOICES);
    }
    tally(&e, SPOILED);
    eg_node submitted = submitted_with_spoiled(&e);
    request r = combine_request(&e, 2, &submitted);
    eg_node answer = call(&eg_endpoint_combine_decryption_shares, &r);
    check_results(&e, &answer);
}

static void objects_in_json(void **s)
{
    (void)s;
    run_whole(false, true);
}

static void objects_in_msgpack(void **s)
{
    (void)s;
    test_form = (wire_form){.encoding = EG_MSGPACK};
    run_whole(false, false);
}

static void texts(void **s)
{
    (void)s;
    test_form = (wire_form){.encoding = EG_JSON, .accept = "application/json"};
    run_whole(true, false);
}

static void json_asked_in_msgpack_with_texts(void **s)
{
    (void)s;
    test_form = (wire_form){.encoding = EG_MSGPACK, .accept = "application/json; artifacts=texts"};
    run_whole(false, true);
}

static void body_in_small_pieces(void **s)
{
    (void)s;
    test_form = (wire_form){.encoding = EG_MSGPACK, .feed_bytes = 1021};
    run_whole(false, true);
}

static void items_after_the_body(void **s)
{
    (void)s;
    test_form = (wire_form){.encoding = EG_JSON, .items_last = true};
    run_whole(false, true);
}

static void on_four_threads(void **s)
{
    (void)s;
    test_form = (wire_form){.encoding = EG_MSGPACK, .threads = 4};
    run_whole(false, true);
    test_form.items_last = true;
    run_whole(false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(objects_in_json, start, stop),
        cmocka_unit_test_setup_teardown(objects_in_msgpack, start, stop),
        cmocka_unit_test_setup_teardown(texts, start, stop),
        cmocka_unit_test_setup_teardown(json_asked_in_msgpack_with_texts, start, stop),
        cmocka_unit_test_setup_teardown(body_in_small_pieces, start, stop),
        cmocka_unit_test_setup_teardown(items_after_the_body, start, stop),
        cmocka_unit_test_setup_teardown(on_four_threads, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
