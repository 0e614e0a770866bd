#include "server/work/job_output.h"

#include "server/work/job_memory.h"

/* The unit in it was sent. A later one of the window's size gets the memory; the last ones' goes
 * back, and all where memory is for fewer than the slots. */
static void release_slot(eg_job *job, size_t at)
{
    bool is_reused = job->sent_units + EG_OUTPUT_WINDOW < job->call.output_units;
    bool has_room = job->reserved_window == 0 || job->reserved_window == EG_OUTPUT_WINDOW;
    if (is_reused && has_room) {
        eg_buf_clear(&job->slot[at]);
    } else {
        eg_buf_free(&job->slot[at]);
    }
}

/* The buffer that is to be sent next, or NULL when it is not ready or all was sent. */
static eg_buf *ready_buffer(eg_job *job)
{
    for (;;) {
        size_t at = job->sent_units % EG_OUTPUT_WINDOW;
        switch (job->sending) {
        case EG_SENDING_ANSWER_HEAD:
            if (eg_state(job->state)->answer == EG_ANSWER_NONE) {
                return NULL;
            }
            if (job->sent_bytes < job->answer_head.len) {
                return &job->answer_head;
            }
            eg_buf_free(&job->answer_head);
            job->sending = EG_SENDING_UNITS;
            job->sent_bytes = 0;
            break;
        case EG_SENDING_UNITS:
            if (job->sent_units == job->call.output_units) {
                job->sending = EG_SENDING_ANSWER_TAIL;
                job->sent_bytes = 0;
                break;
            }
            if (!job->slot_ready[at]) {
                return NULL;
            }
            if (job->sent_bytes < job->slot[at].len) {
                return &job->slot[at];
            }
            release_slot(job, at);
            job->slot_ready[at] = false;
            job->sent_units++;
            job->sent_bytes = 0;
            break;
        case EG_SENDING_ANSWER_TAIL:
            if (eg_state(job->state)->answer != EG_ANSWER_WHOLE) {
                return NULL;
            }
            if (job->sent_bytes < job->answer_tail.len) {
                return &job->answer_tail;
            }
            eg_buf_free(&job->answer_tail);
            job->sending = EG_SENT;
            break;
        case EG_SENT:
            return NULL;
        }
    }
}

void eg_job_pass_empty(eg_job *job)
{
    (void)ready_buffer(job);
}

size_t eg_job_take_output(eg_job *job, char *to, size_t room)
{
    size_t taken = 0;
    eg_buf *from;
    while (taken < room && (from = ready_buffer(job)) != NULL) {
        size_t left = from->len - job->sent_bytes;
        size_t n = left < room - taken ? left : room - taken;
        memcpy(to + taken, from->data + job->sent_bytes, n);
        job->sent_bytes += n;
        taken += n;
    }
    eg_job_pass_empty(job); /* what was taken to its last byte makes room now */
    return taken;
}

bool eg_job_has(eg_job *job, eg_awaited awaited)
{
    const eg_state_row *state = eg_state(job->state);
    switch (awaited) {
    case EG_AWAITS_NOTHING:
        return false;
    case EG_AWAITS_ROOM:
        return job->state != EG_JOB_READING || job->input_bytes <= EG_INPUT_LOW;
    case EG_AWAITS_ANSWER:
        return state->answer == EG_ANSWER_ERROR || state->answer == EG_ANSWER_WHOLE ||
               (state->answer == EG_ANSWER_BEGUN && job->call.output_units > 1);
    case EG_AWAITS_OUTPUT:
        return state->failed || ready_buffer(job) != NULL || job->sending == EG_SENT;
    }
    return true;
}

/* Units of a streamed answer go several at a time: each look of the I/O thread, and of a client
 * that reads, interrupts the threads that compute the next ones. */
bool eg_job_is_worth_sending(const eg_job *job)
{
    size_t wanted = eg_job_output_window(job) / 4;
    size_t units = 0;
    while (units < wanted && job->slot_ready[(job->sent_units + units) % EG_OUTPUT_WINDOW]) {
        units++;
    }
    return units == wanted || eg_state(job->state)->answer != EG_ANSWER_BEGUN ||
           (job->running == 0 && job->ready_next == NULL);
}

static size_t add_part(eg_str parts[], size_t count, const eg_buf *from)
{
    if (from->len > 0) {
        parts[count++] = eg_buf_str(from);
    }
    return count;
}

size_t eg_job_parts(const eg_job *job, eg_str parts[EG_JOB_PARTS_MAX])
{
    size_t count = add_part(parts, 0, &job->answer_head);
    for (size_t i = 0; i < job->call.output_units; i++) {
        count = add_part(parts, count, &job->slot[i]);
    }
    return add_part(parts, count, &job->answer_tail);
}
