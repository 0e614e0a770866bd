#include "server/work/job_state.h"

#define TO(state) (1u << EG_JOB_##state)
#define MOVES_ON(to, otherwise)                                                                    \
    .moves_on = true, .next = EG_JOB_##to, .shortcut = EG_JOB_##otherwise

enum {
    GONE = TO(ABANDONED),
    CUT_OFF = TO(STOPPED) | GONE,
    BROKEN = TO(FAILING) | CUT_OFF /* of states in which units run */
};

/* clang-format off */
static const eg_state_row states[EG_JOB_STATES] = {
    [EG_JOB_READING]   = {.name = "reading",
                          .units = {{EG_UNIT_FEED, EG_RUNS_IN_ORDER}, {EG_UNIT_ITEM, EG_RUNS_BESIDE}},
                          MOVES_ON(PLANNING, PLANNING), .from_outside = BROKEN},
    [EG_JOB_PLANNING]  = {.name = "planning", .units = {{EG_UNIT_PLAN, EG_RUNS_ALONE}},
                          MOVES_ON(COMPUTING, COMPUTING), .from_outside = BROKEN},
    [EG_JOB_COMPUTING] = {.name = "computing", .units = {{EG_UNIT_COMPUTE, EG_RUNS_BESIDE}},
                          MOVES_ON(CHOOSING, FINISHING), .from_outside = BROKEN},
    [EG_JOB_CHOOSING]  = {.name = "choosing a round", .units = {{EG_UNIT_NEXT, EG_RUNS_ALONE}},
                          MOVES_ON(COMPUTING, FINISHING), .from_outside = BROKEN},
    [EG_JOB_FINISHING] = {.name = "finishing", .units = {{EG_UNIT_FINISH, EG_RUNS_ALONE}},
                          MOVES_ON(WRITING, WRITING), .from_outside = BROKEN},
    [EG_JOB_WRITING]   = {.name = "writing", .units = {{EG_UNIT_OUTPUT, EG_RUNS_BESIDE}},
                          MOVES_ON(ENDING, ENDING), .from_outside = BROKEN, .answer = EG_ANSWER_BEGUN},
    [EG_JOB_ENDING]    = {.name = "ending", .units = {{EG_UNIT_TAIL, EG_RUNS_ALONE}},
                          MOVES_ON(DONE, DONE), .from_outside = BROKEN, .answer = EG_ANSWER_BEGUN},
    [EG_JOB_DONE]      = {.name = "done", .from_outside = CUT_OFF, .answer = EG_ANSWER_WHOLE},
    [EG_JOB_FAILING]   = {.name = "failing", MOVES_ON(FAILED, FAILED), .from_outside = CUT_OFF,
                          .failed = true},
    [EG_JOB_FAILED]    = {.name = "failed", .from_outside = CUT_OFF, .answer = EG_ANSWER_ERROR,
                          .failed = true},
    [EG_JOB_STOPPED]   = {.name = "stopped", .from_outside = GONE, .answer = EG_ANSWER_ERROR,
                          .failed = true, .stops = true},
    [EG_JOB_ABANDONED] = {.name = "abandoned", .units = {{EG_UNIT_RELEASE, EG_RUNS_ALONE}},
                          .stops = true},
};
/* clang-format on */

const eg_state_row *eg_state(eg_job_state state)
{
    return &states[state];
}

bool eg_state_may_follow(eg_job_state from, eg_job_state to)
{
    const eg_state_row *row = &states[from];
    bool is_next = row->moves_on && (to == row->next || to == row->shortcut);
    return is_next || (row->from_outside >> to & 1u) != 0;
}

bool eg_state_runs(eg_job_state state, eg_unit_kind kind)
{
    const eg_state_row *row = &states[state];
    bool runs = false;
    for (size_t i = 0; i < EG_STATE_UNITS; i++) {
        runs = runs || (row->units[i].kind == kind && kind != EG_UNIT_NONE);
    }
    return runs;
}
