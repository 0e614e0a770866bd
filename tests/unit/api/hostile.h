/* What the tests of hostile requests have in common: one election to spoil, and how its requests
 * are changed and refused. */
#ifndef EG_TESTS_API_HOSTILE_H
#define EG_TESTS_API_HOSTILE_H

#include "elections.h"

static ran_election base; /* three candidates, three guardians, quorum 2, two ballots tallied */
static eg_node no_ballots;

static inline int start(void **s)
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

static inline int stop(void **s)
{
    (void)s;
    eg_arena_free(&test_arena);
    return 0;
}

/* The request with one field set to something else. */
static inline void refused_with(const eg_endpoint *e, const request *r, const char *field,
                                eg_node value, eg_code code, const char *path)
{
    request changed = *r;
    set(&changed, field, value);
    refused(e, &changed, code, path);
}

static inline void refused_without(const eg_endpoint *e, const request *r, const char *field)
{
    request changed = *r;
    drop(&changed, field);
    refused(e, &changed, EG_E_MISSING_FIELD, field);
}

static inline void refused_bytes(const eg_endpoint *e, const char *bytes, size_t n, eg_code code)
{
    driven d;
    send_bytes(&d, e, bytes, n);
    assert_false(d.ok);
    if (d.error.code != code) {
        fail_msg("%s: got %d %s", bytes, d.error.code, d.error.text);
    }
    driven_free(&d);
}

static inline eg_node ballot_map(size_t i)
{
    return opened(get(&base.ballots[i], "encrypted_ballot"));
}

#endif
