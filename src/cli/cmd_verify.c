/* egserve verify: is the record of an election what it claims to be. */
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/record_verify.h"
#include "cli/report.h"

#include <inttypes.h>
#include <stdio.h>

static const char command[] = "egserve verify";

static void print_result(const eg_verified *verified)
{
    const eg_election_spec *spec = &verified->spec;
    (void)eg_report_counts(spec, verified->counts, NULL);
    printf("verified: %s, %s of whom %" PRIu32 " %s missing, and the result\n",
           eg_counted_of(verified->ballot_count, "ballot").text,
           eg_counted_of(spec->guardians, "guardian").text, spec->missing,
           spec->missing == 1 ? "was" : "were");
}

static int run(const char *folder)
{
    eg_error err = {0};
    eg_record record;
    eg_arena arena;
    eg_verified verified;
    if (eg_failed(eg_record_open_read(&record, folder, &err))) {
        eg_report_error(command, &err);
        return EG_EXIT_FAILED;
    }
    eg_arena_init(&arena, NULL);
    bool good = !eg_failed(eg_record_verify(&verified, &record, &arena, &err));
    if (good) {
        print_result(&verified);
    } else {
        eg_report_error(command, &err);
    }
    eg_arena_free(&arena);
    eg_record_close(&record);
    return good ? EG_EXIT_OK : EG_EXIT_FAILED;
}

int eg_cmd_verify(int argc, char **argv)
{
    const char *folder = NULL;
    const eg_usage usage = {
        .command = command,
        .summary =
            "Verifies an election's folder, as 'egserve election run' writes it, from its public\n"
            "files alone: the proofs of guardians, ballots and shares, the product of the\n"
            "ballots, and the counts. Asks no service; 1 is the exit status when anything fails.",
        .argument = "DIR",
        .argument_to = &folder,
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(folder);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
