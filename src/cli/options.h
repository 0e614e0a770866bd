/* Flags of a command, read from a table that writes the command's --help as well. */
#ifndef EG_CLI_OPTIONS_H
#define EG_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EG_EXIT_OK = 0, EG_EXIT_FAILED = 1, EG_EXIT_USAGE = 2 };

typedef enum eg_option_kind {
    EG_OPTION_COUNT,  /* to: uint64_t */
    EG_OPTION_TEXT,   /* to: const char *, borrowed from argv; not empty */
    EG_OPTION_SWITCH, /* to: bool */
    EG_OPTION_TEXTS   /* to: eg_option_texts; may be given again and again */
} eg_option_kind;

enum { EG_OPTION_TEXTS_MAX = 1000 };

typedef struct eg_option_texts {
    const char *items[EG_OPTION_TEXTS_MAX]; /* borrowed from argv; none is empty */
    size_t count;
} eg_option_texts;

typedef struct eg_option {
    const char *name; /* "--ballots" */
    eg_option_kind kind;
    const char *value;    /* what --help calls the value: "N"; NULL for a switch */
    void *to;             /* holds the default; written when the flag is given */
    const char *help;     /* one line */
    uint64_t least, most; /* of a count */
    bool required;
} eg_option;

enum { EG_OPTIONS_MAX = 32 };

typedef struct eg_usage {
    const char *command; /* "egserve demo" */
    const char *summary; /* one line */
    const char *notes;   /* printed behind the flags; or NULL */
    const eg_option *options;
    size_t option_count;      /* at most EG_OPTIONS_MAX */
    const char *argument;     /* name of the one argument that is no flag, "DIR"; or NULL */
    const char **argument_to; /* borrowed from argv; or NULL */
    /* instead of the former, where the argument may be there several times; once at least */
    eg_option_texts *arguments_to;
} eg_usage;

typedef enum eg_options_result {
    EG_OPTIONS_READ,
    EG_OPTIONS_HELP, /* --help was asked for and printed to stdout: exit 0 */
    EG_OPTIONS_WRONG /* said on stderr: exit EG_EXIT_USAGE */
} eg_options_result;

/* argv: without program and command name. "--name value" and "--name=value"; a switch stands alone
 * or with on or off; a flag may be given once, unless it is of texts; "--" ends the flags. */
eg_options_result eg_options_read(const eg_usage *usage, int argc, char **argv);

/* "egserve demo: ..." and where help is, to stderr; returns EG_OPTIONS_WRONG. For checks of a
 * command's own. */
eg_options_result eg_options_refuse(const eg_usage *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
