/* egserve report: the record of an election as a page for people. */
#include "cli/audit_run.h"
#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/report.h"
#include "cli/verify_report.h"
#include "client/new_file.h"
#include "report/page.h"

#include <stdio.h>

static const char command[] = "egserve report";

typedef struct request {
    const char *record;
    const char *file;
    eg_output output;
} request;

typedef struct report {
    eg_source source;
    eg_audit *audit;
    eg_digest digest;
    eg_buf page;
} report;

static eg_result make(report *made, const request *r, eg_arena *arena, eg_error *err)
{
    eg_path out = eg_path_field(NULL, r->file);
    EG_TRY(
        eg_audit_run_command(&made->audit, &made->source, r->record, r->output.quiet, arena, err));
    EG_TRY(eg_digest_record(&made->digest, r->record, &made->source, err));
    EG_TRY(eg_report_page(&made->page, made->audit, &made->source, &made->digest, err));
    return eg_file_replace(r->file, eg_buf_str(&made->page), &out, err);
}

/* The exit status is verify's: a page about a false record is made, and says so. */
static int status_of(const eg_audit *audit)
{
    if (audit->is_unreadable) {
        return EG_EXIT_USAGE;
    }
    return audit->is_verified ? EG_EXIT_OK : EG_EXIT_FAILED;
}

static void print_json(const request *r, const report *made, bool is_made, eg_error *err)
{
    eg_outcome json;
    if (is_made) {
        eg_verify_say_failure(err, made->audit, &(eg_voter_question){NULL, NULL});
    }
    eg_outcome_begin(&json, command, is_made && made->audit->is_verified, err);
    eg_put_cstr(&json.w, "record", r->record);
    if (is_made) {
        eg_put_cstr(&json.w, "file", r->file);
        eg_put_cstr(&json.w, "sha256", made->digest.hex);
        eg_put_bool(&json.w, "verified", made->audit->is_verified);
        eg_put_int(&json.w, "fault_count", (int64_t)made->audit->fault_total);
    }
    eg_outcome_end(&json);
}

static int run(const request *r)
{
    eg_error err = {0};
    report made = {0};
    eg_arena arena;
    bool is_made = false;
    int status = EG_EXIT_USAGE;
    eg_arena_init(&arena, NULL);
    eg_buf_init(&made.page, NULL);
    if (eg_failed(make(&made, r, &arena, &err))) {
        eg_report_error(command, &err);
    } else {
        is_made = true;
        status = status_of(made.audit);
        eg_verify_print_faults(command, made.audit);
        if (eg_output_is_text(&r->output)) {
            printf("%s: %s\n", r->file, made.audit->is_verified ? "verified" : "NOT VERIFIED");
        }
    }
    if (r->output.json) {
        print_json(r, &made, is_made, &err);
    }
    eg_buf_free(&made.page);
    eg_source_close(&made.source);
    eg_arena_free(&arena);
    return status;
}

int eg_cmd_report(int argc, char **argv)
{
    request r = {NULL, NULL, {false, false}};
    const eg_option options[] = {{"--out", EG_OPTION_TEXT, "FILE", &r.file,
                                  "the page to write; one of that name is replaced", 0, 0, true},
                                 EG_OUTPUT_OPTIONS(&r.output)};
    const eg_usage usage = {
        .command = command,
        .summary =
            "Verifies the published record of an election, a folder or a zip file, as egserve\n"
            "verify does, and writes a page for people: results, turnout, spoiled ballots,\n"
            "what was verified, and every confirmation code. One HTML file that needs no\n"
            "network. Exit status: 0 when the record holds, 1 when it does not (the page says\n"
            "so), 2 when it cannot be read.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "RECORD",
        .argument_to = &r.record,
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(&r);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
