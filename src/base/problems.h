/* Faults of an input, collected: the first is what a request is refused for, all of them are what
 * somebody mends a file by. */
#ifndef EG_BASE_PROBLEMS_H
#define EG_BASE_PROBLEMS_H

#include "base/arena.h"

enum { EG_PROBLEMS_MAX = 100 };

typedef struct eg_problem {
    eg_error error;
    bool is_warning; /* said, but nothing is refused for it */
} eg_problem;

typedef struct eg_problems {
    eg_problem *list; /* the first `room` of both kinds, in the order in which they were found */
    size_t room;
    size_t count;            /* in list */
    size_t faults, warnings; /* found */
} eg_problems;

/* room: 1 to EG_PROBLEMS_MAX. The list is in the arena. */
eg_result eg_problems_init(eg_problems *out, size_t room, eg_arena *arena,
                           eg_error *err) EG_MUST_USE;

/* What a step ended with: a fault of the input (found says which) is noted, and that is a success;
 * anything else is passed on with *err. */
eg_result eg_problems_note(eg_problems *problems, eg_result result, const eg_error *found,
                           eg_error *err) EG_MUST_USE;
void eg_problems_add(eg_problems *problems, const eg_error *fault);
void eg_problems_warn(eg_problems *problems, const eg_error *found);

/* The first fault as the failure it is; EG_OK when there is none. */
eg_result eg_problems_first(const eg_problems *problems, eg_error *err) EG_MUST_USE;

#endif
