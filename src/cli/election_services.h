/* The services that egserve election run was given: which, and how much each of them takes at once.
 */
#ifndef EG_CLI_ELECTION_SERVICES_H
#define EG_CLI_ELECTION_SERVICES_H

#include "cli/election_input.h"
#include "client/http_engine.h"

typedef struct eg_election_services {
    eg_engine_service list[EG_SERVICES_MAX];
    eg_http_client *clients[EG_SERVICES_MAX]; /* one for each, for requests one after another */
    size_t count;
    size_t max_body_bytes; /* the longest request that each takes; 0: none says */
    eg_http_engine *engine;
} eg_election_services;

/* Asks each service what it has, unless '--parallel' says it. key: or NULL. tick, of the clients:
 * as of eg_http_options, with the progress. */
eg_result eg_election_services_open(eg_election_services *out, const eg_election_settings *set,
                                    const char *key, bool (*tick)(void *), eg_progress *progress,
                                    eg_error *err) EG_MUST_USE;
/* How much each did, on stderr, where there is more than one or one failed. */
void eg_election_services_tell(const eg_election_services *services);
/* "services": [{ url, parallel, ballots, per_second, failures }] */
void eg_election_services_put(const eg_election_services *services, eg_outcome *json);
void eg_election_services_close(eg_election_services *services); /* also one that did not open */

#endif
