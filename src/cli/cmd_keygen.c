/* egserve keygen: the service's master key, in the form that it is given in. */
#include "base/base64.h"
#include "base/rng.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "client/new_file.h"

#include <stdio.h>
#include <unistd.h>

enum { KEY_BYTES = 32 }; /* docs/api-contract.md 5, POST /api/encrypt */

static const char command[] = "egserve keygen";
static const char name[] = "MASTER_KEY_PQ=";

/* A line; secret. Returns its length. */
static eg_result make_line(char out[sizeof name + EG_BASE64_ENCODED_LEN(KEY_BYTES) + 1],
                           bool with_name, size_t *length, eg_error *err)
{
    const size_t n = with_name ? sizeof name - 1 : 0;
    uint8_t key[KEY_BYTES];
    memcpy(out, name, n);
    eg_result result = eg_rng_fill(eg_rng_system(), key, sizeof key, err);
    if (!eg_failed(result)) {
        eg_base64_encode(out + n, key, sizeof key);
        *length = n + EG_BASE64_ENCODED_LEN(KEY_BYTES) + 1;
        out[*length - 1] = '\n';
    }
    eg_wipe(key, sizeof key);
    return result;
}

/* Not through stdio, whose buffer is not wiped. */
static eg_result print_line(eg_str line, eg_error *err)
{
    return eg_write_all(STDOUT_FILENO, line)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the output cannot be written");
}

static int run(const char *file, bool with_name)
{
    char line[sizeof name + EG_BASE64_ENCODED_LEN(KEY_BYTES) + 1];
    size_t length = 0;
    eg_error err = {0};
    eg_result result = make_line(line, with_name, &length, &err);
    if (!eg_failed(result)) {
        const eg_str text = {line, length};
        result = file == NULL ? print_line(text, &err) : eg_new_file_write(file, text, &err);
    }
    eg_wipe(line, sizeof line);
    if (eg_failed(result)) {
        fprintf(stderr, "%s: %s%s%s\n", command, file == NULL ? "" : file, file == NULL ? "" : ": ",
                err.text);
        return EG_EXIT_FAILED;
    }
    return EG_EXIT_OK;
}

int eg_cmd_keygen(int argc, char **argv)
{
    const char *file = NULL;
    bool with_name = false;
    const eg_option options[] = {
        {"--out", EG_OPTION_TEXT, "FILE", &file,
         "a new file, readable by its owner alone (default: standard output)", 0, 0, false},
        {"--env", EG_OPTION_SWITCH, NULL, &with_name,
         "as a line MASTER_KEY_PQ=..., for files of environment variables", 0, 0, false},
    };
    const eg_usage usage = {
        .command = command,
        .summary = "Makes a master key (MASTER_KEY_PQ): base64 of 32 random bytes. All services\n"
                   "share one; whoever loses it loses the credentials that it protects.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(file, with_name);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
