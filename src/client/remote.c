#include "client/remote_parts.h"

#include "base/clock.h"
#include "client/interrupt.h"

#include <stdio.h>

enum { WAIT_MAX_S = 30, RECONNECT_WAIT_MAX_S = 8, FIRST_PATIENCE_S = 5 };

void eg_remote_init(eg_remote *remote, eg_http_client *const services[], size_t service_count,
                    const eg_election_spec *spec, eg_progress *progress, uint64_t patience_s)
{
    *remote = (eg_remote){.services = services,
                          .service_count = service_count,
                          .spec = spec,
                          .progress = progress,
                          .patience_s = patience_s};
    eg_http_answer_init(&remote->answer);
}

void eg_remote_free(eg_remote *remote)
{
    eg_http_answer_free(&remote->answer);
}

/* ---- requests and answers ---- */

static eg_result refused(const eg_http_answer *answer, const char *path, eg_arena *arena,
                         eg_error *err)
{
    eg_node body;
    char message[160] = "no reason given";
    eg_result parsed =
        eg_tree_parse(&body, EG_JSON, eg_buf_str(&answer->body), 0, arena, NULL, err);
    if (!eg_failed(parsed) && body.kind == EG_MAP) {
        const eg_node *found = eg_map_find(&body, "message");
        if (found != NULL && found->kind == EG_STRING) {
            eg_str shown = found->as.str;
            (void)snprintf(message, sizeof message, "%.*s",
                           (int)(shown.len < sizeof message ? shown.len : sizeof message - 1),
                           shown.data);
        }
    }
    return EG_FAIL(err, answer->status == 503 ? EG_E_BUSY : EG_E_INTERNAL, NULL,
                   "%s answered %u: %s", path, answer->status, message);
}

/* Seconds until a request is worth another try; 0: it is not. tries: so many rounds were made. A
 * balancer whose services are all away, or gone without a word, answers 502, 503 or 504. */
static unsigned worth_another(const eg_remote *r, bool failed, unsigned tries)
{
    const eg_http_answer *answer = &r->answer;
    if (failed) {
        unsigned wait_s = tries < 4 ? 1u << (tries - 1) : RECONNECT_WAIT_MAX_S;
        return answer->may_pass ? wait_s : 0;
    }
    if (answer->status < 502 || answer->status > 504) {
        return 0;
    }
    return answer->retry_after_s == 0           ? 1
           : answer->retry_after_s > WAIT_MAX_S ? WAIT_MAX_S
                                                : answer->retry_after_s;
}

static eg_result interrupted(eg_error *err)
{
    return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
}

static eg_result wait_for(eg_remote *r, unsigned seconds, eg_error *err)
{
    for (unsigned i = 0; i < seconds; i++) {
        if (!eg_interrupt_wait_ms(1000)) {
            return interrupted(err);
        }
        eg_progress_tick(r->progress);
    }
    return EG_SUCCESS;
}

/* An answer that says 200 is JSON. Where nobody counted its bytes, one that is not was cut off. */
static eg_result parse(eg_remote *r, eg_node *answer, eg_arena *arena, eg_error *err)
{
    eg_result result =
        eg_tree_parse(answer, EG_JSON, eg_buf_str(&r->answer.body), 0, arena, NULL, err);
    if (!eg_failed(result) || r->answer.has_length) {
        return result;
    }
    r->answer.may_pass = true;
    return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the service at %.100s broke off its answer",
                   eg_http_client_shown(r->services[r->at]));
}

/* One request and its answer, parsed when it is a 200. */
static eg_result ask_once(eg_remote *r, const eg_http_request *request, eg_node *answer,
                          eg_arena *arena, eg_error *err)
{
    if (eg_interrupted()) {
        return interrupted(err);
    }
    EG_TRY(eg_http_client_send(r->services[r->at], request, &r->answer, err));
    return r->answer.status == 200 ? parse(r, answer, arena, err) : EG_SUCCESS;
}

static void say_why(eg_remote *r, bool failed, const eg_error *err)
{
    if (failed) {
        (void)snprintf(r->why, sizeof r->why, "%s", err->text);
    } else {
        (void)snprintf(r->why, sizeof r->why, "the service at %.100s is full (%u)",
                       eg_http_client_shown(r->services[r->at]), r->answer.status);
    }
}

/* Asks, again and again while the services are away or full and patience lasts. No harm in a second
 * time: services keep nothing. */
static eg_result ask_patiently(eg_remote *r, const eg_http_request *request, eg_node *answer,
                               eg_arena *arena, eg_error *err)
{
    uint64_t first_ns = 0; /* of the failures */
    for (unsigned tries = 1;; tries++) {
        eg_result result = ask_once(r, request, answer, arena, err);
        const bool failed = eg_failed(result);
        const uint64_t now_ns = eg_clock_monotonic_ns();
        first_ns = tries == 1 ? now_ns : first_ns;
        const uint64_t spent_s = (now_ns - first_ns) / 1000000000u;
        const unsigned rounds = (tries - 1) / (unsigned)r->service_count + 1;
        r->reached = r->reached || !failed || r->answer.status != 0;
        say_why(r, failed, err);
        const bool is_hasty = !r->reached && r->patience_s > FIRST_PATIENCE_S;
        r->retry_after_s = eg_interrupted() ? 0 : worth_another(r, failed, rounds);
        if (r->retry_after_s == 0 ||
            spent_s + r->retry_after_s > (is_hasty ? FIRST_PATIENCE_S : r->patience_s)) {
            return result;
        }
        const bool is_round = tries % r->service_count == 0;
        r->at = (r->at + 1) % r->service_count;
        if (is_round) {
            eg_progress_note(r->progress, "%s; asking again in %u s", r->why, r->retry_after_s);
            EG_TRY(wait_for(r, r->retry_after_s, err));
        } else {
            eg_progress_note(r->progress, "%s; asking the next one", r->why);
        }
    }
}

eg_result eg_remote_post(eg_remote *r, const char *path, const char *accept, eg_buf *body,
                         eg_node *answer, eg_arena *arena, eg_error *err)
{
    const eg_http_request request = {
        .method = "POST", .path = path, .accept = accept, .body = eg_buf_str(body)};
    r->retry_after_s = 0;
    eg_result result = body->failed ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                                    : ask_patiently(r, &request, answer, arena, err);
    eg_buf_free(body);
    EG_TRY(result);
    if (r->answer.status != 200) {
        return refused(&r->answer, path, arena, err);
    }
    return eg_need_map(answer, NULL, err);
}

/* ---- guardians ---- */

eg_result eg_remote_setup(eg_remote *remote, eg_str *answer, eg_arena *arena, eg_error *err)
{
    const eg_election_spec *spec = remote->spec;
    eg_buf body;
    eg_writer w;
    eg_node node;
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_int(&w, "number_of_guardians", spec->guardians);
    eg_put_int(&w, "quorum", spec->quorum);
    eg_remote_write_contests(&w, spec);
    eg_write_end(&w);
    EG_TRY(eg_remote_post(remote, "/setup_guardians", EG_REMOTE_TEXTS, &body, &node, arena, err));
    *answer = eg_buf_str(&remote->answer.body);
    return EG_SUCCESS;
}

/* A list of texts, one for each guardian. */
static eg_result read_texts(const eg_node *map, const char *name, size_t count, const eg_str **out,
                            eg_arena *arena, eg_error *err)
{
    const eg_node *list = NULL;
    eg_str *texts = NULL;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&list, map, NULL, name, err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_INTERNAL, &path, "'%s' must have an entry for each guardian",
                       name);
    }
    EG_TRY(eg_arena_new(arena, count, sizeof *texts, &texts, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_node_str(&texts[i], &list->as.array.items[i], &at, 1, EG_REMOTE_TEXT_BYTES_MAX,
                           err));
    }
    *out = texts;
    return EG_SUCCESS;
}

/* Ids and public records stand inside the guardians' data. */
static eg_result read_records(eg_ceremony *c, size_t count, eg_arena *arena, eg_error *err)
{
    eg_str *ids = NULL;
    eg_str *records = NULL;
    eg_path list = eg_path_field(NULL, "guardian_data");
    EG_TRY(eg_arena_new(arena, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *records, &records, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&list, i);
        eg_node data;
        EG_TRY(eg_tree_parse(&data, EG_JSON, c->data[i], 0, arena, &at, err));
        EG_TRY(eg_need_map(&data, &at, err));
        EG_TRY(eg_read_id(&data, &at, "id", arena, &ids[i], err));
        EG_TRY(eg_read_str(&data, &at, "election_public_key", 1, EG_REMOTE_TEXT_BYTES_MAX,
                           &records[i], err));
    }
    c->ids = ids;
    c->records = records;
    return EG_SUCCESS;
}

eg_result eg_ceremony_read(eg_ceremony *out, eg_str answer, const eg_election_spec *spec,
                           eg_arena *arena, eg_error *err)
{
    const size_t count = spec->guardians;
    eg_node map;
    *out = (eg_ceremony){0};
    EG_TRY(eg_tree_parse(&map, EG_JSON, answer, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_remote_read_text(&map, "joint_public_key", &out->joint_public_key, err));
    EG_TRY(eg_remote_read_text(&map, "commitment_hash", &out->commitment_hash, err));
    EG_TRY(read_texts(&map, "guardian_data", count, &out->data, arena, err));
    EG_TRY(read_texts(&map, "private_keys", count, &out->private_keys, arena, err));
    EG_TRY(read_texts(&map, "public_keys", count, &out->public_keys, arena, err));
    EG_TRY(read_texts(&map, "polynomials", count, &out->polynomials, arena, err));
    return read_records(out, count, arena, err);
}
