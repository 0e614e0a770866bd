#include "api/frame/intake.h"

#include "api/routes.h"

static eg_result keep_member(void *context, eg_str name, const eg_node *value, eg_error *err);
static eg_result take_element(void *context, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err);
static eg_result note_end(void *context, size_t stream, size_t count, eg_error *err);

static const char *const no_streams[] = {NULL};

static eg_result open_body(eg_intake *in, eg_error *err)
{
    eg_body_sink sink = {
        .context = in, .member = keep_member, .element = take_element, .stream_end = note_end};
    const char *const *names = in->streams == NULL ? no_streams : in->streams->names;
    return eg_body_new(&in->body, in->encoding, names, &sink, &in->body_arena, in->call->budget,
                       err);
}

const char eg_media_types_text[] =
    "the body must be application/json (in UTF-8) or application/msgpack";

bool eg_api_reads(const eg_request *request)
{
    eg_encoding encoding;
    return eg_request_encoding(&encoding, request);
}

eg_result eg_intake_begin(eg_call *call, size_t state_bytes, const eg_streams *streams,
                          eg_error *err)
{
    eg_intake *in;
    EG_TRY(eg_arena_new(call->arena, 1, state_bytes, &in, err));
    call->state = in;
    call->content_type = eg_encoding_media_type(eg_answer_encoding(call->request));
    in->call = call;
    in->streams = streams;
    eg_arena_init(&in->body_arena, call->budget);
    in->fields.kind = EG_MAP;
    if (!eg_request_encoding(&in->encoding, call->request)) {
        return EG_FAIL(err, EG_E_MEDIA_TYPE, NULL, "%s", eg_media_types_text);
    }
    return open_body(in, err);
}

/* JSON in UTF-16 or UTF-32 shows in its first four bytes: the first characters are ASCII. */
static bool is_wide_text(const unsigned char first[4])
{
    bool marked = (first[0] == 0xff && first[1] == 0xfe && (first[2] == 0 || first[3] == 0)) ||
                  (first[0] == 0xfe && first[1] == 0xff && first[2] == 0);
    return marked || first[0] == 0 || (first[1] == 0 && first[0] < 0x80);
}

static eg_result check_first_bytes(eg_intake *in, const unsigned char *bytes, size_t n,
                                   eg_error *err)
{
    if (in->encoding != EG_JSON || in->first_count == sizeof in->first) {
        return EG_SUCCESS;
    }
    for (size_t i = 0; i < n && in->first_count < sizeof in->first; i++) {
        in->first[in->first_count++] = bytes[i];
    }
    if (in->first_count == sizeof in->first && is_wide_text(in->first)) {
        return EG_FAIL(err, EG_E_MEDIA_TYPE, NULL, "a JSON body must be in UTF-8");
    }
    return EG_SUCCESS;
}

/* Streamed arrays that came as one artifact (a JSON text or base64 of the whole list). */
static eg_result expand_lists(eg_intake *in, eg_error *err)
{
    for (size_t s = 0; in->streams != NULL && in->streams->names[s] != NULL; s++) {
        const eg_node *whole = eg_map_find(&in->fields, in->streams->names[s]);
        if (whole == NULL) {
            continue;
        }
        eg_path path = eg_path_field(NULL, in->streams->names[s]);
        eg_node list;
        EG_TRY(eg_artifact_open_list(&list, whole, &path, &in->body_arena, err));
        if (list.kind != EG_ARRAY) {
            return EG_FAIL(err, EG_E_BAD_TYPE, &path, "'%s' must be a list", path.name);
        }
        for (size_t i = 0; i < list.as.array.count; i++) {
            eg_arena none;
            eg_arena_init(&none, in->call->budget);
            EG_TRY(take_element(in, s, i, &list.as.array.items[i], &none, err));
        }
        in->seen[s].present = true;
    }
    return EG_SUCCESS;
}

eg_result eg_intake_feed(eg_call *call, const void *bytes, size_t n, bool last, eg_error *err)
{
    eg_intake *in = eg_intake_of(call);
    if (n > 0) {
        EG_TRY(check_first_bytes(in, bytes, n, err));
        EG_TRY(eg_body_feed(in->body, bytes, n, err));
    }
    if (last && !in->complete) {
        EG_TRY(eg_body_finish(in->body, err));
        EG_TRY(expand_lists(in, err));
        in->complete = true;
    }
    return EG_SUCCESS;
}

void eg_intake_end(eg_call *call)
{
    eg_intake *in = eg_intake_of(call);
    if (in == NULL) {
        return;
    }
    for (eg_item *item = in->items; item != NULL; item = item->next) {
        eg_arena_free(&item->arena);
    }
    for (size_t i = 0; i < in->idle_count; i++) {
        eg_arena_free(&in->idle[i]);
    }
    eg_body_free(in->body);
    in->body = NULL;
    eg_arena_free(&in->body_arena);
}

static eg_result grow_members(eg_intake *in, eg_error *err)
{
    size_t capacity = in->member_capacity == 0 ? 32 : in->member_capacity * 2;
    eg_member *members;
    EG_TRY(eg_arena_new(&in->body_arena, capacity, sizeof *members, &members, err));
    if (in->members != NULL) {
        memcpy(members, in->members, in->fields.as.map.count * sizeof *members);
    }
    in->members = members;
    in->member_capacity = capacity;
    in->fields.as.map.members = members;
    return EG_SUCCESS;
}

static eg_result keep_member(void *context, eg_str name, const eg_node *value, eg_error *err)
{
    eg_intake *in = context;
    if (in->fields.as.map.count == in->member_capacity) {
        EG_TRY(grow_members(in, err));
    }
    in->members[in->fields.as.map.count++] = (eg_member){.key = name, .value = *value};
    return EG_SUCCESS;
}

bool eg_node_holds_json(const eg_node *value)
{
    if (value->kind != EG_STRING) {
        return false;
    }
    for (size_t i = 0; i < value->as.str.len; i++) {
        char c = value->as.str.data[i];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return c == '{' || c == '[';
        }
    }
    return false;
}

static eg_result take_element(void *context, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err)
{
    eg_intake *in = context;
    eg_stream_seen *seen = &in->seen[stream];
    if (index == 0) {
        seen->began_as_text = eg_node_holds_json(value);
    }
    seen->present = true;
    seen->count = index + 1;
    return in->streams->element(in, stream, index, value, arena, err);
}

static eg_result note_end(void *context, size_t stream, size_t count, eg_error *err)
{
    eg_intake *in = context;
    (void)err;
    in->seen[stream].present = true;
    in->seen[stream].count = count;
    return EG_SUCCESS;
}

/* An empty arena, with memory in it if there is one: a mapping for each element costs the system
 * more than reading it. */
static void take_idle(eg_intake *in, eg_arena *arena)
{
    eg_arena_init(arena, in->call->budget);
    (void)pthread_mutex_lock(in->call->arena_lock);
    if (in->idle_count > 0) {
        *arena = in->idle[--in->idle_count];
    }
    (void)pthread_mutex_unlock(in->call->arena_lock);
}

eg_result eg_item_new(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                      eg_arena *arena, eg_error *err)
{
    eg_item *item;
    EG_TRY(eg_call_new(in->call, 1, sizeof *item, &item, err));
    *item = (eg_item){
        .next = in->items, .stream = stream, .index = index, .value = *value, .arena = *arena};
    take_idle(in, arena);
    in->items = item;
    in->call->add_item(in->call, item);
    return EG_SUCCESS;
}

void eg_item_done(eg_intake *in, eg_item *item)
{
    eg_arena_reset(&item->arena);
    (void)pthread_mutex_lock(in->call->arena_lock);
    if (in->idle_count < EG_IDLE_ARENAS_MAX) {
        in->idle[in->idle_count++] = item->arena;
        eg_arena_init(&item->arena, in->call->budget);
    }
    (void)pthread_mutex_unlock(in->call->arena_lock);
    eg_arena_free(&item->arena);
}

eg_result eg_item_results(const eg_intake *in, size_t stream, void ***results, size_t *count,
                          eg_error *err)
{
    *count = in->seen[stream].count;
    EG_TRY(eg_arena_new(in->call->arena, *count, sizeof **results, results, err));
    for (const eg_item *item = in->items; item != NULL; item = item->next) {
        if (item->stream == stream && item->index < *count) {
            (*results)[item->index] = item->result;
        }
    }
    return EG_SUCCESS;
}

eg_result eg_stream_missing(const eg_intake *in, const char *name, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    const eg_node *node;
    EG_TRY(eg_field(&node, &in->fields, NULL, name, err));
    return EG_FAIL(err, EG_E_BAD_TYPE, &path, "'%s' must be a list", name);
}

const eg_node *eg_intake_find(const eg_intake *in, const char *name)
{
    return eg_map_find(&in->fields, name);
}

bool eg_intake_has(const eg_intake *in, const char *name)
{
    return eg_intake_find(in, name) != NULL;
}

eg_result eg_intake_open(const eg_intake *in, const char *name, eg_node *out,
                         eg_artifact_form *form, eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&node, &in->fields, NULL, name, err));
    return eg_artifact_open(out, form, node, &path, in->call->arena, err);
}

eg_result eg_intake_open_list(const eg_intake *in, const char *name, eg_node *out, eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&node, &in->fields, NULL, name, err));
    return eg_artifact_open_list(out, node, &path, in->call->arena, err);
}

/* ---- the form of the answer ---- */

eg_answer_form eg_intake_form(const eg_intake *in)
{
    const eg_endpoint *endpoint = in->call->endpoint;
    eg_answer_form form = {.encoding = eg_answer_encoding(in->call->request)};
    if (form.encoding == EG_MSGPACK) {
        return form;
    }
    eg_form_wish wish = eg_accept_wish(in->call->request);
    if (wish != EG_WISH_NONE) {
        form.texts = wish == EG_WISH_TEXTS;
    } else if (in->call->settings->json_artifacts != EG_ARTIFACTS_AUTO) {
        form.texts = in->call->settings->json_artifacts == EG_ARTIFACTS_TEXTS;
    } else {
        form.texts = endpoint->shows_texts != NULL && endpoint->shows_texts(in->call);
    }
    return form;
}

/* ---- small helpers ---- */

eg_result eg_call_new(const eg_call *call, size_t count, size_t size, void *out_pointer,
                      eg_error *err)
{
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result result = eg_arena_new(call->arena, count, size, out_pointer, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}
