/* The end of a command for scripts: one JSON object on stdout. Format: docs/commands.md. */
#ifndef EG_CLI_OUTCOME_H
#define EG_CLI_OUTCOME_H

#include "cli/options.h"
#include "client/remote.h"
#include "wire/writer.h"

/* Which flags of output a command was given. */
typedef struct eg_output {
    bool json;  /* the result as an object instead of a text */
    bool quiet; /* no text at all: neither result nor progress */
} eg_output;

/* Two rows of a command's table of flags. */
#define EG_OUTPUT_OPTIONS(output)                                                                  \
    {                                                                                              \
        "--json",                                                                                  \
        EG_OPTION_SWITCH,                                                                          \
        NULL,                                                                                      \
        &(output)->json,                                                                           \
        "print the result as one JSON object",                                                     \
        0,                                                                                         \
        0,                                                                                         \
        false},                                                                                    \
    {                                                                                              \
        "--quiet", EG_OPTION_SWITCH, NULL, &(output)->quiet,                                       \
            "print neither progress nor a result as text", 0, 0, false                             \
    }

/* Is the result to be printed as text? */
static inline bool eg_output_is_text(const eg_output *output)
{
    return !output->json && !output->quiet;
}

typedef struct eg_outcome {
    eg_buf text;
    eg_writer w;
} eg_outcome;

/* Opens the object: `command`, `ok`, `error` (NULL or with an empty text: null), and the members
 * that the caller writes to out->w then. */
void eg_outcome_begin(eg_outcome *out, const char *command, bool ok, const eg_error *error);
/* Closes it and prints it. */
void eg_outcome_end(eg_outcome *out);

/* The member `candidates`: name, decrypted votes and, where there is one, plain count; of an
 * election from a manifest `contests` with their `selections`. */
void eg_outcome_put_counts(eg_outcome *out, const eg_election_spec *spec,
                           const uint64_t decrypted[], const uint64_t plain[]);

/* A member with a number of few digits behind the point, as people give it. */
void eg_outcome_put_number(eg_outcome *out, const char *name, double value, int digits);

#endif
