#include "api/tally/verify_queue.h"

#include "election/ballot_pieces.h"

/* No batch is larger, and a ballot that is larger than that is left to be cut. */
enum { SELECTIONS_MAX = EG_VERIFY_SELECTIONS + EG_VERIFY_SELECTIONS / 4 };

static eg_listed_ballot *take_all(eg_verify_queue *queue)
{
    eg_listed_ballot *taken = queue->waiting;
    queue->waiting = NULL;
    queue->waiting_selections = 0;
    return taken;
}

/* Adds, and takes the whole queue out when it is full; what the new one would make too long is
 * taken without it. NULL when it is not full, or closed. */
static eg_listed_ballot *exchange(eg_verify_queue *queue, eg_listed_ballot *ballot, size_t size)
{
    eg_listed_ballot *full = NULL;
    (void)pthread_mutex_lock(queue->call->arena_lock);
    if (queue->waiting_selections + size > SELECTIONS_MAX) {
        full = take_all(queue);
    }
    ballot->next_waiting = queue->waiting;
    queue->waiting = ballot;
    queue->waiting_selections += size;
    if (full == NULL && queue->waiting_selections >= EG_VERIFY_SELECTIONS) {
        full = take_all(queue);
    }
    full = queue->closed ? NULL : full;
    (void)pthread_mutex_unlock(queue->call->arena_lock);
    return full;
}

static void close_queue(eg_verify_queue *queue)
{
    (void)pthread_mutex_lock(queue->call->arena_lock);
    queue->closed = true;
    (void)pthread_mutex_unlock(queue->call->arena_lock);
}

static eg_result list_pieces(eg_ballot_piece **out, size_t *count, const eg_listed_ballot *taken,
                             eg_arena *scratch, eg_error *err)
{
    size_t n = 0;
    for (const eg_listed_ballot *b = taken; b != NULL; b = b->next_waiting) {
        n++;
    }
    EG_TRY(eg_arena_new(scratch, n, sizeof **out, out, err));
    *count = 0;
    for (const eg_listed_ballot *b = taken; b != NULL; b = b->next_waiting) {
        (*out)[(*count)++] =
            (eg_ballot_piece){&b->ballot, 0, eg_ballot_selection_count(&b->ballot)};
    }
    return EG_SUCCESS;
}

eg_result eg_verify_queue_add(eg_verify_queue *queue, eg_listed_ballot *ballot, eg_arena *scratch,
                              eg_error *err)
{
    size_t size = eg_ballot_selection_count(&ballot->ballot), count;
    eg_listed_ballot *full = size > SELECTIONS_MAX ? NULL : exchange(queue, ballot, size);
    eg_ballot_piece *pieces;
    bool hold;
    if (full == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(list_pieces(&pieces, &count, full, scratch, err));
    EG_TRY(eg_ballot_pieces_hold(&hold, pieces, count, queue->election, queue->call->rng, scratch,
                                 err));
    for (eg_listed_ballot *b = full; b != NULL; b = b->next_waiting) {
        b->verified = hold;
    }
    if (!hold && !queue->each) {
        close_queue(queue);
    }
    return EG_SUCCESS;
}
