#include "server/process/summary.h"

#include "server/board/log.h"
#include "server/process/sandbox.h"

void eg_summary_log(const eg_summary *summary)
{
    const eg_settings *s = summary->settings;
    const char *address = summary->address;
    char sandbox[64];
    eg_sandbox_describe(sandbox, sizeof sandbox, summary->sandbox);
    bool open = s->internal_key == NULL || *s->internal_key == '\0';
    eg_log_event(EG_LOG_INFO,
                 "version %s serves at %s: workers %u, threads of each %u, memory bound %zu MiB, "
                 "kernel %s, access key %s, master key %s; workers' sandbox: %s%s",
                 EG_VERSION, address, s->dev ? 1 : s->workers, s->threads,
                 s->max_memory_bytes >> 20, summary->kernel, open ? "not set" : "set",
                 s->api.has_master_key ? "set" : "not set", sandbox,
                 summary->sandbox == EG_SANDBOX_ALL
                     ? ""
                     : " (--no-sandbox, or a system that lacks the rest)");
    if (summary->beyond && open) {
        eg_log_event(EG_LOG_WARNING,
                     "other machines can reach %s and no access key is set: whoever does can use "
                     "it. Set ELECTIONGUARD_INTERNAL_API_KEY, or bind to 127.0.0.1",
                     address);
    }
    if (s->has_open_keys) {
        eg_log_event(EG_LOG_WARNING, "every user of this machine can read the settings' file, and "
                                     "a key is in it: chmod o-r");
    }
}
