/* What every endpoint does with its request before anything of its own: media type, reading the
 * body as it arrives, keeping its members, handing out the elements of streamed arrays, and the
 * form of the answer. An endpoint's state begins with an eg_intake.
 *
 * Source: docs/api-contract.md 2. */
#ifndef EG_API_FRAME_INTAKE_H
#define EG_API_FRAME_INTAKE_H

#include "api/frame/negotiation.h"
#include "base/utf8.h"
#include "wire/body.h"
#include "wire/fields.h"

enum {
    EG_STREAMS_MAX = 4,
    EG_IDLE_ARENAS_MAX = 4 /* of items that are done, kept for the next ones */
};

struct eg_intake;

/* One element of a streamed array that waits for a compute thread. Lives in the job arena; its
 * nodes in its own. */
typedef struct eg_item {
    struct eg_item *next;
    size_t stream;
    size_t index;
    eg_node value;
    eg_arena arena; /* of value; given up by eg_item_done, at the latest by eg_intake_end */
    void *result;   /* what the item stage made of it; the endpoint's, outside this arena */
} eg_item;

/* The arrays that an endpoint wants element by element. Static. */
typedef struct eg_streams {
    const char *const *names; /* NULL-terminated, at most EG_STREAMS_MAX */
    /* Called in feed, or in plan for an array that came as one artifact. May take over *arena by
     * eg_item_new; else the value is gone after the call. */
    eg_result (*element)(struct eg_intake *in, size_t stream, size_t index, const eg_node *value,
                         eg_arena *arena, eg_error *err);
} eg_streams;

typedef struct eg_stream_seen {
    bool present;
    bool began_as_text; /* the first element is a string that holds JSON */
    size_t count;       /* elements so far */
} eg_stream_seen;

typedef struct eg_intake {
    eg_call *call;
    eg_encoding encoding; /* of the request */
    eg_body *body;        /* owned */
    eg_arena body_arena; /* owned: members' nodes. Not the job arena, which items use during feed */
    const eg_streams *streams;
    eg_stream_seen seen[EG_STREAMS_MAX];
    eg_member *members; /* all members that are not streamed */
    size_t member_capacity;
    eg_node fields;                    /* the map of those members: what an endpoint reads from */
    eg_item *items;                    /* all that were handed out */
    eg_arena idle[EG_IDLE_ARENAS_MAX]; /* wiped; under arena_lock */
    size_t idle_count;
    unsigned char first[4];
    size_t first_count;
    bool complete;
} eg_intake;

/* State of `state_bytes`, zeroed, beginning with an eg_intake; sets call->state and
 * call->content_type. streams may be NULL. */
eg_result eg_intake_begin(eg_call *call, size_t state_bytes, const eg_streams *streams,
                          eg_error *err) EG_MUST_USE;

/* The feed stage of every endpoint with a body. */
eg_result eg_intake_feed(eg_call *call, const void *bytes, size_t n, bool last, eg_error *err);

/* The end stage; endpoints with more to release call it last. Also right when begin failed. */
void eg_intake_end(eg_call *call);

static inline eg_intake *eg_intake_of(const eg_call *call)
{
    return (eg_intake *)call->state;
}

/* Takes over the element and hands it to the item stage. */
eg_result eg_item_new(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                      eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The value is wiped. */
void eg_item_done(eg_intake *in, eg_item *item);

/* The results of a stream's items in the order of the request; in plan. *count may be 0. */
eg_result eg_item_results(const eg_intake *in, size_t stream, void ***results, size_t *count,
                          eg_error *err) EG_MUST_USE;

/* Why a stream that the request must have is not there: always fails. */
eg_result eg_stream_missing(const eg_intake *in, const char *name, eg_error *err) EG_MUST_USE;

/* The member, or NULL when it is absent or null. */
const eg_node *eg_intake_find(const eg_intake *in, const char *name);
bool eg_intake_has(const eg_intake *in, const char *name);

/* The member opened as an artifact (2.4); EG_E_MISSING_FIELD when absent. form may be NULL. */
eg_result eg_intake_open(const eg_intake *in, const char *name, eg_node *out,
                         eg_artifact_form *form, eg_error *err) EG_MUST_USE;

eg_result eg_intake_open_list(const eg_intake *in, const char *name, eg_node *out,
                              eg_error *err) EG_MUST_USE;

/* A string that holds a map or a list as JSON text. */
bool eg_node_holds_json(const eg_node *value);

/* Rules 1 to 3 of 2.3, once the body is complete. */
eg_answer_form eg_intake_form(const eg_intake *in);

/* Job arena, from a parallel stage or from feed. */
eg_result eg_call_new(const eg_call *call, size_t count, size_t size, void *out_pointer,
                      eg_error *err) EG_MUST_USE;

#endif
