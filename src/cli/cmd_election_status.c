/* egserve election status: how far a run is. */
#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/report.h"
#include "cluster/run_status.h"

#include <stdio.h>

static const char command[] = "egserve election status";

static void print_stage(const char *name, uint64_t done, uint64_t of)
{
    printf("%-10s %llu of %llu\n", name, (unsigned long long)done, (unsigned long long)of);
}

static void print_text(const eg_run_status *s)
{
    printf("%llu ballots in %llu chunks; %s\n", (unsigned long long)s->ballots,
           (unsigned long long)s->chunks,
           s->has_record   ? "the record is written"
           : s->is_running ? "a run is at work"
                           : "no run is at work here");
    print_stage("encrypted", s->encrypted, s->chunks);
    print_stage("tallied", s->tallied, s->chunks);
    printf("%-10s %s\n", "tally", s->has_tally ? "done" : "to do");
    printf("%-10s %s\n", "results", s->has_results ? "done" : "to do");
    if (!s->has_tally && s->ballots_per_second > 0) {
        printf("%-10s %.1f ballots per second, about %.0f s left\n", "rate", s->ballots_per_second,
               s->seconds_left);
    }
    printf("%-10s %zu\n", "given up", s->failed_count);
    for (size_t i = 0; i < s->failed_count && i < EG_STATUS_FAILED_SHOWN; i++) {
        const eg_failed_chunk *f = &s->failed[i];
        printf("  %s of chunk %s: %s%s%s\n", eg_stage_names[f->stage], f->chunk, f->fault.code,
               f->fault.field[0] == '\0' ? "" : " at ", f->fault.field);
    }
}

static void put_failed(eg_writer *w, const eg_run_status *s)
{
    eg_put_int(w, "failed_count", (int64_t)s->failed_count);
    eg_write_key(w, "failed");
    eg_write_array(w, s->failed_count);
    for (size_t i = 0; i < s->failed_count && i < EG_STATUS_FAILED_SHOWN; i++) {
        eg_write_map(w);
        eg_put_cstr(w, "stage", eg_stage_names[s->failed[i].stage]);
        eg_put_cstr(w, "chunk", s->failed[i].chunk);
        eg_put_cstr(w, "code", s->failed[i].fault.code);
        eg_put_cstr(w, "field", s->failed[i].fault.field);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void print_json(const char *folder, const eg_run_status *s, const eg_error *err, bool done)
{
    eg_outcome json;
    eg_outcome_begin(&json, command, done, err);
    eg_put_cstr(&json.w, "folder", folder);
    if (done) {
        eg_put_int(&json.w, "ballots", (int64_t)s->ballots);
        eg_put_int(&json.w, "chunks", (int64_t)s->chunks);
        eg_put_int(&json.w, "encrypted", (int64_t)s->encrypted);
        eg_put_int(&json.w, "tallied", (int64_t)s->tallied);
        eg_put_bool(&json.w, "has_tally", s->has_tally);
        eg_put_bool(&json.w, "has_results", s->has_results);
        eg_put_bool(&json.w, "has_record", s->has_record);
        eg_put_bool(&json.w, "is_running", s->is_running);
        eg_outcome_put_number(&json, "ballots_per_second", s->ballots_per_second, 1);
        eg_write_key(&json.w, "seconds_left");
        if (s->seconds_left < 0) {
            eg_write_null(&json.w);
        } else {
            eg_write_int(&json.w, (int64_t)s->seconds_left);
        }
        put_failed(&json.w, s);
    }
    eg_outcome_end(&json);
}

int eg_cmd_election_status(int argc, char **argv)
{
    const char *folder = NULL;
    eg_output output = {.json = false};
    const eg_option options[] = {EG_OUTPUT_OPTIONS(&output)};
    const eg_usage usage = {
        .command = command,
        .summary = "Tells how far the run of an election is whose folder this is.",
        .notes = "Works from any machine that sees the folder, while a run is at work or not.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "DIR",
        .argument_to = &folder};
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        break;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        return EG_EXIT_USAGE;
    }
    eg_error err = {0};
    eg_run_status status;
    const bool done = !eg_failed(eg_run_status_read(&status, folder, &err));
    if (!done) {
        eg_report_error(command, &err);
    } else if (eg_output_is_text(&output)) {
        print_text(&status);
    }
    if (output.json) {
        print_json(folder, &status, &err, done);
    }
    return done ? EG_EXIT_OK : EG_EXIT_FAILED;
}
