/* Requests that must be refused (docs/api-contract.md 8), by code and path, through the endpoints:
 * bodies, set-up, ballots, tallies. */
#include "hostile.h"

#include "group/group.h"

static const eg_endpoint *const with_bodies[] = {
    &eg_endpoint_setup_guardians,
    &eg_endpoint_create_encrypted_ballot,
    &eg_endpoint_create_encrypted_tally,
    &eg_endpoint_create_partial_decryption,
    &eg_endpoint_create_compensated_decryption,
    &eg_endpoint_combine_decryption_shares,
    &eg_endpoint_combine_encrypted_tallies,
    &eg_endpoint_generate_guardian_credentials,
    &eg_endpoint_generate_guardian_backup_shares,
    &eg_endpoint_combine_guardian_public_keys,
    &eg_endpoint_verify_guardian_key,
    &eg_endpoint_verify_guardian_backup,
    &eg_endpoint_benaloh_challenge,
    &eg_endpoint_publish_ballot,
    &eg_endpoint_decode_artifact_to_json,
};
enum { WITH_BODIES = sizeof with_bodies / sizeof with_bodies[0] };

static void bodies_that_are_no_map(void **s)
{
    (void)s;
    for (size_t i = 0; i < WITH_BODIES; i++) {
        const eg_endpoint *e = with_bodies[i];
        test_form.encoding = EG_JSON;
        refused_bytes(e, "{}", 2, EG_E_MISSING_FIELD);
        refused_bytes(e, "", 0, EG_E_BAD_ENCODING);
        refused_bytes(e, "null", 4, EG_E_BAD_TYPE);
        refused_bytes(e, "[]", 2, EG_E_BAD_TYPE);
        refused_bytes(e, "{\"a\":", 5, EG_E_BAD_ENCODING);
        refused_bytes(e, "{\"a\":\"\xff\xfe\"}", 9, EG_E_BAD_ENCODING);
        refused_bytes(e, "{\"a\":1,\"a\":2}", 13, EG_E_DUPLICATE);
        refused_bytes(e, "{\"a\":1}{}", 9, EG_E_BAD_ENCODING);
        refused_bytes(e, "\xff\xfe{\0}\0", 6, EG_E_MEDIA_TYPE);
        refused_bytes(e, "{\0}\0", 4, EG_E_MEDIA_TYPE);
        test_form.encoding = EG_MSGPACK;
        refused_bytes(e, "\x80", 1, EG_E_MISSING_FIELD);
        refused_bytes(e, "\x05", 1, EG_E_BAD_TYPE);
        refused_bytes(e, "\x81\xa1", 2, EG_E_BAD_ENCODING);
        refused_bytes(e, "\x80\x00", 2, EG_E_BAD_ENCODING);
        refused_bytes(e,
                      "\x81\xa1"
                      "a\xdd\xff\xff\xff\xff",
                      8, EG_E_BAD_ENCODING);
    }
}

static void media_types(void **s)
{
    (void)s;
    static const char *const types[] = {"text/plain", "", "application/x-www-form-urlencoded",
                                        "application/json; charset=utf-16"};
    for (size_t i = 0; i < 4; i++) {
        drive_options o = {.content_type = types[i]};
        driven d;
        drive(&d, &eg_endpoint_setup_guardians, "{}", 2, &o);
        assert_int_equal(d.error.code, EG_E_MEDIA_TYPE);
        driven_free(&d);
    }
}

static void guardians_to_set_up(void **s)
{
    const eg_endpoint *e = &eg_endpoint_setup_guardians;
    (void)s;
    request r = {.count = 0};
    put(&r, "number_of_guardians", number(2));
    put(&r, "quorum", number(2));
    put(&r, "party_names", base.parties);
    put(&r, "candidate_names", base.candidates);
    (void)call(e, &r);
    refused_without(e, &r, "number_of_guardians");
    refused_without(e, &r, "quorum");
    refused_without(e, &r, "candidate_names");
    refused_without(e, &r, "party_names");
    refused_with(e, &r, "number_of_guardians", text("abc"), EG_E_BAD_TYPE, "number_of_guardians");
    refused_with(e, &r, "number_of_guardians", null_node(), EG_E_BAD_TYPE, "number_of_guardians");
    refused_with(e, &r, "number_of_guardians", boolean(true), EG_E_BAD_TYPE, "number_of_guardians");
    refused_with(e, &r, "number_of_guardians", number(0), EG_E_OUT_OF_RANGE, "number_of_guardians");
    refused_with(e, &r, "number_of_guardians", number(1000000), EG_E_OUT_OF_RANGE,
                 "number_of_guardians");
    refused_with(e, &r, "quorum", number(3), EG_E_OUT_OF_RANGE, "quorum");
    refused_with(e, &r, "candidate_names", list_of(NULL, 0), EG_E_OUT_OF_RANGE, "candidate_names");
    refused_with(e, &r, "candidate_names", text("AB"), EG_E_BAD_TYPE, "candidate_names");
    refused_with(e, &r, "candidate_names", LIST(text("A"), text("A")), EG_E_DUPLICATE,
                 "candidate_names[1]");
    refused_with(e, &r, "candidate_names", LIST(number(1)), EG_E_BAD_TYPE, "candidate_names[0]");
    refused_with(e, &r, "candidate_names", LIST(text("")), EG_E_OUT_OF_RANGE, "candidate_names[0]");
    refused_with(e, &r, "candidate_names", LIST(text("contest-1-3-placeholder")), EG_E_OUT_OF_RANGE,
                 "candidate_names[0]");
    refused_with(e, &r, "party_names", null_node(), EG_E_BAD_TYPE, "party_names");
    refused_with(e, &r, "party_names", LIST(text(""), number(1)), EG_E_BAD_TYPE, "party_names[1]");
}

static request ballot_request(void)
{
    request r = election_fields(&base);
    put(&r, "ballot_id", text("b"));
    put(&r, "candidate_names_to_vote", text("Candidate A"));
    return r;
}

static eg_node decimal_of(const eg_modp *value)
{
    eg_buf buf;
    eg_writer w;
    eg_buf_init(&buf, NULL);
    eg_writer_init(&w, &buf, EG_STYLE_JSON);
    eg_write_p_decimal(&w, value);
    eg_node out = parsed(EG_JSON, (eg_str){memcpy(keep(buf.len), buf.data, buf.len), buf.len});
    eg_buf_free(&buf);
    return out;
}

static void election_keys(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_encrypted_ballot;
    (void)s;
    request r = ballot_request();
    eg_modp minus_one = {{0}};
    memcpy(minus_one.limb, eg_p_limbs, sizeof minus_one.limb);
    minus_one.limb[0]--;
    static const char *const foreign[] = {"0", "1", "2"};
    for (size_t i = 0; i < 3; i++) {
        refused_with(e, &r, "joint_public_key", text(foreign[i]), EG_E_NOT_IN_GROUP,
                     "joint_public_key");
    }
    refused_with(e, &r, "joint_public_key", decimal_of(&minus_one), EG_E_NOT_IN_GROUP,
                 "joint_public_key");
    char large[1400];
    memset(large, '9', 1290);
    large[1290] = '\0';
    refused_with(e, &r, "joint_public_key", text(large), EG_E_OUT_OF_RANGE, "joint_public_key");
    static const char *const odd[] = {"xyz", "", "0x12", "81_72", "-5", "1.5"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        driven d;
        request changed = r;
        set(&changed, "joint_public_key", text(odd[i]));
        eg_node map = map_of(&changed);
        send_map(&d, e, &map);
        assert_false(d.ok);
        assert_int_equal(eg_error_status(d.error.code), 400);
        assert_string_equal(d.error.path, "joint_public_key");
        driven_free(&d);
    }
    refused_with(e, &r, "joint_public_key", null_node(), EG_E_BAD_TYPE, "joint_public_key");
    refused_with(e, &r, "joint_public_key", (eg_node){.kind = EG_FLOAT, .as.real = 1.5},
                 EG_E_BAD_TYPE, "joint_public_key");
    refused_with(
        e, &r, "commitment_hash",
        text("115792089237316195423570985008687907853269984665640564039457584007913129639747"),
        EG_E_OUT_OF_RANGE, "commitment_hash");
}

static void ballots(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_encrypted_ballot;
    (void)s;
    request r = ballot_request();
    static const char *const required[] = {
        "party_names",         "candidate_names", "joint_public_key", "commitment_hash",
        "number_of_guardians", "quorum",          "ballot_id",        "candidate_names_to_vote"};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        refused_without(e, &r, required[i]);
    }
    const char *vote_field = "candidate_names_to_vote";
    refused_with(e, &r, vote_field, text("Nobody"), EG_E_UNKNOWN_CANDIDATE, vote_field);
    refused_with(e, &r, vote_field, text(""), EG_E_UNKNOWN_CANDIDATE, vote_field);
    refused_with(e, &r, vote_field, text("Candidate A "), EG_E_UNKNOWN_CANDIDATE, vote_field);
    refused_with(e, &r, vote_field, LIST(text("Candidate A"), text("Candidate A")), EG_E_DUPLICATE,
                 vote_field);
    refused_with(e, &r, vote_field, LIST(text("Candidate A"), text("Candidate B")),
                 EG_E_TOO_MANY_CHOICES, vote_field);
    refused_with(e, &r, vote_field, null_node(), EG_E_BAD_TYPE, vote_field);
    refused_with(e, &r, vote_field, number(1), EG_E_BAD_TYPE, vote_field);
    refused_with(e, &r, vote_field, LIST(list_of(NULL, 0)), EG_E_BAD_TYPE, NULL);
    request map = {.count = 0};
    put(&map, "A", number(1));
    refused_with(e, &r, vote_field, map_of(&map), EG_E_BAD_TYPE, vote_field);
    request undervote = r;
    set(&undervote, vote_field, list_of(NULL, 0));
    (void)call(e, &undervote);
    refused_with(e, &r, "ballot_id", text(""), EG_E_OUT_OF_RANGE, "ballot_id");
    refused_with(e, &r, "ballot_id", number(7), EG_E_BAD_TYPE, "ballot_id");
    refused_with(e, &r, "ballot_id", null_node(), EG_E_BAD_TYPE, "ballot_id");
    refused_with(e, &r, "ballot_status", text("SPOILED"), EG_E_OUT_OF_RANGE, "ballot_status");
    refused_with(e, &r, "ballot_status", number(5), EG_E_BAD_TYPE, "ballot_status");
    refused_with(e, &r, "max_choices", number(-1), EG_E_OUT_OF_RANGE, "max_choices");
    refused_with(e, &r, "max_choices", text("many"), EG_E_BAD_TYPE, "max_choices");
    request all = r;
    set(&all, "max_choices", number(99));
    set(&all, vote_field, base.candidates);
    (void)call(e, &all);
    refused_with(e, &r, "quorum", number(9), EG_E_OUT_OF_RANGE, "quorum");
    request both = r;
    put(&both, "candidate_name", text("Candidate A"));
    refused(e, &both, EG_E_DUPLICATE, "candidate_name");
}

static eg_node entry(const char *id, const char *choice)
{
    request r = {.count = 0};
    put(&r, "ballot_id", text(id));
    put(&r, "candidate_names_to_vote", text(choice));
    return map_of(&r);
}

static void chunks(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_encrypted_ballot;
    (void)s;
    request r = election_fields(&base);
    put(&r, "ballots", list_of(NULL, 0));
    refused(e, &r, EG_E_OUT_OF_RANGE, "ballots");
    set(&r, "ballots",
        LIST(entry("a", "Candidate A"), entry("b", "Nobody"), number(3), entry("a", "Candidate B"),
             entry("", "Candidate B")));
    driven d;
    eg_node map = map_of(&r);
    send_map(&d, e, &map);
    assert_false(d.ok);
    assert_string_equal(d.error.path, "ballots[1].candidate_names_to_vote");
    eg_node body = answer_of(&d);
    const eg_node *errors = get(&body, "errors");
    assert_int_equal(length(errors), 4);
    assert_text(get(at(errors, 0), "code"), "unknown_candidate");
    assert_text(get(at(errors, 1), "field"), "ballots[2]");
    assert_text(get(at(errors, 2), "field"), "ballots[3].ballot_id");
    assert_text(get(at(errors, 2), "code"), "duplicate");
    assert_text(get(at(errors, 3), "field"), "ballots[4].ballot_id");
    set(&r, "ballots", LIST(entry("a", "Candidate A")));
    put(&r, "ballot_id", text("x"));
    refused(e, &r, EG_E_BAD_TYPE, "ballot_id");
}

/* ---- tallies ---- */

static const char list_name[] = "encrypted_ballots";

static void refused_ballot(const eg_node *ballot, eg_code code, const char *path)
{
    request r = tally_request(&base, 2);
    refused_with(&eg_endpoint_create_encrypted_tally, &r, list_name,
                 LIST(*at(&r.fields[r.count - 1].value, 0), *ballot), code, path);
}

/* The ballot with one selection's ciphertext part replaced. */
static eg_node with_pad(const eg_node *ballot, const eg_node *pad)
{
    const eg_node *contests = get(ballot, "contests");
    const eg_node *selections = get(at(contests, 0), "ballot_selections");
    eg_node ciphertext = with(get(at(selections, 1), "ciphertext"), "pad", pad);
    eg_node selection = with(at(selections, 1), "ciphertext", &ciphertext);
    eg_node list = with_item(selections, 1, &selection);
    eg_node contest = with(at(contests, 0), "ballot_selections", &list);
    eg_node contest_list = with_item(contests, 0, &contest);
    return with(ballot, "contests", &contest_list);
}

static void ballots_to_tally(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_encrypted_tally;
    (void)s;
    request r = tally_request(&base, 2);
    refused_without(e, &r, list_name);
    refused_with(e, &r, list_name, list_of(NULL, 0), EG_E_OUT_OF_RANGE, list_name);
    refused_with(e, &r, list_name, null_node(), EG_E_BAD_TYPE, list_name);
    refused_with(e, &r, list_name, LIST(number(5)), EG_E_BAD_TYPE, "encrypted_ballots[0]");
    refused_with(e, &r, list_name, LIST(null_node()), EG_E_BAD_TYPE, "encrypted_ballots[0]");
    refused_with(e, &r, list_name, LIST(text("$$$")), EG_E_BAD_ENCODING, "encrypted_ballots[0]");
    refused_with(e, &r, list_name, LIST(text("gqFh")), EG_E_BAD_ENCODING, NULL);
    refused_with(e, &r, list_name, LIST(text("{\"object_id\": ")), EG_E_BAD_ENCODING, NULL);
    refused_with(e, &r, list_name, LIST(text("{}")), EG_E_MISSING_FIELD,
                 "encrypted_ballots[0].object_id");
    refused_with(e, &r, list_name, LIST(text("[]")), EG_E_BAD_TYPE, "encrypted_ballots[0]");
    eg_node first = ballot_map(0);
    refused_with(e, &r, list_name, LIST(first, first), EG_E_DUPLICATE,
                 "encrypted_ballots[1].object_id");
    static const char *const odd[] = {"ZZ", "1"};
    for (size_t i = 0; i < 2; i++) {
        eg_node pad = text(odd[i]);
        eg_node bad = with_pad(&first, &pad);
        refused_with(e, &r, list_name, LIST(bad), EG_E_BAD_ENCODING,
                     "encrypted_ballots[0].contests[0].ballot_selections[1].ciphertext.pad");
    }
    eg_node zero = text("00");
    eg_node five = number(5);
    eg_node with_zero = with_pad(&first, &zero);
    refused_ballot(&with_zero, EG_E_NOT_IN_GROUP, NULL);
    eg_node with_number = with_pad(&first, &five);
    refused_ballot(&with_number, EG_E_BAD_TYPE, NULL);
    eg_node none = list_of(NULL, 0);
    eg_node empty = with(&first, "contests", &none);
    refused_with(e, &r, list_name, LIST(empty), EG_E_WRONG_ELECTION, NULL);
}

static void ballots_of_other_elections(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_encrypted_tally;
    (void)s;
    request r = tally_request(&base, 2);
    eg_node reversed = LIST(text("Candidate C"), text("Candidate B"), text("Candidate A"));
    refused_with(e, &r, "candidate_names", reversed, EG_E_WRONG_ELECTION, NULL);
    refused_with(e, &r, "max_choices", number(2), EG_E_WRONG_ELECTION, NULL);
    refused_with(e, &r, "commitment_hash", text("7"), EG_E_WRONG_ELECTION, "encrypted_ballots[0]");
    refused_with(e, &r, "quorum", number(1), EG_E_WRONG_ELECTION, "encrypted_ballots[0]");
    refused_with(e, &r, "joint_public_key",
                 *get(at(get(&base.setup, "public_keys"), 0), "public_key"), EG_E_WRONG_ELECTION,
                 "encrypted_ballots[0]");
}

/* Hashes do not tell when two ciphertexts change places with everything that depends on them
 * recomputed, so a proof's own numbers are changed here. */
static void false_proofs(void **s)
{
    const eg_endpoint *e = &eg_endpoint_create_encrypted_tally;
    (void)s;
    eg_node ballot = ballot_map(1);
    const eg_node *contests = get(&ballot, "contests");
    const eg_node *selections = get(at(contests, 0), "ballot_selections");
    eg_node five = text("05");
    eg_node proof = with(get(at(selections, 2), "proof"), "proof_one_response", &five);
    eg_node selection = with(at(selections, 2), "proof", &proof);
    eg_node list = with_item(selections, 2, &selection);
    eg_node contest = with(at(contests, 0), "ballot_selections", &list);
    eg_node contest_list = with_item(contests, 0, &contest);
    eg_node forged = with(&ballot, "contests", &contest_list);
    request r = tally_request(&base, 2);
    const char *path = "encrypted_ballots[1].contests[0].ballot_selections[2].proof";
    set(&r, list_name, LIST(ballot_map(0), forged));
    refused(e, &r, EG_E_PROOF_INVALID, path);
    request early = election_fields(&base); /* known before the ballots: verified on arrival */
    put(&early, "verify_ballots", boolean(true));
    put(&early, list_name, LIST(ballot_map(0), ballot_map(1)));
    (void)call(e, &early);
    set(&early, list_name, LIST(ballot_map(0), forged));
    refused(e, &early, EG_E_PROOF_INVALID, path);
    put(&r, "verify_ballots", boolean(true)); /* known only after the ballots */
    refused(e, &r, EG_E_PROOF_INVALID, path);
    set(&r, "verify_ballots", boolean(false));
    (void)call(e, &r);
    put(&r, "include_submitted_ballots", boolean(false));
    eg_node answer = call(e, &r);
    assert_int_equal(length(get(&answer, "submitted_ballots")), 0);
    set(&r, "verify_ballots", text("yes"));
    refused(e, &r, EG_E_BAD_TYPE, "verify_ballots");
    /* exchanged ciphertexts */
    eg_node a = with(at(selections, 0), "ciphertext", get(at(selections, 1), "ciphertext"));
    eg_node b = with(at(selections, 1), "ciphertext", get(at(selections, 0), "ciphertext"));
    eg_node exchanged = with_item(selections, 0, &a);
    exchanged = with_item(&exchanged, 1, &b);
    contest = with(at(contests, 0), "ballot_selections", &exchanged);
    contest_list = with_item(contests, 0, &contest);
    forged = with(&ballot, "contests", &contest_list);
    refused_ballot(&forged, EG_E_PROOF_INVALID, NULL);
}

static void mixed_forms(void **s)
{
    (void)s;
    request r = tally_request(&base, 2);
    eg_node first = ballot_map(0);
    eg_node second = ballot_map(1);
    set(&r, list_name, LIST(first, packed(EG_FORM_BASE64, &second)));
    (void)call(&eg_endpoint_create_encrypted_tally, &r);
    eg_node whole = LIST(packed(EG_FORM_TEXT, &first), second);
    set(&r, list_name, packed(EG_FORM_TEXT, &whole));
    (void)call(&eg_endpoint_create_encrypted_tally, &r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_that_are_no_map),
        cmocka_unit_test(media_types),
        cmocka_unit_test_setup_teardown(guardians_to_set_up, start, stop),
        cmocka_unit_test_setup_teardown(election_keys, start, stop),
        cmocka_unit_test_setup_teardown(ballots, start, stop),
        cmocka_unit_test_setup_teardown(chunks, start, stop),
        cmocka_unit_test_setup_teardown(ballots_to_tally, start, stop),
        cmocka_unit_test_setup_teardown(ballots_of_other_elections, start, stop),
        cmocka_unit_test_setup_teardown(false_proofs, start, stop),
        cmocka_unit_test_setup_teardown(mixed_forms, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
