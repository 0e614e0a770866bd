/* Ballots: the structure that is demanded of them, and the contest data that goes with them. */
#include "support/own_stack.h"
#include "unit/election/make_election.h"

#include "election/ballot_encrypt.h"
#include "election/ballot_parts.h"
#include "election/ballot_verify.h"
#include "election/contest_data.h"
#include "election/plain_contest.h"

static made_election e = {.guardians = 1, .quorum = 1, .candidates = 4, .limit = 2};
static eg_ballot good;

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    made_election_init(&e);
    made_ballot(&e, &good, 0, 1);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_election_free(&e);
    return 0;
}

static void encrypted_ballots_have_the_structure(void **state)
{
    (void)state;
    must(eg_ballot_check_structure(&good, &e.election, &e.arena, NULL, NULL));
    must(eg_ballot_check_membership(&good, &e.arena, NULL, NULL));
    assert_true(eg_ballot_is_valid_encryption(&good, &e.manifest.hash, e.key,
                                              &e.context.extended_base_hash, &e.arena));
}

static void assert_refused(const eg_ballot *ballot, eg_code code, const char *path)
{
    eg_error err = {.code = EG_OK};
    assert_true(eg_failed(eg_ballot_check_structure(ballot, &e.election, &e.arena, NULL, &err)));
    assert_int_equal(err.code, code);
    assert_string_equal(err.path, path);
}

static void foreign_parts_are_refused(void **state)
{
    (void)state;
    eg_ballot *b = copied_ballot(&e, &good);
    b->manifest_hash = seeded_q();
    assert_refused(b, EG_E_WRONG_ELECTION, "manifest_hash");
    b = copied_ballot(&e, &good);
    b->style_id = EG_STR("another");
    assert_refused(b, EG_E_WRONG_ELECTION, "style_id");
    b = copied_ballot(&e, &good);
    b->contest_count = 0;
    assert_refused(b, EG_E_WRONG_ELECTION, "contests");
    b = copied_ballot(&e, &good);
    b->contests[0].selection_count--;
    assert_refused(b, EG_E_WRONG_ELECTION, "contests[0].ballot_selections");
    b = copied_ballot(&e, &good);
    b->contests[0].description_hash = seeded_q();
    assert_refused(b, EG_E_WRONG_ELECTION, "contests[0]");
    b = copied_ballot(&e, &good);
    b->contests[0].selections[5].is_placeholder = false; /* a vote too many could be counted */
    assert_refused(b, EG_E_WRONG_ELECTION, "contests[0].ballot_selections[5]");
    b = copied_ballot(&e, &good);
    b->contests[0].selections[1] = b->contests[0].selections[0];
    assert_refused(b, EG_E_WRONG_ELECTION, "contests[0].ballot_selections[1]");
}

static void wrong_hashes_are_refused(void **state)
{
    (void)state;
    eg_ballot *b = copied_ballot(&e, &good);
    b->contests[0].selections[2].ciphertext.data = seeded_member();
    assert_refused(b, EG_E_PROOF_INVALID, "contests[0].ballot_selections[2].crypto_hash");
    b = copied_ballot(&e, &good);
    b->contests[0].crypto_hash = seeded_q();
    assert_refused(b, EG_E_PROOF_INVALID, "contests[0].crypto_hash");
    b = copied_ballot(&e, &good);
    b->object_id = EG_STR("another");
    assert_refused(b, EG_E_PROOF_INVALID, "crypto_hash");
    b = copied_ballot(&e, &good);
    b->timestamp++;
    assert_refused(b, EG_E_PROOF_INVALID, "code");
}

static void missing_and_wrong_proofs_are_refused(void **state)
{
    (void)state;
    eg_ballot *b = copied_ballot(&e, &good);
    b->contests[0].selections[3].has_proof = false;
    assert_refused(b, EG_E_MISSING_FIELD, "contests[0].ballot_selections[3].proof");
    b = copied_ballot(&e, &good);
    b->contests[0].has_proof = false;
    assert_refused(b, EG_E_MISSING_FIELD, "contests[0].proof");
    b = copied_ballot(&e, &good);
    b->contests[0].proof.constant = 3; /* one vote more than there are */
    assert_refused(b, EG_E_PROOF_INVALID, "contests[0].proof.constant");
    b = copied_ballot(&e, &good);
    b->contests[0].selections[0].ciphertext.pad = eg_modp_zero;
    assert_refused(b, EG_E_NOT_IN_GROUP, "contests[0].ballot_selections[0].ciphertext.pad");
}

/* ---- in parts ---- */

static void assert_same_selection(const eg_ballot_selection *a, const eg_ballot_selection *b)
{
    assert_true(eg_modq_equal(&a->crypto_hash, &b->crypto_hash));
    assert_true(eg_modp_equal(&a->ciphertext.pad, &b->ciphertext.pad));
    assert_true(eg_modp_equal(&a->ciphertext.data, &b->ciphertext.data));
    assert_true(eg_modq_equal(&a->proof.challenge, &b->proof.challenge));
    assert_true(eg_modq_equal(&a->proof.zero_response, &b->proof.zero_response));
    assert_true(eg_modq_equal(&a->proof.one_response, &b->proof.one_response));
}

static void assert_same(const eg_ballot *a, const eg_ballot *b)
{
    const eg_ballot_contest *x = &a->contests[0], *y = &b->contests[0];
    assert_true(eg_modq_equal(&a->code, &b->code));
    assert_true(eg_modp_equal(&x->accumulation.pad, &y->accumulation.pad));
    assert_true(eg_modp_equal(&x->accumulation.data, &y->accumulation.data));
    assert_true(eg_modq_equal(&x->proof.response, &y->proof.response));
    assert_memory_equal(x->extended_data.mac, y->extended_data.mac, sizeof x->extended_data.mac);
    assert_int_equal(x->selection_count, y->selection_count);
    for (size_t i = 0; i < x->selection_count; i++) {
        assert_same_selection(&x->selections[i], &y->selections[i]);
    }
}

/* The last part first: they come in any order. */
static void encrypt_in_parts(eg_ballot *out, const eg_encrypt_input *input, size_t length)
{
    eg_encryption *parts;
    must(eg_encryption_begin(&parts, input, &e.election, &e.arena, NULL));
    size_t total = eg_encryption_steps(parts);
    assert_int_equal(total, 1 + 4 + 2); /* the contest, its candidates, its seats */
    for (size_t first = (total - 1) / length * length;; first -= length) {
        eg_encryption_compute(parts, first, total - first < length ? total - first : length);
        if (first == 0) {
            break;
        }
    }
    must(eg_encryption_finish(out, parts, &e.arena, NULL));
}

static void parts_of_any_length_make_the_same_ballot(void **state)
{
    const eg_str chosen[] = {e.names[3]};
    const eg_modq nonce = seeded_q(), seed = seeded_q();
    eg_plain_ballot plain;
    eg_ballot whole, out;
    size_t failed;
    (void)state;
    must(eg_plain_ballot_from_names(&plain, EG_STR("b"), chosen, 1, &e.manifest, &e.arena, NULL));
    const eg_encrypt_input input = {&plain, &seed, &nonce, 1700000000};
    must(eg_ballots_encrypt(&whole, &input, 1, &e.election, &e.arena, &failed, NULL));
    for (size_t length = 1; length <= 8; length++) {
        encrypt_in_parts(&out, &input, length);
        assert_same(&out, &whole);
    }
}

/* ---- contest data ---- */

/* The judgement of votes on the four candidates. */
static eg_result judge(const int64_t votes[4], const char *write_in, bool out[6], eg_str *text,
                       eg_error *err)
{
    static uint8_t data[EG_PADDED_BYTES];
    eg_plain_selection selections[4];
    for (size_t i = 0; i < 4; i++) {
        selections[i] = (eg_plain_selection){.object_id = e.names[i], .vote = votes[i]};
    }
    if (write_in != NULL) {
        selections[0].write_in = (eg_opt_str){{write_in, strlen(write_in)}, true};
    }
    const eg_plain_contest contest = {e.manifest.contests[0].object_id, selections, 4};
    const eg_plain_ballot plain = {EG_STR("b"), e.manifest.styles[0].object_id, &contest, 1};
    EG_TRY(eg_plain_ballot_check(&plain, &e.manifest, &e.manifest.styles[0], NULL, err));
    EG_TRY(eg_plain_contest_judge(out, data, &contest, &e.manifest.contests[0], &e.arena, err));
    return eg_padding_remove(text, data, err);
}

static void assert_judged(const int64_t votes[4], const char *write_in, const bool want[6],
                          const char *data)
{
    bool got[6];
    eg_str text;
    must(judge(votes, write_in, got, &text, NULL));
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(got[i], want[i]);
    }
    assert_int_equal(text.len, strlen(data));
    assert_memory_equal(text.data, data, text.len);
}

static void contest_data_says_what_was_voted(void **state)
{
    (void)state;
    assert_judged((const int64_t[]){0, 0, 0, 0}, NULL, (const bool[]){0, 0, 0, 0, 1, 1},
                  "{\"error\": \"nullvote\", \"error_data\": null, \"write_ins\": null}");
    assert_judged((const int64_t[]){0, 0, 1, 0}, NULL, (const bool[]){0, 0, 1, 0, 1, 0},
                  "{\"error\": \"undervote\", \"error_data\": null, \"write_ins\": null}");
    assert_judged((const int64_t[]){1, 0, 1, 0}, "Eve", (const bool[]){1, 0, 1, 0, 0, 0},
                  "{\"error\": null, \"error_data\": null, "
                  "\"write_ins\": {\"Candidate 0\": \"Eve\"}}");
    assert_judged((const int64_t[]){1, 1, 1, 0}, NULL, (const bool[]){0, 0, 0, 0, 1, 1},
                  "{\"error\": \"overvote\", \"error_data\": [\"Candidate 0\", \"Candidate 1\", "
                  "\"Candidate 2\"], \"write_ins\": null}");
}

/* A text that fits beside `null` may not fit beside the name of an error: that is none of this
 * ballot's business. */
static void only_the_data_taken_must_fit(void **state)
{
    char text[600];
    bool got[6];
    eg_str data;
    (void)state;
    const size_t frame = strlen("{\"error\": null, \"error_data\": null, \"write_ins\": "
                                "{\"Candidate 0\": \"\"}}");
    memset(text, 'x', sizeof text);
    text[EG_PADDED_MESSAGE_MAX - frame] = '\0';
    eg_error err = {.code = EG_OK};
    must(judge((const int64_t[]){1, 0, 1, 0}, text, got, &data, NULL));
    assert_true(eg_failed(judge((const int64_t[]){1, 0, 0, 0}, text, got, &data, &err)));
    assert_int_equal(err.code, EG_E_TOO_LARGE);
    text[EG_PADDED_MESSAGE_MAX - frame] = 'x';
    text[EG_PADDED_MESSAGE_MAX - frame + 1] = '\0';
    assert_true(eg_failed(judge((const int64_t[]){1, 0, 1, 0}, text, got, &data, NULL)));
}

/* Random choices at random places: the same bytes as the list of them, put together openly. */
static void an_overvote_is_padded_in_the_dark(void **state)
{
    enum { MOST = 9 };
    static const char *const ids[MOST] = {"a", "bb", "c\"c", "\xc3\xa9",   "eeeeeeeeee",
                                          "f", "g",  "hhh",  "i-selection"};
    const eg_write_in write_in = {EG_STR("g"), EG_STR("Eve")};
    (void)state;
    for (size_t round = 0; round < 200; round++) {
        eg_hidden_choice choices[MOST];
        eg_str listed[MOST];
        size_t count = 0;
        uint8_t got[EG_PADDED_BYTES], want[EG_PADDED_BYTES];
        unsigned fits;
        for (size_t i = 0; i < MOST; i++) {
            choices[i] = (eg_hidden_choice){eg_str_from(ids[i]), (unsigned)seeded_below(2),
                                            (uint32_t)seeded_below(4)};
        }
        for (uint32_t place = 0; place < 4; place++) {
            for (size_t i = 0; i < MOST; i++) {
                if (choices[i].chosen != 0 && choices[i].place == place) {
                    listed[count++] = choices[i].selection_id;
                }
            }
        }
        const eg_contest_data data = {.error = EG_CONTEST_OVERVOTE,
                                      .error_ids = listed,
                                      .error_id_count = count,
                                      .write_ins = &write_in,
                                      .write_in_count = round % 2};
        const eg_contest_data none = {
            .error = EG_CONTEST_OVERVOTE, .error_ids = listed, .error_id_count = count};
        must(eg_contest_data_pad(want, round % 2 == 1 ? &data : &none, NULL));
        must(eg_contest_data_pad_overvote(got, &fits, choices, MOST,
                                          round % 2 == 1 ? &write_in : NULL, round % 2, &e.arena,
                                          NULL));
        assert_int_equal(fits, 1);
        assert_memory_equal(got, want, sizeof want);
    }
}

/* The longest list that fits, and one byte more. */
static void an_overvote_that_is_too_long_does_not_fit(void **state)
{
    static char name[EG_PADDED_MESSAGE_MAX];
    const size_t frame =
        strlen("{\"error\": \"overvote\", \"error_data\": [\"\", \"b\"], \"write_ins\": null}");
    uint8_t got[EG_PADDED_BYTES];
    unsigned fits;
    (void)state;
    memset(name, 'x', sizeof name);
    for (size_t more = 0; more < 2; more++) {
        const eg_hidden_choice choices[] = {
            {{name, EG_PADDED_MESSAGE_MAX - frame + more}, 1, 0},
            {{name, sizeof name}, 0, 1},
            {EG_STR("b"), 1, 2},
        };
        must(eg_contest_data_pad_overvote(got, &fits, choices, 3, NULL, 0, &e.arena, NULL));
        assert_int_equal(fits, 1 - more);
    }
}

static void votes_beyond_one_are_refused(void **state)
{
    static const int64_t wrong[] = {2, -1, INT64_MAX, INT64_MIN};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool got[6];
        eg_str data;
        eg_error err = {.code = EG_OK};
        int64_t votes[4] = {0};
        votes[seeded_below(4)] = wrong[i];
        assert_true(eg_failed(judge(votes, NULL, got, &data, &err)));
        assert_int_equal(err.code, EG_E_OUT_OF_RANGE);
    }
}

/* Its text is too long: this shows after the seed of all its nonces is computed. */
static void encrypt_unfit_ballot(void *nonce)
{
    static char text[EG_PADDED_MESSAGE_MAX];
    eg_ballot out;
    size_t failed;
    memset(text, 'x', sizeof text);
    eg_plain_selection selection = {.object_id = e.names[0],
                                    .write_in = {{text, sizeof text}, true}};
    eg_plain_contest contest = {e.manifest.contests[0].object_id, &selection, 1};
    eg_plain_ballot plain = {EG_STR("unfit"), e.manifest.styles[0].object_id, &contest, 1};
    const eg_encrypt_input input = {&plain, &eg_modq_one, nonce, 1};
    assert_true(
        eg_failed(eg_ballots_encrypt(&out, &input, 1, &e.election, &e.arena, &failed, NULL)));
}

static void the_seed_of_a_refused_ballot_is_wiped(void **state)
{
    eg_modq nonce = seeded_q(), seed;
    eg_hash h;
    (void)state;
    assert_true(own_stack_run(encrypt_unfit_ballot, &nonce));
    eg_hash_init(&h);
    eg_hash_q(&h, &e.manifest.hash);
    eg_hash_str(&h, EG_STR("unfit"));
    eg_hash_q(&h, &nonce);
    eg_hash_final(&seed, &h);
    assert_false(own_stack_holds(&seed, sizeof seed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encrypted_ballots_have_the_structure),
        cmocka_unit_test(foreign_parts_are_refused),
        cmocka_unit_test(wrong_hashes_are_refused),
        cmocka_unit_test(missing_and_wrong_proofs_are_refused),
        cmocka_unit_test(parts_of_any_length_make_the_same_ballot),
        cmocka_unit_test(contest_data_says_what_was_voted),
        cmocka_unit_test(only_the_data_taken_must_fit),
        cmocka_unit_test(an_overvote_is_padded_in_the_dark),
        cmocka_unit_test(an_overvote_that_is_too_long_does_not_fit),
        cmocka_unit_test(votes_beyond_one_are_refused),
        cmocka_unit_test(the_seed_of_a_refused_ballot_is_wiped),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
