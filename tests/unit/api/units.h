/* Driving the costliest request of an endpoint, and how long its longest unit is in powers. */
#ifndef EG_TESTS_API_UNITS_H
#define EG_TESTS_API_UNITS_H

#include "cheap.h"

#include "elections.h"

/* How much longer a unit may be than it should be: batches of few proofs are not worth cutting.
 * Those of ballots are a compromise (docs/performance.md), the same for every kernel. */
enum { TIMES = 2, POWERS_MORE = 16, POWERS_OF_BATCH = 225 };

static inline int start(void **s)
{
    (void)s;
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    return eg_api_init(getenv("EG_KERNEL")) ? 0 : 1;
}

static inline int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

static const eg_api_settings *used_settings; /* NULL: defaults */

static inline void drive_measured(driven *d, const eg_endpoint *endpoint, const request *r)
{
    const drive_options options = {
        .now_unix_s = 1764000000, .work = eg_group_products, .settings = used_settings};
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

static inline void assert_short(const driven *d)
{
    uint64_t powers = TIMES * eg_group_powers_of_unit() + POWERS_MORE;
    assert_in_range(d->longest_unit, 1, powers * EG_PRODUCTS_OF_POWER);
}

/* Answered, in units that are short enough. */
static inline eg_node answered_shortly(const eg_endpoint *endpoint, const request *r)
{
    driven d;
    drive_measured(&d, endpoint, r);
    if (!d.ok) {
        fail_msg("%s: %s at %s", endpoint->path, d.error.text, d.error.path);
    }
    assert_short(&d);
    return answer_of(&d);
}

/* ---- ballots ---- */

static inline eg_node numbered_candidates(size_t count)
{
    eg_node *names = keep(count * sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = (eg_node){.kind = EG_STRING, .as.str = cheap_name("C%zu", i)};
    }
    return list_of(names, count);
}

static inline ran_election many_candidates_election(size_t guardians, size_t candidates)
{
    ran_election e = {.guardians = guardians, .quorum = guardians, .max_choices = 1};
    setup(&e, 2);
    e.candidates = numbered_candidates(candidates);
    e.parties = e.candidates;
    return e;
}

static inline request ballot_request(const ran_election *e, const char *status)
{
    request r = election_fields(e);
    put(&r, "ballot_id", text("b"));
    put(&r, "candidate_names_to_vote", list_of(&e->candidates.as.array.items[7], 1));
    put(&r, "ballot_status", text(status));
    return r;
}

#endif
