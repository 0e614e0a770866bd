/* Requests that must be refused for decryption shares, compensation and combination. */
#include "hostile.h"

static eg_node tally_with_pad(const char *pad_text)
{
    const eg_node *t = get(&base.tally, "ciphertext_tally");
    const eg_node *contest = get(get(t, "contests"), "contest-1");
    const eg_node *selections = get(contest, "selections");
    const eg_node *selection = get(selections, "Candidate A");
    eg_node pad = text(pad_text);
    eg_node ciphertext = with(get(selection, "ciphertext"), "pad", &pad);
    eg_node changed = with(selection, "ciphertext", &ciphertext);
    eg_node list = with(selections, "Candidate A", &changed);
    eg_node contest_changed = with(contest, "selections", &list);
    eg_node contests = with(get(t, "contests"), "contest-1", &contest_changed);
    return with(t, "contests", &contests);
}

static void partial_decryption(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_partial_decryption;
    (void)s;
    request r = partial_request(&base, 0, &no_ballots);
    static const char *const required[] = {"guardian_id",      "guardian_data",    "private_key",
                                           "public_key",       "ciphertext_tally", "quorum",
                                           "joint_public_key", "submitted_ballots"};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        refused_without(e, &r, required[i]);
    }
    refused_with(e, &r, "guardian_id", text("2"), EG_E_OUT_OF_RANGE, "guardian_id");
    request by_number = r;
    set(&by_number, "guardian_id", number(1));
    (void)call(e, &by_number);
    const eg_node *other = at(get(&base.setup, "private_keys"), 1);
    refused_with(e, &r, "private_key", *other, EG_E_OUT_OF_RANGE, "private_key");
    request bare = r;
    set(&bare, "private_key", *get(at(get(&base.setup, "private_keys"), 0), "private_key"));
    set(&bare, "public_key", *get(at(get(&base.setup, "public_keys"), 0), "public_key"));
    (void)call(e, &bare);
    static const char *const odd[] = {"0", "secret", "{}"};
    for (size_t i = 0; i < 3; i++) {
        driven d;
        request changed = r;
        set(&changed, "private_key", text(odd[i]));
        eg_node map = map_of(&changed);
        send_map(&d, e, &map);
        assert_false(d.ok);
        assert_int_equal(eg_error_status(d.error.code), 400);
        driven_free(&d);
    }
    refused_with(e, &r, "public_key", text("0"), EG_E_NOT_IN_GROUP, "public_key");
    refused_with(e, &r, "submitted_ballots", LIST(number(1)), EG_E_BAD_TYPE,
                 "submitted_ballots[0]");
    eg_node ballot = *at(get(&base.tally, "submitted_ballots"), 0);
    eg_node state = number(77);
    eg_node odd_state = with(&ballot, "state", &state);
    refused_with(e, &r, "submitted_ballots", LIST(odd_state), EG_E_OUT_OF_RANGE,
                 "submitted_ballots[0].state");
    refused_with(e, &r, "submitted_ballots", LIST(ballot, ballot), EG_E_DUPLICATE,
                 "submitted_ballots[1].object_id");
    refused_with(e, &r, "ciphertext_tally", text("$$$"), EG_E_BAD_ENCODING, "ciphertext_tally");
    refused_with(e, &r, "ciphertext_tally", text("{}"), EG_E_MISSING_FIELD, NULL);
    const eg_node *t = get(&base.tally, "ciphertext_tally");
    eg_node no_contests = map_of(&(request){.count = 0});
    refused_with(e, &r, "ciphertext_tally", with(t, "contests", &no_contests), EG_E_WRONG_ELECTION,
                 "ciphertext_tally.contests");
    refused_with(e, &r, "ciphertext_tally", tally_with_pad("02"), EG_E_NOT_IN_GROUP, NULL);
    refused_with(e, &r, "ciphertext_tally", tally_with_pad("00"), EG_E_NOT_IN_GROUP, NULL);
    refused_with(e, &r, "commitment_hash", text("7"), EG_E_WRONG_ELECTION, NULL);
}

/* Without a record: from the polynomial, or with the key alone. */
static void partial_decryption_without_record(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_partial_decryption;
    (void)s;
    request r = partial_request(&base, 0, &no_ballots);
    request data = {.count = 0};
    put(&data, "id", text("1"));
    put(&data, "sequence_order", number(1));
    set(&r, "guardian_data", map_of(&data));
    eg_node answer = call(e, &r);
    eg_node record = opened(get(&answer, "guardian_public_key"));
    assert_int_equal(length(get(&record, "coefficient_commitments")), 2);
    eg_node entry_of = setup_entry(&base, "guardian_data", 0);
    eg_node real = opened(get(&entry_of, "election_public_key"));
    assert_true(eg_str_equal(at(get(&record, "coefficient_commitments"), 1)->as.str,
                             at(get(&real, "coefficient_commitments"), 1)->as.str));
    drop(&r, "polynomial");
    answer = call(e, &r);
    record = opened(get(&answer, "guardian_public_key"));
    assert_int_equal(length(get(&record, "coefficient_commitments")), 1);
}

static void compensation(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_compensated_decryption;
    (void)s;
    request r = compensated_request(&base, 0, 2, &no_ballots);
    (void)call(e, &r);
    static const char *const required[] = {"available_guardian_id",   "missing_guardian_id",
                                           "available_guardian_data", "missing_guardian_data",
                                           "available_public_key",    "available_private_key"};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        refused_without(e, &r, required[i]);
    }
    request without = r;
    eg_node none = map_of(&(request){.count = 0});
    eg_node a = setup_entry(&base, "guardian_data", 0);
    eg_node m = setup_entry(&base, "guardian_data", 2);
    set(&without, "available_guardian_data", with(&a, "backups", &none));
    set(&without, "missing_guardian_data", with(&m, "backups", &none));
    refused(e, &without, EG_E_MISSING_FIELD, "missing_guardian_data");
    request self = compensated_request(&base, 0, 0, &no_ballots);
    refused(e, &self, EG_E_DUPLICATE, "missing_guardian_id");
    refused_with(e, &r, "available_private_key", *at(get(&base.setup, "private_keys"), 1),
                 EG_E_OUT_OF_RANGE, "available_private_key");
}

static eg_node shorter(const eg_node *list)
{
    return list_of(list->as.array.items, list->as.array.count - 1);
}

static const eg_node *field_of(const request *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++) {
        if (eg_str_equal(r->fields[i].key, eg_str_from(name))) {
            return &r->fields[i].value;
        }
    }
    fail_msg("no %s", name);
    return NULL;
}

static void combination(void **s)
{
    const eg_endpoint *e = &eg_endpoint_combine_decryption_shares;
    (void)s;
    request r = combine_request(&base, 2, &no_ballots);
    eg_node answer = call(e, &r);
    assert_votes(get(&answer, "results"), at(&base.candidates, 2), 1);
    const eg_node *counts = get(get(&answer, "results"), "results");
    assert_int_equal(get(counts, "total_ballots_cast")->as.integer, 2);
    static const char *const lists[] = {
        "available_guardian_public_keys", "available_tally_shares",   "available_ballot_shares",
        "compensating_guardian_ids",      "compensated_tally_shares", "compensated_ballot_shares"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        refused_without(e, &r, lists[i]);
        refused_with(e, &r, lists[i], shorter(field_of(&r, lists[i])), EG_E_OUT_OF_RANGE, lists[i]);
    }
    request one_less = r;
    for (size_t i = 2; i < 6; i++) {
        if (i > 2) {
            set(&one_less, lists[i], shorter(field_of(&r, lists[i])));
        }
    }
    set(&one_less, "missing_guardian_ids", shorter(field_of(&r, "missing_guardian_ids")));
    refused(e, &one_less, EG_E_MISSING_FIELD, "compensated_tally_shares");
    request lonely = r;
    set(&lonely, "available_guardian_ids", shorter(field_of(&r, "available_guardian_ids")));
    for (size_t i = 0; i < 3; i++) {
        set(&lonely, lists[i], shorter(field_of(&r, lists[i])));
    }
    refused(e, &lonely, EG_E_QUORUM, "available_guardian_ids");
    refused_with(e, &r, "available_guardian_ids", LIST(text("1"), text("1")), EG_E_DUPLICATE,
                 "available_guardian_ids[1]");
    refused_with(e, &r, "available_guardian_ids", LIST(text("1"), text("9")), EG_E_OUT_OF_RANGE,
                 "available_guardian_ids[1]");
    refused_with(e, &r, "quorum", number(1), EG_E_WRONG_ELECTION, NULL);
    refused_with(e, &r, "number_of_guardians", number(7), EG_E_WRONG_ELECTION, NULL);
    refused_with(e, &r, "guardian_data", list_of(NULL, 0), EG_E_OUT_OF_RANGE, "guardian_data");
    eg_node shares = *field_of(&r, "available_tally_shares");
    eg_node null = null_node();
    refused_with(e, &r, "available_tally_shares", with_item(&shares, 1, &null), EG_E_BAD_TYPE,
                 "available_tally_shares[1]");
    eg_node exchanged = LIST(*at(&shares, 1), *at(&shares, 0));
    refused_with(e, &r, "available_tally_shares", exchanged, EG_E_WRONG_ELECTION, NULL);
    request defaults = r;
    drop(&defaults, "number_of_guardians");
    (void)call(e, &defaults);
}

static void false_shares(void **s)
{
    const eg_endpoint *e = &eg_endpoint_combine_decryption_shares;
    (void)s;
    request r = combine_request(&base, 2, &no_ballots);
    static const char *const lists[] = {"available_tally_shares", "compensated_tally_shares"};
    for (size_t k = 0; k < 2; k++) {
        eg_node list = *field_of(&r, lists[k]);
        eg_node share = opened(at(&list, 1));
        const eg_node *contest = get(get(&share, "contests"), "contest-1");
        const eg_node *selections = get(contest, "selections");
        eg_node a = with(get(selections, "Candidate A"), "share",
                         get(get(selections, "Candidate B"), "share"));
        eg_node changed = with(selections, "Candidate A", &a);
        eg_node contest_changed = with(contest, "selections", &changed);
        eg_node contests = with(get(&share, "contests"), "contest-1", &contest_changed);
        eg_node forged = with(&share, "contests", &contests);
        driven d;
        request bad = r;
        set(&bad, lists[k], with_item(&list, 1, &forged));
        eg_node map = map_of(&bad);
        send_map(&d, e, &map);
        assert_false(d.ok);
        assert_int_equal(d.error.code, EG_E_PROOF_INVALID);
        assert_non_null(strstr(d.error.text, "guardian 2"));
        driven_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(partial_decryption, start, stop),
        cmocka_unit_test_setup_teardown(partial_decryption_without_record, start, stop),
        cmocka_unit_test_setup_teardown(compensation, start, stop),
        cmocka_unit_test_setup_teardown(combination, start, stop),
        cmocka_unit_test_setup_teardown(false_shares, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
