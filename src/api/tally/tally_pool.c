#include "api/tally/tally_pool.h"

#include "api/frame/intake.h"

typedef struct eg_pooled_sum {
    struct eg_pooled_sum *next;      /* among all */
    struct eg_pooled_sum *next_idle; /* among the idle */
    eg_tally_sum sum;
} pooled_sum;

static eg_result make(pooled_sum **out, eg_tally_pool *pool, const eg_manifest *manifest,
                      const eg_call *call, eg_error *err)
{
    EG_TRY(eg_arena_new(call->arena, 1, sizeof **out, out, err));
    EG_TRY(eg_tally_sum_init(&(*out)->sum, manifest, call->arena, err));
    (*out)->next = pool->all;
    pool->all = *out;
    return EG_SUCCESS;
}

/* An idle sum, or a new one: so there are never more than threads at work. */
static eg_result take(pooled_sum **out, eg_tally_pool *pool, const eg_manifest *manifest,
                      const eg_call *call, eg_error *err)
{
    eg_result result = EG_SUCCESS;
    (void)pthread_mutex_lock(call->arena_lock);
    if (pool->idle != NULL) {
        *out = pool->idle;
        pool->idle = pool->idle->next_idle;
    } else {
        result = make(out, pool, manifest, call, err);
    }
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}

static void give(eg_tally_pool *pool, pooled_sum *sum, const eg_call *call)
{
    (void)pthread_mutex_lock(call->arena_lock);
    sum->next_idle = pool->idle;
    pool->idle = sum;
    (void)pthread_mutex_unlock(call->arena_lock);
}

eg_result eg_tally_pool_add(eg_tally_pool *pool, const eg_ballot *ballot,
                            const eg_manifest *manifest, const eg_call *call, eg_error *err)
{
    pooled_sum *sum;
    EG_TRY(take(&sum, pool, manifest, call, err));
    eg_tally_sum_add(&sum->sum, ballot, manifest);
    give(pool, sum, call);
    return EG_SUCCESS;
}

static void add_tally(eg_tally_sum *sum, const eg_tally *tally)
{
    size_t k = 0;
    for (size_t c = 0; c < tally->contest_count; c++) {
        const eg_tally_contest *contest = &tally->contests[c];
        for (size_t s = 0; s < contest->selection_count; s++, k++) {
            eg_modp_acc_mul(&sum->pads[k], &contest->selections[s].ciphertext.pad);
            eg_modp_acc_mul(&sum->data[k], &contest->selections[s].ciphertext.data);
        }
    }
}

eg_result eg_tally_pool_add_tally(eg_tally_pool *pool, const eg_tally *tally,
                                  const eg_manifest *manifest, const eg_call *call, eg_error *err)
{
    pooled_sum *sum;
    EG_TRY(take(&sum, pool, manifest, call, err));
    add_tally(&sum->sum, tally);
    give(pool, sum, call);
    return EG_SUCCESS;
}

eg_result eg_tally_pool_total(eg_tally *out, eg_tally_pool *pool, const eg_manifest *manifest,
                              const eg_call *call, eg_error *err)
{
    pooled_sum *first = pool->all;
    EG_BUG_IF(err, first == NULL);
    for (pooled_sum *other = first->next; other != NULL; other = other->next) {
        eg_tally_sum_merge(&first->sum, &other->sum);
    }
    first->next = NULL;
    pool->all = first;
    pool->idle = first;
    first->next_idle = NULL;
    return eg_tally_from_sum(out, &first->sum, manifest, call->arena, err);
}
