/* Reading JSON and MessagePack: what is taken, and what is refused with which error. */
#include "support/cmocka_all.h"

#include "wire/tree.h"

static eg_arena arena;

static int make_arena(void **state)
{
    (void)state;
    eg_arena_init(&arena, NULL);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    eg_arena_free(&arena);
    return 0;
}

static eg_code parse_bytes(eg_node *out, eg_encoding encoding, const void *bytes, size_t n)
{
    eg_error err = {.code = EG_OK};
    return eg_tree_parse(out, encoding, (eg_str){bytes, n}, 0, &arena, NULL, &err).code;
}

static eg_node json(const char *text)
{
    eg_node out;
    assert_int_equal(parse_bytes(&out, EG_JSON, text, strlen(text)), EG_OK);
    return out;
}

#define MSGPACK(out, literal) parse_bytes((out), EG_MSGPACK, (literal), sizeof(literal) - 1)

static void assert_str(const eg_node *node, const char *want)
{
    assert_int_equal(node->kind, EG_STRING);
    assert_true(eg_str_equal(node->as.str, eg_str_from(want)));
}

static void both_encodings_give_the_same_tree(void **state)
{
    eg_node from_json =
        json(" {\"a\": [1, -2, true, null], \"b\": {\"c\": \"\\u00e9\\ud83d\\ude00\"}} ");
    eg_node from_msgpack;
    (void)state;
    assert_int_equal(MSGPACK(&from_msgpack, "\x82\xa1"
                                            "a\x94\x01\xfe\xc3\xc0\xa1"
                                            "b\x81\xa1"
                                            "c\xa6\xc3\xa9\xf0\x9f\x98\x80"),
                     EG_OK);
    const eg_node *trees[] = {&from_json, &from_msgpack};
    for (size_t i = 0; i < 2; i++) {
        const eg_node *a = eg_map_find(trees[i], "a");
        assert_int_equal(a->as.array.count, 4);
        assert_int_equal(a->as.array.items[0].as.integer, 1);
        assert_int_equal(a->as.array.items[1].as.integer, -2);
        assert_true(a->as.array.items[2].as.boolean);
        assert_int_equal(a->as.array.items[3].kind, EG_NULL);
        assert_str(eg_map_find(eg_map_find(trees[i], "b"), "c"), "\xc3\xa9\xf0\x9f\x98\x80");
        assert_null(eg_map_find(trees[i], "d"));
    }
}

static void integers_of_any_size_stay_exact(void **state)
{
    (void)state;
    assert_int_equal(json("9223372036854775807").as.integer, INT64_MAX);
    assert_int_equal(json("-9223372036854775808").as.integer, INT64_MIN);
    eg_node big = json("9223372036854775808");
    assert_int_equal(big.kind, EG_BIGINT);
    assert_true(eg_str_equal(big.as.str, EG_STR("9223372036854775808")));
    big = json("-123456789012345678901234567890");
    assert_int_equal(big.kind, EG_BIGINT);
    assert_true(eg_str_equal(big.as.str, EG_STR("-123456789012345678901234567890")));
    eg_node highest;
    assert_int_equal(MSGPACK(&highest, "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), EG_OK);
    assert_int_equal(highest.kind, EG_BIGINT);
    assert_true(eg_str_equal(highest.as.str, EG_STR("18446744073709551615")));
    assert_int_equal(json("2.5").kind, EG_FLOAT);
    assert_int_equal(json("1e3").kind, EG_FLOAT);
}

static void a_byte_order_mark_is_skipped_once(void **state)
{
    eg_node out;
    (void)state;
    assert_int_equal(parse_bytes(&out, EG_JSON, "\xef\xbb\xbf{}", 5), EG_OK);
    assert_int_not_equal(parse_bytes(&out, EG_JSON, "\xef\xbb\xbf\xef\xbb\xbf{}", 8), EG_OK);
}

static void broken_json_is_refused(void **state)
{
    static const struct {
        const char *text;
        eg_code code;
    } bad[] = {
        {"", EG_E_BAD_ENCODING},
        {"{", EG_E_BAD_ENCODING},
        {"{\"a\": 1", EG_E_BAD_ENCODING},
        {"{\"a\": 1} x", EG_E_BAD_ENCODING},
        {"{\"a\": 1}{}", EG_E_BAD_ENCODING},
        {"{\"a\": 1,}", EG_E_BAD_ENCODING},
        {"[1, 2", EG_E_BAD_ENCODING},
        {"{a: 1}", EG_E_BAD_ENCODING},
        {"'a'", EG_E_BAD_ENCODING},
        {"NaN", EG_E_BAD_ENCODING},
        {"\"\xff\xfe\"", EG_E_BAD_ENCODING},
        {"\"\\ud800\"", EG_E_BAD_ENCODING}, /* a high surrogate alone */
        {"\"\\ud800x\"", EG_E_BAD_ENCODING},
        {"\"\\ud800\\u0041\"", EG_E_BAD_ENCODING},
        {"\"\\udc00\"", EG_E_BAD_ENCODING}, /* a low one */
        {"\"\\ud83d\\ud83d\"", EG_E_BAD_ENCODING},
        {"\"line\nbreak\"", EG_E_BAD_ENCODING},
        {"{\"a\": 1, \"a\": 1}", EG_E_DUPLICATE},
        {"{\"b\": {\"a\": 1, \"\\u0061\": 1}}", EG_E_DUPLICATE}, /* one key in two spellings */
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        eg_node out;
        eg_code code = parse_bytes(&out, EG_JSON, bad[i].text, strlen(bad[i].text));
        if (code != bad[i].code) {
            fail_msg("%s: code %d instead of %d", bad[i].text, code, bad[i].code);
        }
    }
}

/* versions of clang-format differ on a macro that is an initialiser */
// clang-format off
#define BAD(literal, code) {(literal), sizeof(literal) - 1, (code)}
// clang-format on

static void broken_msgpack_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        eg_code code;
    } bad[] = {
        BAD("", EG_E_BAD_ENCODING),
        BAD("\x81", EG_E_BAD_ENCODING),                 /* a map cut off */
        BAD("\x81\xa1", EG_E_BAD_ENCODING),             /* a key cut off */
        BAD("\x80\x00", EG_E_BAD_ENCODING),             /* a byte behind the value */
        BAD("\xa2\xff\xfe", EG_E_BAD_ENCODING),         /* no UTF-8 */
        BAD("\x81\x01\x02", EG_E_BAD_ENCODING),         /* an integer as a key */
        BAD("\xdd\xff\xff\xff\xff", EG_E_BAD_ENCODING), /* more than the body can hold */
        BAD("\xdf\xff\xff\xff\xff", EG_E_BAD_ENCODING),
        BAD("\xdb\xff\xff\xff\xff", EG_E_BAD_ENCODING),
        BAD("\xc6\xff\xff\xff\xff", EG_E_BAD_ENCODING),
        BAD("\xc1", EG_E_BAD_ENCODING),         /* never used */
        BAD("\xd4\x01\x00", EG_E_BAD_ENCODING), /* an extension */
        BAD("\xc7\x01\x05\x00", EG_E_BAD_ENCODING),
        BAD("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", EG_E_BAD_ENCODING), /* NaN */
        BAD("\xca\x7f\x80\x00\x00", EG_E_BAD_ENCODING),                 /* infinity */
        BAD("\x82\xa1"
            "a\x01\xa1"
            "a\x01",
            EG_E_DUPLICATE),
    };
#undef BAD
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        eg_node out;
        eg_code code = parse_bytes(&out, EG_MSGPACK, bad[i].bytes, bad[i].n);
        if (code != bad[i].code) {
            fail_msg("case %zu: code %d instead of %d", i, code, bad[i].code);
        }
    }
}

static void bin_is_a_string_when_it_is_text(void **state)
{
    eg_node out;
    (void)state;
    assert_int_equal(MSGPACK(&out, "\xc4\x02\xc3\xa9"), EG_OK);
    assert_str(&out, "\xc3\xa9");
    assert_int_equal(MSGPACK(&out, "\xc4\x02\xff\xfe"), EG_OK);
    assert_int_equal(out.kind, EG_BYTES);
    assert_int_equal(MSGPACK(&out, "\x81\xc4\x01k\x01"), EG_OK); /* as a key too */
    assert_non_null(eg_map_find(&out, "k"));
}

static eg_code parse_nested(eg_encoding encoding, size_t depth)
{
    static char text[200001];
    eg_node out;
    size_t n = depth;
    memset(text, encoding == EG_JSON ? '[' : '\x91', depth);
    if (encoding == EG_JSON) {
        memset(text + depth, ']', depth);
        n = 2 * depth;
    } else {
        text[n++] = '\x01';
    }
    return parse_bytes(&out, encoding, text, n);
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    for (unsigned encoding = EG_JSON; encoding <= EG_MSGPACK; encoding++) {
        assert_int_equal(parse_nested(encoding, EG_NESTING_MAX), EG_OK);
        assert_int_equal(parse_nested(encoding, EG_NESTING_MAX + 1), EG_E_OUT_OF_RANGE);
        assert_int_equal(parse_nested(encoding, 100000), EG_E_OUT_OF_RANGE);
    }
}

static void the_error_names_the_place(void **state)
{
    static const char text[] = "{\"ballots\": [{\"id\": \"x\"}, {\"id\": \"\\ud800\"}]}";
    eg_error err = {.code = EG_OK};
    eg_node out;
    (void)state;
    eg_result r =
        eg_tree_parse(&out, EG_JSON, (eg_str){text, sizeof text - 1}, 0, &arena, NULL, &err);
    assert_true(eg_failed(r));
    assert_string_equal(err.path, "ballots[1].id");
}

static void memory_is_bounded_by_the_arenas_budget(void **state)
{
    static char text[400000];
    eg_budget budget;
    eg_arena small;
    eg_node out;
    (void)state;
    eg_budget_init(&budget, 300000, NULL);
    eg_arena_init(&small, &budget);
    for (size_t i = 1; i + 1 < sizeof text; i++) {
        text[i] = i % 2 == 1 ? '0' : ',';
    }
    text[0] = '[';
    eg_error err = {.code = EG_OK};
    eg_result r =
        eg_tree_parse(&out, EG_JSON, (eg_str){text, sizeof text - 1}, 0, &small, NULL, &err);
    assert_int_equal(r.code, EG_E_NO_MEMORY);
    eg_arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_encodings_give_the_same_tree),
        cmocka_unit_test(integers_of_any_size_stay_exact),
        cmocka_unit_test(a_byte_order_mark_is_skipped_once),
        cmocka_unit_test(broken_json_is_refused),
        cmocka_unit_test(broken_msgpack_is_refused),
        cmocka_unit_test(bin_is_a_string_when_it_is_text),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(the_error_names_the_place),
        cmocka_unit_test(memory_is_bounded_by_the_arenas_budget),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
