/* egserve worker: the process beside a service that takes its work from a broker. */
#include "base/core_dumps.h"
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/plain_text_warning.h"
#include "cli/report.h"
#include "cli/secret_file.h"
#include "cluster/worker.h"

#include <stdlib.h>
#include <string.h>

enum { FLAG_COUNT = EG_CLUSTER_OPTION_COUNT + 5, OWN_COUNT = 5 };

typedef struct settings {
    eg_cluster_flags cluster;
    const char *url, *key_file, *bind, *stages;
    uint64_t parallel;
} settings;

static const char command[] = "egserve worker";

static void usage_of(eg_usage *usage, eg_option options[FLAG_COUNT], settings *s)
{
    const eg_option own[OWN_COUNT] = {
        {"--url", EG_OPTION_TEXT, "URL", &s->url, "the service that computes", 0, 0, true},
        {"--internal-key-file", EG_OPTION_TEXT, "FILE", &s->key_file,
         "the service's access key (default: $ELECTIONGUARD_INTERNAL_API_KEY)", 0, 0, false},
        {"--bind", EG_OPTION_TEXT, "HOST:PORT", &s->bind,
         "where /ready, /health and /metrics are answered (default: nowhere)", 0, 0, false},
        {"--parallel", EG_OPTION_COUNT, "N", &s->parallel, "tasks at once", 1,
         EG_WORKER_PARALLEL_MAX, false},
        {"--stages", EG_OPTION_TEXT, "A,B,...", &s->stages,
         "which tasks it takes, of encrypt, tally and combine (default: all)", 0, 0, false},
    };
    eg_cluster_options(options, &s->cluster, true);
    memcpy(&options[EG_CLUSTER_OPTION_COUNT], own, sizeof own);
    *usage = (eg_usage){
        .command = command,
        .summary = "Takes tasks of elections from RabbitMQ and has a service do them.",
        .notes =
            "Ends with SIGTERM, when what it has in hand is finished. Queues, messages and what\n"
            "to do about them: docs/cluster.md.",
        .options = options,
        .option_count = FLAG_COUNT,
    };
}

/* False: it names a stage that there is not. */
static bool read_stages(bool stages[EG_STAGE_COUNT], const char *text)
{
    const char *at = text == NULL ? "encrypt,tally,combine" : text;
    for (const char *end = at; *at != '\0'; at = *end == ',' ? end + 1 : end) {
        size_t found = EG_STAGE_COUNT;
        end = at + strcspn(at, ",");
        for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
            const size_t n = strlen(eg_stage_names[i]);
            found = n == (size_t)(end - at) && memcmp(at, eg_stage_names[i], n) == 0 ? i : found;
        }
        if (found == EG_STAGE_COUNT) {
            return false;
        }
        stages[found] = true;
    }
    return true;
}

static eg_result work(const settings *s, eg_worker_settings *set, eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_cluster_flags_read(&set->broker, &set->store, &s->cluster, arena, err));
    set->internal_key = getenv("ELECTIONGUARD_INTERNAL_API_KEY");
    if (set->internal_key != NULL && set->internal_key[0] == '\0') {
        set->internal_key = NULL;
    }
    if (s->key_file != NULL) {
        EG_TRY(eg_secret_file_read(&set->internal_key, s->key_file, "--internal-key-file", arena,
                                   err));
    }
    return eg_cluster_work(set, err);
}

int eg_cmd_worker(int argc, char **argv)
{
    eg_forbid_core_dumps();
    settings s = {.parallel = EG_WORKER_PARALLEL};
    eg_worker_settings set = {.internal_key = NULL};
    eg_option options[FLAG_COUNT];
    eg_usage usage;
    usage_of(&usage, options, &s);
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        break;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        return EG_EXIT_USAGE;
    }
    if (!read_stages(set.stages, s.stages)) {
        (void)eg_options_refuse(&usage, "'--stages' takes encrypt, tally and combine");
        return EG_EXIT_USAGE;
    }
    eg_warn_of_plain_text(command, "--url", s.url);
    eg_cluster_flags_warn(&s.cluster, command);
    set.url = s.url;
    set.bind = s.bind;
    set.parallel = (size_t)s.parallel;
    eg_error err = {0};
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    const bool done = !eg_failed(work(&s, &set, &arena, &err));
    if (!done) {
        eg_report_error(command, &err);
    }
    eg_arena_free(&arena);
    if (done) {
        return EG_EXIT_OK;
    }
    return err.code == EG_E_OUT_OF_RANGE ? EG_EXIT_USAGE : EG_EXIT_FAILED;
}
