#include "api/tally/verify_queue.h"

#include "api/ballot/ballot_check.h"
#include "base/sort.h"

/* The index of the first false one goes to *first_false: count when there is none. */
static eg_result find_false(size_t *first_false, const eg_verify_queue *queue,
                            eg_listed_ballot *const listed[], size_t count, eg_arena *scratch,
                            eg_error *err)
{
    const eg_ballot **ballots;
    EG_TRY(eg_arena_new(scratch, count, sizeof(eg_ballot *), &ballots, err));
    for (size_t i = 0; i < count; i++) {
        ballots[i] = &listed[i]->ballot;
        listed[i]->verified = true;
    }
    return eg_ballots_count_valid(first_false, ballots, count, queue->election, queue->call->rng,
                                  scratch, err);
}

/* What is wrong with a ballot that a batch refused: the exact way says. */
static eg_result raise_reason(const eg_verify_queue *queue, const eg_listed_ballot *listed,
                              eg_arena *scratch, eg_error *err)
{
    eg_path list = eg_path_field(NULL, queue->list_name);
    eg_path path = eg_path_index(&list, listed->index);
    EG_TRY(eg_ballot_verify_for(&listed->ballot, queue->election, scratch, &path, err));
    return EG_FAIL(err, EG_E_INTERNAL, NULL, "internal error"); /* a batch refuses nothing true */
}

eg_result eg_listed_ballots_verify(const eg_verify_queue *queue, eg_listed_ballot *const ballots[],
                                   size_t count, eg_arena *scratch, eg_error *err)
{
    size_t first_false;
    EG_TRY(find_false(&first_false, queue, ballots, count, scratch, err));
    return first_false == count ? EG_SUCCESS
                                : raise_reason(queue, ballots[first_false], scratch, err);
}

/* ---- the queue --------------------------------------------------------------------------------
 */

static int by_index(const void *a, const void *b)
{
    size_t x = (*(eg_listed_ballot *const *)a)->index, y = (*(eg_listed_ballot *const *)b)->index;
    return (x > y) - (x < y);
}

/* Adds, and takes the whole queue out when it is full; NULL when it is not. */
static eg_listed_ballot *exchange(eg_verify_queue *queue, eg_listed_ballot *ballot)
{
    eg_listed_ballot *full = NULL;
    (void)pthread_mutex_lock(queue->call->arena_lock);
    ballot->next_waiting = queue->waiting;
    queue->waiting = ballot;
    queue->waiting_selections += eg_ballot_selection_count(&ballot->ballot);
    if (queue->waiting_selections >= EG_VERIFY_SELECTIONS) {
        full = queue->waiting;
        queue->waiting = NULL;
        queue->waiting_selections = 0;
    }
    (void)pthread_mutex_unlock(queue->call->arena_lock);
    return full;
}

static size_t lowest_failure(const eg_verify_queue *queue)
{
    (void)pthread_mutex_lock(queue->call->arena_lock);
    size_t lowest = queue->has_failure ? queue->failure_index : SIZE_MAX;
    (void)pthread_mutex_unlock(queue->call->arena_lock);
    return lowest;
}

static void note_failure(eg_verify_queue *queue, size_t index, const eg_error *error)
{
    (void)pthread_mutex_lock(queue->call->arena_lock);
    if (!queue->has_failure || index < queue->failure_index) {
        queue->has_failure = true;
        queue->failure_index = index;
        queue->failure = *error;
    }
    (void)pthread_mutex_unlock(queue->call->arena_lock);
}

/* The ballots of a taken queue in rising order, without those behind a known failure: nothing more
 * needs to be known of them. */
static eg_result sorted(eg_listed_ballot ***out, size_t *count, eg_listed_ballot *taken,
                        size_t failure_index, eg_arena *scratch, eg_error *err)
{
    size_t n = 0;
    for (eg_listed_ballot *b = taken; b != NULL; b = b->next_waiting) {
        n++;
    }
    EG_TRY(eg_arena_new(scratch, n, sizeof(eg_listed_ballot *), out, err));
    *count = 0;
    for (eg_listed_ballot *b = taken; b != NULL; b = b->next_waiting) {
        if (b->index < failure_index) {
            (*out)[(*count)++] = b;
        }
    }
    eg_sort((void *)*out, *count, sizeof **out, by_index);
    return EG_SUCCESS;
}

eg_result eg_verify_queue_add(eg_verify_queue *queue, eg_listed_ballot *ballot, eg_arena *scratch,
                              eg_error *err)
{
    eg_listed_ballot *full = exchange(queue, ballot);
    if (full == NULL) {
        return EG_SUCCESS;
    }
    eg_listed_ballot **ballots;
    size_t count, first_false;
    EG_TRY(sorted(&ballots, &count, full, lowest_failure(queue), scratch, err));
    EG_TRY(find_false(&first_false, queue, ballots, count, scratch, err));
    if (first_false == count) {
        return EG_SUCCESS;
    }
    eg_error reason;
    eg_result r = raise_reason(queue, ballots[first_false], scratch, &reason);
    if (eg_is_input_fault(r)) {
        note_failure(queue, ballots[first_false]->index, &reason);
        return EG_SUCCESS;
    }
    *err = reason;
    return r;
}
