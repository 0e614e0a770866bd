/* egserve election setup: the election file of guardians who made their keys themselves. */
#include "cli/commands.h"

#include "cli/election_faults.h"
#include "cli/report.h"
#include "client/guardian_election.h"
#include "client/interrupt.h"

#include <stdio.h>

static const char command[] = "egserve election setup";

typedef struct outcome {
    eg_guardian_election election;
    eg_ballot_file faults; /* of the manifest */
    eg_awaited_list awaited;
} outcome;

static eg_result set_up(const eg_election_settings *set, outcome *out, eg_arena *arena,
                        eg_error *err)
{
    eg_election_spec spec;
    eg_progress progress;
    eg_progress_init(&progress, set->output.quiet);
    const eg_guardian_folder folder = {.path = set->guardians_from,
                                       .wait_s = set->wait_s,
                                       .awaited = &out->awaited,
                                       .progress = &progress};
    EG_TRY(eg_election_spec_read(&spec, &out->faults, set, arena, err));
    eg_progress_step(&progress, "guardians", spec.guardians);
    eg_result result = eg_guardian_election_get(&out->election, &folder, &spec, arena, err);
    eg_progress_end(&progress);
    return result;
}

static void report(const eg_election_settings *set, const outcome *out, const eg_error *err,
                   bool done)
{
    if (!done) {
        eg_election_faults_tell(set, &out->faults);
        eg_election_awaited_tell(set->guardians_from, &out->awaited);
        eg_report_error(command, err);
    } else if (eg_output_is_text(&set->output)) {
        printf("%s/%s %s\n", set->guardians_from, EG_GUARDIANS_ELECTION,
               out->election.was_there ? "was there, and is right" : "is written");
    }
    if (set->output.json) {
        eg_outcome json;
        eg_outcome_begin(&json, command, done, err);
        eg_put_cstr(&json.w, "folder", set->guardians_from);
        eg_put_bool(&json.w, "was_there", done && out->election.was_there);
        eg_election_faults_put(&json, &out->faults);
        eg_election_awaited_put(&json, &out->awaited);
        eg_outcome_end(&json);
    }
}

static eg_options_result read_settings(eg_election_settings *s, int argc, char **argv)
{
    const eg_option options[] = {
        {"--guardians-from", EG_OPTION_TEXT, "FOLDER", &s->guardians_from,
         "where guardians put record-1.json and on, and the file is written", 0, 0, true},
        {"--guardians", EG_OPTION_COUNT, "N", &s->guardians, "guardians of the key", 1,
         EG_GUARDIANS_MAX, true},
        {"--quorum", EG_OPTION_COUNT, "K", &s->quorum, "guardians needed to decrypt", 1,
         EG_GUARDIANS_MAX, true},
        {"--manifest", EG_OPTION_TEXT, "M.json", &s->manifest,
         "electionguard-python's manifest of the election", 0, 0, false},
        {"--candidates", EG_OPTION_TEXT, "A,B,...", &s->candidates,
         "or names in ballot order, as a line of CSV", 0, 0, false},
        {"--parties", EG_OPTION_TEXT, "P,Q,...", &s->parties,
         "one for each candidate (default: independent)", 0, 0, false},
        {"--max-choices", EG_OPTION_COUNT, "N", &s->max_choices, "choices on a ballot", 1,
         EG_ELECTION_CANDIDATES_MAX, false},
        {"--wait", EG_OPTION_COUNT, "SECONDS", &s->wait_s,
         "how long records are waited for; 0: not at all", 0, EG_AWAITED_WAIT_MAX_S, false},
        EG_OUTPUT_OPTIONS(&s->output),
    };
    const eg_usage usage = {
        .command = command,
        .summary = "Waits for the public records of all guardians, who made their keys themselves, "
                   "checks\n"
                   "each, and writes FOLDER/election.json: what voters' and guardians' programs "
                   "are given.",
        .notes = "Asks no service. Guardians' keys are not needed, and must not be in FOLDER.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    eg_options_result result = eg_options_read(&usage, argc, argv);
    if (result != EG_OPTIONS_READ) {
        return result;
    }
    if ((s->manifest == NULL) == (s->candidates == NULL)) {
        return eg_options_refuse(&usage, "one of '--manifest' and '--candidates' is required");
    }
    if (s->manifest != NULL && (s->parties != NULL || s->max_choices != 1)) {
        return eg_options_refuse(&usage,
                                 "'--parties' and '--max-choices' are for elections from names");
    }
    return s->quorum <= s->guardians
               ? EG_OPTIONS_READ
               : eg_options_refuse(&usage, "'--quorum' must be at most '--guardians'");
}

int eg_cmd_election_setup(int argc, char **argv)
{
    eg_election_settings set = {.max_choices = 1, .wait_s = EG_AWAITED_WAIT_S};
    switch (read_settings(&set, argc, argv)) {
    case EG_OPTIONS_READ:
        break;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        return EG_EXIT_USAGE;
    }
    eg_error err = {0};
    eg_arena arena;
    outcome out = {.awaited = {.count = 0}};
    eg_arena_init(&arena, NULL);
    eg_interrupt_watch();
    const bool done = !eg_failed(set_up(&set, &out, &arena, &err));
    report(&set, &out, &err, done);
    eg_arena_free(&arena);
    if (!done) {
        (void)fflush(stdout);
        eg_interrupt_rethrow();
    }
    return done ? EG_EXIT_OK : EG_EXIT_FAILED;
}
