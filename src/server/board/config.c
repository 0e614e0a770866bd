/* The table of settings, and what is shown of it. */
#include "server/board/config.h"

#include <string.h>

static const char *const artifact_choices[] = {"auto", "texts", "objects", NULL};
static const char *const log_choices[] = {"json", "gunicorn", NULL};

#define AT(field) offsetof(eg_settings, field)
#define KIB       1024ull
#define MIB       (1024ull * 1024)

const eg_setting eg_setting_table[] = {
    {"bind", "--bind", "EGSERVE_BIND", NULL, EG_SETTING_TEXT, "HOST:PORT or unix:PATH",
     "127.0.0.1:5000", 0, 0, NULL, false, AT(bind),
     "where to listen; port 0 takes a free one; unix: is a socket for balancers on this machine"},
    {"socket_mode", "--socket-mode", "EGSERVE_SOCKET_MODE", NULL, EG_SETTING_TEXT, "OCTAL", "660",
     0, 0, NULL, false, AT(socket_mode), "who may connect to a unix socket: the file's mode"},
    {"socket_owner", "--socket-owner", "EGSERVE_SOCKET_OWNER", NULL, EG_SETTING_TEXT,
     "USER or USER:GROUP or :GROUP", NULL, 0, 0, NULL, false, AT(socket_owner),
     "whom a unix socket belongs to; default whoever runs the service"},
    {"workers", "--workers", "EGSERVE_WORKERS", "GUNICORN_WORKERS", EG_SETTING_COUNT, NULL, NULL, 1,
     256, NULL, false, AT(workers),
     "worker processes; default twice the processors and one, as far as memory goes"},
    {"threads", "--threads", "EGSERVE_THREADS", "GUNICORN_THREADS", EG_SETTING_COUNT, NULL, "4", 1,
     256, NULL, false, AT(threads), "compute threads of each worker"},
    {"timeout", "--timeout", "EGSERVE_TIMEOUT", "GUNICORN_TIMEOUT", EG_SETTING_TIME, NULL, "300", 1,
     86400, NULL, false, AT(timeout_s),
     "how long a request may take, from its first byte to the answer's last"},
    {"graceful_timeout", "--graceful-timeout", "EGSERVE_GRACEFUL_TIMEOUT",
     "GUNICORN_GRACEFUL_TIMEOUT", EG_SETTING_TIME, NULL, "30", 1, 86400, NULL, false,
     AT(graceful_timeout_s), "how long requests in flight have when the service is told to stop"},
    {"keepalive", "--keepalive", "EGSERVE_KEEPALIVE", "GUNICORN_KEEPALIVE", EG_SETTING_TIME, NULL,
     "75", 1, 86400, NULL, false, AT(keepalive_s),
     "how long a connection is kept open without a request"},
    {"max_requests", "--max-requests", "EGSERVE_MAX_REQUESTS", "GUNICORN_MAX_REQUESTS",
     EG_SETTING_COUNT, NULL, "1000", 0, 1000000000, NULL, false, AT(max_requests),
     "requests that a worker serves before it is replaced, without probes and refusals; 0: never"},
    {"max_requests_jitter", "--max-requests-jitter", "EGSERVE_MAX_REQUESTS_JITTER",
     "GUNICORN_MAX_REQUESTS_JITTER", EG_SETTING_COUNT, NULL, "50", 0, 1000000000, NULL, false,
     AT(max_requests_jitter),
     "random difference from --max-requests, up or down, so that workers are not replaced all at "
     "once"},
    {"worker_connections", "--worker-connections", "EGSERVE_WORKER_CONNECTIONS",
     "GUNICORN_WORKER_CONNECTIONS", EG_SETTING_COUNT, NULL, "1000", 1, 100000, NULL, false,
     AT(worker_connections), "open connections of each worker"},
    {"max_jobs", "--max-jobs", "EGSERVE_MAX_JOBS", NULL, EG_SETTING_COUNT, NULL, "256", 1, 4096,
     NULL, false, AT(max_jobs), "requests running or waiting in each worker; then 503"},
    {"max_header", "--max-header", "EGSERVE_MAX_HEADER", NULL, EG_SETTING_SIZE, NULL, "32K",
     4 * KIB, 1024 * KIB, NULL, false, AT(max_header_bytes),
     "how large a request's line and headers may be; then 431"},
    {"max_body", "--max-body", "EGSERVE_MAX_BODY", NULL, EG_SETTING_SIZE, NULL, "512M", KIB,
     1ull << 40, NULL, false, AT(max_body_bytes),
     "how large a request's body may be, over each endpoint's own limit; then 413"},
    {"max_memory", "--max-memory", "EGSERVE_MAX_MEMORY", NULL, EG_SETTING_SIZE, NULL, NULL,
     32 * MIB, 1ull << 44, NULL, false, AT(max_memory_bytes),
     "memory in flight in the whole service; default half of what the cgroup or machine has; then "
     "503"},
    {"internal_api_key", NULL, "ELECTIONGUARD_INTERNAL_API_KEY", NULL, EG_SETTING_TEXT, NULL, NULL,
     0, 0, NULL, true, AT(internal_key),
     "key that requests must carry in X-ElectionGuard-Internal-Key"},
    {"master_key", NULL, "MASTER_KEY_PQ", NULL, EG_SETTING_TEXT, "base64 of 32 bytes", NULL, 0, 0,
     NULL, true, AT(master_key),
     "key that seals guardians' credentials; without it they answer 503"},
    {"cors_origins", "--cors-origins", "EGSERVE_CORS_ORIGINS", NULL, EG_SETTING_TEXT, "LIST", "*",
     0, 0, NULL, false, AT(cors_origins),
     "origins that may use the browser endpoints: * or a list with commas"},
    {"json_artifacts", "--json-artifacts", "EGSERVE_JSON_ARTIFACTS", NULL, EG_SETTING_CHOICE, NULL,
     "auto", 0, 0, artifact_choices, false, AT(json_artifacts),
     "form of nested objects in JSON answers"},
    {"verify_ballots", "--verify-ballots", "EGSERVE_VERIFY_BALLOTS", NULL, EG_SETTING_BOOL, NULL,
     "on", 0, 0, NULL, false, AT(verify_ballots),
     "whether a tally checks its ballots' proofs when the request does not say"},
    {"strict_manifest", "--strict-manifest", "EGSERVE_STRICT_MANIFEST", NULL, EG_SETTING_BOOL, NULL,
     "off", 0, 0, NULL, false, AT(strict_manifest),
     "whether ballots and tallies must be of the request's party names too"},
    {"status_page", "--status-page", "EGSERVE_STATUS_PAGE", NULL, EG_SETTING_BOOL, NULL, "on", 0, 0,
     NULL, false, AT(status_page), "whether / shows browsers how the service fares"},
    {"kernel", "--kernel", "EG_KERNEL", NULL, EG_SETTING_TEXT, "NAME", NULL, 0, 0, NULL, false,
     AT(kernel), "arithmetic kernel; default the fastest that runs here"},
    {"access_log", "--access-log", "EGSERVE_ACCESS_LOG", NULL, EG_SETTING_BOOL, NULL, "off", 0, 0,
     NULL, false, AT(access_log), "one line for each request, to stdout"},
    {"audit_log", "--audit-log", "EGSERVE_AUDIT_LOG", NULL, EG_SETTING_TEXT, "FILE", NULL, 0, 0,
     NULL, false, AT(audit_log),
     "a line of JSON for each request of an election, to this file, or with - to stdout: who, "
     "when, "
     "which endpoint, which election and ballot by their hashes"},
    {"log_format", "--log-format", "EGSERVE_LOG_FORMAT", NULL, EG_SETTING_CHOICE, NULL, "json", 0,
     0, log_choices, false, AT(log_format), "form of the access log"},
    {"trusted_proxies", "--trusted-proxies", "EGSERVE_TRUSTED_PROXIES", NULL, EG_SETTING_TEXT,
     "LIST", NULL, 0, 0, NULL, false, AT(trusted_proxies),
     "addresses and networks of balancers in front, with commas: the access log then names the "
     "client that their X-Forwarded-For or Forwarded does"},
    {"public_only", "--public-only", "EGSERVE_PUBLIC_ONLY", NULL, EG_SETTING_BOOL, NULL, "off", 0,
     0, NULL, false, AT(public_only),
     "take nothing secret: endpoints with votes in clear, nonces or guardians' keys answer 403"},
    {"max_setup_guardians", "--max-setup-guardians", "EGSERVE_MAX_SETUP_GUARDIANS", NULL,
     EG_SETTING_COUNT, NULL, "25", 1, 100, NULL, false, AT(max_setup_guardians),
     "guardians that one /setup_guardians makes, which is for trials: the work grows with their "
     "square"},
    {"no_sandbox", "--no-sandbox", "EG_NO_SANDBOX", NULL, EG_SETTING_BOOL, NULL, "off", 0, 0, NULL,
     false, AT(no_sandbox),
     "leave workers the files and system calls that they do not use, for systems where they need "
     "more"},
    {"dev", "--dev", NULL, NULL, EG_SETTING_BOOL, NULL, "off", 0, 0, NULL, false, AT(dev),
     "one process in the foreground, without master"},
};
const size_t eg_setting_count = sizeof eg_setting_table / sizeof *eg_setting_table;

_Static_assert(sizeof eg_setting_table / sizeof *eg_setting_table <= EG_SETTINGS_MAX,
               "more settings than eg_config has room for");

void eg_setting_allowed(const eg_setting *setting, char *out, size_t size)
{
    size_t used = 0;
    switch (setting->kind) {
    case EG_SETTING_COUNT:
        (void)snprintf(out, size, "an integer from %llu to %llu", setting->lowest,
                       setting->highest);
        break;
    case EG_SETTING_TIME:
        (void)snprintf(out, size, "seconds from %llu to %llu, or a number with s, m or h behind",
                       setting->lowest, setting->highest);
        break;
    case EG_SETTING_SIZE:
        (void)snprintf(out, size, "bytes from %llu to %llu, or a number with K, M or G behind",
                       setting->lowest, setting->highest);
        break;
    case EG_SETTING_BOOL:
        (void)snprintf(out, size, "on or off");
        break;
    case EG_SETTING_CHOICE:
        for (size_t i = 0; setting->choices[i] != NULL && used < size; i++) {
            used += (size_t)snprintf(out + used, size - used, "%s%s", i == 0 ? "" : " or ",
                                     setting->choices[i]);
        }
        break;
    case EG_SETTING_TEXT:
        (void)snprintf(out, size, "%s", setting->unit == NULL ? "text" : setting->unit);
        break;
    }
}

void eg_config_print(const eg_config *config, FILE *out)
{
    static const char *const origins[] = {"default", "file", "environment", "flag"};
    for (size_t i = 0; i < eg_setting_count; i++) {
        const eg_setting *s = &eg_setting_table[i];
        const char *text = config->text[i];
        const char *from =
            config->origin[i] == EG_FROM_FILE ? config->file : config->origin_name[i];
        (void)fprintf(out, "%s%s = %s   ; %s%s%s\n", text == NULL ? "; " : "", s->name,
                      text == NULL ? ""
                      : s->secret  ? "********"
                                   : text,
                      origins[config->origin[i]], from == NULL ? "" : " ",
                      from == NULL ? "" : from);
    }
}

void eg_config_example(FILE *out)
{
    (void)fputs(
        "; Settings of egserve: every one, with its default. Remove the ';' in front of a name "
        "to set it.\n"
        "; Written by `egserve serve --example-config`. Flags and the environment come before "
        "this file.\n"
        "; Keys do better in the environment; whoever can read this file can read them.\n",
        out);
    for (size_t i = 0; i < eg_setting_count; i++) {
        const eg_setting *s = &eg_setting_table[i];
        char allowed[128];
        eg_setting_allowed(s, allowed, sizeof allowed);
        (void)fprintf(out, "\n; %s\n; %s%s%s\n; %s = %s\n", s->help, allowed,
                      s->environment == NULL ? "" : "; environment ",
                      s->environment == NULL ? "" : s->environment, s->name,
                      s->default_text == NULL ? "" : s->default_text);
    }
}

/* What stands behind the flag. */
static const char *value_name(const eg_setting *s)
{
    static const char *const names[] = {
        [EG_SETTING_COUNT] = " N",       [EG_SETTING_TIME] = " SECONDS",
        [EG_SETTING_SIZE] = " BYTES",    [EG_SETTING_BOOL] = " [on|off]",
        [EG_SETTING_CHOICE] = " CHOICE", [EG_SETTING_TEXT] = " TEXT"};
    bool named = s->kind == EG_SETTING_TEXT && s->unit != NULL;
    return s->flag == NULL || named ? "" : names[s->kind];
}

void eg_config_help(FILE *out)
{
    (void)fputs("usage: egserve serve [flags]\n\n"
                "A flag comes before the environment, the environment before the file.\n\n",
                out);
    for (size_t i = 0; i < eg_setting_count; i++) {
        const eg_setting *s = &eg_setting_table[i];
        char allowed[128];
        eg_setting_allowed(s, allowed, sizeof allowed);
        (void)fprintf(out, "  %s%s\n      %s\n      %s%s%s", s->flag == NULL ? s->name : s->flag,
                      value_name(s), s->help, allowed, s->default_text == NULL ? "" : "; default ",
                      s->default_text == NULL ? "" : s->default_text);
        if (s->environment != NULL) {
            (void)fprintf(out, "; %s%s%s", s->environment, s->older == NULL ? "" : ", ",
                          s->older == NULL ? "" : s->older);
        }
        (void)fputs("\n", out);
    }
    (void)fputs("  --config FILE\n      file of settings; default ./egserve.conf or "
                "/etc/egserve/egserve.conf if there\n"
                "  --print-config\n      show each value and where it came from, and end\n"
                "  --example-config\n      show a file of settings with every default, and end\n"
                "  --help, -h\n      this\n",
                out);
}
