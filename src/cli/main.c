#include "server/serve.h"

#include <stdio.h>
#include <string.h>

static int version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("egserve " EG_VERSION);
    return 0;
}

static int help(int argc, char **argv);

static const struct {
    const char *name;
    int (*run)(int argc, char **argv); /* without program and command name */
    const char *summary;
} commands[] = {
    {"serve", eg_serve,
     "serve elections over HTTP: --bind HOST:PORT [--workers N] [--threads N] [--timeout S] "
     "[--access-log]"},
    {"version", version, "print the version"},
    {"--help", help, "print this"},
};

static int help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("usage: egserve COMMAND ...\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    return 0;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 2, argv + 2);
        }
    }
    (void)help(0, NULL);
    return 2;
}
