/* egserve health: is a service well, by exit status. For container runtimes and scripts, so that
 * an image needs no other client. */
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/report.h"
#include "client/http_client.h"

#include <stdio.h>

enum { TIMEOUT_MAX_S = 3600, ANSWER_BYTES_MAX = 1024 * 1024 };

static const char command[] = "egserve health";

static eg_result ask(unsigned *status, const char *url, const char *path, uint64_t seconds,
                     eg_error *err)
{
    const eg_http_options options = {.url = url,
                                     .connect_timeout_ms = seconds * 1000,
                                     .timeout_ms = seconds * 1000,
                                     .answer_bytes_max = ANSWER_BYTES_MAX};
    const eg_http_request request = {.method = "GET", .path = path};
    eg_http_client *client;
    eg_http_answer answer;
    EG_TRY(eg_http_client_new(&client, &options, err));
    eg_http_answer_init(&answer);
    eg_result result = eg_http_client_send(client, &request, &answer, err);
    *status = answer.status;
    eg_http_answer_free(&answer);
    eg_http_client_free(client);
    return result;
}

static void print_json(const char *path, unsigned status, const eg_error *err)
{
    eg_outcome json;
    eg_outcome_begin(&json, command, status == 200, err);
    eg_put_cstr(&json.w, "path", path);
    eg_put_int(&json.w, "http_status", status); /* 0: no answer */
    eg_outcome_end(&json);
}

static int run(const char *url, const char *path, uint64_t seconds, const eg_output *output)
{
    unsigned status = 0;
    eg_error err = {0};
    if (eg_failed(ask(&status, url, path, seconds, &err))) {
        status = 0;
        eg_report_error(command, &err);
    } else if (eg_output_is_text(output)) {
        printf("%s answered %u\n", path, status);
    }
    if (output->json) {
        print_json(path, status, &err);
    }
    return status == 200 ? EG_EXIT_OK : EG_EXIT_FAILED;
}

int eg_cmd_health(int argc, char **argv)
{
    const char *url = NULL;
    uint64_t seconds = 3;
    bool ready = false;
    eg_output output = {false, false};
    const eg_option options[] = {
        {"--ready", EG_OPTION_SWITCH, NULL, &ready,
         "ask whether it takes requests (/ready), not only whether it lives (/health)", 0, 0,
         false},
        {"--timeout", EG_OPTION_COUNT, "SECONDS", &seconds, "how long to wait for its answer", 1,
         TIMEOUT_MAX_S, false},
        EG_OUTPUT_OPTIONS(&output),
    };
    const eg_usage usage = {
        .command = command,
        .summary = "Asks a service whether it is well; 0 is the exit status when it is, else 1.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "URL",
        .argument_to = &url,
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(url, ready ? "/ready" : "/health", seconds, &output);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
