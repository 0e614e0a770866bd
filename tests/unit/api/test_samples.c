/* Another implementation's recorded exchanges (tests/data/samples): its ballots and shares are
 * taken and lead to the same tallies, shares and results. */
#include "requests.h"

static int start(void **s)
{
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    return eg_api_init(NULL) ? 0 : 1;
}

static int start_msgpack(void **s)
{
    int r = start(s);
    test_form = (wire_form){.encoding = EG_MSGPACK};
    return r;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

static bool same(const eg_node *a, const eg_node *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case EG_NULL:
        return true;
    case EG_BOOL:
        return a->as.boolean == b->as.boolean;
    case EG_INT:
        return a->as.integer == b->as.integer;
    case EG_FLOAT:
        return false;
    case EG_BIGINT:
    case EG_STRING:
    case EG_BYTES:
        return eg_str_equal(a->as.str, b->as.str);
    case EG_ARRAY:
        for (size_t i = 0; i < a->as.array.count && i < b->as.array.count; i++) {
            if (!same(&a->as.array.items[i], &b->as.array.items[i])) {
                return false;
            }
        }
        return a->as.array.count == b->as.array.count;
    case EG_MAP:
        for (size_t i = 0; i < a->as.map.count && i < b->as.map.count; i++) {
            const eg_member *x = &a->as.map.members[i];
            const eg_member *y = &b->as.map.members[i];
            if (!eg_str_equal(x->key, y->key) || !same(&x->value, &y->value)) {
                return false;
            }
        }
        return a->as.map.count == b->as.map.count;
    }
    return false;
}

/* Field by field in order, so that a difference is named. */
static void assert_same_fields(const eg_node *a, const eg_node *b)
{
    assert_int_equal(a->as.map.count, b->as.map.count);
    for (size_t i = 0; i < a->as.map.count; i++) {
        const eg_member *x = &a->as.map.members[i];
        const eg_member *y = &b->as.map.members[i];
        if (!eg_str_equal(x->key, y->key) || !same(&x->value, &y->value)) {
            fail_msg("field '%.*s' differs from '%.*s'", (int)x->key.len, x->key.data,
                     (int)y->key.len, y->key.data);
        }
    }
}

static eg_node replay(const eg_endpoint *endpoint, const char *name)
{
    eg_node map = sample(name, "request");
    request r = request_of(&map);
    return call(endpoint, &r);
}

/* Everything but the order of cast_ballot_ids, which is arbitrary there and the request's here. */
static void tally_is_the_recorded_one(void **s)
{
    (void)s;
    eg_node answer = replay(&eg_endpoint_create_encrypted_tally, "create_encrypted_tally.001");
    eg_node recorded = sample("create_encrypted_tally.001", "response");
    const eg_node *ids = get(get(&answer, "ciphertext_tally"), "cast_ballot_ids");
    assert_int_equal(length(ids), 4);
    assert_text(at(ids, 0), "ballot-1");
    assert_text(at(ids, 3), "ballot-4");
    eg_node tally = with(get(&recorded, "ciphertext_tally"), "cast_ballot_ids", ids);
    assert_same_fields(get(&answer, "ciphertext_tally"), &tally);
    assert_int_equal(length(get(&answer, "submitted_ballots")), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_same_fields(at(get(&answer, "submitted_ballots"), i),
                           at(get(&recorded, "submitted_ballots"), i));
    }
}

static const eg_node *selections_of(const eg_node *share)
{
    return get(get(get(share, "contests"), "contest-1"), "selections");
}

/* Proofs are random; shares and recovery keys are not. */
static void assert_same_shares(const eg_node *answer, const eg_node *recorded, const char *field,
                               const char *key)
{
    eg_node ours = opened(get(answer, field));
    eg_node theirs = opened(get(recorded, field));
    const eg_node *a = selections_of(&ours);
    const eg_node *b = selections_of(&theirs);
    assert_int_equal(a->as.map.count, b->as.map.count);
    for (size_t i = 0; i < a->as.map.count; i++) {
        assert_true(
            same(get(&a->as.map.members[i].value, key), get(&b->as.map.members[i].value, key)));
    }
}

static void partial_shares_are_the_recorded_ones(void **s)
{
    static const char *const names[] = {"create_partial_decryption.001",
                                        "create_partial_decryption.002"};
    (void)s;
    for (size_t i = 0; i < 2; i++) {
        eg_node answer = replay(&eg_endpoint_create_partial_decryption, names[i]);
        eg_node recorded = sample(names[i], "response");
        assert_same_shares(&answer, &recorded, "tally_share", "share");
    }
}

static void compensated_shares_are_the_recorded_ones(void **s)
{
    static const char *const names[] = {"create_compensated_decryption.001",
                                        "create_compensated_decryption.002"};
    (void)s;
    for (size_t i = 0; i < 2; i++) {
        eg_node answer = replay(&eg_endpoint_create_compensated_decryption, names[i]);
        eg_node recorded = sample(names[i], "response");
        assert_same_shares(&answer, &recorded, "compensated_tally_share", "share");
        assert_same_shares(&answer, &recorded, "compensated_tally_share", "recovery_key");
    }
}

/* The data as /setup_guardians answers it: backups keyed by their owner. */
static void compensation_takes_data_straight_from_setup(void **s)
{
    (void)s;
    eg_node recorded = sample("setup_guardians.001", "response");
    const eg_node *data = get(&recorded, "guardian_data");
    for (size_t i = 0; i < 2; i++) {
        const char *name =
            i == 0 ? "create_compensated_decryption.001" : "create_compensated_decryption.002";
        eg_node map = sample(name, "request");
        request r = request_of(&map);
        set(&r, "available_guardian_data", *at(data, i));
        set(&r, "missing_guardian_data", *at(data, 2));
        eg_node answer = call(&eg_endpoint_create_compensated_decryption, &r);
        eg_node expected = sample(name, "response");
        assert_same_shares(&answer, &expected, "compensated_tally_share", "share");
    }
}

static void results_are_the_recorded_ones(void **s)
{
    (void)s;
    eg_node answer =
        replay(&eg_endpoint_combine_decryption_shares, "combine_decryption_shares.001");
    eg_node recorded = sample("combine_decryption_shares.001", "response");
    assert_same_fields(get(get(&answer, "results"), "election"),
                       get(get(&recorded, "results"), "election"));
    assert_same_fields(get(get(&answer, "results"), "results"),
                       get(get(&recorded, "results"), "results"));
    assert_same_fields(get(get(&answer, "results"), "verification"),
                       get(get(&recorded, "results"), "verification"));
}

static void challenges_are_judged_as_recorded(void **s)
{
    (void)s;
    eg_node match = replay(&eg_endpoint_benaloh_challenge, "benaloh_challenge.001");
    eg_node recorded = sample("benaloh_challenge.001", "response");
    assert_same_fields(&match, &recorded);
    eg_node other = replay(&eg_endpoint_benaloh_challenge, "benaloh_challenge.002");
    recorded = sample("benaloh_challenge.002", "response");
    /* there the list is always empty when nothing matches */
    assert_int_equal(length(get(&other, "verified_candidates")), 2);
    eg_node fixed = with(&recorded, "verified_candidates", get(&other, "verified_candidates"));
    assert_same_fields(&other, &fixed);
}

static void keys_are_verified_as_recorded(void **s)
{
    static const char *const names[] = {"verify_guardian_key.001", "verify_guardian_key.002"};
    (void)s;
    for (size_t i = 0; i < 2; i++) {
        eg_node answer = replay(&eg_endpoint_verify_guardian_key, names[i]);
        eg_node recorded = sample(names[i], "response");
        assert_same_fields(&answer, &recorded);
    }
}

static void keys_are_combined_as_recorded(void **s)
{
    (void)s;
    eg_node answer =
        replay(&eg_endpoint_combine_guardian_public_keys, "combine_guardian_public_keys.001");
    eg_node recorded = sample("combine_guardian_public_keys.001", "response");
    assert_same_fields(&answer, &recorded);
}

static void ballot_is_published_as_recorded(void **s)
{
    (void)s;
    eg_node answer = replay(&eg_endpoint_publish_ballot, "publish_ballot.001");
    eg_node recorded = sample("publish_ballot.001", "response");
    assert_same_fields(&answer, &recorded);
}

/* `owner_id` came back as a number there. */
static void artifact_is_decoded(void **s)
{
    (void)s;
    eg_node answer = replay(&eg_endpoint_decode_artifact_to_json, "decode_artifact_to_json.001");
    eg_node recorded = sample("decode_artifact_to_json.001", "response");
    assert_text(get(get(&answer, "decoded"), "owner_id"), "1");
    eg_node fixed =
        with(get(&recorded, "decoded"), "owner_id", get(get(&answer, "decoded"), "owner_id"));
    assert_same_fields(get(&answer, "decoded"), &fixed);
}

/* Each recorded backup opens for its recipient and fits the sender's commitments; so do ours. */
static void backups_fit_their_senders(void **s)
{
    (void)s;
    eg_node credentials[3];
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "generate_guardian_credentials.00%zu", i + 1);
        credentials[i] = sample(name, "response");
    }
    for (size_t sender = 0; sender < 3; sender++) {
        char name[64];
        (void)snprintf(name, sizeof name, "generate_guardian_backup_shares.00%zu", sender + 1);
        eg_node shares[2] = {sample(name, "response"),
                             replay(&eg_endpoint_generate_guardian_backup_shares, name)};
        for (size_t recipient = 0; recipient < 3; recipient++) {
            for (size_t k = 0; k < 2 && recipient != sender; k++) {
                const eg_node *data = get(&shares[k], "guardian_data");
                char id[4];
                (void)snprintf(id, sizeof id, "%zu", recipient + 1);
                request r = {.count = 0};
                put(&r, "number_of_guardians", number(3));
                put(&r, "quorum", number(2));
                put(&r, "guardian_id", text(id));
                put(&r, "sequence_order", number((int64_t)recipient + 1));
                put(&r, "private_key", *get(&credentials[recipient], "private_key"));
                put(&r, "backup", *get(get(data, "backups"), id));
                put(&r, "sender_election_public_key", *get(data, "election_public_key"));
                eg_node answer = call(&eg_endpoint_verify_guardian_backup, &r);
                assert_true(get(&answer, "verified")->as.boolean);
                /* another's private key cannot open it */
                set(&r, "private_key", *get(&credentials[sender], "private_key"));
                answer = call(&eg_endpoint_verify_guardian_backup, &r);
                assert_false(get(&answer, "verified")->as.boolean);
            }
        }
    }
}

static void the_guardian_with_a_false_proof_is_named(void **s)
{
    (void)s;
    eg_node map = sample("combine_guardian_public_keys.001", "request");
    request r = request_of(&map);
    eg_node records[3];
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "generate_guardian_credentials.00%zu", i + 1);
        eg_node credentials = sample(name, "response");
        eg_node record = opened(get(get(&credentials, "guardian_data"), "election_public_key"));
        records[i] = record;
    }
    put(&r, "election_public_keys", list_of(records, 3));
    (void)call(&eg_endpoint_combine_guardian_public_keys, &r);
    const eg_node *proofs = get(&records[1], "coefficient_proofs");
    eg_node response = text("05");
    eg_node proof = with(at(proofs, 1), "response", &response);
    eg_node list = with_item(proofs, 1, &proof);
    records[1] = with(&records[1], "coefficient_proofs", &list);
    set(&r, "election_public_keys", list_of(records, 3));
    driven d;
    eg_node body = map_of(&r);
    send_map(&d, &eg_endpoint_combine_guardian_public_keys, &body);
    assert_false(d.ok);
    assert_int_equal(d.error.code, EG_E_PROOF_INVALID);
    assert_string_equal(d.error.path, "election_public_keys[1].coefficient_proofs[1]");
    assert_non_null(strstr(d.error.text, "guardian 2"));
    driven_free(&d);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, start, stop),                                            \
        cmocka_unit_test_setup_teardown(test, start_msgpack, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(tally_is_the_recorded_one),
        BOTH(partial_shares_are_the_recorded_ones),
        BOTH(compensated_shares_are_the_recorded_ones),
        BOTH(compensation_takes_data_straight_from_setup),
        BOTH(results_are_the_recorded_ones),
        BOTH(challenges_are_judged_as_recorded),
        BOTH(keys_are_verified_as_recorded),
        BOTH(keys_are_combined_as_recorded),
        BOTH(ballot_is_published_as_recorded),
        BOTH(artifact_is_decoded),
        BOTH(backups_fit_their_senders),
        BOTH(the_guardian_with_a_false_proof_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
