#include "base/problems.h"

eg_result eg_problems_init(eg_problems *out, size_t room, eg_arena *arena, eg_error *err)
{
    *out = (eg_problems){.room = room};
    return eg_arena_new(arena, room, sizeof *out->list, &out->list, err);
}

/* A fault takes a warning's place where there is no other: the first fault is never lost. */
static void keep(eg_problems *problems, const eg_error *found, bool is_warning)
{
    bool first_fault = !is_warning && problems->faults == 0;
    if (problems->count == problems->room && first_fault) {
        problems->count--;
    }
    if (problems->count < problems->room) {
        problems->list[problems->count++] = (eg_problem){*found, is_warning};
    }
    problems->faults += is_warning ? 0 : 1;
    problems->warnings += is_warning ? 1 : 0;
}

eg_result eg_problems_note(eg_problems *problems, eg_result result, const eg_error *found,
                           eg_error *err)
{
    if (!eg_failed(result)) {
        return EG_SUCCESS;
    }
    if (!eg_is_input_fault(result)) {
        if (err != NULL) {
            *err = *found;
        }
        return result;
    }
    keep(problems, found, false);
    return EG_SUCCESS;
}

void eg_problems_add(eg_problems *problems, const eg_error *fault)
{
    keep(problems, fault, false);
}

void eg_problems_warn(eg_problems *problems, const eg_error *found)
{
    keep(problems, found, true);
}

eg_result eg_problems_first(const eg_problems *problems, eg_error *err)
{
    for (size_t i = 0; i < problems->count; i++) {
        if (!problems->list[i].is_warning) {
            if (err != NULL) {
                *err = problems->list[i].error;
            }
            return (eg_result){problems->list[i].error.code};
        }
    }
    return EG_SUCCESS;
}
