/* The one table from codes to HTTP statuses, and the error object.
 * Source: docs/api-contract.md 1.3. */
#include "api/frame/error_details.h"
#include "api/frame/negotiation.h"
#include "api/routes.h"

#include "base/utf8.h"

static const int statuses[EG_CODE_COUNT] = {
    [EG_E_MISSING_FIELD] = 400,
    [EG_E_BAD_TYPE] = 400,
    [EG_E_OUT_OF_RANGE] = 400,
    [EG_E_UNKNOWN_CANDIDATE] = 400,
    [EG_E_DUPLICATE] = 400,
    [EG_E_TOO_MANY_CHOICES] = 400,
    [EG_E_BAD_ENCODING] = 400,
    [EG_E_NOT_IN_GROUP] = 400,
    [EG_E_WRONG_ELECTION] = 400,
    [EG_E_PROOF_INVALID] = 400,
    [EG_E_QUORUM] = 400,
    [EG_E_TOO_LARGE] = 413,
    [EG_E_UNAUTHORIZED] = 401,
    [EG_E_TAMPERED] = 403,
    [EG_E_WITHHELD] = 403,
    [EG_E_NOT_FOUND] = 404,
    [EG_E_METHOD] = 405,
    [EG_E_MEDIA_TYPE] = 415,
    [EG_E_LENGTH_REQUIRED] = 411,
    [EG_E_HEADERS_TOO_LARGE] = 431,
    [EG_E_SLOW_BODY] = 408,
    [EG_E_NO_MEMORY] = 503,
    [EG_E_BUSY] = 503,
    [EG_E_DEADLINE] = 503,
    [EG_E_UNAVAILABLE] = 503,
    [EG_E_CANCELLED] = 503,
    [EG_E_INTERNAL] = 500,
};

/* Anything but a failure that has a status is our own mistake. */
static eg_code known(eg_code code)
{
    return code > EG_OK && code < EG_CODE_COUNT && statuses[code] != 0 ? code : EG_E_INTERNAL;
}

int eg_error_status(eg_code code)
{
    return statuses[known(code)];
}

/* A text that was cut within a character, or holds stray bytes, is still answered as UTF-8. */
static eg_str clean(char *text)
{
    eg_str s = eg_str_from(text);
    for (size_t cut = 0; cut < 4 && s.len > 0 && !eg_utf8_is_valid(s); cut++) {
        s.len--;
    }
    if (eg_utf8_is_valid(s)) {
        return s;
    }
    for (char *c = text; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    }
    return eg_str_from(text);
}

void eg_error_entry_write(eg_writer *w, const eg_error *error)
{
    eg_error copy = *error;
    eg_write_map(w);
    eg_put_cstr(w, "field", copy.path);
    eg_put_cstr(w, "code", eg_code_name(copy.code));
    eg_put_str(w, "message", clean(copy.text));
    eg_write_end(w);
}

static void write_errors(eg_writer *w, const eg_chunk_errors *errors)
{
    eg_write_key(w, "errors");
    eg_write_array(w, errors->count);
    for (size_t i = 0; i < errors->count; i++) {
        eg_error_entry_write(w, &errors->list[i]);
    }
    eg_write_end(w);
}

static void write_names(eg_writer *w, const char *key, const char *const *names)
{
    size_t count = 0;
    while (names[count] != NULL) {
        count++;
    }
    eg_write_key(w, key);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_cstr(w, names[i]);
    }
    eg_write_end(w);
}

static void write_details(eg_writer *w, const eg_error_details *details)
{
    if (details->errors != NULL && details->errors->count > 0) {
        write_errors(w, details->errors);
    }
    if (details->required != NULL) {
        write_names(w, "required", details->required);
        write_names(w, "optional", details->optional);
    }
}

static void write_common(eg_writer *w, eg_code code, eg_error *error, const eg_request *request,
                         bool has_field)
{
    eg_str message = code == EG_E_INTERNAL ? EG_STR("internal error") : clean(error->text);
    bool unauthorized = code == EG_E_UNAUTHORIZED;
    eg_put_cstr(w, "status", "error");
    eg_put_str(w, "message", message);
    eg_put_str(w, "error", unauthorized ? EG_STR("Unauthorized") : message);
    eg_put_cstr(w, "code", eg_code_name(code));
    if (has_field) {
        eg_put_cstr(w, "field", error->path);
    }
    eg_put_str(w, "request_id", request == NULL ? EG_STR("") : request->request_id);
}

void eg_error_body(eg_buf *out, const char **content_type, const eg_error *error,
                   const eg_request *request, const eg_call *call)
{
    eg_encoding encoding = eg_answer_encoding(request);
    *content_type = eg_encoding_media_type(encoding);
    const eg_code code = known(error->code);
    eg_error copy = *error;
    bool has_field = copy.path[0] != '\0' && code != EG_E_INTERNAL;

    eg_writer w;
    eg_writer_init(&w, out, encoding == EG_MSGPACK ? EG_STYLE_MSGPACK : EG_STYLE_JSON);
    eg_write_map(&w);
    write_common(&w, code, &copy, request, has_field);
    if (call != NULL && call->details != NULL) {
        write_details(&w, call->details);
    }
    eg_write_end(&w);
}
