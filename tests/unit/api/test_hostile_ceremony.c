/* Requests that must be refused for challenges, the ceremony in rounds and publication. */
#include "hostile.h"

static void challenges(void **s)
{
    const eg_endpoint *e = &eg_endpoint_benaloh_challenge;
    (void)s;
    request r = election_fields(&base);
    put(&r, "encrypted_ballot_with_nonce", *get(&base.ballots[0], "encrypted_ballot_with_nonce"));
    put(&r, "candidate_names_to_verify", text("Candidate A"));
    eg_node answer = call(e, &r);
    assert_true(get(&answer, "match")->as.boolean);
    eg_node full = opened(get(&base.ballots[0], "encrypted_ballot_with_nonce"));
    request as_map = r;
    set(&as_map, "encrypted_ballot_with_nonce", full);
    drop(&as_map, "max_choices");
    (void)call(e, &as_map);
    refused_with(e, &r, "encrypted_ballot_with_nonce", ballot_map(0), EG_E_MISSING_FIELD, NULL);
    refused_with(e, &r, "candidate_names_to_verify", text("Nobody"), EG_E_UNKNOWN_CANDIDATE, NULL);
    request other = r;
    put(&other, "ballot_id", text("another"));
    refused(e, &other, EG_E_OUT_OF_RANGE, "ballot_id");
    const eg_node *contests = get(&full, "contests");
    const eg_node *selections = get(at(contests, 0), "ballot_selections");
    eg_node five = text("05");
    eg_node proof = with(get(at(selections, 2), "proof"), "challenge", &five);
    eg_node selection = with(at(selections, 2), "proof", &proof);
    eg_node list = with_item(selections, 2, &selection);
    eg_node contest = with(at(contests, 0), "ballot_selections", &list);
    eg_node contest_list = with_item(contests, 0, &contest);
    refused_with(e, &r, "encrypted_ballot_with_nonce", with(&full, "contests", &contest_list),
                 EG_E_PROOF_INVALID,
                 "encrypted_ballot_with_nonce.contests[0].ballot_selections[2].proof");
    refused_without(e, &r, "quorum");
    refused_with(e, &r, "joint_public_key",
                 *get(at(get(&base.setup, "public_keys"), 0), "public_key"), EG_E_PROOF_INVALID,
                 NULL);
}

static void joint_keys(void **s)
{
    const eg_endpoint *e = &eg_endpoint_combine_guardian_public_keys;
    (void)s;
    const eg_node *keys = get(&base.setup, "public_keys");
    eg_node a = *get(at(keys, 0), "public_key");
    eg_node b = *get(at(keys, 1), "public_key");
    request r = {.count = 0};
    put(&r, "public_keys", LIST(a, b));
    put(&r, "party_names", base.parties);
    put(&r, "candidate_names", base.candidates);
    (void)call(e, &r);
    refused_with(e, &r, "public_keys", list_of(NULL, 0), EG_E_OUT_OF_RANGE, "public_keys");
    refused_with(e, &r, "public_keys", text("123"), EG_E_BAD_TYPE, "public_keys");
    refused_with(e, &r, "public_keys", LIST(a, a), EG_E_DUPLICATE, "public_keys[1]");
    refused_with(e, &r, "public_keys", LIST(a, text("0")), EG_E_NOT_IN_GROUP, "public_keys[1]");
    request counts = r;
    put(&counts, "quorum", number(9));
    refused(e, &counts, EG_E_OUT_OF_RANGE, "quorum");
    request many = r;
    put(&many, "number_of_guardians", number(50));
    refused(e, &many, EG_E_OUT_OF_RANGE, "number_of_guardians");
    refused_without(e, &r, "candidate_names");
}

static void credentials_and_backups(void **s)
{
    (void)s;
    request r = {.count = 0};
    put(&r, "number_of_guardians", number(3));
    put(&r, "quorum", number(2));
    put(&r, "sequence_order", number(1));
    eg_node mine = call(&eg_endpoint_generate_guardian_credentials, &r);
    refused_with(&eg_endpoint_generate_guardian_credentials, &r, "sequence_order", number(0),
                 EG_E_OUT_OF_RANGE, "sequence_order");
    refused_with(&eg_endpoint_generate_guardian_credentials, &r, "sequence_order", number(9),
                 EG_E_OUT_OF_RANGE, "sequence_order");
    set(&r, "sequence_order", number(2));
    eg_node theirs = call(&eg_endpoint_generate_guardian_credentials, &r);

    const eg_endpoint *e = &eg_endpoint_generate_guardian_backup_shares;
    request b = {.count = 0};
    request recipient = {.count = 0};
    put(&recipient, "guardian_id", text("2"));
    put(&recipient, "sequence_order", number(2));
    put(&recipient, "public_key", *get(get(&theirs, "public_key"), "public_key"));
    put(&b, "number_of_guardians", number(3));
    put(&b, "quorum", number(2));
    put(&b, "sender_guardian_id", text("1"));
    put(&b, "sender_sequence_order", number(1));
    put(&b, "sender_private_key", *get(&mine, "private_key"));
    put(&b, "sender_public_key", *get(&mine, "public_key"));
    put(&b, "sender_polynomial", *get(&mine, "polynomial"));
    put(&b, "recipients", LIST(map_of(&recipient)));
    (void)call(e, &b);
    refused_without(e, &b, "sender_guardian_id");
    refused_without(e, &b, "sender_polynomial");
    refused_without(e, &b, "recipients");
    refused_with(e, &b, "recipients", LIST(text("2")), EG_E_BAD_TYPE, "recipients[0]");
    refused_with(e, &b, "recipients", LIST(map_of(&recipient), map_of(&recipient)), EG_E_DUPLICATE,
                 "recipients[1].guardian_id");
    refused_with(e, &b, "sender_private_key", *get(&theirs, "private_key"), EG_E_OUT_OF_RANGE,
                 "sender_private_key");
    refused_with(e, &b, "sender_polynomial", *get(&theirs, "polynomial"), EG_E_OUT_OF_RANGE,
                 "sender_polynomial");
    request zero = recipient;
    set(&zero, "public_key", text("0"));
    refused_with(e, &b, "recipients", LIST(map_of(&zero)), EG_E_NOT_IN_GROUP,
                 "recipients[0].public_key");
    request self = recipient;
    set(&self, "guardian_id", text("1"));
    refused_with(e, &b, "recipients", LIST(map_of(&self)), EG_E_DUPLICATE,
                 "recipients[0].guardian_id");

    request v = {.count = 0};
    put(&v, "private_key", text("0"));
    put(&v, "stored_public_key", text("1"));
    eg_node answer = call(&eg_endpoint_verify_guardian_key, &v);
    assert_false(get(&answer, "verified")->as.boolean);
    set(&v, "private_key", text("garbage"));
    answer = call(&eg_endpoint_verify_guardian_key, &v);
    assert_false(get(&answer, "verified")->as.boolean);
    refused_without(&eg_endpoint_verify_guardian_key, &v, "private_key");
}

static void publication(void **s)
{
    const eg_endpoint *e = &eg_endpoint_publish_ballot;
    (void)s;
    request r = {.count = 0};
    put(&r, "ballot_id", text("ballot-0"));
    put(&r, "encrypted_ballot_response", base.ballots[0]);
    (void)call(e, &r);
    refused_with(e, &r, "ballot_id", text("x"), EG_E_OUT_OF_RANGE, "ballot_id");
    refused_with(e, &r, "encrypted_ballot_response", text("{"), EG_E_BAD_ENCODING, NULL);
    refused_with(e, &r, "encrypted_ballot_response", text("{}"), EG_E_MISSING_FIELD, NULL);
    drop(&r, "ballot_id");
    driven d;
    eg_node map = map_of(&r);
    send_map(&d, e, &map);
    assert_string_equal(d.error.text, "Missing required fields");
    eg_node body = answer_of(&d);
    assert_text(at(get(&body, "required"), 0), "ballot_id");
    assert_text(at(get(&body, "optional"), 0), "ballot_status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(challenges, start, stop),
        cmocka_unit_test_setup_teardown(joint_keys, start, stop),
        cmocka_unit_test_setup_teardown(credentials_and_backups, start, stop),
        cmocka_unit_test_setup_teardown(publication, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
