#include "server/work/job_units.h"

#include "server/board/log.h"
#include "server/work/job_memory.h"
#include "server/work/job_output.h"

/* ---- states ---- */

/* How many units a state has, but for reading, which does not know. */
static size_t units_of(const eg_job *job, eg_job_state state)
{
    switch (eg_state(state)->units[0].kind) {
    case EG_UNIT_COMPUTE:
        return job->call.compute_units;
    case EG_UNIT_OUTPUT:
        return job->call.output_units;
    case EG_UNIT_PLAN:
    case EG_UNIT_NEXT:
    case EG_UNIT_FINISH:
    case EG_UNIT_TAIL:
    case EG_UNIT_RELEASE:
        return 1;
    case EG_UNIT_NONE:
    case EG_UNIT_FEED:
    case EG_UNIT_ITEM:
        break;
    }
    return 0;
}

bool eg_job_enter(eg_job *job, eg_job_state to)
{
    if (!eg_state_may_follow(job->state, to)) {
        eg_log_event(EG_LOG_ERROR, "request %.*s: what is %s cannot become %s",
                     (int)job->request.request_id.len, job->request.request_id.data,
                     eg_state(job->state)->name, eg_state(to)->name);
        return false;
    }
    job->state = to;
    job->unit_next = 0;
    job->unit_count = units_of(job, to);
    if (eg_state(to)->stops) {
        atomic_store(&job->stopped, true);
    }
    return true;
}

/* Every unit of the state was taken and has come back. */
static bool is_over(const eg_job *job)
{
    bool taken = job->state == EG_JOB_READING
                     ? job->body == EG_BODY_FED && job->item_next == job->item_count
                     : job->unit_next == job->unit_count;
    return taken && job->running == 0;
}

/* No round of compute units follows. */
static bool has_no_round(const eg_job *job)
{
    return job->state == EG_JOB_COMPUTING ? job->call.endpoint->next == NULL
                                          : job->call.compute_units == 0;
}

static void move_on(eg_job *job)
{
    bool moves = true;
    while (moves && eg_state(job->state)->moves_on && is_over(job)) {
        const eg_state_row *row = eg_state(job->state);
        moves = eg_job_enter(job, has_no_round(job) ? row->shortcut : row->next);
    }
}

/* ---- failures ---- */

static void note_error(eg_job *job, const eg_error *error, size_t index)
{
    if (!eg_state(job->state)->failed || index < job->error_index) {
        job->error = *error;
        job->error_index = index;
        eg_job_judge_memory(job, &job->error);
    }
}

void eg_job_fail(eg_job *job, const eg_error *error, size_t index)
{
    if (job->state == EG_JOB_ABANDONED) {
        return; /* nobody asks why */
    }
    note_error(job, error, index);
    if (!eg_state(job->state)->failed) {
        (void)eg_job_enter(job, EG_JOB_FAILING);
    }
}

void eg_job_stop(eg_job *job, const eg_error *error)
{
    note_error(job, error, 0);
    if (job->state != EG_JOB_STOPPED) {
        (void)eg_job_enter(job, EG_JOB_STOPPED);
    }
}

/* ---- units ---- */

static bool is_there(const eg_job *job, eg_unit_kind kind)
{
    size_t items = job->item_count - job->item_next;
    switch (kind) {
    case EG_UNIT_FEED:
        return (job->input_first != NULL || job->body == EG_BODY_IN) && items < EG_ITEM_WINDOW;
    case EG_UNIT_ITEM:
        return items > 0;
    case EG_UNIT_OUTPUT:
        return job->unit_next < job->unit_count &&
               job->unit_next < job->sent_units + eg_job_output_window(job);
    case EG_UNIT_PLAN:
    case EG_UNIT_COMPUTE:
    case EG_UNIT_NEXT:
    case EG_UNIT_FINISH:
    case EG_UNIT_TAIL:
    case EG_UNIT_RELEASE:
        return job->unit_next < job->unit_count;
    case EG_UNIT_NONE:
        break;
    }
    return false;
}

static bool may_run(const eg_job *job, eg_unit_mode mode)
{
    switch (mode) {
    case EG_RUNS_ALONE:
        return job->running == 0;
    case EG_RUNS_IN_ORDER:
        return !job->feeding;
    case EG_RUNS_BESIDE:
        break;
    }
    return true;
}

eg_unit_kind eg_job_next_unit(const eg_job *job)
{
    const eg_state_row *row = eg_state(job->state);
    for (size_t i = 0; i < EG_STATE_UNITS; i++) {
        if (is_there(job, row->units[i].kind) && may_run(job, row->units[i].mode)) {
            return row->units[i].kind;
        }
    }
    return EG_UNIT_NONE;
}

size_t eg_job_waiting_units(const eg_job *job)
{
    if (eg_job_next_unit(job) == EG_UNIT_NONE) {
        return 0;
    }
    size_t waiting = job->item_count - job->item_next;
    if (job->state == EG_JOB_READING) {
        return waiting == 0 ? 1 : waiting;
    }
    waiting = job->unit_count - job->unit_next;
    size_t window = job->sent_units + eg_job_output_window(job) - job->unit_next;
    return job->state == EG_JOB_WRITING && waiting > window ? window : waiting;
}

static void take_input(eg_job *job, eg_unit *unit)
{
    unit->input = job->input_first;
    if (unit->input != NULL) {
        job->input_first = unit->input->next;
        job->input_bytes -= unit->input->len;
    }
    unit->last = job->input_first == NULL && job->body == EG_BODY_IN;
    job->body = unit->last ? EG_BODY_FED : job->body;
    job->feeding = true;
}

void eg_job_take_unit(eg_job *job, eg_unit *unit)
{
    *unit = (eg_unit){.job = job, .kind = eg_job_next_unit(job)};
    job->running++;
    if (unit->kind == EG_UNIT_FEED) {
        take_input(job, unit);
    } else if (unit->kind == EG_UNIT_ITEM) {
        unit->index = job->item_next++;
        unit->item = job->items[unit->index];
    } else {
        unit->index = job->unit_next++;
    }
}

/* Units in work are of the job's state, or of one that it failed in. */
static bool is_misplaced(const eg_job *job, const eg_unit *unit)
{
    return eg_state(job->state)->moves_on && !eg_state(job->state)->failed &&
           !eg_state_runs(job->state, unit->kind);
}

static void refuse_unit(eg_job *job)
{
    eg_error error = {0};
    (void)EG_FAIL(&error, EG_E_INTERNAL, NULL, "a stage came back out of its order");
    eg_log_event(EG_LOG_ERROR, "request %.*s: a stage came back that does not run while it is %s",
                 (int)job->request.request_id.len, job->request.request_id.data,
                 eg_state(job->state)->name);
    eg_job_fail(job, &error, 0);
}

/* To the front: what is left of it is the next to be decoded. */
static void put_back(eg_job *job, eg_unit *unit)
{
    if (unit->input != NULL) {
        unit->input->next = job->input_first;
        job->input_last = job->input_first == NULL ? unit->input : job->input_last;
        job->input_first = unit->input;
        job->input_bytes += unit->input->len;
        unit->input = NULL;
    }
    job->body = unit->last ? EG_BODY_IN : job->body;
}

void eg_job_return_unit(eg_job *job, eg_unit *unit, eg_result result, const eg_error *error)
{
    job->running--;
    job->feeding = unit->kind == EG_UNIT_FEED ? false : job->feeding;
    if (unit->unfinished) {
        put_back(job, unit);
    }
    if (eg_failed(result)) {
        eg_job_fail(job, error, unit->index);
    } else if (is_misplaced(job, unit)) {
        refuse_unit(job);
    } else if (job->state == EG_JOB_WRITING) {
        job->slot_ready[unit->index % EG_OUTPUT_WINDOW] = true;
        eg_job_pass_empty(job); /* so that there is room for more, however small the window */
    }
    move_on(job);
}
