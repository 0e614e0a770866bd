/* Elections of many contests are shared out as those of many candidates are: into units as short,
 * and shares into enough of them to keep every thread busy. */
#include "units.h"

enum { CONTESTS = 70, EACH = 10, SELECTIONS = CONTESTS * EACH };
/* So many units at least: 64 threads have then about as much to do as each other. */
enum { UNITS_MIN = SELECTIONS / 5 };

static void make_election(cheap_election *e)
{
    *e = (cheap_election){.guardians = 2, .missing = 1, .candidates = EACH, .contests = CONTESTS};
    cheap_manifest(e);
    cheap_guardians(e);
    cheap_tally(e);
}

static eg_node shared_out(const eg_endpoint *endpoint, const request *r)
{
    driven d;
    drive_measured(&d, endpoint, r);
    if (!d.ok) {
        fail_msg("%s: %s at %s", endpoint->path, d.error.text, d.error.path);
    }
    assert_short(&d);
    assert_in_range(d.compute_units, UNITS_MIN, SIZE_MAX);
    return answer_of(&d);
}

static size_t selections_in(const eg_node *share)
{
    const eg_node map = opened(share), *contests = get(&map, "contests");
    size_t n = 0;
    assert_int_equal(contests->as.map.count, CONTESTS);
    for (size_t i = 0; i < CONTESTS; i++) {
        n += get(&contests->as.map.members[i].value, "selections")->as.map.count;
    }
    return n;
}

static void a_guardians_own_share(void **s)
{
    cheap_election e;
    (void)s;
    make_election(&e);
    request r = cheap_fields(&e);
    put(&r, "guardian_id", (eg_node){.kind = EG_STRING, .as.str = e.ids[0]});
    put(&r, "guardian_data", cheap_guardian(&e, 0));
    put(&r, "private_key", decimal(write_q, &e.polynomials[0].coefficients[0].value));
    put(&r, "public_key", decimal(write_p, &e.records[0].key));
    const eg_node answer = shared_out(&eg_endpoint_create_partial_decryption, &r);
    assert_int_equal(selections_in(get(&answer, "tally_share")), SELECTIONS);
}

/* With the backup that it made for another. */
static eg_node with_backup(const cheap_election *e, size_t owner, size_t recipient)
{
    eg_backup backup;
    request backups = {.count = 0};
    const eg_node data = cheap_guardian(e, owner);
    cheap_must(eg_backup_make(&backup, e->ids[owner], &e->polynomials[owner], e->ids[recipient],
                              (uint32_t)recipient + 1, &e->records[recipient].key, &eg_modq_one,
                              NULL));
    put(&backups, "1", as_text(eg_backup_write, &backup));
    const eg_node map = map_of(&backups);
    return with(&data, "backups", &map);
}

static void a_share_for_a_missing_guardian(void **s)
{
    cheap_election e;
    (void)s;
    make_election(&e);
    request r = cheap_fields(&e);
    put(&r, "available_guardian_id", (eg_node){.kind = EG_STRING, .as.str = e.ids[0]});
    put(&r, "missing_guardian_id", (eg_node){.kind = EG_STRING, .as.str = e.ids[1]});
    put(&r, "available_guardian_data", cheap_guardian(&e, 0));
    put(&r, "missing_guardian_data", with_backup(&e, 1, 0));
    put(&r, "available_private_key", decimal(write_q, &e.polynomials[0].coefficients[0].value));
    put(&r, "available_public_key", decimal(write_p, &e.records[0].key));
    const eg_node answer = shared_out(&eg_endpoint_create_compensated_decryption, &r);
    assert_int_equal(selections_in(get(&answer, "compensated_tally_share")), SELECTIONS);
}

static void their_combination(void **s)
{
    cheap_election e = {.guardians = 2, .missing = 1, .candidates = EACH, .contests = CONTESTS};
    (void)s;
    const request r = cheap_request(&e);
    const eg_node answer = answered_shortly(&eg_endpoint_combine_decryption_shares, &r);
    const eg_node results = opened(get(&answer, "results"));
    const eg_node *contests = get(get(&results, "results"), "contests");
    assert_int_equal(length(contests), CONTESTS);
    for (size_t i = 0; i < CONTESTS; i++) {
        assert_int_equal(length(get(at(contests, i), "selections")), EACH);
        assert_int_equal(get(at(contests, i), "ballots_counted")->as.integer, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_guardians_own_share, start, stop),
        cmocka_unit_test_setup_teardown(a_share_for_a_missing_guardian, start, stop),
        cmocka_unit_test_setup_teardown(their_combination, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
