/* GET /ballots, /ballots/{id}, /ballots/{id}/nonces: the service keeps no ballots, and says so.
 * Source: docs/api-contract.md 5. */
#include "api/endpoints.h"
#include "api/frame/negotiation.h"

#include <strings.h>

enum { NOT_FILTERED, ONLY_CAST, ONLY_AUDITED };

static eg_result begin(eg_call *call, eg_error *err)
{
    (void)err;
    call->content_type = eg_encoding_media_type(eg_answer_encoding(call->request));
    return EG_SUCCESS;
}

static bool says(eg_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

/* The value of `status` in the query; false when it is not there. */
static bool query_status(eg_str query, eg_str *out)
{
    static const char name[] = "status=";
    while (query.len > 0) {
        const char *end = memchr(query.data, '&', query.len);
        size_t n = end == NULL ? query.len : (size_t)(end - query.data);
        if (n >= sizeof name - 1 && memcmp(query.data, name, sizeof name - 1) == 0) {
            *out = (eg_str){query.data + sizeof name - 1, n - (sizeof name - 1)};
            return true;
        }
        size_t gone = end == NULL ? n : n + 1;
        query = (eg_str){query.data + gone, query.len - gone};
    }
    return false;
}

static eg_result plan_list(eg_call *call, eg_error *err)
{
    eg_str status;
    int *filter;
    EG_TRY(eg_arena_new(call->arena, 1, sizeof *filter, &filter, err));
    call->state = filter;
    if (!query_status(call->request->query, &status)) {
        return EG_SUCCESS;
    }
    *filter = says(status, "CAST") ? ONLY_CAST : ONLY_AUDITED;
    if (*filter == ONLY_AUDITED && !says(status, "AUDITED")) {
        eg_path path = eg_path_field(NULL, "status");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'status' must be CAST or AUDITED");
    }
    return EG_SUCCESS;
}

static void write_lists(eg_writer *w)
{
    eg_write_key(w, "ballots");
    eg_write_map(w);
    eg_write_key(w, "cast_ballots");
    eg_write_array(w, 0);
    eg_write_end(w);
    eg_write_key(w, "audited_ballots");
    eg_write_array(w, 0);
    eg_write_end(w);
    eg_write_end(w);
}

static void write_statistics(eg_writer *w)
{
    eg_write_key(w, "statistics");
    eg_write_map(w);
    eg_put_int(w, "cast_ballots", 0);
    eg_put_int(w, "audited_ballots", 0);
    eg_put_cstr(w, "storage", "stateless");
    eg_write_end(w);
}

static eg_result head_list(eg_call *call, eg_buf *out, eg_error *err)
{
    const int *filter = call->state;
    eg_writer w;
    (void)err;
    eg_encoding encoding = eg_answer_encoding(call->request);
    eg_writer_init(&w, out, encoding == EG_MSGPACK ? EG_STYLE_MSGPACK : EG_STYLE_JSON);
    eg_write_map(&w);
    write_lists(&w);
    write_statistics(&w);
    if (*filter == NOT_FILTERED) {
        eg_put_null(&w, "filter_applied");
    } else {
        eg_put_cstr(&w, "filter_applied", *filter == ONLY_CAST ? "CAST" : "AUDITED");
    }
    eg_write_end(&w);
    return EG_SUCCESS;
}

static eg_result not_found(eg_call *call, eg_error *err)
{
    (void)call;
    return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "Ballot not found");
}

const eg_endpoint eg_endpoint_ballots = {
    .method = "GET",
    .path = "/ballots",
    .summary = "always empty: the service keeps no ballots",
    .begin = begin,
    .plan = plan_list,
    .head = head_list,
};

const eg_endpoint eg_endpoint_ballot = {
    .method = "GET",
    .path = "/ballots/{id}",
    .summary = "always 404: the service keeps no ballots",
    .begin = begin,
    .plan = not_found,
};

const eg_endpoint eg_endpoint_ballot_nonces = {
    .method = "GET",
    .path = "/ballots/{id}/nonces",
    .summary = "always 404: the service keeps no ballots",
    .begin = begin,
    .plan = not_found,
};
