#include "base/similar.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/report.h"
#include "server/process/serve.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int version(int argc, char **argv)
{
    const eg_usage usage = {.command = "egserve version", .summary = "Prints the version."};
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        puts("egserve " EG_VERSION);
        return EG_EXIT_OK;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv); /* without program and command name */
    const char *summary;
} commands[] = {
    {"serve", eg_serve, "serve elections over HTTP"},
    {"demo", eg_cmd_demo, "start a service and run a small election through it"},
    {"election", eg_cmd_election, "take a file of ballots through an election at a service"},
    {"guardian", eg_cmd_guardian, "do a guardian's part of an election, on files"},
    {"worker", eg_cmd_worker, "do a cluster's tasks with a service, as RabbitMQ hands them out"},
    {"health", eg_cmd_health, "ask a service whether it is well"},
    {"keygen", eg_cmd_keygen, "make the key that protects credentials (MASTER_KEY_PQ)"},
    {"monitor", eg_cmd_monitor, "watch a running service in a terminal"},
    {"verify", eg_cmd_verify, "verify the record of an election"},
    {"report", eg_cmd_report, "write a page about the record of an election, for people"},
    {"bench", eg_cmd_bench, "measure how many ballots this machine encrypts"},
    {"version", version, "print the version"},
};

static void print_help(void)
{
    puts("usage: egserve COMMAND [flags]\n\n"
         "A stateless ElectionGuard service.\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    puts("\nThe flags of a command: egserve help COMMAND, or egserve COMMAND --help");
}

static int refuse_command(const char *name)
{
    const char *meant = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t distance = eg_similar_distance(name, commands[i].name);
        if (distance < least && eg_similar_fits(name, commands[i].name, distance)) {
            least = distance;
            meant = commands[i].name;
        }
    }
    fprintf(stderr, "egserve: unknown command '%s'%s%s%s\ntry: egserve --help\n", name,
            meant == NULL ? "" : " (did you mean ", meant == NULL ? "" : meant,
            meant == NULL ? "" : "?)");
    return EG_EXIT_USAGE;
}

/* "help", and "help COMMAND", which is "COMMAND --help". */
static int help(int argc, char **argv)
{
    char flag[] = "--help";
    char *words[] = {argc > 1 ? argv[1] : flag, flag};
    for (size_t i = 0; argc > 0 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[0], commands[i].name) == 0) {
            return commands[i].run(argc > 1 ? 2 : 1, words);
        }
    }
    if (argc > 0) {
        return refuse_command(argv[0]);
    }
    print_help();
    return EG_EXIT_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        fputs("egserve: a command is needed\ntry: egserve --help\n", stderr);
        return EG_EXIT_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 2, argv + 2);
        }
    }
    if (strcmp(argv[1], "help") == 0) {
        return help(argc - 2, argv + 2);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return EG_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        return version(0, NULL);
    }
    return refuse_command(argv[1]);
}

/* Whatever a command printed, a failed write is a failure of the command. */
int main(int argc, char **argv)
{
    return eg_report_end("egserve", run(argc, argv));
}
