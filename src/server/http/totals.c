#include "server/http/totals.h"

#include "server/work/job_memory.h"

static void add_slot(eg_totals *t, const eg_slot *slot)
{
    bool serves = eg_slot_serves(slot);
    t->serving += serves ? 1 : 0;
    t->starting += atomic_load(&slot->state) == EG_SLOT_STARTING ? 1 : 0;
    t->retiring += !serves && atomic_load(&slot->state) != EG_SLOT_STARTING ? 1 : 0;
    t->threads += atomic_load(&slot->threads);
    t->threads_busy += atomic_load(&slot->threads_busy);
    t->units_waiting += atomic_load(&slot->units_waiting);
    t->jobs += atomic_load(&slot->jobs);
    t->connections += atomic_load(&slot->connections);
    t->jobs_max += serves ? atomic_load(&slot->jobs_max) : 0;
    t->connections_max += serves ? atomic_load(&slot->connections_max) : 0;
    t->resident_bytes += atomic_load(&slot->resident_bytes);
}

eg_totals eg_totals_count(const eg_scoreboard *board)
{
    eg_totals t = {.resident_bytes = atomic_load(&board->resident_bytes)};
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        if (eg_slot_lives(&board->slots[i])) {
            add_slot(&t, &board->slots[i]);
        }
    }
    return t;
}

const char *eg_totals_readiness(const eg_scoreboard *board)
{
    eg_totals t = eg_totals_count(board);
    size_t used = eg_budget_used(&board->memory), limit = board->memory.limit_bytes;
    if (atomic_load(&board->draining)) {
        return "draining";
    }
    if (t.serving == 0) {
        return "starting";
    }
    bool full = t.jobs >= t.jobs_max || t.connections >= t.connections_max ||
                (limit != 0 && used > eg_memory_for_input(limit));
    return full ? "full" : "ready";
}
