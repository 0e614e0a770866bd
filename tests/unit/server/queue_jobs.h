/* Jobs of an endpoint that does what a script says and notes what was asked of it. Everything runs
 * on the test's own thread, unit by unit. Each test begins with an empty queue and must leave one,
 * with all memory given back. */
#ifndef EG_TESTS_QUEUE_JOBS_H
#define EG_TESTS_QUEUE_JOBS_H

#include "support/cmocka_all.h"

#include "server/work/compute.h"
#include "server/work/job_memory.h"
#include "server/work/job_output.h"

#include <stdlib.h>

enum { HOUR_S = 3600 };

/* What the endpoint of these tests does does. */
typedef struct script {
    size_t items, compute_units, output_units;
    size_t write_every;               /* of so many units of output one writes; 0: all do */
    size_t fail_compute, fail_output; /* this unit fails; SIZE_MAX: none */
    bool fail_plan;
    size_t unit_bytes, tail_bytes; /* that output takes */
    size_t rounds[4]; /* compute units of those behind the first, to a 0; with rounds_endpoint */
    bool misuse_head; /* writes a value without its key */
} script;

typedef struct state {
    script plan;
    char trace[256]; /* one letter per stage */
    _Atomic size_t traced;
    size_t fed_bytes;
    _Atomic unsigned items_done;
    bool ended;
    size_t round;
} state;

extern const char on_stack[29]; /* what a compute unit leaves there */
extern script next_script;      /* of jobs that begin from here on */
extern state *last_state;       /* of the job that began last; outlives the job */
extern eg_queue queue;
extern eg_counters counters;
extern eg_budget memory;
extern unsigned resumed; /* how often a connection was */
extern const eg_api_settings api;
extern const eg_endpoint endpoint;
extern eg_endpoint rounds_endpoint;      /* the same with rounds */
extern const eg_endpoint *used_endpoint; /* by new_job */

int make(void **context);
int drop(void **context);
#define QUEUE_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

eg_job *new_job(void);
/* What is ready now, at most room bytes; waits for nothing. */
size_t take_output(eg_job *job, char *to, size_t room);
/* False when nothing may run now, where eg_queue_take would wait. */
bool take_now(eg_unit *unit);
void run_taken(eg_unit *unit);
/* Runs one unit; false when there is none. */
bool step(void);
void run_dry(void);

#endif
