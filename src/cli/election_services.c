#include "cli/election_services.h"

#include "client/service_ask.h"

static eg_result add_service(eg_election_services *s, const eg_election_settings *set,
                             const char *url, const eg_http_options *http, eg_error *err)
{
    size_t parallel = (size_t)set->parallel;
    EG_TRY(eg_http_client_new(&s->clients[s->count], http, err));
    if (parallel == 0) {
        eg_service_facts facts;
        eg_service_ask(&facts, url, http->internal_key);
        parallel = facts.threads < 1                 ? 1
                   : facts.threads > EG_PARALLEL_MAX ? EG_PARALLEL_MAX
                                                     : facts.threads;
    }
    s->list[s->count++] = (eg_engine_service){url, parallel};
    return EG_SUCCESS;
}

eg_result eg_election_services_open(eg_election_services *out, const eg_election_settings *set,
                                    const char *key, bool (*tick)(void *), eg_progress *progress,
                                    eg_error *err)
{
    *out = (eg_election_services){.count = 0};
    for (size_t i = 0; i < set->urls.count; i++) {
        const eg_http_options http = {
            .url = set->urls.items[i], .internal_key = key, .tick = tick, .tick_context = progress};
        EG_TRY(add_service(out, set, set->urls.items[i], &http, err));
    }
    return eg_http_engine_new(&out->engine,
                              &(eg_http_engine_options){.services = out->list,
                                                        .service_count = out->count,
                                                        .internal_key = key,
                                                        .progress = progress,
                                                        .patience_s = set->patience_s},
                              err);
}

void eg_election_services_close(eg_election_services *services)
{
    eg_http_engine_free(services->engine);
    for (size_t i = 0; i < EG_SERVICES_MAX; i++) {
        eg_http_client_free(services->clients[i]);
    }
    *services = (eg_election_services){.count = 0};
}
