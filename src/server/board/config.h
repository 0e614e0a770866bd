/* What the service can be told: one table of settings, and their values. A flag comes before the
 * environment, the environment before the file, the file before the default. */
#ifndef EG_SERVER_BOARD_CONFIG_H
#define EG_SERVER_BOARD_CONFIG_H

#include "api/endpoint.h"
#include "server/board/machine.h"
#include "server/board/networks.h"

#include <stdio.h>
#include <sys/types.h>

typedef enum eg_setting_kind {
    EG_SETTING_COUNT,  /* unsigned */
    EG_SETTING_TIME,   /* unsigned, seconds; s, m and h may stand behind the number */
    EG_SETTING_SIZE,   /* size_t, bytes; K, M and G may stand behind the number */
    EG_SETTING_BOOL,   /* bool; as a flag without a value: on. "--flag off" and "--flag=off" */
    EG_SETTING_CHOICE, /* unsigned: index into choices */
    EG_SETTING_TEXT    /* const char *, NULL when not given */
} eg_setting_kind;

typedef enum eg_origin {
    EG_FROM_DEFAULT,
    EG_FROM_FILE,
    EG_FROM_ENVIRONMENT,
    EG_FROM_FLAG
} eg_origin;

enum { EG_LOG_JSON, EG_LOG_GUNICORN }; /* log_format */
enum { EG_SETTINGS_MAX = 32 };
enum { EG_BIND_PATH_MAX = 107 }; /* bytes of a socket's path: what the system takes */

/* The values, ready for use. Text is owned by the eg_config around it. */
typedef struct eg_settings {
    const char *bind;
    const char *socket_mode;     /* as given, read into socket_mode_bits */
    const char *socket_owner;    /* as given; NULL: who runs the service */
    unsigned workers;            /* processes */
    unsigned threads;            /* compute threads of each */
    unsigned timeout_s;          /* of a request, from its first byte to its last */
    unsigned graceful_timeout_s; /* of shutting down */
    unsigned keepalive_s;        /* how long an idle connection is kept */
    unsigned max_requests;       /* of a worker's life; 0: without end */
    unsigned max_requests_jitter;
    unsigned worker_connections;
    unsigned max_jobs; /* of one worker: running and waiting */
    size_t max_header_bytes;
    size_t max_body_bytes; /* upper bound over each endpoint's own */
    unsigned max_setup_guardians;
    size_t max_memory_bytes;  /* in flight, of the whole service */
    const char *internal_key; /* NULL: no key needed. Secret */
    const char *master_key;   /* as given, base64; decoded into api. Secret */
    const char *cors_origins; /* "*", or origins with spaces or commas between them */
    unsigned json_artifacts;
    bool verify_ballots;
    bool strict_manifest;
    bool status_page;
    bool public_only;
    const char *kernel; /* NULL: the best */
    bool access_log;
    const char *audit_log;       /* a file, or "-"; NULL: none */
    const char *trusted_proxies; /* as given, read into proxies; NULL: none */
    unsigned log_format;
    bool no_sandbox; /* workers keep files and system calls that they do not use */
    bool dev;        /* one process in the foreground */
    /* derived */
    char bind_host[256];
    uint16_t bind_port;                   /* 0: any free one */
    char bind_path[EG_BIND_PATH_MAX + 1]; /* of a socket in the file system; "": an address */
    mode_t socket_mode_bits;
    uid_t socket_uid;   /* -1: as it is */
    gid_t socket_gid;   /* -1: as it is */
    bool has_open_keys; /* from a file that every user of the machine may read */
    eg_networks proxies;
    eg_api_settings api;
} eg_settings;

typedef struct eg_setting {
    const char *name;        /* in the file and in --print-config */
    const char *flag;        /* NULL: secrets have none, since argv is public */
    const char *environment; /* NULL: none */
    const char *older;       /* what operators of the Python service know; or NULL */
    eg_setting_kind kind;
    const char *unit;         /* for help, or NULL */
    const char *default_text; /* NULL: not given, or computed from the machine */
    unsigned long long lowest, highest;
    const char *const *choices; /* EG_SETTING_CHOICE: NULL at the end */
    bool secret;
    size_t offset; /* of the value in eg_settings */
    const char *help;
} eg_setting;

extern const eg_setting eg_setting_table[];
extern const size_t eg_setting_count;

typedef struct eg_config {
    eg_settings settings;
    /* per row of the table */
    char *text[EG_SETTINGS_MAX]; /* owned; NULL: not given */
    eg_origin origin[EG_SETTINGS_MAX];
    const char *origin_name[EG_SETTINGS_MAX]; /* the flag or variable; static */
    char file[512];                           /* the file that was read; "" when none */
    bool file_is_open;                        /* every user of the machine may read it */
    const char *wanted_file;                  /* --config; borrowed from argv; NULL: not given */
    bool print, help, example;                /* --print-config, --help, --example-config */
    FILE *complaints;                         /* where a wrong value is named */
} eg_config;

/* Reads flags (argv without program and command), environment and file. False when something is
 * wrong; its name, its value (unless secret) and what is allowed are then on `complaints`. Frees
 * nothing that it got; release with eg_config_free, also after a failure. */
bool eg_config_read(eg_config *out, int argc, char **argv, const eg_machine *machine,
                    FILE *complaints);
void eg_config_free(eg_config *config);

void eg_config_print(const eg_config *config, FILE *out); /* each value and where it came from */
void eg_config_help(FILE *out);
void eg_config_example(FILE *out); /* deploy/egserve.conf */

/* "what is allowed", for help and complaints: "an integer from 1 to 256". */
void eg_setting_allowed(const eg_setting *setting, char *out, size_t size);

#endif
