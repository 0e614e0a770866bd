/* An election in process: guardians, manifest, ballots, from seeded randomness. */
#ifndef EG_TESTS_MAKE_ELECTION_H
#define EG_TESTS_MAKE_ELECTION_H

#include "support/seeded.h"

#include "election/ballot_encrypt.h"
#include "election/key_ceremony.h"

#include <stdio.h>

enum { MADE_GUARDIANS_MAX = 5, MADE_CANDIDATES_MAX = 8 };

typedef struct made_election {
    eg_arena arena;
    size_t guardians, quorum, candidates, limit; /* set by the test */
    eg_str names[MADE_CANDIDATES_MAX];
    eg_str ids[MADE_GUARDIANS_MAX];
    eg_polynomial polynomials[MADE_GUARDIANS_MAX];
    eg_guardian_public records[MADE_GUARDIANS_MAX];
    eg_manifest manifest;
    eg_context context;
    eg_election election;
    eg_fixed_base *key;
} made_election;

static inline void must(eg_result r)
{
    assert_int_equal(r.code, EG_OK);
}

static inline void *made_room(made_election *e, size_t count, size_t size)
{
    void *memory = eg_arena_alloc_array(&e->arena, count, size);
    assert_non_null(memory);
    return memory;
}

static inline eg_str made_text(made_election *e, const char *format, size_t i)
{
    char *text = made_room(e, 32, 1);
    int n = snprintf(text, 32, format, i);
    return (eg_str){text, (size_t)n};
}

static inline void made_election_init(made_election *e)
{
    eg_modp joint;
    eg_modq commitment_hash;
    eg_arena_init(&e->arena, NULL);
    for (size_t i = 0; i < e->candidates; i++) {
        e->names[i] = made_text(e, "Candidate %zu", i);
    }
    for (size_t i = 0; i < e->guardians; i++) {
        e->ids[i] = made_text(e, "%zu", i + 1);
        must(eg_guardian_generate(&e->polynomials[i], &e->records[i], e->ids[i], (uint32_t)i + 1,
                                  (uint32_t)e->quorum, &seeded_rng, &e->arena, NULL));
    }
    eg_joint_key(&joint, &commitment_hash, e->records, e->guardians);
    must(eg_manifest_build_service(&e->manifest, &e->arena, e->names, e->candidates, e->names,
                                   e->candidates, (uint32_t)e->limit, NULL));
    must(eg_context_init(&e->context, (uint32_t)e->guardians, (uint32_t)e->quorum, &joint,
                         &commitment_hash, &e->manifest.hash, NULL));
    e->key = eg_fixed_base_new(&joint);
    assert_non_null(e->key);
    e->election = (eg_election){&e->manifest, &e->context, e->key};
}

static inline void made_election_free(made_election *e)
{
    eg_fixed_base_free(e->key);
    eg_arena_free(&e->arena);
}

/* A ballot for the candidates of `votes` (one bit each), nonces and all. */
static inline void made_ballot(made_election *e, eg_ballot *out, size_t number, unsigned votes)
{
    eg_str chosen[MADE_CANDIDATES_MAX];
    size_t count = 0, failed;
    for (size_t i = 0; i < e->candidates; i++) {
        if ((votes >> i & 1) != 0) {
            chosen[count++] = e->names[i];
        }
    }
    eg_plain_ballot *plain = made_room(e, 1, sizeof *plain);
    eg_modq seed = seeded_q(), nonce = seeded_q();
    must(eg_plain_ballot_from_names(plain, made_text(e, "ballot-%zu", number), chosen, count,
                                    &e->manifest, &e->arena, NULL));
    const eg_encrypt_input input = {plain, &seed, &nonce, 1700000000};
    must(eg_ballots_encrypt(out, &input, 1, &e->election, &e->arena, &failed, NULL));
}

/* A copy whose contests and selections are its own. */
static inline eg_ballot *copied_ballot(made_election *e, const eg_ballot *from)
{
    eg_ballot *to = made_room(e, 1, sizeof *to);
    *to = *from;
    to->contests = made_room(e, from->contest_count, sizeof *to->contests);
    for (size_t c = 0; c < from->contest_count; c++) {
        eg_ballot_contest *contest = &to->contests[c];
        *contest = from->contests[c];
        contest->selections = made_room(e, contest->selection_count, sizeof *contest->selections);
        memcpy(contest->selections, from->contests[c].selections,
               contest->selection_count * sizeof *contest->selections);
    }
    return to;
}

#endif
