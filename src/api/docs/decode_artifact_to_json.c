/* POST /decode_artifact_to_json: a payload with every artifact in it replaced by what it holds.
 *
 * A string is decoded only when it is base64 of one MessagePack map or array, or JSON text of one.
 * Gives back secrets that it is given: nothing of the payload may reach a log or an error.
 * Source: docs/api-contract.md 5. */
#include "api/endpoints.h"
#include "api/frame/intake.h"

#include <math.h>

/* The payload lies in the request's map, what is decoded in the answer's: as deep. */
enum { DEPTH_MAX = EG_NESTING_MAX };

typedef struct state {
    eg_intake intake;
    eg_node decoded;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

static eg_result decode(eg_node *out, const eg_node *node, unsigned depth, eg_arena *arena,
                        eg_error *err);

static eg_result decode_array(eg_node *out, const eg_node *node, unsigned depth, eg_arena *arena,
                              eg_error *err)
{
    eg_node *items;
    *out = *node;
    EG_TRY(eg_arena_new(arena, node->as.array.count, sizeof *items, &items, err));
    for (size_t i = 0; i < node->as.array.count; i++) {
        EG_TRY(decode(&items[i], &node->as.array.items[i], depth + 1, arena, err));
    }
    out->as.array.items = items;
    return EG_SUCCESS;
}

static eg_result decode_map(eg_node *out, const eg_node *node, unsigned depth, eg_arena *arena,
                            eg_error *err)
{
    eg_member *members;
    *out = *node;
    EG_TRY(eg_arena_new(arena, node->as.map.count, sizeof *members, &members, err));
    for (size_t i = 0; i < node->as.map.count; i++) {
        members[i].key = node->as.map.members[i].key;
        EG_TRY(decode(&members[i].value, &node->as.map.members[i].value, depth + 1, arena, err));
    }
    out->as.map.members = members;
    return EG_SUCCESS;
}

/* What holds no artifact stays as it is. */
static eg_result decode_string(eg_node *out, const eg_node *node, unsigned depth, eg_arena *arena,
                               eg_error *err)
{
    eg_node inner;
    eg_result r = eg_artifact_open(&inner, NULL, node, NULL, arena, err);
    if (eg_failed(r) && !eg_is_input_fault(r)) {
        return r;
    }
    *out = *node;
    return eg_failed(r) ? EG_SUCCESS : decode(out, &inner, depth, arena, err);
}

static eg_result decode(eg_node *out, const eg_node *node, unsigned depth, eg_arena *arena,
                        eg_error *err)
{
    eg_path path = eg_path_field(NULL, "payload");
    if (depth > DEPTH_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'payload' may be nested at most %d deep",
                       DEPTH_MAX);
    }
    switch (node->kind) {
    case EG_ARRAY:
        return decode_array(out, node, depth, arena, err);
    case EG_MAP:
        return decode_map(out, node, depth, arena, err);
    case EG_STRING:
        return decode_string(out, node, depth, arena, err);
    case EG_BYTES:
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "'payload' holds bytes that are no text");
    case EG_FLOAT:
        if (!isfinite(node->as.real)) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                           "'payload' holds a number beyond what a double holds");
        }
        break;
    case EG_NULL:
    case EG_BOOL:
    case EG_INT:
    case EG_BIGINT:
        break;
    }
    *out = *node;
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_path path = eg_path_field(NULL, "payload");
    const eg_node *payload = eg_intake_find(&s->intake, "payload");
    if (payload == NULL) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "Missing required field: payload");
    }
    return decode(&s->decoded, payload, 0, call->arena, err);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "decoded");
    eg_write_node(&w, &s->decoded);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_decode_artifact_to_json = {
    .method = "POST",
    .path = "/decode_artifact_to_json",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "what the artifacts in a payload hold",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .head = head,
    .end = eg_intake_end,
};
