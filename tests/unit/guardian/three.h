/* Guardians of one election, as their own tools make them: texts go from one to the other. */
#ifndef EG_TESTS_GUARDIAN_THREE_H
#define EG_TESTS_GUARDIAN_THREE_H

#include "support/seeded.h"

#include "guardian/guardian.h"

enum { GUARDIANS = 3, QUORUM = 2 };

typedef struct three {
    eg_guardian *of[GUARDIANS]; /* by order, from 0 */
    eg_buf records[GUARDIANS];
    eg_buf backups[GUARDIANS][GUARDIANS]; /* from, to */
} three;

static const char *const three_ids[GUARDIANS] = {"Ada \xc3\xa9", "guardian_2", "3"};

static inline eg_str text_of(const eg_buf *buf)
{
    return eg_buf_str(buf);
}

/* Keys and records; nobody knows anything of the others yet. */
static inline void three_make(three *t)
{
    memset(t, 0, sizeof *t);
    for (uint32_t i = 0; i < GUARDIANS; i++) {
        assert_false(eg_failed(eg_guardian_new(&t->of[i], eg_str_from(three_ids[i]), i + 1,
                                               GUARDIANS, QUORUM, &seeded_rng, NULL)));
        eg_buf_init(&t->records[i], NULL);
        assert_false(eg_failed(eg_guardian_record(t->of[i], &t->records[i], NULL)));
    }
}

static inline void three_take_records(three *t)
{
    for (uint32_t i = 0; i < GUARDIANS * GUARDIANS; i++) {
        uint32_t order = 0;
        assert_false(eg_failed(eg_guardian_take_record(
            t->of[i / GUARDIANS], text_of(&t->records[i % GUARDIANS]), NULL, &order, NULL)));
        assert_int_equal(order, i % GUARDIANS + 1);
    }
}

static inline void three_make_backups(three *t)
{
    for (uint32_t from = 0; from < GUARDIANS; from++) {
        for (uint32_t to = 0; to < GUARDIANS; to++) {
            eg_buf_init(&t->backups[from][to], NULL);
            if (from != to) {
                assert_false(eg_failed(eg_guardian_make_backup(t->of[from], to + 1, &seeded_rng,
                                                               &t->backups[from][to], NULL)));
            }
        }
    }
}

static inline void three_take_backups(three *t)
{
    for (uint32_t i = 0; i < GUARDIANS * GUARDIANS; i++) {
        const uint32_t from = i / GUARDIANS, to = i % GUARDIANS;
        uint32_t order = 0;
        if (from != to) {
            assert_false(eg_failed(eg_guardian_take_backup(
                t->of[to], text_of(&t->backups[from][to]), NULL, &order, NULL)));
            assert_int_equal(order, from + 1);
        }
    }
}

/* The whole ceremony. */
static inline void three_hold(three *t)
{
    three_make(t);
    three_take_records(t);
    three_make_backups(t);
    three_take_backups(t);
}

static inline void three_free(three *t)
{
    for (size_t i = 0; i < GUARDIANS; i++) {
        eg_guardian_free(t->of[i]);
        eg_buf_free(&t->records[i]);
        for (size_t j = 0; j < GUARDIANS; j++) {
            eg_buf_free(&t->backups[i][j]);
        }
    }
}

#endif
