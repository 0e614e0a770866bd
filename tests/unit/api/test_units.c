/* No unit of work holds a thread for long, whatever the request: for the costliest request of each
 * endpoint, the longest unit in powers. */
#include "cheap.h"

#include "elections.h"

/* How much longer a unit may be than it should be: batches of few proofs are not worth cutting. */
enum { TIMES = 2, POWERS_MORE = 16 };

static int start(void **s)
{
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    return eg_api_init(getenv("EG_KERNEL")) ? 0 : 1;
}

static int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

static void drive_measured(driven *d, const eg_endpoint *endpoint, const request *r)
{
    const drive_options options = {.now_unix_s = 1764000000, .work = eg_group_products};
    eg_node map = map_of(r);
    eg_buf body;
    eg_writer w;
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, EG_STYLE_JSON);
    eg_write_node(&w, &map);
    assert_false(body.failed);
    drive(d, endpoint, body.data, body.len, &options);
    print_message("%s, %zu KB: %zu units, the longest of %.1f powers (%s)\n", endpoint->path,
                  body.len / 1000, d->compute_units + d->output_units + d->items,
                  (double)d->longest_unit / EG_PRODUCTS_OF_POWER, d->longest_stage);
    eg_buf_free(&body);
}

static void assert_short(const driven *d)
{
    uint64_t powers = TIMES * eg_group_powers_of_unit() + POWERS_MORE;
    assert_in_range(d->longest_unit, 1, powers * EG_PRODUCTS_OF_POWER);
}

/* Answered, in units that are short enough. */
static eg_node answered_shortly(const eg_endpoint *endpoint, const request *r)
{
    driven d;
    drive_measured(&d, endpoint, r);
    if (!d.ok) {
        fail_msg("%s: %s at %s", endpoint->path, d.error.text, d.error.path);
    }
    assert_short(&d);
    return answer_of(&d);
}

static void combine_shortly(size_t guardians, size_t missing, size_t candidates)
{
    cheap_election e = {.guardians = guardians, .missing = missing, .candidates = candidates};
    const request r = cheap_request(&e);
    eg_node answer = answered_shortly(&eg_endpoint_combine_decryption_shares, &r);
    eg_node results = opened(get(&answer, "results"));
    const eg_node *counts = get(get(&results, "results"), "candidates");
    assert_int_equal(counts->as.map.count, candidates);
}

static void many_missing(void **s)
{
    (void)s;
    combine_shortly(40, 20, 2);
}

static void many_candidates(void **s)
{
    (void)s;
    combine_shortly(2, 1, 1000);
}

static void many_of_both(void **s)
{
    (void)s;
    combine_shortly(12, 6, 60);
}

/* The false proof is looked for in units as short as the others. */
static void a_false_proof_among_many(void **s)
{
    enum { GUARDIANS = 4, MISSING = 2, CANDIDATES = 300 };
    cheap_election e = {.guardians = GUARDIANS, .missing = MISSING, .candidates = CANDIDATES};
    driven d;
    (void)s;
    request r = cheap_request(&e);
    eg_node list = parsed(EG_JSON, EG_STR("[]"));
    for (size_t i = 0; i < r.count; i++) {
        if (eg_str_equal(r.fields[i].key, EG_STR("compensated_tally_shares"))) {
            list = r.fields[i].value;
        }
    }
    eg_node share = opened(at(&list, 3));
    const eg_node *contests = get(&share, "contests");
    const eg_node *contest = get(contests, "contest-1");
    const eg_node *selections = get(contest, "selections");
    const eg_node *selection = get(selections, "C250");
    const eg_node one = text("01");
    const eg_node proof = with(get(selection, "proof"), "response", &one);
    const eg_node changed = with(selection, "proof", &proof);
    const eg_node changed_list = with(selections, "C250", &changed);
    const eg_node changed_contest = with(contest, "selections", &changed_list);
    const eg_node changed_contests = with(contests, "contest-1", &changed_contest);
    const eg_node forged = with(&share, "contests", &changed_contests);
    set(&r, "compensated_tally_shares", with_item(&list, 3, &forged));
    drive_measured(&d, &eg_endpoint_combine_decryption_shares, &r);
    assert_false(d.ok);
    assert_int_equal(d.error.code, EG_E_PROOF_INVALID);
    assert_string_equal(d.error.path,
                        "compensated_tally_shares[3].contests.contest-1.selections.C250.proof");
    assert_short(&d);
    driven_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_missing, start, stop),
        cmocka_unit_test_setup_teardown(many_candidates, start, stop),
        cmocka_unit_test_setup_teardown(many_of_both, start, stop),
        cmocka_unit_test_setup_teardown(a_false_proof_among_many, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
