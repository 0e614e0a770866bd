#include "cluster/stage_work.h"

#include "client/chunk_exchange.h"
#include "cluster/election_object.h"
#include "cluster/vote_lines.h"
#include "wire/fields.h"

#include <stdlib.h>

enum { SUM_LINES_MAX = 1000 };

struct eg_stage_work {
    eg_http_client *http;
    eg_store *store;
    eg_http_answer answer;
    eg_arena scratch; /* of one task */
    /* the election of the latest task */
    eg_arena kept;
    char election[EG_DIGEST_HEX + 1]; /* "": none */
    eg_election_spec spec;
    eg_ceremony ceremony;
};

/* A task on its way. */
typedef struct pass {
    eg_stage_work *work;
    const eg_chunk_task *task;
    eg_str *lines;
    size_t line_count;
    eg_vote *votes; /* of encryption */
    const char *path;
    eg_buf body;
    eg_buf text; /* what is kept of the answer */
    eg_fault refusal;
    bool is_refused;
} pass;

eg_stage_work *eg_stage_work_new(eg_http_client *http, eg_store *store)
{
    eg_stage_work *work = calloc(1, sizeof *work);
    if (work != NULL) {
        work->http = http;
        work->store = store;
        eg_http_answer_init(&work->answer);
        eg_arena_init(&work->scratch, NULL);
        eg_arena_init(&work->kept, NULL);
    }
    return work;
}

void eg_stage_work_free(eg_stage_work *work)
{
    if (work == NULL) {
        return;
    }
    eg_http_answer_free(&work->answer);
    eg_arena_free(&work->scratch);
    eg_arena_free(&work->kept);
    free(work);
}

/* ---- what is read ---- */

static eg_result learn_election(eg_stage_work *w, const char *election, eg_error *err)
{
    eg_str text;
    if (strcmp(w->election, election) == 0) {
        return EG_SUCCESS;
    }
    w->election[0] = '\0';
    eg_arena_reset(&w->kept);
    EG_TRY(eg_election_object_get(&text, w->store, election, &w->kept, err));
    EG_TRY(eg_election_object_read(&w->spec, &w->ceremony, text, &w->kept, err));
    memcpy(w->election, election, sizeof w->election);
    return EG_SUCCESS;
}

/* Every line has its end; of a sum there are as many as it happens to be of. */
static eg_result split(pass *p, eg_str text, eg_error *err)
{
    const bool is_sum = p->task->stage == EG_STAGE_COMBINE;
    const size_t most = is_sum ? SUM_LINES_MAX : p->task->count;
    eg_path count = eg_path_field(NULL, "count");
    eg_path object = eg_path_field(NULL, "object");
    if (!is_sum && most > text.len) { /* before there is room for what a task only claims */
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &count, "the object has fewer lines than that");
    }
    EG_TRY(eg_arena_new(&p->work->scratch, most, sizeof *p->lines, &p->lines, err));
    while (text.len > 0) {
        const char *end = memchr(text.data, '\n', text.len);
        if (end == NULL) {
            return EG_FAIL(err, EG_E_BAD_ENCODING, &object, "the last line has no end");
        }
        if (p->line_count == most) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &count, "the object has more lines than that");
        }
        const size_t n = (size_t)(end - text.data);
        p->lines[p->line_count++] = (eg_str){text.data, n};
        text = (eg_str){end + 1, text.len - n - 1};
    }
    return p->line_count > 0 && (is_sum || p->line_count == most)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_OUT_OF_RANGE, &count, "the object has fewer lines than that");
}

static eg_result read_object(pass *p, eg_error *err)
{
    eg_str text;
    EG_TRY(eg_chunk_object_get(&text, p->work->store, p->task->object, p->task->sha256,
                               &p->work->scratch, err));
    return split(p, text, err);
}

/* ---- what is asked ---- */

static eg_result ask_to_encrypt(pass *p, eg_error *err)
{
    EG_TRY(eg_arena_new(&p->work->scratch, p->line_count, sizeof *p->votes, &p->votes, err));
    EG_TRY(eg_vote_lines_read(p->votes, p->lines, p->line_count, &p->work->scratch, err));
    p->path = EG_PATH_ENCRYPT;
    eg_encrypt_request_write(&p->body, &p->work->spec, &p->work->ceremony, p->votes, p->line_count);
    return EG_SUCCESS;
}

static eg_result write_request(pass *p, eg_error *err)
{
    switch (p->task->stage) {
    case EG_STAGE_ENCRYPT:
        EG_TRY(ask_to_encrypt(p, err));
        break;
    case EG_STAGE_TALLY:
        p->path = EG_PATH_TALLY;
        eg_tally_request_write(&p->body, &p->work->spec, &p->work->ceremony, p->lines,
                               p->line_count);
        break;
    case EG_STAGE_COMBINE:
        p->path = EG_PATH_SUM;
        eg_sum_request_write(&p->body, &p->work->spec, &p->work->ceremony, p->lines, p->line_count);
        break;
    }
    return eg_buf_check(&p->body, err);
}

/* ---- what is answered ---- */

static eg_str text_member(const eg_node *map, const char *name)
{
    const eg_node *found = map->kind == EG_MAP ? eg_map_find(map, name) : NULL;
    return found != NULL && found->kind == EG_STRING ? found->as.str : EG_STR("");
}

/* The service's word and the place, but not its sentence: that may name a candidate. */
static void read_refusal(pass *p)
{
    eg_node body = {.kind = EG_NULL};
    if (eg_failed(eg_tree_parse(&body, EG_JSON, eg_buf_str(&p->work->answer.body), 0,
                                &p->work->scratch, NULL, NULL))) {
        body.kind = EG_NULL;
    }
    const eg_str code = text_member(&body, "code");
    eg_fault_set(&p->refusal, code.len == 0 ? EG_STR("refused") : code,
                 text_member(&body, "field"));
    p->is_refused = true;
}

static eg_result send(pass *p, eg_work_wait *wait, eg_error *err)
{
    eg_http_answer *answer = &p->work->answer;
    const eg_http_request request = {
        .method = "POST", .path = p->path, .accept = EG_CHUNK_ACCEPT, .body = eg_buf_str(&p->body)};
    wait->what = "service";
    EG_TRY(eg_http_client_send(p->work->http, &request, answer, err));
    wait->retry_after_s = answer->retry_after_s;
    switch (answer->status) {
    case 200:
        return EG_SUCCESS;
    case 401: /* nothing is wrong with the task */
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the service wants another access key");
    case 301:
    case 302:
    case 307:
    case 308:
    case 403:
    case 404:
    case 405:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "%s answered %u: --url names no service, or one that does not take this",
                       p->path, answer->status);
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
        return EG_FAIL(err, EG_E_BUSY, NULL, "%s answered %u", p->path, answer->status);
    default:
        read_refusal(p);
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "%s answered %u", p->path, answer->status);
    }
}

static eg_result take_ballots(pass *p, const eg_node *answer, eg_error *err)
{
    eg_str *published = NULL;
    EG_TRY(eg_arena_new(&p->work->scratch, p->line_count, sizeof *published, &published, err));
    EG_TRY(eg_encrypt_answer_read(published, answer, p->votes, p->line_count, err));
    for (size_t i = 0; i < p->line_count; i++) {
        eg_buf_append_str(&p->text, published[i]);
        eg_buf_append_char(&p->text, '\n');
    }
    return EG_SUCCESS;
}

static eg_result take_answer(pass *p, eg_error *err)
{
    eg_node answer;
    eg_str tally;
    EG_TRY(eg_tree_parse(&answer, EG_JSON, eg_buf_str(&p->work->answer.body), 0, &p->work->scratch,
                         NULL, err));
    EG_TRY(eg_need_map(&answer, NULL, err));
    if (p->task->stage == EG_STAGE_ENCRYPT) {
        EG_TRY(take_ballots(p, &answer, err));
    } else {
        EG_TRY(eg_tally_answer_read(&tally, &answer, p->task->count, &p->work->scratch, err));
        eg_buf_append_str(&p->text, tally);
        eg_buf_append_char(&p->text, '\n');
    }
    return eg_buf_check(&p->text, err);
}

/* ---- all of it ---- */

static eg_result keep(pass *p, eg_chunk_result *result, eg_error *err)
{
    const char *kind = p->task->stage == EG_STAGE_ENCRYPT ? EG_OBJECT_BALLOTS : EG_OBJECT_TALLIES;
    const eg_stem stem = eg_chunk_stem(p->task->election, kind, p->task->chunk);
    eg_object_ref ref;
    EG_TRY(eg_object_write(&ref, p->work->store, stem.text, eg_buf_str(&p->text), err));
    result->task = *p->task;
    memcpy(result->of, p->task->sha256, sizeof result->of);
    memcpy(result->task.object, ref.name, sizeof ref.name);
    memcpy(result->task.sha256, ref.sha256, sizeof ref.sha256);
    return EG_SUCCESS;
}

static eg_result go(pass *p, eg_chunk_result *result, eg_work_wait *wait, eg_error *err)
{
    wait->what = "store";
    EG_TRY(learn_election(p->work, p->task->election, err));
    EG_TRY(read_object(p, err));
    EG_TRY(write_request(p, err));
    EG_TRY(send(p, wait, err));
    EG_TRY(take_answer(p, err));
    wait->what = "store";
    return keep(p, result, err);
}

eg_work_end eg_stage_work_do(eg_stage_work *work, const eg_chunk_task *task,
                             eg_chunk_result *result, eg_work_wait *wait, eg_error *err)
{
    pass p = {.work = work, .task = task};
    *result = (eg_chunk_result){.task = *task};
    memcpy(result->of, task->sha256, sizeof result->of);
    *wait = (eg_work_wait){.retry_after_s = 0};
    eg_buf_init(&p.body, NULL);
    eg_buf_init(&p.text, NULL);
    const eg_result end = go(&p, result, wait, err);
    eg_buf_free(&p.body);
    eg_buf_free(&p.text);
    eg_buf_clear(&work->answer.body);
    eg_arena_reset(&work->scratch);
    if (!eg_failed(end)) {
        return EG_WORK_DONE;
    }
    if (eg_is_not_now(end)) {
        return EG_WORK_NOT_NOW;
    }
    result->is_failed = true;
    if (p.is_refused) {
        result->fault = p.refusal;
    } else {
        eg_fault_from_error(&result->fault, err);
    }
    return EG_WORK_FAULT;
}
