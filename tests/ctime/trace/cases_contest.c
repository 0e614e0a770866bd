/* A contest in clear judged: no vote, too few, enough, too many, and in which order the voter's
 * ballot has them. Nothing of a contest's data but its length, which is the same for all, may
 * depend on that. */
#include "ctime/trace/cases.h"

#include "election/plain_contest.h"

#include <stdlib.h>

enum { SELECTIONS = 3, SEATS = 2, CONTEST_SECRETS = 8 };

static const eg_selection_description described[SELECTIONS] = {
    {.object_id = {"a", 1}}, {.object_id = {"b\"b", 3}}, {.object_id = {"cccc", 4}}};
static const eg_contest_description contest = {.object_id = {"k", 1},
                                               .number_elected = SEATS,
                                               .votes_allowed = SEATS,
                                               .has_votes_allowed = true,
                                               .selections =
                                                   (eg_selection_description *)(uintptr_t)described,
                                               .selection_count = SELECTIONS,
                                               .placeholder_count = SEATS};

static eg_arena arena;
static eg_plain_selection selections[SELECTIONS];
static const eg_plain_contest plain = {{"k", 1}, selections, SELECTIONS};

static struct {
    bool votes[SELECTIONS + SEATS];
    uint8_t data[EG_PADDED_BYTES];
} judged;

static void run_judge(void)
{
    eg_error err;
    if (eg_failed(
            eg_plain_contest_judge(judged.votes, judged.data, &plain, &contest, &arena, &err))) {
        abort();
    }
}

/* Each of the eight ways to choose among three. Judged once before, so that memory is there. */
static void set(unsigned secret)
{
    for (unsigned i = 0; i < SELECTIONS; i++) {
        selections[i] = (eg_plain_selection){.object_id = described[i].object_id};
    }
    run_judge();
    eg_arena_reset(&arena);
    for (unsigned i = 0; i < SELECTIONS; i++) {
        selections[i].vote = secret >> i & 1;
        selections[i].place = (secret * 5 + i) % SELECTIONS;
    }
}

case_list cases_contest(void)
{
    static const trace_case row[] = {
        {"eg_plain_contest_judge", set, run_judge, &judged, sizeof judged},
    };
    eg_arena_init(&arena, NULL);
    return (case_list){row, sizeof row / sizeof row[0], CONTEST_SECRETS};
}
