#include "cli/election_services.h"

#include "cli/report.h"
#include "cli/screen_text.h"
#include "client/service_ask.h"

#include <stdio.h>

static size_t within(size_t threads)
{
    return threads < 1 ? 1 : threads > EG_PARALLEL_MAX ? EG_PARALLEL_MAX : threads;
}

static eg_result add_service(eg_election_services *s, const eg_election_settings *set,
                             const char *url, const eg_http_options *http, eg_error *err)
{
    eg_service_facts facts;
    EG_TRY(eg_http_client_new(&s->clients[s->count], http, err));
    eg_service_ask(&facts, url, http->internal_key);
    if (facts.max_body_bytes > 0 &&
        (s->max_body_bytes == 0 || facts.max_body_bytes < s->max_body_bytes)) {
        s->max_body_bytes = facts.max_body_bytes;
    }
    s->list[s->count++] = (eg_engine_service){url, set->parallel == 0 ? within(facts.threads)
                                                                      : (size_t)set->parallel};
    return EG_SUCCESS;
}

eg_result eg_election_services_open(eg_election_services *out, const eg_election_settings *set,
                                    const char *key, bool (*tick)(void *), eg_progress *progress,
                                    eg_error *err)
{
    *out = (eg_election_services){.count = 0};
    for (size_t i = 0; i < set->urls.count; i++) {
        const eg_http_options http = {.url = set->urls.items[i],
                                      .internal_key = key,
                                      .tick = tick,
                                      .tick_context = progress,
                                      .fresh = true};
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

/* ---- what they did ---- */

void eg_election_services_tell(const eg_election_services *services)
{
    for (size_t i = 0; services->engine != NULL && i < services->count; i++) {
        eg_service_rate rate;
        eg_http_engine_rate(services->engine, i, &rate);
        if (services->count > 1 || rate.failures > 0) {
            eg_buf line;
            eg_buf_init(&line, NULL);
            eg_screen_append(&line, eg_str_from(rate.url));
            eg_buf_printf(&line, ": %.0f ballots, %.1f per second", rate.ballots, rate.per_second);
            if (rate.failures > 0) {
                eg_buf_printf(&line, ", asked in vain %s",
                              eg_counted_of(rate.failures, "time").text);
            }
            eg_buf_append_char(&line, '\n');
            (void)fwrite(line.data, 1, line.len, stderr);
            eg_buf_free(&line);
        }
    }
}

void eg_election_services_put(const eg_election_services *services, eg_outcome *json)
{
    eg_write_key(&json->w, "services");
    eg_write_array(&json->w, services->engine == NULL ? 0 : services->count);
    for (size_t i = 0; services->engine != NULL && i < services->count; i++) {
        eg_service_rate rate;
        eg_http_engine_rate(services->engine, i, &rate);
        eg_write_map(&json->w);
        eg_put_cstr(&json->w, "url", rate.url);
        eg_put_int(&json->w, "parallel", (int64_t)services->list[i].parallel);
        eg_put_int(&json->w, "ballots", (int64_t)rate.ballots);
        eg_outcome_put_number(json, "per_second", rate.per_second, 1);
        eg_put_int(&json->w, "failures", (int64_t)rate.failures);
        eg_write_end(&json->w);
    }
    eg_write_end(&json->w);
}

void eg_election_services_close(eg_election_services *services)
{
    eg_http_engine_free(services->engine);
    for (size_t i = 0; i < EG_SERVICES_MAX; i++) {
        eg_http_client_free(services->clients[i]);
    }
    *services = (eg_election_services){.count = 0};
}
