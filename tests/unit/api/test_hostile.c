/* Requests that must be refused (docs/api-contract.md 8), by code and path, through the endpoints.
 */
#include "elections.h"

#include "group/group.h"

static ran_election base; /* three candidates, three guardians, quorum 2, two ballots tallied */
static eg_node no_ballots;

static int start(void **s)
{
    static const size_t choices[] = {0, 2};
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    if (!eg_api_init(NULL)) {
        return 1;
    }
    base = (ran_election){.guardians = 3, .quorum = 2, .max_choices = 1};
    setup(&base, 3);
    vote_chunk(&base, choices, 2);
    tally(&base, 2);
    no_ballots = list_of(NULL, 0);
    return 0;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

/* The request with one field set to something else. */
static void refused_with(const eg_endpoint *e, const request *r, const char *field, eg_node value,
                         eg_code code, const char *path)
{
    request changed = *r;
    set(&changed, field, value);
    refused(e, &changed, code, path);
}

static void refused_without(const eg_endpoint *e, const request *r, const char *field)
{
    request changed = *r;
    drop(&changed, field);
    refused(e, &changed, EG_E_MISSING_FIELD, field);
}

static void refused_bytes(const eg_endpoint *e, const char *bytes, size_t n, eg_code code)
{
    driven d;
    send_bytes(&d, e, bytes, n);
    assert_false(d.ok);
    if (d.error.code != code) {
        fail_msg("%s: got %d %s", bytes, d.error.code, d.error.text);
    }
    driven_free(&d);
}

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
    refused_with(e, &r, "party_names", list_of(NULL, 0), EG_E_OUT_OF_RANGE, "party_names");
    refused_with(e, &r, "party_names", LIST(null_node(), text("")), EG_E_BAD_TYPE,
                 "party_names[0]");
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
    refused_with(e, &r, "max_choices", number(0), EG_E_OUT_OF_RANGE, "max_choices");
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

/* ---- tallies ----
 */

static const char list_name[] = "encrypted_ballots";

static eg_node ballot_map(size_t i)
{
    return opened(get(&base.ballots[i], "encrypted_ballot"));
}

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

/* ---- shares ----
 */

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

/* ---- challenges and ceremony ----
 */

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
        cmocka_unit_test_setup_teardown(partial_decryption, start, stop),
        cmocka_unit_test_setup_teardown(partial_decryption_without_record, start, stop),
        cmocka_unit_test_setup_teardown(compensation, start, stop),
        cmocka_unit_test_setup_teardown(combination, start, stop),
        cmocka_unit_test_setup_teardown(false_shares, start, stop),
        cmocka_unit_test_setup_teardown(challenges, start, stop),
        cmocka_unit_test_setup_teardown(joint_keys, start, stop),
        cmocka_unit_test_setup_teardown(credentials_and_backups, start, stop),
        cmocka_unit_test_setup_teardown(publication, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
