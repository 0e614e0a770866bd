/* Encodings, forms, the error object. */
#include "requests.h"

#include "api/frame/negotiation.h"
#include "api/routes.h"

static eg_request headers(const char *type, const char *accept)
{
    return (eg_request){.content_type = eg_str_from(type),
                        .accept = eg_str_from(accept),
                        .request_id = EG_STR("r-1"),
                        .has_body = true};
}

static void request_encodings(void **s)
{
    static const struct {
        const char *type;
        bool known;
        eg_encoding encoding;
    } rows[] = {
        {"application/json", true, EG_JSON},
        {"application/json; charset=UTF-8", true, EG_JSON},
        {"application/problem+json", true, EG_JSON},
        {"application/msgpack", true, EG_MSGPACK},
        {"application/x-msgpack", true, EG_MSGPACK},
        {"application/vnd.msgpack", true, EG_MSGPACK},
        {"application/json; charset=utf-16", false, EG_JSON},
        {"text/plain", false, EG_JSON},
        {"", false, EG_JSON},
    };
    (void)s;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        eg_request r = headers(rows[i].type, "");
        eg_encoding encoding;
        assert_int_equal(eg_request_encoding(&encoding, &r), rows[i].known);
        if (rows[i].known) {
            assert_int_equal(encoding, rows[i].encoding);
        }
    }
}

static void accepted_codings(void **s)
{
    static const struct {
        const char *accepted;
        bool zstd;
    } rows[] = {
        {"zstd", true},      {"gzip, ZSTD", true},         {"gzip;q=1.0,zstd;q=0.001", true},
        {"", false},         {"gzip, deflate, br", false}, {"*", false},
        {"zstd;q=0", false}, {"zstd; q=0.000", false},     {"zstdx, xzstd", false},
    };
    (void)s;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(eg_api_accepts_coding(eg_str_from(rows[i].accepted), "zstd"),
                         rows[i].zstd);
    }
}

static void answer_encodings(void **s)
{
    static const struct {
        const char *type;
        const char *accept;
        eg_encoding encoding;
    } rows[] = {
        {"application/json", "", EG_JSON},
        {"application/msgpack", "", EG_MSGPACK},
        {"application/msgpack", "*/*", EG_MSGPACK},
        {"application/msgpack", "text/html", EG_MSGPACK},
        {"application/msgpack", "application/json", EG_JSON},
        {"application/json", "application/msgpack", EG_MSGPACK},
        {"application/json", "application/json, application/msgpack", EG_JSON},
        {"application/msgpack", "application/json, application/msgpack", EG_MSGPACK},
        {"application/json", "application/json;q=0.5, application/msgpack;q=0.9", EG_MSGPACK},
        {"application/json", "application/msgpack;q=0, */*", EG_JSON},
        {"text/plain", "application/msgpack", EG_MSGPACK},
        {"text/plain", "", EG_JSON},
    };
    (void)s;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        eg_request r = headers(rows[i].type, rows[i].accept);
        assert_int_equal(eg_answer_encoding(&r), rows[i].encoding);
    }
    assert_int_equal(eg_answer_encoding(NULL), EG_JSON);
}

static void wishes(void **s)
{
    (void)s;
    eg_request r = headers("application/json", "application/json; artifacts=texts");
    assert_int_equal(eg_accept_wish(&r), EG_WISH_TEXTS);
    assert_false(eg_accept_is_plain_json(&r));
    r = headers("application/json", "text/html, application/json;q=1; artifacts=\"objects\"");
    assert_int_equal(eg_accept_wish(&r), EG_WISH_OBJECTS);
    r = headers("application/json", " application/json ");
    assert_int_equal(eg_accept_wish(&r), EG_WISH_NONE);
    assert_true(eg_accept_is_plain_json(&r));
}

static eg_node error_object(eg_code code, const char *path, const char *message)
{
    eg_error error = {.code = code};
    (void)snprintf(error.path, sizeof error.path, "%s", path);
    (void)snprintf(error.text, sizeof error.text, "%s", message);
    eg_request r = headers("application/json", "");
    eg_buf buf;
    const char *type;
    eg_buf_init(&buf, NULL);
    eg_error_body(&buf, &type, &error, &r, NULL);
    assert_string_equal(type, "application/json");
    eg_node out = parsed(EG_JSON, (eg_str){memcpy(keep(buf.len), buf.data, buf.len), buf.len});
    eg_buf_free(&buf);
    return out;
}

static void error_objects(void **s)
{
    static const char *const order[] = {"status", "message", "error",
                                        "code",   "field",   "request_id"};
    (void)s;
    eg_arena_init(&test_arena, NULL);
    eg_node object = error_object(EG_E_PROOF_INVALID, "a[3].b", "it is wrong");
    assert_int_equal(object.as.map.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_true(eg_str_equal(object.as.map.members[i].key, eg_str_from(order[i])));
    }
    assert_text(get(&object, "error"), "it is wrong");
    assert_text(get(&object, "code"), "proof_invalid");
    assert_text(get(&object, "field"), "a[3].b");
    object = error_object(EG_E_UNAUTHORIZED, "", "Invalid internal API key");
    assert_text(get(&object, "error"), "Unauthorized");
    assert_text(get(&object, "message"), "Invalid internal API key");
    assert_null(eg_map_find(&object, "field"));
    object = error_object(EG_E_INTERNAL, "secret", "details of ours");
    assert_text(get(&object, "message"), "internal error");
    assert_null(eg_map_find(&object, "field"));
    object = error_object(EG_E_BAD_TYPE, "", "cut within a character: \xc3");
    assert_text(get(&object, "message"), "cut within a character: ");
    eg_arena_free(&test_arena);
}

static void every_code_has_a_status(void **s)
{
    (void)s;
    for (int code = EG_E_MISSING_FIELD; code < EG_CODE_COUNT; code++) {
        int status = eg_error_status((eg_code)code);
        assert_true(status >= 400 && status < 600);
        assert_true(status != 500 || code == EG_E_INTERNAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_encodings), cmocka_unit_test(accepted_codings),
        cmocka_unit_test(answer_encodings),  cmocka_unit_test(wishes),
        cmocka_unit_test(error_objects),     cmocka_unit_test(every_code_has_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
