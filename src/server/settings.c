#include "server/settings.h"

#include "base/base64.h"
#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct number_setting {
    const char *flag;
    const char *environment;
    const char *older_name; /* what operators of the Python service know; or NULL */
    unsigned long long lowest, highest;
    const char *help;
} number_setting;

enum { WORKERS, THREADS, TIMEOUT, CONNECTIONS, JOBS, BODY, MEMORY, NUMBERS };

static const number_setting numbers[NUMBERS] = {
    [WORKERS] = {"--workers", "EGSERVE_WORKERS", "GUNICORN_WORKERS", 1, 256, "worker processes"},
    [THREADS] = {"--threads", "EGSERVE_THREADS", "GUNICORN_THREADS", 1, 256,
                 "compute threads of each worker"},
    [TIMEOUT] = {"--timeout", "EGSERVE_TIMEOUT", "GUNICORN_TIMEOUT", 1, 86400,
                 "seconds that a request may take"},
    [CONNECTIONS] = {"--worker-connections", "EGSERVE_WORKER_CONNECTIONS", NULL, 1, 100000,
                     "open connections of each worker"},
    [JOBS] = {"--max-jobs", "EGSERVE_MAX_JOBS", NULL, 1, 100000,
              "requests running or waiting in each worker"},
    [BODY] = {"--max-body", "EGSERVE_MAX_BODY", NULL, 1024, 1ull << 40,
              "bytes of a request's body"},
    [MEMORY] = {"--max-memory", "EGSERVE_MAX_MEMORY", NULL, 1ull << 24, 1ull << 44,
                "bytes in flight in each worker"},
};

static bool parse_number(unsigned long long *out, const number_setting *setting, const char *name,
                         const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < setting->lowest ||
        value > setting->highest) {
        fprintf(stderr, "egserve: %s is '%.40s'; it must be an integer from %llu to %llu (%s)\n",
                name, text, setting->lowest, setting->highest, setting->help);
        return false;
    }
    *out = value;
    return true;
}

static bool number_from_environment(unsigned long long *out, const number_setting *setting)
{
    const char *names[] = {setting->environment, setting->older_name};
    for (size_t i = 0; i < 2; i++) {
        const char *text = names[i] == NULL ? NULL : getenv(names[i]);
        if (text != NULL && *text != '\0') {
            return parse_number(out, setting, names[i], text);
        }
    }
    return true;
}

static bool set_bind(eg_settings *out, char *text)
{
    char *colon = strrchr(text, ':');
    char *end = NULL;
    unsigned long port = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
    if (colon == NULL || colon[1] == '\0' || *end != '\0' || port > 65535) {
        fprintf(stderr, "egserve: --bind must be HOST:PORT with a port from 0 to 65535\n");
        return false;
    }
    *colon = '\0';
    out->bind_host = text;
    out->bind_port = (uint16_t)port;
    return true;
}

/* MASTER_KEY_PQ: base64 of exactly 32 bytes. Its value is never shown. */
static bool read_master_key(eg_settings *out)
{
    const char *text = getenv("MASTER_KEY_PQ");
    uint8_t decoded[128];
    size_t n = 0;
    if (text == NULL || *text == '\0') {
        return true;
    }
    bool good = strlen(text) <= 96 && eg_base64_decode(decoded, &n, text, strlen(text)) &&
                n == sizeof out->api.master_key;
    if (good) {
        memcpy(out->api.master_key, decoded, n);
        out->api.has_master_key = true;
    } else {
        fprintf(stderr, "egserve: MASTER_KEY_PQ must be the base64 text of exactly 32 bytes\n");
    }
    eg_wipe(decoded, sizeof decoded);
    return good;
}

static bool read_artifacts(eg_settings *out)
{
    const char *text = getenv("EGSERVE_JSON_ARTIFACTS");
    if (text == NULL || *text == '\0' || strcmp(text, "auto") == 0) {
        out->api.json_artifacts = EG_ARTIFACTS_AUTO;
    } else if (strcmp(text, "texts") == 0) {
        out->api.json_artifacts = EG_ARTIFACTS_TEXTS;
    } else if (strcmp(text, "objects") == 0) {
        out->api.json_artifacts = EG_ARTIFACTS_OBJECTS;
    } else {
        fprintf(stderr, "egserve: EGSERVE_JSON_ARTIFACTS must be auto, texts or objects\n");
        return false;
    }
    return true;
}

static bool read_flag(eg_settings *out, unsigned long long values[NUMBERS], int *i, int argc,
                      char **argv)
{
    const char *flag = argv[*i];
    if (strcmp(flag, "--access-log") == 0) {
        out->access_log = true;
        return true;
    }
    if (*i + 1 >= argc) {
        fprintf(stderr, "egserve: %s needs a value, or is no flag of serve\n", flag);
        return false;
    }
    char *value = argv[++*i];
    if (strcmp(flag, "--bind") == 0) {
        return set_bind(out, value);
    }
    if (strcmp(flag, "--kernel") == 0) {
        out->kernel = value;
        return true;
    }
    for (size_t n = 0; n < NUMBERS; n++) {
        if (strcmp(flag, numbers[n].flag) == 0) {
            return parse_number(&values[n], &numbers[n], flag, value);
        }
    }
    fprintf(stderr, "egserve: unknown flag %s\n", flag);
    return false;
}

static unsigned processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static unsigned long long half_of_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages < 1 || page < 1 ? 1ull << 30
                                 : (unsigned long long)pages * (unsigned long long)page / 2;
}

bool eg_settings_read(eg_settings *out, int argc, char **argv)
{
    unsigned long long values[NUMBERS] = {[WORKERS] = 1,
                                          [THREADS] = 2ull * processors(),
                                          [TIMEOUT] = 300,
                                          [CONNECTIONS] = 1000,
                                          [JOBS] = 256,
                                          [BODY] = 512ull << 20,
                                          [MEMORY] = half_of_memory()};
    *out = (eg_settings){.bind_host = "127.0.0.1",
                         .bind_port = 5000,
                         .internal_key = getenv("ELECTIONGUARD_INTERNAL_API_KEY"),
                         .cors_origin = getenv("EGSERVE_CORS_ORIGIN"),
                         .kernel = getenv("EG_KERNEL"),
                         .api = {.verify_ballots_default = true, .key_table_cache = 8}};
    for (size_t n = 0; n < NUMBERS; n++) {
        if (!number_from_environment(&values[n], &numbers[n])) {
            return false;
        }
    }
    for (int i = 0; i < argc; i++) {
        if (!read_flag(out, values, &i, argc, argv)) {
            return false;
        }
    }
    out->workers = (unsigned)values[WORKERS];
    out->threads = (unsigned)values[THREADS];
    out->timeout_s = (unsigned)values[TIMEOUT];
    out->max_connections = (unsigned)values[CONNECTIONS];
    out->max_jobs = (unsigned)values[JOBS];
    out->max_body_bytes = (size_t)values[BODY];
    out->max_memory_bytes = (size_t)values[MEMORY];
    out->cors_origin =
        out->cors_origin == NULL || *out->cors_origin == '\0' ? "*" : out->cors_origin;
    return read_master_key(out) && read_artifacts(out);
}

void eg_settings_print(const eg_settings *s)
{
    fprintf(stderr, "egserve: %u workers of %u threads, timeout %u s, body up to %zu bytes\n",
            s->workers, s->threads, s->timeout_s, s->max_body_bytes);
}
