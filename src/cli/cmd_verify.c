/* egserve verify: is the record of an election what it claims to be. */
#include "cli/audit_run.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/verify_report.h"

#include <stdio.h>

static const char command[] = "egserve verify";

/* ---- a record ---- */

/* 2 is a record that could not be read; a voter whose ballot is not there has failed as well. */
static int status_of(const eg_audit *result, const eg_voter_question *question)
{
    if (result->is_unreadable) {
        return EG_EXIT_USAGE;
    }
    if (!result->is_verified) {
        return EG_EXIT_FAILED;
    }
    bool is_there = question->ballot == NULL || eg_voter_ask(result, question) <= EG_VOTER_SPOILED;
    return is_there ? EG_EXIT_OK : EG_EXIT_FAILED;
}

static void print_json(const char *path, const eg_audit *result, const eg_error *err,
                       const eg_voter_question *question)
{
    eg_outcome json;
    eg_outcome_begin(&json, command, result != NULL && result->is_verified, err);
    eg_put_cstr(&json.w, "record", path);
    if (result != NULL) {
        eg_verify_put(&json.w, result, question);
    }
    eg_outcome_end(&json);
}

static int verify(const char *path, const eg_output *output, const eg_voter_question *question)
{
    eg_error err = {0};
    eg_source source = {0};
    eg_audit *result = NULL;
    eg_arena arena;
    int status = EG_EXIT_USAGE;
    eg_arena_init(&arena, NULL);
    if (eg_failed(eg_audit_run_command(&result, &source, path, output->quiet, &arena, &err))) {
        eg_report_error(command, &err);
        result = NULL;
    } else {
        status = status_of(result, question);
        if (eg_output_is_text(output)) {
            eg_verify_print(command, result, question);
        } else {
            eg_verify_print_faults(command, result);
        }
    }
    if (output->json) {
        if (result != NULL) {
            eg_verify_say_failure(&err, result, question);
        }
        print_json(path, result, &err, question);
    }
    eg_source_close(&source);
    eg_arena_free(&arena);
    return status;
}

/* ---- the command ---- */

int eg_cmd_verify(int argc, char **argv)
{
    const char *path = NULL;
    eg_output output = {false, false};
    eg_voter_question question = {NULL, NULL};
    const eg_option options[] = {{"--ballot", EG_OPTION_TEXT, "ID", &question.ballot,
                                  "say whether this ballot is in the record, and counted", 0, 0,
                                  false},
                                 {"--code", EG_OPTION_TEXT, "CODE", &question.code,
                                  "the confirmation code that the ballot must have", 0, 0, false},
                                 EG_OUTPUT_OPTIONS(&output)};
    const eg_usage usage = {
        .command = command,
        .summary =
            "Verifies the published record of an election, a folder or a zip file in the layout\n"
            "of electionguard-python 1.4, from its files alone: every proof, hash, code, share\n"
            "and count, and that nothing else is in it. Asks no service. Exit status: 0 when\n"
            "all holds, 1 when something does not, 2 when the record cannot be read.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "RECORD",
        .argument_to = &path,
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        break;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        return EG_EXIT_USAGE;
    }
    if (question.code != NULL && question.ballot == NULL) {
        (void)eg_options_refuse(&usage, "--code asks for --ballot");
        return EG_EXIT_USAGE;
    }
    return verify(path, &output, &question);
}
