/* egserve election run: a file of ballots through a whole election at a service. */
#include "cli/commands.h"

#include "base/core_dumps.h"
#include "cli/election_faults.h"
#include "cli/election_services.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/plain_text_warning.h"
#include "cli/report.h"
#include "client/election_run.h"
#include "client/interrupt.h"
#include "cluster/broker_engine.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    GUARDIANS_MAX = 100,
    CHUNK_MAX = 1000,
    KEY_FILE_BYTES_MAX = 4096,
    FLAG_COUNT = 24 + EG_CLUSTER_OPTION_COUNT
};

/* What there is to tell at the end, as far as it got. */
typedef struct outcome {
    eg_election_input input;
    eg_election_services services;
    eg_progress progress; /* of the run; what the services tell at the end goes to it as well */
    uint64_t *counts;     /* NULL: it did not come to a result */
    eg_awaited_list awaited;
    bool agree;
    bool began; /* something may be in the folder */
} outcome;

static const char command[] = "egserve election run";

/* The access key never travels in argv: from a file, or from the variable that the service reads.
 */
static eg_result read_key(const char **out, const eg_election_settings *set, eg_arena *arena,
                          eg_error *err)
{
    eg_path path = eg_path_field(NULL, "--internal-key-file");
    eg_str text;
    if (set->key_file == NULL) {
        const char *key = getenv("ELECTIONGUARD_INTERNAL_API_KEY");
        *out = key == NULL || key[0] == '\0' ? NULL : key;
        return EG_SUCCESS;
    }
    EG_TRY(eg_file_read(set->key_file, KEY_FILE_BYTES_MAX, &text, arena, err));
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r')) {
        text.len--;
    }
    if (text.len == 0 || memchr(text.data, '\0', text.len) != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path,
                       "the file must hold the key and nothing else");
    }
    EG_TRY(eg_arena_copy_str(arena, text, &text, err));
    *out = text.data;
    return EG_SUCCESS;
}

static bool tick(void *progress)
{
    eg_progress_tick(progress);
    return !eg_interrupted();
}

/* Whoever does the chunks: workers behind a broker, or NULL: the services themselves. */
static eg_result open_broker(eg_broker_engine **out, const eg_election_settings *set,
                             eg_progress *progress, eg_arena *arena, eg_error *err)
{
    eg_broker_engine_options options = {
        .metrics_bind = set->metrics_bind, .silence_s = set->silence_s, .progress = progress};
    *out = NULL;
    if (set->cluster.brokers.count == 0) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_cluster_flags_read(&options.broker, &options.store, &set->cluster, arena, err));
    return eg_broker_engine_new(out, &options, err);
}

/* The run itself, with everything read and checked. */
static eg_result hold_election(const eg_election_settings *set, eg_election_run *run,
                               eg_election_services *services, uint64_t counts[], eg_arena *arena,
                               eg_error *err)
{
    eg_run_folder folder;
    const char *key = NULL;
    eg_broker_engine *broker = NULL;
    EG_TRY(read_key(&key, set, arena, err));
    EG_TRY(open_broker(&broker, set, run->progress, arena, err));
    eg_result result = eg_election_services_open(services, set, key, tick, run->progress, err);
    result = eg_failed(result) ? result : eg_run_folder_open(&folder, set->out, err);
    if (!eg_failed(result)) {
        run->folder = &folder;
        run->engine = broker == NULL ? eg_http_engine_as_engine(services->engine)
                                     : eg_broker_engine_as_engine(broker);
        run->services = services->clients;
        run->service_count = services->count;
        run->max_body_bytes = services->max_body_bytes;
        result = eg_election_run_all(run, counts, err);
        eg_run_folder_close(&folder);
    }
    eg_broker_engine_free(broker);
    return result;
}

static eg_result run_all(const eg_election_settings *set, outcome *out, eg_arena *arena,
                         eg_error *err)
{
    eg_election_input *in = &out->input;
    eg_election_run run = {.spec = &in->spec,
                           .ballots = &in->ballots,
                           .chunk_ballots = (size_t)set->chunk_ballots,
                           .folder_path = set->out,
                           .zip = set->record,
                           .progress = &out->progress,
                           .patience_s = set->patience_s};
    const eg_guardian_folder guardians = {.path = set->guardians_from,
                                          .wait_s = set->wait_s,
                                          .missing_ids = set->missing_guardians.items,
                                          .missing_count = set->missing_guardians.count,
                                          .awaited = &out->awaited,
                                          .progress = &out->progress};
    uint64_t *counts = NULL;
    run.guardians = set->guardians_from == NULL ? NULL : &guardians;
    run.encrypted = set->encrypted == NULL ? NULL : &in->encrypted;
    EG_TRY(eg_election_input_read(in, set, arena, err));
    run.input = in->identity;
    EG_TRY(eg_arena_new(arena, eg_spec_count_count(&in->spec), sizeof *counts, &counts, err));
    eg_progress_init(&out->progress, set->output.quiet);
    eg_result result = hold_election(set, &run, &out->services, counts, arena, err);
    out->began = run.folder != NULL;
    EG_TRY(result);
    out->counts = counts;
    out->agree = true;
    for (size_t i = 0; i < eg_spec_count_count(&in->spec); i++) {
        out->agree = out->agree && (in->plain == NULL || counts[i] == in->plain[i]);
    }
    return EG_SUCCESS;
}

static void print_json(const eg_election_settings *set, const outcome *out, const eg_error *err)
{
    eg_outcome json;
    bool has_result = out->counts != NULL;
    eg_outcome_begin(&json, command, has_result && out->agree, err);
    eg_put_cstr(&json.w, "folder", set->out);
    eg_put_int(&json.w, "ballots", (int64_t)out->input.ballots.count);
    eg_put_int(&json.w, "spoiled", (int64_t)out->input.spoiled_count);
    eg_election_faults_put(&json, &out->input.ballots);
    if (set->guardians_from != NULL) {
        eg_election_awaited_put(&json, &out->awaited);
    }
    eg_put_bool(&json.w, "can_go_on", !has_result && out->began);
    eg_election_services_put(&out->services, &json);
    if (has_result) {
        eg_outcome_put_counts(&json, &out->input.spec, out->counts, out->input.plain);
    }
    eg_outcome_end(&json);
}

static void report(const eg_election_settings *set, const outcome *out, const eg_error *err)
{
    if (!set->output.quiet) {
        eg_election_services_tell(&out->services);
    }
    if (out->counts == NULL) {
        eg_election_faults_tell(set, &out->input.ballots);
        eg_election_awaited_tell(set->guardians_from, &out->awaited);
        eg_report_error(command, err);
        if (out->began) {
            fprintf(stderr, "%s: what is done is kept in %s; the same command goes on from there\n",
                    command, set->out);
        }
    } else if (eg_output_is_text(&set->output)) {
        (void)eg_report_counts(&out->input.spec, out->counts, out->input.plain);
    }
    if (set->output.json) {
        print_json(set, out, err);
    }
}

/* ---- flags that go together ---- */

static eg_options_result check_ballots(const eg_usage *usage, const eg_election_settings *s)
{
    if ((s->ballots == NULL) == (s->encrypted == NULL)) {
        return eg_options_refuse(usage, "one of '--ballots' and '--encrypted' is required");
    }
    if (s->encrypted != NULL && s->guardians_from == NULL) {
        return eg_options_refuse(usage, "'--encrypted' goes with '--guardians-from'");
    }
    if (s->encrypted != NULL && s->spoil.count > 0) {
        return eg_options_refuse(
            usage, "with '--encrypted' each ballot says itself whether it is spoiled");
    }
    if (s->encrypted != NULL && s->cluster.brokers.count > 0) {
        return eg_options_refuse(usage, "'--encrypted' and '--broker' do not go together");
    }
    return EG_OPTIONS_READ;
}

static eg_options_result check_guardians(const eg_usage *usage, const eg_election_settings *s)
{
    if (s->guardians_from == NULL &&
        (s->missing_guardians.count > 0 || s->wait_s != EG_AWAITED_WAIT_S)) {
        return eg_options_refuse(usage,
                                 "'--missing-guardian' and '--wait' go with '--guardians-from'");
    }
    if (s->guardians_from != NULL && s->missing > 0) {
        return eg_options_refuse(usage, "with '--guardians-from' it is '--missing-guardian' that "
                                        "says who does not come, not '--missing'");
    }
    if (s->missing > s->guardians - s->quorum) {
        return eg_options_refuse(usage,
                                 "'--missing' must leave as many guardians as '--quorum' needs");
    }
    return EG_OPTIONS_READ;
}

static eg_options_result check_settings(const eg_usage *usage, const eg_election_settings *s)
{
    if ((s->manifest == NULL) == (s->candidates == NULL)) {
        return eg_options_refuse(usage, "one of '--manifest' and '--candidates' is required");
    }
    if ((s->cluster.brokers.count > 0) != (s->cluster.store != NULL)) {
        return eg_options_refuse(usage, "'--broker' and '--store' go together");
    }
    if (s->urls.count > EG_SERVICES_MAX) {
        return eg_options_refuse(usage, "'--url' may be given %d times at most", EG_SERVICES_MAX);
    }
    if (s->manifest != NULL && (s->parties != NULL || s->max_choices != 1)) {
        return eg_options_refuse(usage,
                                 "'--parties' and '--max-choices' are for elections from names");
    }
    if (s->quorum > s->guardians) {
        return eg_options_refuse(usage, "'--quorum' must be at most '--guardians'");
    }
    const eg_options_result ballots = check_ballots(usage, s);
    return ballots == EG_OPTIONS_READ ? check_guardians(usage, s) : ballots;
}

static eg_options_result read_settings(eg_election_settings *s, int argc, char **argv)
{
    eg_option options[FLAG_COUNT] = {
        {"--url", EG_OPTION_TEXTS, "URL", &s->urls,
         "the service; may be repeated: chunks are spread over all", 0, 0, true},
        {"--parallel", EG_OPTION_COUNT, "N", &s->parallel,
         "requests at once, to each service; 0: as many as it has threads", 0, EG_PARALLEL_MAX,
         false},
        {"--ballots", EG_OPTION_TEXT, "FILE", &s->ballots,
         "the ballots, as CSV; with a manifest also a JSON list or a folder", 0, 0, false},
        {"--encrypted", EG_OPTION_TEXT, "FILE", &s->encrypted,
         "or ballots that were encrypted elsewhere: lines of JSON, or a folder", 0, 0, false},
        {"--out", EG_OPTION_TEXT, "DIR", &s->out,
         "where the record is written, as DIR/record, and what going on needs", 0, 0, true},
        {"--record", EG_OPTION_TEXT, "FILE.zip", &s->record, "the record as a zip file as well", 0,
         0, false},
        {"--manifest", EG_OPTION_TEXT, "M.json", &s->manifest,
         "electionguard-python's manifest of the election", 0, 0, false},
        {"--candidates", EG_OPTION_TEXT, "A,B,...", &s->candidates,
         "or names in ballot order, as a line of CSV", 0, 0, false},
        {"--parties", EG_OPTION_TEXT, "P,Q,...", &s->parties,
         "one for each candidate (default: independent)", 0, 0, false},
        {"--guardians", EG_OPTION_COUNT, "N", &s->guardians, "guardians of the key", 1,
         GUARDIANS_MAX, false},
        {"--quorum", EG_OPTION_COUNT, "N", &s->quorum, "guardians needed to decrypt", 1,
         GUARDIANS_MAX, false},
        {"--missing", EG_OPTION_COUNT, "N", &s->missing, "guardians who do not come to decrypt", 0,
         GUARDIANS_MAX, false},
        {"--guardians-from", EG_OPTION_TEXT, "FOLDER", &s->guardians_from,
         "guardians have keys of their own, and put their files there", 0, 0, false},
        {"--missing-guardian", EG_OPTION_TEXTS, "ID", &s->missing_guardians,
         "with it: one who will not come to decrypt; may be repeated", 0, 0, false},
        {"--wait", EG_OPTION_COUNT, "SECONDS", &s->wait_s,
         "with it: how long files are waited for; 0: not at all", 0, EG_AWAITED_WAIT_MAX_S, false},
        {"--max-choices", EG_OPTION_COUNT, "N", &s->max_choices, "choices on a ballot", 1,
         EG_ELECTION_CANDIDATES_MAX, false},
        {"--spoil", EG_OPTION_TEXTS, "ID", &s->spoil,
         "a ballot that is opened and not counted; may be repeated", 0, 0, false},
        {"--chunk", EG_OPTION_COUNT, "N", &s->chunk_ballots, "ballots in one request", 1, CHUNK_MAX,
         false},
        {"--internal-key-file", EG_OPTION_TEXT, "FILE", &s->key_file,
         "the service's access key (default: $ELECTIONGUARD_INTERNAL_API_KEY)", 0, 0, false},
        {"--patience", EG_OPTION_COUNT, "SECONDS", &s->patience_s,
         "how long a service that is full or restarts is asked again", 0, EG_PATIENCE_MAX_S, false},
        {"--silence", EG_OPTION_COUNT, "SECONDS", &s->silence_s,
         "without a result for so long, what is out goes to the broker again", 1, EG_SILENCE_MAX_S,
         false},
        {"--metrics-bind", EG_OPTION_TEXT, "HOST:PORT", &s->metrics_bind,
         "where /metrics of the coordinator is answered (default: nowhere)", 0, 0, false},
        EG_OUTPUT_OPTIONS(&s->output),
    };
    eg_cluster_options(&options[FLAG_COUNT - EG_CLUSTER_OPTION_COUNT], &s->cluster, false);
    const eg_usage usage = {
        .command = command,
        .summary =
            "Takes a file of ballots through a whole election at a service and compares the\n"
            "result with the plain count. Run again after an interruption, it goes on where it\n"
            "stopped and repeats no request that was answered.",
        .notes =
            "FILE begins with a line 'ballot_id,choice...'; each further line is a ballot's id "
            "and\n"
            "the candidates chosen on it. With a manifest: 'ballot_id,style_id,' and contest ids.\n"
            "Without '--guardians-from' all guardians' keys are in DIR/private: for trials.",
        .options = options,
        .option_count = FLAG_COUNT,
    };
    eg_options_result result = eg_options_read(&usage, argc, argv);
    return result == EG_OPTIONS_READ ? check_settings(&usage, s) : result;
}

static int run_command(int argc, char **argv)
{
    eg_election_settings set = {.guardians = 3,
                                .quorum = 2,
                                .missing = 0,
                                .max_choices = 1,
                                .wait_s = EG_AWAITED_WAIT_S,
                                .chunk_ballots = 64,
                                .silence_s = EG_SILENCE_S,
                                .patience_s = EG_PATIENCE_S};
    switch (read_settings(&set, argc, argv)) {
    case EG_OPTIONS_READ:
        break;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        return EG_EXIT_USAGE;
    }
    for (size_t i = 0; i < set.urls.count; i++) {
        eg_warn_of_plain_text(command, "--url", set.urls.items[i]);
    }
    eg_cluster_flags_warn(&set.cluster, command);
    eg_error err = {0};
    eg_arena arena;
    outcome out = {.counts = NULL};
    eg_arena_init(&arena, NULL);
    eg_interrupt_watch();
    bool done = !eg_failed(run_all(&set, &out, &arena, &err));
    report(&set, &out, &err);
    eg_election_services_close(&out.services);
    eg_arena_free(&arena);
    if (!done) {
        (void)fflush(stdout);
        eg_interrupt_rethrow();
    }
    return done && out.agree ? EG_EXIT_OK : EG_EXIT_FAILED;
}

int eg_cmd_election(int argc, char **argv)
{
    eg_forbid_core_dumps();
    const eg_usage usage = {.command = "egserve election",
                            .summary =
                                "setup   make the election file of guardians with their own keys\n"
                                "run     take a file of ballots through a whole election\n"
                                "status  tell how far a run is",
                            .notes = "The flags: egserve election run --help"};
    if (argc > 0 && strcmp(argv[0], "run") == 0) {
        return run_command(argc - 1, argv + 1);
    }
    if (argc > 0 && strcmp(argv[0], "setup") == 0) {
        return eg_cmd_election_setup(argc - 1, argv + 1);
    }
    if (argc > 0 && strcmp(argv[0], "status") == 0) {
        return eg_cmd_election_status(argc - 1, argv + 1);
    }
    if (argc == 0) {
        (void)eg_options_refuse(&usage, "'setup', 'run' or 'status' is needed");
        return EG_EXIT_USAGE;
    }
    return eg_options_read(&usage, argc, argv) == EG_OPTIONS_HELP ? EG_EXIT_OK : EG_EXIT_USAGE;
}
