/* Shares of a tally as guardians' tools make them: what the library combines to the right counts,
 * of everybody, and with one guardian missing; and of nothing that must stay closed. */
#include "three.h"

#include "election/ballot_encrypt.h"
#include "election/decryption.h"
#include "guardian/shares.h"
#include "wire/objects/decryption.h"

enum { CANDIDATES = 3, BALLOTS = 5, SPOILED = 4, RESULTS_MAX = 8 };

typedef struct held {
    three t;
    eg_arena arena;
    eg_str names[CANDIDATES];
    eg_manifest manifest;
    eg_context context;
    eg_fixed_base *key;
    eg_election election;
    eg_ballot ballots[BALLOTS]; /* the last one is spoiled */
    eg_tally tally;
    const eg_ballot *spoiled[2];
    eg_guardian_tally given;
} held;

static void must(eg_result r)
{
    assert_int_equal(r.code, EG_OK);
}

/* For candidate number % CANDIDATES. */
static void cast(held *h, size_t number)
{
    static const char *const ids[] = {"b-0", "b-1", "b-2", "b-3", "b-4"};
    eg_plain_ballot plain;
    size_t failed;
    eg_modq seed = seeded_q(), nonce = seeded_q();
    must(eg_plain_ballot_from_names(&plain, eg_str_from(ids[number]),
                                    &h->names[number % CANDIDATES], 1, &h->manifest, &h->arena,
                                    NULL));
    const eg_encrypt_input input = {&plain, &seed, &nonce, 1700000000};
    must(
        eg_ballots_encrypt(&h->ballots[number], &input, 1, &h->election, &h->arena, &failed, NULL));
    h->ballots[number].state = number == SPOILED ? EG_BALLOT_SPOILED : EG_BALLOT_CAST;
}

static void make_context(held *h)
{
    eg_guardian_public records[GUARDIANS];
    eg_modp joint;
    eg_modq commitment_hash;
    for (uint32_t i = 0; i < GUARDIANS; i++) {
        records[i] = *eg_guardian_known(h->t.of[0], i + 1);
    }
    eg_joint_key(&joint, &commitment_hash, records, GUARDIANS);
    must(eg_context_init(&h->context, GUARDIANS, QUORUM, &joint, &commitment_hash,
                         &h->manifest.hash, NULL));
    h->key = eg_fixed_base_new(&joint);
    assert_non_null(h->key);
    h->election = (eg_election){&h->manifest, &h->context, h->key};
}

static void hold(held *h)
{
    static const char *const names[CANDIDATES] = {"Ann", "Bo", "Cy"};
    eg_tally_sum sum;
    memset(h, 0, sizeof *h);
    three_hold(&h->t);
    eg_arena_init(&h->arena, NULL);
    for (size_t i = 0; i < CANDIDATES; i++) {
        h->names[i] = eg_str_from(names[i]);
    }
    must(eg_manifest_build_service(&h->manifest, &h->arena, h->names, CANDIDATES, h->names,
                                   CANDIDATES, 1, NULL));
    make_context(h);
    must(eg_tally_sum_init(&sum, &h->manifest, &h->arena, NULL));
    for (size_t i = 0; i < BALLOTS; i++) {
        cast(h, i);
        if (i != SPOILED) {
            eg_tally_sum_add(&sum, &h->ballots[i], &h->manifest);
        }
    }
    must(eg_tally_from_sum(&h->tally, &sum, &h->manifest, &h->arena, NULL));
    h->tally.object_id = EG_STR("a tally's own id"); /* which shares do not bear */
    h->spoiled[0] = &h->ballots[SPOILED];
    h->given = (eg_guardian_tally){&h->context, &h->tally, h->spoiled, 1};
}

static void end(held *h)
{
    three_free(&h->t);
    eg_fixed_base_free(h->key);
    eg_arena_free(&h->arena);
}

/* ---- files of shares ---- */

/* The file of guardian number `by`, for `missing` or its own, as a tree. */
static eg_node file_of(held *h, uint32_t by, uint32_t missing)
{
    eg_guardian_shares *shares = NULL;
    eg_buf text;
    eg_str copy;
    eg_node map;
    must(eg_guardian_shares_begin(&shares, h->t.of[by - 1], &h->given, missing, NULL));
    const size_t units = eg_guardian_shares_units(shares);
    assert_int_equal(units, 2);
    for (size_t i = units; i-- > 0;) { /* in any order */
        must(eg_guardian_shares_compute(shares, i, &seeded_rng, NULL));
    }
    eg_buf_init(&text, NULL);
    must(eg_guardian_shares_write(shares, &text, NULL));
    must(eg_arena_copy_str(&h->arena, eg_buf_str(&text), &copy, NULL));
    must(eg_tree_parse(&map, EG_JSON, copy, 0, &h->arena, NULL, NULL));
    eg_buf_free(&text);
    eg_guardian_shares_free(shares);
    return map;
}

/* The share of the tally, or of the spoiled ballot. */
static const eg_node *share_in(const eg_node *file, bool of_tally)
{
    return of_tally ? eg_map_member(file, "tally_share")
                    : eg_map_member(eg_map_member(file, "ballot_shares"), "b-4");
}

static void check_head(const eg_node *file, uint32_t by, uint32_t missing)
{
    static const char *const own[] = {"guardian_id", "sequence_order", "tally_share",
                                      "ballot_shares"};
    static const char *const instead[] = {"guardian_id",         "sequence_order",
                                          "missing_guardian_id", "missing_sequence_order",
                                          "tally_share",         "ballot_shares"};
    const size_t count = missing == 0 ? 4 : 6;
    assert_int_equal(file->as.map.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(eg_str_equal(file->as.map.members[i].key,
                                 eg_str_from(missing == 0 ? own[i] : instead[i])));
    }
    assert_int_equal(eg_map_member(file, "sequence_order")->as.integer, by);
    assert_true(
        eg_str_equal(eg_map_member(file, "guardian_id")->as.str, eg_str_from(three_ids[by - 1])));
    if (missing != 0) {
        assert_int_equal(eg_map_member(file, "missing_sequence_order")->as.integer, missing);
    }
}

/* ---- combining them as the library does ---- */

/* Reads and verifies the share that guardian number `by` made. */
static void take(held *h, eg_decryption_share *out, const eg_target *target, uint32_t by,
                 uint32_t missing, bool of_tally)
{
    const eg_node file = file_of(h, by, missing);
    const eg_guardian_public *maker = eg_guardian_known(h->t.of[0], by);
    eg_modp recovery_key;
    eg_share_origin origin = {.guardian_id = maker->owner_id, .public_key = &maker->key};
    check_head(&file, by, missing);
    if (missing != 0) {
        const eg_guardian_public *away = eg_guardian_known(h->t.of[0], missing);
        eg_recovery_key_vartime(&recovery_key, away->commitments, QUORUM, by);
        origin.missing_guardian_id = away->owner_id;
        origin.recovery_key = &recovery_key;
    }
    must(eg_decryption_share_read(out, missing == 0 ? EG_OWN_SHARE : EG_COMPENSATED_SHARE,
                                  share_in(&file, of_tally), NULL, &h->arena, NULL));
    must(eg_decryption_share_verify(out, target, &origin, &h->context.extended_base_hash, &h->arena,
                                    NULL, NULL));
}

/* The third guardian's share, from the parts of the first two. */
static void stand_in(held *h, eg_decryption_share *out, const eg_target *target, bool of_tally)
{
    static eg_decryption_share parts[QUORUM];
    const eg_decryption_share *list[QUORUM];
    eg_modq weights[QUORUM];
    const eg_guardian_public *away = eg_guardian_known(h->t.of[0], GUARDIANS);
    for (uint32_t i = 0; i < QUORUM; i++) {
        const uint64_t other = QUORUM - i;
        take(h, &parts[i], target, i + 1, GUARDIANS, of_tally);
        must(eg_lagrange(&weights[i], i + 1, &other, 1, NULL));
        list[i] = &parts[i];
    }
    must(eg_share_reconstruct(out, target, away->owner_id, &away->key, list, weights, QUORUM,
                              &h->arena, NULL));
}

static void decrypt(held *h, eg_plain_result results[RESULTS_MAX], bool of_tally, bool one_is_away)
{
    static eg_decryption_share shares[GUARDIANS];
    const eg_decryption_share *list[GUARDIANS];
    eg_target target;
    size_t count = 0;
    if (of_tally) {
        must(eg_target_from_tally(&target, &h->tally, &h->arena, NULL));
        target.object_id = EG_STR("");
    } else {
        must(eg_target_from_ballot(&target, h->spoiled[0], &h->arena, NULL));
    }
    for (uint32_t i = 0; i < GUARDIANS; i++) {
        if (one_is_away && i + 1 == GUARDIANS) {
            stand_in(h, &shares[i], &target, of_tally);
        } else {
            take(h, &shares[i], &target, i + 1, 0, of_tally);
        }
        list[i] = &shares[i];
    }
    must(eg_shares_combine(results, &count, &target, list, GUARDIANS, BALLOTS, NULL, NULL));
    assert_int_equal(count, CANDIDATES);
}

static void counts_are_right(void **state)
{
    static const uint64_t tally[CANDIDATES] = {2, 1, 1}, spoiled[CANDIDATES] = {0, 1, 0};
    eg_plain_result results[RESULTS_MAX];
    held h;
    (void)state;
    hold(&h);
    for (unsigned away = 0; away < 2; away++) {
        decrypt(&h, results, true, away != 0);
        for (size_t i = 0; i < CANDIDATES; i++) {
            assert_int_equal(results[i].tally, tally[i]);
        }
        decrypt(&h, results, false, away != 0);
        for (size_t i = 0; i < CANDIDATES; i++) {
            assert_int_equal(results[i].tally, spoiled[i]);
        }
    }
    end(&h);
}

/* ---- what is refused ---- */

static void refuse(held *h, uint32_t missing, eg_code code, const char *path)
{
    eg_error err = {0};
    eg_guardian_shares *shares = (eg_guardian_shares *)&err;
    eg_result result = eg_guardian_shares_begin(&shares, h->t.of[0], &h->given, missing, &err);
    assert_int_equal(result.code, code);
    assert_string_equal(err.path, path);
    assert_null(shares);
}

static void ballots_that_were_cast_stay_closed(void **state)
{
    held h;
    (void)state;
    hold(&h);
    h.spoiled[1] = &h.ballots[0];
    h.given.spoiled_count = 2;
    refuse(&h, 0, EG_E_WITHHELD, "ballots.b-0");
    h.spoiled[1] = &h.ballots[SPOILED];
    refuse(&h, 0, EG_E_DUPLICATE, "ballots.b-4");
    end(&h);
}

static void other_elections_are_refused(void **state)
{
    held h;
    (void)state;
    hold(&h);
    const eg_context right = h.context;
    h.context.quorum = 3;
    refuse(&h, 0, EG_E_WRONG_ELECTION, "context.quorum");
    h.context = right;
    h.context.number_of_guardians = 4;
    refuse(&h, 0, EG_E_WRONG_ELECTION, "context.number_of_guardians");
    h.context = right;
    h.context.public_key = seeded_member();
    refuse(&h, 0, EG_E_WRONG_ELECTION, "context.elgamal_public_key");
    h.context = right;
    h.context.commitment_hash = seeded_q();
    refuse(&h, 0, EG_E_WRONG_ELECTION, "context.commitment_hash");
    h.context = right;
    h.context.manifest_hash = seeded_q();
    refuse(&h, 0, EG_E_WRONG_ELECTION, "context.crypto_base_hash");
    h.context = right;
    h.context.extended_base_hash = seeded_q();
    refuse(&h, 0, EG_E_WRONG_ELECTION, "context.crypto_extended_base_hash");
    end(&h);
}

static void stand_ins_want_a_backup(void **state)
{
    held h;
    three young;
    (void)state;
    hold(&h);
    refuse(&h, 1, EG_E_OUT_OF_RANGE, "missing_guardian");
    refuse(&h, 4, EG_E_OUT_OF_RANGE, "missing_guardian");
    three_make(&young);
    three_take_records(&young);
    eg_guardian *old = h.t.of[0];
    h.t.of[0] = young.of[0];
    eg_fixed_base_free(h.key);
    make_context(&h);
    refuse(&h, 2, EG_E_NOT_FOUND, "missing_guardian");
    h.t.of[0] = old;
    three_free(&young);
    end(&h);
}

static void records_come_first(void **state)
{
    held h;
    three young;
    (void)state;
    hold(&h);
    three_make(&young);
    eg_guardian *old = h.t.of[0];
    h.t.of[0] = young.of[0];
    refuse(&h, 0, EG_E_NOT_FOUND, "sequence_order");
    h.t.of[0] = old;
    three_free(&young);
    end(&h);
}

/* Raised to the key they would give it away, bit by bit. */
static void strangers_are_not_raised_to_the_key(void **state)
{
    held h;
    eg_guardian_shares *shares = NULL;
    eg_error err = {0};
    (void)state;
    hold(&h);
    h.tally.contests[0].selections[1].ciphertext.pad = seeded_stranger();
    must(eg_guardian_shares_begin(&shares, h.t.of[0], &h.given, 0, NULL));
    assert_int_equal(eg_guardian_shares_compute(shares, 0, &seeded_rng, &err).code,
                     EG_E_NOT_IN_GROUP);
    assert_non_null(strstr(err.path, "tally.contests."));
    assert_int_equal(eg_guardian_shares_compute(shares, 1, &broken_rng, &err).code, EG_E_INTERNAL);
    must(eg_guardian_shares_compute(shares, 1, &seeded_rng, NULL));
    eg_guardian_shares_free(shares);
    eg_guardian_shares_free(NULL);
    end(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_right),
        cmocka_unit_test(ballots_that_were_cast_stay_closed),
        cmocka_unit_test(other_elections_are_refused),
        cmocka_unit_test(stand_ins_want_a_backup),
        cmocka_unit_test(records_come_first),
        cmocka_unit_test(strangers_are_not_raised_to_the_key),
    };
    seed_from_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
