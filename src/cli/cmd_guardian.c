/* egserve guardian: one guardian's part of an election, at home, on files and without network. */
#include "base/core_dumps.h"
#include "cli/commands.h"
#include "cli/guardian_commands.h"
#include "cli/report.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"new", eg_guardian_cmd_new},         {"record", eg_guardian_cmd_record},
    {"backups", eg_guardian_cmd_backups}, {"receive", eg_guardian_cmd_receive},
    {"share", eg_guardian_cmd_share},     {"compensate", eg_guardian_cmd_compensate},
    {"passwd", eg_guardian_cmd_passwd},   {"show", eg_guardian_cmd_show},
};

int eg_cmd_guardian(int argc, char **argv)
{
    const eg_usage usage = {
        .command = "egserve guardian",
        .summary = "new         make a key, sealed into a file\n"
                   "record      write the public record, for everybody\n"
                   "backups     take the others' records, and make backups of the key for them\n"
                   "receive     take the others' backups, each checked\n"
                   "share       verify a tally, and compute the shares that decrypt it\n"
                   "compensate  the same for a guardian who is missing\n"
                   "passwd      change the pass phrase\n"
                   "show        show what the key file knows",
        .notes = "The flags: egserve guardian new --help",
    };
    eg_forbid_core_dumps();
    for (size_t i = 0; argc > 0 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[0], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    if (argc == 0) {
        (void)eg_options_refuse(&usage, "'new', 'record', 'backups', 'receive', 'share', "
                                        "'compensate', 'passwd' or 'show' is needed");
        return EG_EXIT_USAGE;
    }
    return eg_options_read(&usage, argc, argv) == EG_OPTIONS_HELP ? EG_EXIT_OK : EG_EXIT_USAGE;
}

/* ---- what they have in common ---- */

bool eg_guardian_options_read(const eg_usage *usage, const eg_guardian_key_flags *flags, int argc,
                              char **argv, int *status)
{
    eg_options_result result = eg_options_read(usage, argc, argv);
    if (result == EG_OPTIONS_READ && flags != NULL && !eg_guardian_key_flags_are_good(flags)) {
        result = eg_options_refuse(usage, "a descriptor is a number");
    }
    *status = result == EG_OPTIONS_HELP ? EG_EXIT_OK : EG_EXIT_USAGE;
    return result == EG_OPTIONS_READ;
}

int eg_guardian_end(const char *command, const eg_output *output, const eg_guardian *guardian,
                    eg_guardian_put put, const void *context, eg_result result, const eg_error *err)
{
    eg_outcome json;
    eg_guardian_info info;
    if (eg_failed(result)) {
        eg_report_error(command, err);
    }
    if (output->json) {
        eg_outcome_begin(&json, command, !eg_failed(result), err);
        if (guardian != NULL) {
            eg_guardian_about(guardian, &info);
            eg_put_str(&json.w, "guardian_id", info.id);
            eg_put_int(&json.w, "sequence_order", info.sequence_order);
        }
        if (put != NULL) {
            put(&json.w, context);
        }
        eg_outcome_end(&json);
    }
    return eg_failed(result) ? EG_EXIT_FAILED : EG_EXIT_OK;
}

void eg_guardian_put_files(eg_writer *w, const eg_guardian_written *written)
{
    eg_write_key(w, "files");
    eg_write_array(w, written->count);
    for (size_t i = 0; i < written->count; i++) {
        eg_write_cstr(w, written->files[i]);
    }
    eg_write_end(w);
}
