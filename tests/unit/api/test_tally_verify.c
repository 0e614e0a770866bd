/* Ballots of a tally verified in batches: whichever field of whichever ballot is tampered with, the
 * answer is the one that the ballot gets alone, where the exact way judges it; in a batch filled
 * while the body arrives as well as in one of the compute stage. */
#include "elections.h"
#include "support/seeded.h"

#include "api/fields/decimal_fields.h"
#include "api/tally/verify_queue.h"
#include "crypto/hash.h"
#include "election/ballot_verify.h"
#include "wire/objects/ballot.h"

/* Enough to fill a batch on arrival; few that still make a batch at the end. */
enum { CANDIDATES = 3, BALLOTS = EG_VERIFY_SELECTIONS / (CANDIDATES + 1) + 5, FEW = 5 };
enum { DIGITS_MAX = 1100 };

static ran_election base;
static eg_node ballots[BALLOTS];

static int start(void **s)
{
    (void)s;
    seed_from_environment();
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_MSGPACK};
    if (!eg_api_init(NULL)) {
        return 1;
    }
    size_t choices[BALLOTS];
    base = (ran_election){.guardians = 1, .quorum = 1};
    setup(&base, CANDIDATES);
    for (size_t i = 0; i < BALLOTS; i++) {
        choices[i] = seeded_below(CANDIDATES);
    }
    vote_chunk(&base, choices, BALLOTS);
    for (size_t i = 0; i < BALLOTS; i++) {
        ballots[i] = opened(get(&base.ballots[i], "encrypted_ballot"));
    }
    return 0;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

/* ---- tampering ---- */

typedef eg_node change(const eg_node *value);

static eg_node hex_node(const uint64_t *limbs, size_t n)
{
    char digits[DIGITS_MAX];
    size_t at = 0;
    for (size_t i = n; i-- > 0;) {
        at += (size_t)snprintf(digits + at, sizeof digits - at, "%016llX",
                               (unsigned long long)limbs[i]);
    }
    return text(digits);
}

static eg_node negative(const eg_node *value)
{
    eg_modp x;
    assert_true(eg_modp_from_hex(&x, value->as.str));
    x = negated(&x);
    return hex_node(x.limb, EG_P_LIMBS);
}

static eg_node plus_one(const eg_node *value)
{
    eg_modq x;
    assert_true(eg_modq_from_hex(&x, value->as.str));
    eg_modq_add(&x, &x, &eg_modq_one);
    return hex_node(x.limb, EG_Q_LIMBS);
}

/* The same number mod q, and so the same powers: but out of range. */
static eg_node plus_q(const eg_node *value)
{
    eg_modq x;
    uint64_t sum[EG_Q_LIMBS + 1] = {0};
    unsigned __int128 carry = 0;
    assert_true(eg_modq_from_hex(&x, value->as.str));
    for (size_t i = 0; i < EG_Q_LIMBS; i++) {
        carry += (unsigned __int128)x.limb[i] + eg_q_limbs[i];
        sum[i] = (uint64_t)carry;
        carry >>= 64;
    }
    sum[EG_Q_LIMBS] = (uint64_t)carry;
    return hex_node(sum, EG_Q_LIMBS + 1);
}

static eg_node another_member(const eg_node *value)
{
    (void)value;
    eg_modp x = seeded_member();
    return hex_node(x.limb, EG_P_LIMBS);
}

static eg_node one_more(const eg_node *value)
{
    return number(value->as.integer + 1);
}

/* map.steps[0].steps[1]... with the last one changed; a step "" is a random element of a list. */
static eg_node changed(const eg_node *node, const char *const steps[], change *how)
{
    if (steps[0] == NULL) {
        return how(node);
    }
    if (steps[0][0] == '\0') {
        size_t i = seeded_below(length(node));
        eg_node item = changed(at(node, i), steps + 1, how);
        return with_item(node, i, &item);
    }
    eg_node member = changed(get(node, steps[0]), steps + 1, how);
    return with(node, steps[0], &member);
}

enum { STEPS = 7 };
typedef struct field {
    const char *steps[STEPS];
    bool is_element;
} field;

#define SELECTION   "contests", "", "ballot_selections", ""
#define OF_PROOF(x) SELECTION, "proof", x

static const field fields[] = {
    {{SELECTION, "ciphertext", "pad"}, true},
    {{SELECTION, "ciphertext", "data"}, true},
    {{OF_PROOF("proof_zero_pad")}, true},
    {{OF_PROOF("proof_zero_data")}, true},
    {{OF_PROOF("proof_one_pad")}, true},
    {{OF_PROOF("proof_one_data")}, true},
    {{OF_PROOF("proof_zero_challenge")}, false},
    {{OF_PROOF("proof_one_challenge")}, false},
    {{OF_PROOF("challenge")}, false},
    {{OF_PROOF("proof_zero_response")}, false},
    {{OF_PROOF("proof_one_response")}, false},
    {{"contests", "", "ciphertext_accumulation", "pad"}, true},
    {{"contests", "", "ciphertext_accumulation", "data"}, true},
    {{"contests", "", "proof", "pad"}, true},
    {{"contests", "", "proof", "data"}, true},
    {{"contests", "", "proof", "challenge"}, false},
    {{"contests", "", "proof", "response"}, false},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static const field constant = {{"contests", "", "proof", "constant"}, false};

/* ---- asking ---- */

/* When ballots are looked at: all at the end (the election is not known before: a field that it
 * needs is left to its default); structure on arrival; structure and proofs on arrival. */
typedef enum order { AT_THE_END, STRUCTURE_FIRST, ON_ARRIVAL, ORDERS } order;

static void ask(driven *d, const eg_node list[], size_t count, order when)
{
    request r = election_fields(&base);
    if (when != AT_THE_END) {
        put(&r, "max_choices", number(1));
    }
    if (when == ON_ARRIVAL) {
        put(&r, "verify_ballots", boolean(true));
    }
    put(&r, "encrypted_ballots", list_of(list, count));
    put(&r, "include_submitted_ballots", boolean(false));
    eg_node map = map_of(&r);
    send_map(d, &eg_endpoint_create_encrypted_tally, &map);
}

/* The path behind `encrypted_ballots[N]`, which must be there. */
static const char *below_ballot(const char *path, size_t index)
{
    char start_of_path[64];
    int n = snprintf(start_of_path, sizeof start_of_path, "encrypted_ballots[%zu]", index);
    assert_int_equal(strncmp(path, start_of_path, (size_t)n), 0);
    return path + n;
}

/* The list with ballots[index] replaced is refused as the replacement is alone. */
static void assert_same_refusal(const eg_node list[], size_t count, size_t index, order when)
{
    driven alone, among;
    ask(&alone, &list[index], 1, AT_THE_END);
    ask(&among, list, count, when);
    assert_false(alone.ok || among.ok);
    assert_int_equal(among.error.code, alone.error.code);
    assert_string_equal(among.error.text, alone.error.text);
    assert_string_equal(below_ballot(among.error.path, index), below_ballot(alone.error.path, 0));
    driven_free(&alone);
    driven_free(&among);
}

static void tamper_with(const field *f, change *how, size_t count, order when)
{
    eg_node list[BALLOTS];
    memcpy(list, ballots, sizeof list);
    size_t index = seeded_below(count);
    list[index] = changed(&ballots[index], f->steps, how);
    assert_same_refusal(list, count, index, when);
}

static void good_ballots_are_tallied(void **s)
{
    (void)s;
    for (order when = AT_THE_END; when < ORDERS; when++) {
        driven d;
        ask(&d, ballots, BALLOTS, when);
        assert_true(d.ok);
        driven_free(&d);
    }
}

static void every_field_counts(void **s)
{
    (void)s;
    for (size_t i = 0; i < FIELDS; i++) {
        change *slight = fields[i].is_element ? negative : plus_one;
        change *other = fields[i].is_element ? another_member : plus_q;
        tamper_with(&fields[i], slight, FEW, AT_THE_END);
        tamper_with(&fields[i], other, FEW, STRUCTURE_FIRST);
    }
    for (size_t round = 0; round < 3; round++) {
        const field *f = &fields[seeded_below(FIELDS)];
        tamper_with(f, f->is_element ? negative : plus_one, BALLOTS, ON_ARRIVAL);
    }
    tamper_with(&constant, one_more, FEW, AT_THE_END);
}

static void first_of_several_is_named(void **s)
{
    (void)s;
    static const field responses = {{OF_PROOF("proof_one_response")}, false};
    test_form.threads = 4;
    for (size_t round = 0; round < ORDERS; round++) {
        eg_node list[BALLOTS];
        size_t lowest = BALLOTS;
        memcpy(list, ballots, sizeof list);
        for (size_t k = 0; k < 4; k++) {
            size_t index = seeded_below(BALLOTS);
            list[index] = changed(&ballots[index], responses.steps, plus_one);
            lowest = index < lowest ? index : lowest;
        }
        assert_same_refusal(list, BALLOTS, lowest, (order)round);
    }
    test_form.threads = 0;
}

/* A false proof before a broken structure, and behind one, in a batch of the compute stage. */
static void lower_index_wins_over_kind(void **s)
{
    (void)s;
    static const field hash = {{"contests", "", "crypto_hash"}, false};
    static const field response = {{"contests", "", "proof", "response"}, false};
    for (size_t round = 0; round < 2; round++) {
        eg_node list[BALLOTS];
        memcpy(list, ballots, sizeof list);
        list[2 + round] = changed(&ballots[2 + round], hash.steps, plus_one);
        list[3 - round] = changed(&ballots[3 - round], response.steps, plus_one);
        assert_same_refusal(list, FEW, 2, AT_THE_END);
    }
}

/* Found false while the body arrives, but another one before it waits for a batch until the end. */
static void lower_index_left_for_later_wins(void **s)
{
    (void)s;
    static const field response = {{"contests", "", "proof", "response"}, false};
    eg_node list[BALLOTS];
    memcpy(list, ballots, sizeof list);
    list[0] = changed(&ballots[0], response.steps, plus_one);
    list[BALLOTS - 1] = changed(&ballots[BALLOTS - 1], response.steps, plus_one);
    assert_same_refusal(list, BALLOTS, 0, ON_ARRIVAL);
    memcpy(list, ballots, sizeof list);
    list[BALLOTS - 1] = changed(&ballots[BALLOTS - 1], response.steps, plus_one);
    assert_same_refusal(list, BALLOTS, BALLOTS - 1,
                        ON_ARRIVAL); /* in the rest that fills no batch */
}

/* ---- ballots that are cut ---- */

enum { MANY_CANDIDATES = 60, LARGE = 6, THREADS = 4 }; /* three batches of two ballots or so */

static ran_election large;
static eg_node large_ballots[LARGE];

static void make_large(void)
{
    static const size_t choices[LARGE] = {3, 59, 0, 17, 17, 30};
    eg_node *names = keep(MANY_CANDIDATES * sizeof *names);
    large = (ran_election){.guardians = 1, .quorum = 1};
    setup(&large, CANDIDATES);
    for (size_t i = 0; i < MANY_CANDIDATES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "C%zu", i);
        names[i] = text(name);
    }
    large.candidates = list_of(names, MANY_CANDIDATES);
    vote_chunk(&large, choices, LARGE);
    for (size_t i = 0; i < LARGE; i++) {
        large_ballots[i] = opened(get(&large.ballots[i], "encrypted_ballot"));
    }
}

static void must(eg_result r)
{
    assert_int_equal(r.code, EG_OK);
}

typedef struct judged_election {
    eg_manifest manifest;
    eg_context context;
    eg_fixed_base *key;
    eg_election election;
} judged_election;

static void judged_init(judged_election *j)
{
    eg_str names[MANY_CANDIDATES], parties[CANDIDATES];
    eg_modp key;
    eg_modq hash;
    for (size_t i = 0; i < MANY_CANDIDATES; i++) {
        names[i] = at(&large.candidates, i)->as.str;
    }
    for (size_t i = 0; i < CANDIDATES; i++) {
        parties[i] = at(&large.parties, i)->as.str;
    }
    const eg_path path = eg_path_field(NULL, "key");
    must(eg_manifest_build_from_names(&j->manifest, &test_arena, parties, CANDIDATES, names,
                                      MANY_CANDIDATES, 1, NULL));
    must(eg_node_p_decimal(&key, get(&large.setup, "joint_public_key"), &path, NULL));
    must(eg_node_q_decimal(&hash, get(&large.setup, "commitment_hash"), &path, NULL));
    must(eg_context_init(&j->context, 1, 1, &key, &hash, &j->manifest.hash, NULL));
    j->key = eg_fixed_base_new(&key);
    assert_non_null(j->key);
    j->election = (eg_election){&j->manifest, &j->context, j->key};
}

/* What the exact functions say of one ballot, without any batch. */
static eg_error judged(const judged_election *j, const eg_node *node)
{
    eg_ballot ballot;
    eg_error err = {.code = EG_OK};
    const eg_path path = eg_path_field(NULL, "ballot");
    if (!eg_failed(eg_ballot_read(&ballot, node, &path, &test_arena, &err)) &&
        !eg_failed(eg_ballot_check_structure(&ballot, &j->election, &test_arena, &path, &err)) &&
        !eg_failed(eg_ballot_verify_proofs(&ballot, &j->election, &test_arena, &path, &err))) {
        err.code = EG_OK;
    }
    return err;
}

static void ask_large(driven *d, const eg_node list[], order when)
{
    ran_election small = base;
    base = large;
    ask(d, list, LARGE, when);
    base = small;
}

/* The next one is false as well, where structure is not looked at before proofs are. */
static void tamper_large(const judged_election *j, const field *f, change *how, size_t round)
{
    eg_node list[LARGE];
    size_t index = round % LARGE;
    memcpy(list, large_ballots, sizeof list);
    list[index] = changed(&large_ballots[index], f->steps, how);
    order when = (order)(round % ORDERS);
    if (index + 1 < LARGE && when == AT_THE_END) {
        const field *g = &fields[seeded_below(FIELDS)];
        list[index + 1] =
            changed(&large_ballots[index + 1], g->steps, g->is_element ? negative : plus_one);
    }
    const eg_error expected = judged(j, &list[index]);
    driven d;
    test_form.threads = round % 2 == 0 ? 0 : THREADS;
    ask_large(&d, list, when);
    test_form.threads = 0;
    assert_int_not_equal(expected.code, EG_OK);
    assert_false(d.ok);
    assert_int_equal(d.error.code, expected.code);
    assert_string_equal(d.error.text, expected.text);
    assert_string_equal(below_ballot(d.error.path, index), expected.path + strlen("ballot"));
    driven_free(&d);
}

static void large_ballots_are_judged_exactly(void **s)
{
    judged_election j;
    driven d;
    (void)s;
    make_large();
    judged_init(&j);
    for (order when = AT_THE_END; when < ORDERS; when++) {
        ask_large(&d, large_ballots, when);
        assert_true(d.ok);
        driven_free(&d);
    }
    for (size_t i = 0; i < FIELDS; i++) {
        tamper_large(&j, &fields[i], fields[i].is_element ? negative : plus_one, i);
    }
    tamper_large(&j, &constant, one_more, seeded_below(LARGE));
    eg_fixed_base_free(j.key);
}

/* Its structure is false in the first piece of it, a proof of an earlier ballot in the same batch:
 * the earlier one is named; the other way round, the structure. */
static void large_ballots_lowest_wins(void **s)
{
    static const field hash = {{"contests", "", "crypto_hash"}, false};
    static const field response = {{"contests", "", "proof", "response"}, false};
    judged_election j;
    (void)s;
    make_large();
    judged_init(&j);
    for (size_t round = 0; round < 2 * (LARGE - 1); round++) {
        eg_node list[LARGE];
        size_t low = round / 2;
        const field *f = round % 2 == 0 ? &hash : &response,
                    *g = round % 2 == 0 ? &response : &hash;
        memcpy(list, large_ballots, sizeof list);
        list[low] = changed(&large_ballots[low], f->steps, plus_one);
        list[low + 1] = changed(&large_ballots[low + 1], g->steps, plus_one);
        const eg_error expected = judged(&j, &list[low]);
        driven d;
        test_form.threads = round % 3 == 0 ? 0 : THREADS;
        ask_large(&d, list, AT_THE_END);
        test_form.threads = 0;
        assert_false(d.ok);
        assert_string_equal(d.error.text, expected.text);
        assert_string_equal(below_ballot(d.error.path, low), expected.path + strlen("ballot"));
        driven_free(&d);
    }
    eg_fixed_base_free(j.key);
}

/* Made with another key and its hashes: not one proof holds. */
static void large_ballot_of_another_election(void **s)
{
    driven d;
    (void)s;
    make_large();
    ran_election was = base;
    setup(&base, CANDIDATES);
    base.candidates = large.candidates;
    base.parties = large.parties;
    for (size_t threads = 0; threads <= THREADS; threads += THREADS) {
        test_form.threads = threads;
        ask(&d, large_ballots, LARGE, AT_THE_END);
        assert_false(d.ok);
        assert_int_equal(d.error.code, EG_E_WRONG_ELECTION);
        assert_string_equal(d.error.path, "encrypted_ballots[0]");
        driven_free(&d);
    }
    test_form.threads = 0;
    base = was;
}

/* ---- one by one ---- */

/* A list with some tampered with, by /verify_ballots: each as it is judged alone, no other. */
typedef struct spoiled_list {
    eg_node ballots[BALLOTS];
    bool is_false[BALLOTS];
    size_t count;
} spoiled_list;

static eg_node submitted(const eg_node *ballot)
{
    const eg_node null = {.kind = EG_NULL}, cast = number(1);
    eg_node b = with(ballot, "nonce", &null);
    for (size_t c = 0; c < length(get(&b, "contests")); c++) {
        eg_node contest = with(at(get(&b, "contests"), c), "nonce", &null);
        for (size_t i = 0; i < length(get(&contest, "ballot_selections")); i++) {
            eg_node selection = with(at(get(&contest, "ballot_selections"), i), "nonce", &null);
            eg_node list = with_item(get(&contest, "ballot_selections"), i, &selection);
            contest = with(&contest, "ballot_selections", &list);
        }
        eg_node contests = with_item(get(&b, "contests"), c, &contest);
        b = with(&b, "contests", &contests);
    }
    return with(&b, "state", &cast);
}

static void submit_all(spoiled_list *l, const eg_node from[], size_t count)
{
    *l = (spoiled_list){.count = count};
    for (size_t i = 0; i < count; i++) {
        l->ballots[i] = submitted(&from[i]);
    }
}

static void spoil(spoiled_list *l, size_t i)
{
    const field *f = &fields[seeded_below(FIELDS)];
    change *how = seeded_below(2) == 0 ? (f->is_element ? negative : plus_one)
                                       : (f->is_element ? another_member : plus_q);
    l->ballots[i] = changed(&l->ballots[i], f->steps, how);
    l->is_false[i] = true;
}

static eg_node ask_each(const ran_election *e, const spoiled_list *l, order when)
{
    request r = election_fields(e);
    if (when != AT_THE_END) {
        put(&r, "max_choices", number(1));
    }
    put(&r, "encrypted_ballots", list_of(l->ballots, l->count));
    return call(&eg_endpoint_verify_ballots, &r);
}

static void assert_judged_alone(const ran_election *e, const eg_node *error, const eg_node *ballot,
                                size_t index)
{
    ran_election was = base;
    driven alone;
    char path[EG_ERROR_PATH_BYTES];
    eg_str found = get(error, "field")->as.str;
    base = *e;
    ask(&alone, ballot, 1, AT_THE_END);
    base = was;
    assert_false(alone.ok);
    (void)snprintf(path, sizeof path, "%.*s", (int)found.len, found.data);
    assert_string_equal(below_ballot(path, index), below_ballot(alone.error.path, 0));
    assert_true(eg_str_equal(get(error, "message")->as.str, eg_str_from(alone.error.text)));
    driven_free(&alone);
}

static void judge_each(const ran_election *e, const spoiled_list *l, order when)
{
    eg_node answer = ask_each(e, l, when);
    for (size_t i = 0; i < l->count; i++) {
        const eg_node *b = at(get(&answer, "ballots"), i);
        assert_int_equal(get(b, "verified")->as.boolean, !l->is_false[i]);
        if (l->is_false[i]) {
            assert_judged_alone(e, get(b, "error"), &l->ballots[i], i);
        }
    }
}

static void every_false_ballot_is_found(void **s)
{
    static const size_t out_of[] = {BALLOTS, 8, 2, 1}; /* one in so many */
    (void)s;
    for (size_t k = 0; k < 2 * sizeof out_of / sizeof out_of[0]; k++) {
        spoiled_list l;
        submit_all(&l, ballots, BALLOTS);
        for (size_t i = 0; i < BALLOTS; i++) {
            if (seeded_below(out_of[k / 2]) == 0) {
                spoil(&l, i);
            }
        }
        test_form.threads = k % 2 == 0 ? 0 : THREADS;
        judge_each(&base, &l, k % 2 == 0 ? AT_THE_END : ON_ARRIVAL);
        test_form.threads = 0;
    }
}

/* Their pieces are in several batches, with pieces of others. */
static void every_false_large_ballot_is_found(void **s)
{
    (void)s;
    make_large();
    for (size_t round = 0; round < 6; round++) {
        spoiled_list l;
        submit_all(&l, large_ballots, LARGE);
        for (size_t i = 0; i < LARGE; i++) {
            if (seeded_below(2) == 0) {
                spoil(&l, i);
            }
        }
        test_form.threads = round % 2 == 0 ? 0 : THREADS;
        judge_each(&large, &l, (order)(round % ORDERS));
        test_form.threads = 0;
    }
}

/* ---- units ---- */

/* The work is cut into batches: neither one unit for all nor one for each. */
static void units_are_batches(void **s)
{
    (void)s;
    driven d;
    ask(&d, ballots, BALLOTS, AT_THE_END);
    assert_true(d.ok);
    assert_int_equal(d.compute_units, 2 + 1);
    driven_free(&d);
    ask(&d, ballots, BALLOTS, ON_ARRIVAL);
    assert_true(d.ok);
    assert_int_equal(d.compute_units, 1 + 1);
    driven_free(&d);
}

/* Three batches' worth, on four threads: each gets one of its own. */
static void no_thread_waits_for_an_odd_batch(void **s)
{
    (void)s;
    enum { MANY = 5 * EG_VERIFY_SELECTIONS / (CANDIDATES + 1) / 2 };
    ran_election more = base;
    size_t choices[MANY] = {0};
    eg_node list[MANY];
    driven d;
    vote_chunk(&more, choices, MANY);
    for (size_t i = 0; i < MANY; i++) {
        list[i] = opened(get(&more.ballots[i], "encrypted_ballot"));
    }
    for (size_t threads = 1; threads <= 4; threads += 3) {
        test_form.threads = threads;
        ask(&d, list, MANY, AT_THE_END);
        assert_true(d.ok);
        assert_int_equal(d.compute_units, (threads == 1 ? 3 : 4) + 1);
        driven_free(&d);
    }
    test_form.threads = 8; /* many more would be too small */
    ask(&d, list, MANY, AT_THE_END);
    assert_int_equal(d.compute_units, 3 + 1);
    driven_free(&d);
    test_form.threads = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ballots_are_tallied),
        cmocka_unit_test(every_field_counts),
        cmocka_unit_test(first_of_several_is_named),
        cmocka_unit_test(lower_index_wins_over_kind),
        cmocka_unit_test(lower_index_left_for_later_wins),
        cmocka_unit_test(large_ballots_are_judged_exactly),
        cmocka_unit_test(large_ballots_lowest_wins),
        cmocka_unit_test(large_ballot_of_another_election),
        cmocka_unit_test(every_false_ballot_is_found),
        cmocka_unit_test(every_false_large_ballot_is_found),
        cmocka_unit_test(units_are_batches),
        cmocka_unit_test(no_thread_waits_for_an_odd_batch),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
