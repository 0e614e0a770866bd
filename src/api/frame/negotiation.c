#include "api/frame/negotiation.h"

#include "api/routes.h"

#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static eg_str trim(eg_str s)
{
    while (s.len > 0 && is_space(s.data[0])) {
        s.data++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.data[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* Takes what stands before the separator off the front of *rest, trimmed. */
static eg_str take_until(eg_str *rest, char separator)
{
    const char *at = rest->len == 0 ? NULL : memchr(rest->data, separator, rest->len);
    size_t n = at == NULL ? rest->len : (size_t)(at - rest->data);
    eg_str part = {rest->data, n};
    size_t gone = at == NULL ? n : n + 1;
    rest->data = gone == 0 ? rest->data : rest->data + gone;
    rest->len -= gone;
    return trim(part);
}

static bool equals(eg_str s, const char *text)
{
    return s.len == strlen(text) && strncasecmp(s.data, text, s.len) == 0;
}

static bool contains(eg_str s, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= s.len; i++) {
        if (strncasecmp(s.data + i, text, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_json(eg_str type)
{
    return equals(type, "application/json") ||
           (type.len > 5 && equals((eg_str){type.data + type.len - 5, 5}, "+json"));
}

static bool is_msgpack(eg_str type)
{
    return contains(type, "msgpack");
}

/* The value of a parameter, without quotes; false when it is not there. */
static bool parameter(eg_str *out, eg_str parameters, const char *name)
{
    while (parameters.len > 0) {
        eg_str value = take_until(&parameters, ';');
        eg_str key = take_until(&value, '=');
        if (!equals(key, name)) {
            continue;
        }
        value = trim(value);
        if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"') {
            value = (eg_str){value.data + 1, value.len - 2};
        }
        *out = value;
        return true;
    }
    return false;
}

bool eg_request_encoding(eg_encoding *out, const eg_request *request)
{
    eg_str rest = request->content_type;
    eg_str type = take_until(&rest, ';');
    eg_str charset;
    if (is_msgpack(type)) {
        *out = EG_MSGPACK;
        return true;
    }
    *out = EG_JSON;
    if (type.len == 0 && !request->has_body) {
        return true;
    }
    return is_json(type) && (!parameter(&charset, rest, "charset") || equals(charset, "utf-8") ||
                             equals(charset, "utf8") || equals(charset, "us-ascii"));
}

/* Weight in thousandths; what cannot be read counts as 1. */
static int weight(eg_str parameters)
{
    eg_str q;
    if (!parameter(&q, parameters, "q") || q.len == 0) {
        return 1000;
    }
    if (q.data[0] != '0') {
        return 1000;
    }
    int value = 0;
    int unit = 100;
    for (size_t i = 2; i < q.len && unit > 0; i++, unit /= 10) {
        if (q.data[i] < '0' || q.data[i] > '9') {
            return 1000;
        }
        value += (q.data[i] - '0') * unit;
    }
    return value;
}

bool eg_accept_is_for_reading(const eg_request *request)
{
    eg_str rest = request->accept;
    while (rest.len > 0) {
        eg_str parameters = take_until(&rest, ',');
        eg_str type = take_until(&parameters, ';');
        if (equals(type, "text/html") && weight(parameters) > 0) {
            return true;
        }
    }
    return false;
}

bool eg_api_accepts_coding(eg_str accept_encoding, const char *coding)
{
    eg_str rest = accept_encoding;
    while (rest.len > 0) {
        eg_str parameters = take_until(&rest, ',');
        eg_str name = take_until(&parameters, ';');
        if (equals(name, coding)) {
            return weight(parameters) > 0;
        }
    }
    return false;
}

eg_encoding eg_answer_encoding(const eg_request *request)
{
    if (request == NULL) {
        return EG_JSON;
    }
    int json = 0;
    int msgpack = 0;
    eg_str rest = request->accept;
    while (rest.len > 0) {
        eg_str parameters = take_until(&rest, ',');
        eg_str type = take_until(&parameters, ';');
        int q = weight(parameters);
        if (is_json(type) && q > json) {
            json = q;
        } else if (is_msgpack(type) && q > msgpack) {
            msgpack = q;
        }
    }
    if (json != msgpack) {
        return json > msgpack ? EG_JSON : EG_MSGPACK;
    }
    eg_encoding own = EG_JSON;
    return eg_request_encoding(&own, request) ? own : EG_JSON;
}

eg_form_wish eg_accept_wish(const eg_request *request)
{
    eg_str rest = request->accept;
    while (rest.len > 0) {
        eg_str parameters = take_until(&rest, ',');
        eg_str type = take_until(&parameters, ';');
        eg_str wish;
        if (!is_json(type) || !parameter(&wish, parameters, "artifacts")) {
            continue;
        }
        if (equals(wish, "texts")) {
            return EG_WISH_TEXTS;
        }
        if (equals(wish, "objects")) {
            return EG_WISH_OBJECTS;
        }
    }
    return EG_WISH_NONE;
}

bool eg_accept_is_plain_json(const eg_request *request)
{
    return equals(trim(request->accept), "application/json");
}

const char *eg_encoding_media_type(eg_encoding encoding)
{
    return encoding == EG_MSGPACK ? "application/msgpack" : "application/json";
}
