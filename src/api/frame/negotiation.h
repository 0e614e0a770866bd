/* Which encoding a request is in, and which encoding and form its answer takes.
 * Source: docs/api-contract.md 2.1 to 2.3. */
#ifndef EG_API_FRAME_NEGOTIATION_H
#define EG_API_FRAME_NEGOTIATION_H

#include "api/endpoint.h"
#include "wire/artifact.h"

/* How an answer is written. */
typedef struct eg_answer_form {
    eg_encoding encoding;
    bool texts; /* nested objects as JSON texts (January); never with MessagePack */
} eg_answer_form;

typedef enum eg_form_wish { EG_WISH_NONE, EG_WISH_TEXTS, EG_WISH_OBJECTS } eg_form_wish;

/* False when the content type names neither JSON (in UTF-8) nor MessagePack. Without a body and
 * without a type: JSON. */
bool eg_request_encoding(eg_encoding *out, const eg_request *request);

/* 2.2. request may be NULL: JSON. */
eg_encoding eg_answer_encoding(const eg_request *request);

/* The parameter `artifacts` of a JSON range in Accept: the client's own choice of form. */
eg_form_wish eg_accept_wish(const eg_request *request);

/* Accept is `application/json` and nothing else: what January's backend sends on each call. */
bool eg_accept_is_plain_json(const eg_request *request);

/* Accept names text/html, as browsers' do when somebody follows a link; wildcards do not count. */
bool eg_accept_is_for_reading(const eg_request *request);

const char *eg_encoding_media_type(eg_encoding encoding); /* static */

static inline eg_style eg_form_style(eg_answer_form form)
{
    return form.encoding == EG_MSGPACK ? EG_STYLE_MSGPACK : EG_STYLE_JSON;
}

/* The table of 2.3: objects that are maps in the objects form, and those that are base64 there. */
static inline eg_artifact_form eg_form_outer(eg_answer_form form)
{
    return form.texts ? EG_FORM_TEXT : EG_FORM_MAP;
}

static inline eg_artifact_form eg_form_inner(eg_answer_form form)
{
    return form.texts ? EG_FORM_TEXT : EG_FORM_BASE64;
}

#endif
