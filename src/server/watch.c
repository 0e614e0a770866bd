#include "server/watch.h"

#include <stdio.h>

static const uint64_t ms_ns = 1000000u;

bool eg_watch_sample(eg_thread_sample *out, int pid)
{
    char path[64], line[512];
    unsigned long long ran = 0, waited = 0;
    *out = (eg_thread_sample){0};
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return false;
    }
    /* "pid (name) state ...": the name may hold anything, so the last ')' counts */
    const char *end = fgets(line, sizeof line, in) == NULL ? NULL : strrchr(line, ')');
    out->state = end == NULL || end[1] != ' ' ? 0 : end[2];
    (void)fclose(in);
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", pid, pid);
    in = fopen(path, "re");
    if (in != NULL) {
        if (fscanf(in, "%llu %llu", &ran, &waited) == 2) {
            out->ran_ns = ran;
            out->waited_ns = waited;
        }
        (void)fclose(in);
    }
    return out->state != 0;
}

static bool is_overdue(const eg_slot *slot, uint64_t now_ns)
{
    uint32_t high = atomic_load(&slot->flights_high);
    for (uint32_t i = 0; i < high; i++) {
        const eg_flight *flight = &slot->flights[i];
        if (atomic_load(&flight->used) != 0 &&
            now_ns > atomic_load(&flight->deadline_ns) + EG_WATCH_GRACE_MS * ms_ns) {
            return true;
        }
    }
    return false;
}

static void begin(eg_watch *watch, const eg_slot *slot, const eg_thread_sample *sample,
                  uint64_t now_ns)
{
    watch->suspected_ns = now_ns;
    watch->heartbeat_ns = atomic_load(&slot->heartbeat_ns);
    watch->first = *sample;
    watch->looked_ns = now_ns;
    watch->last_look = *sample;
}

/* The last EG_WATCH_JUDGE_MS decide; the processor time since the beginning does too. */
static bool is_frozen(eg_watch *watch, const eg_thread_sample *sample, uint64_t now_ns)
{
    uint64_t looked = now_ns - watch->looked_ns;
    if (sample->ran_ns - watch->first.ran_ns > EG_WATCH_SPIN_MS * ms_ns) {
        return true;
    }
    if (looked < EG_WATCH_JUDGE_MS * ms_ns) {
        return false;
    }
    bool starved =
        sample->state != 'T' && sample->state != 't' &&
        (sample->state == 'D' || sample->waited_ns - watch->last_look.waited_ns > looked / 4);
    watch->looked_ns = now_ns;
    watch->last_look = *sample;
    return !starved;
}

eg_verdict eg_watch_judge(eg_watch *watch, const eg_slot *slot, const eg_thread_sample *sample,
                          uint64_t now_ns, bool stalled)
{
    enum { OVERDUE_MS = 1000 };
    uint64_t beat = atomic_load(&slot->heartbeat_ns);
    if (stalled) {
        *watch = (eg_watch){0};
        return EG_VERDICT_WELL;
    }
    watch->overdue_ns = !is_overdue(slot, now_ns) ? 0
                        : watch->overdue_ns == 0  ? now_ns
                                                  : watch->overdue_ns;
    if (watch->overdue_ns != 0 && now_ns - watch->overdue_ns > OVERDUE_MS * ms_ns) {
        return EG_VERDICT_OVERRUN;
    }
    if (now_ns < beat || now_ns - beat < EG_WATCH_SILENT_MS * ms_ns) {
        watch->suspected_ns = 0;
    } else if (watch->suspected_ns == 0 || watch->heartbeat_ns != beat) {
        begin(watch, slot, sample, now_ns);
    } else if (is_frozen(watch, sample, now_ns)) {
        return EG_VERDICT_FROZEN;
    }
    return EG_VERDICT_WELL;
}
