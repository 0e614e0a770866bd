/* The contract between the server and an endpoint. The server moves bytes and calls these
 * functions; it knows nothing else of an endpoint. No election word below this line is needed to
 * serve.
 *
 * Stages of a call, in this order:
 *
 *   begin     serial    once, when the headers are in
 *   feed      serial    the body's bytes in order; may hand out items
 *   item      parallel  one for each item handed out; may run while later bytes still arrive
 *   plan      serial    the whole body is in and every item is done: validate, set compute_units
 *   compute   parallel  units 0 .. compute_units - 1, no output
 *   next      serial    every compute unit is done: set compute_units for another round of them,
 *                       which needs what these have made, or to 0. Called after each round
 *   finish    serial    set output_units; from here on the answer is a 200
 *   head      serial    the first bytes of the answer; `out` is empty and of the call's budget, so
 *                       that a buffer of the same budget may take its place
 *   output    parallel  units 0 .. output_units - 1; the server sends them in this order, a bounded
 *                       number in flight
 *   tail      serial    the last bytes
 *   end       serial    always, exactly once, also after a failure: release what lies outside the
 *                       arenas
 *
 * A failure before `head` is answered as an error; one after it ends the connection without ending
 * the message. When several parallel units fail, the server answers with the failure of the lowest
 * index. A stage left NULL is skipped. "Serial" calls of one job never overlap each other nor a
 * parallel one, except that feed may overlap item. */
#ifndef EG_API_ENDPOINT_H
#define EG_API_ENDPOINT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rng.h"

#include <pthread.h>

struct eg_endpoint;

/* What the headers said, set by the server before begin; borrowed until end. */
typedef struct eg_request {
    eg_str path;
    eg_str path_tail; /* what {id} of the route stands for, percent-decoded; or empty */
    eg_str query;     /* the part behind '?', raw; or empty */
    eg_str content_type;
    eg_str accept;
    eg_str request_id;
    bool has_body;
} eg_request;

/* Settings that an endpoint may need; the same for the life of the process. Static. */
typedef struct eg_api_settings {
    enum { EG_ARTIFACTS_AUTO, EG_ARTIFACTS_TEXTS, EG_ARTIFACTS_OBJECTS } json_artifacts;
    bool verify_ballots_default;
    bool strict_manifest; /* artifacts' manifest hash must be that of the request's names */
    bool status_page;     /* the page at / shows how the service fares */
    bool has_master_key;
    uint8_t master_key[32];     /* secret */
    size_t key_table_cache;     /* how many election keys' tables are kept */
    size_t max_setup_guardians; /* of /setup_guardians; 0: 25 */
    size_t units_at_once;       /* of one call, that have a processor each at best; 0 counts as 1 */
    eg_budget *shared;          /* charged for what calls use together, such as tables; or NULL */
} eg_api_settings;

/* What a call was about, for the audit log: digests in hex, empty where there is none. */
typedef struct eg_noted {
    char election[65]; /* the commitment hash */
    char ballot[65];   /* of a single ballot: its crypto_hash */
} eg_noted;

typedef struct eg_call {
    /* by the server */
    const struct eg_endpoint *endpoint;
    const eg_request *request;
    const eg_api_settings *settings;
    const eg_rng *rng;
    int64_t now_unix_s;
    eg_arena *arena;   /* job arena: use in serial stages, or with arena_lock held */
    eg_budget *budget; /* the job's memory */
    pthread_mutex_t *arena_lock;
    /* Hands out an item to be run by a compute thread; only in feed. The item itself is the
     * endpoint's. */
    void (*add_item)(struct eg_call *call, void *item);
    /* Work should stop: deadline passed or client gone. Checked by the server between units; long
     * units check it too. */
    bool (*is_stopped)(const struct eg_call *call);
    eg_noted *noted; /* written with arena_lock held (api/fields/noted.h); or NULL */
    void *server;    /* the server's own */
    /* by the endpoint */
    void *state;
    size_t compute_units;
    size_t output_units;
    /* Memory that one unit of output takes at most, its bytes and its scratch, and the tail. With
     * several units the server begins the answer once so much is set aside that it can end it. */
    size_t output_unit_bytes, tail_bytes;
    const char *content_type; /* of the answer, static; set in begin */
    int status;               /* of a good answer; 0 means 200. Set by finish at the latest */
    const struct eg_error_details *details; /* of a failure (frame/error_details.h); or NULL */
    uint64_t cast_ballots; /* how many ballots this call encrypted as CAST: for /health's count */
} eg_call;

enum {
    EG_ENDPOINT_BROWSER = 1u << 0, /* every answer carries CORS headers */
    EG_ENDPOINT_HEAVY = 1u << 1,   /* large bodies: the larger body limit applies */
    EG_ENDPOINT_OPEN = 1u << 2,    /* public text, the same for everybody: needs no access key */
    /* takes or makes a vote in clear, a nonce, or what a guardian keeps: not served under
       public_only */
    EG_ENDPOINT_SECRET = 1u << 3,
};

typedef struct eg_endpoint {
    const char *method;
    const char *path;    /* "/ballots/{id}": one path step is free */
    const char *summary; /* one line, for docs and --help */
    size_t max_body_bytes;
    unsigned flags;
    size_t fixed_memory_bytes; /* counted in admission beside the body, e.g. scrypt's 64 MiB */

    eg_result (*begin)(eg_call *call, eg_error *err);
    eg_result (*feed)(eg_call *call, const void *bytes, size_t n, bool last, eg_error *err);
    eg_result (*item)(eg_call *call, void *item, eg_arena *scratch, eg_error *err);
    eg_result (*plan)(eg_call *call, eg_error *err);
    eg_result (*compute)(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err);
    eg_result (*next)(eg_call *call, eg_error *err);
    eg_result (*finish)(eg_call *call, eg_error *err);
    eg_result (*head)(eg_call *call, eg_buf *out, eg_error *err);
    eg_result (*output)(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err);
    eg_result (*tail)(eg_call *call, eg_buf *out, eg_error *err);
    void (*end)(eg_call *call);

    /* Whether a request that is complete shows that its client reads nested objects as texts
     * (docs/api-contract.md 2.3, rule 3). NULL: nothing in it can. */
    bool (*shows_texts)(const eg_call *call);
} eg_endpoint;

#endif
