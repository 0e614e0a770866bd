#include "server/process/watch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const uint64_t ms_ns = 1000000u;

/* State and processor time of one thread, from its line "pid (name) state ...": the name may hold
 * anything, so the last ')' counts. */
static bool read_thread(const char *path, char *state, uint64_t *ran_ns)
{
    char line[512];
    unsigned long long user = 0, system = 0;
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return false;
    }
    const char *end = fgets(line, sizeof line, in) == NULL ? NULL : strrchr(line, ')');
    (void)fclose(in);
    if (end == NULL || sscanf(end, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", state,
                              &user, &system) != 3) {
        return false;
    }
    *ran_ns = (user + system) * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
    return true;
}

bool eg_watch_sample(eg_worker_sample *out, int pid)
{
    char path[64];
    *out = (eg_worker_sample){0};
    (void)snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (threads == NULL) {
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        int thread = atoi(entry->d_name);
        char state = 0;
        uint64_t ran_ns = 0;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, thread);
        if (thread <= 0 || !read_thread(path, &state, &ran_ns)) {
            continue; /* "." and "..", or it has just ended */
        }
        out->all_ran_ns += ran_ns;
        if (thread == pid) {
            out->state = state;
            out->ran_ns = ran_ns;
        } else {
            out->others_want = out->others_want || state == 'R';
        }
    }
    (void)closedir(threads);
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

static void excuse(eg_watch *watch, const eg_worker_sample *sample, uint64_t now_ns)
{
    watch->excused_ns = now_ns;
    watch->excused_ran_ns = sample->all_ran_ns;
}

static void begin(eg_watch *watch, const eg_slot *slot, const eg_worker_sample *sample,
                  uint64_t now_ns)
{
    watch->suspected_ns = now_ns;
    watch->heartbeat_ns = atomic_load(&slot->heartbeat_ns);
    watch->ran_ns = sample->ran_ns;
    excuse(watch, sample, now_ns);
}

/* Its I/O thread wants a processor, waits for memory or a disk, or for a lock of a thread that
 * wants a processor where all of them together got little. The kernel's count of the time that a
 * thread waited would not do: it stands still until the thread runs again. */
static bool is_excused(const eg_watch *watch, const eg_worker_sample *sample, uint64_t now_ns)
{
    if (sample->state == 'R' || sample->state == 'D') {
        return true;
    }
    bool stopped = sample->state == 'T' || sample->state == 't';
    uint64_t passed = now_ns - watch->excused_ns, ran = sample->all_ran_ns - watch->excused_ran_ns;
    return !stopped && sample->others_want && passed > EG_WATCH_JUDGE_MS * ms_ns / 2 &&
           ran < passed / 4;
}

static bool is_frozen(eg_watch *watch, const eg_worker_sample *sample, uint64_t now_ns)
{
    if (sample->ran_ns - watch->ran_ns > EG_WATCH_SPIN_MS * ms_ns) {
        return true;
    }
    if (is_excused(watch, sample, now_ns)) {
        excuse(watch, sample, now_ns);
    }
    return now_ns - watch->excused_ns >= EG_WATCH_JUDGE_MS * ms_ns;
}

eg_verdict eg_watch_judge(eg_watch *watch, const eg_slot *slot, const eg_worker_sample *sample,
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
    if (now_ns < beat || now_ns - beat < EG_WATCH_SILENT_MS * ms_ns || sample->state == 0) {
        watch->suspected_ns = 0;
    } else if (watch->suspected_ns == 0 || watch->heartbeat_ns != beat) {
        begin(watch, slot, sample, now_ns);
    } else if (is_frozen(watch, sample, now_ns)) {
        return EG_VERDICT_FROZEN;
    }
    return EG_VERDICT_WELL;
}
