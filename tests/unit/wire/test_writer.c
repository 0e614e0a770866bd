/* The writer's bytes: compact JSON, the text inside strings, MessagePack's shortest forms. */
#include "support/cmocka_all.h"

#include "wire/writer.h"

#include <math.h>

#include <stdatomic.h>

typedef struct written {
    eg_buf buf;
    eg_writer w;
} written;

static void start(written *to, eg_style style)
{
    eg_buf_init(&to->buf, NULL);
    eg_writer_init(&to->w, &to->buf, style);
}

/* Compares and releases. */
static void expect(written *got, const void *want, size_t n)
{
    assert_false(got->buf.failed);
    assert_int_equal(got->buf.len, n);
    assert_memory_equal(got->buf.data, want, n);
    eg_buf_free(&got->buf);
}
#define EXPECT(got, literal) expect((got), (literal), sizeof(literal) - 1)

static void write_sample(eg_writer *w)
{
    eg_write_map(w);
    eg_put_cstr(w, "a", "x");
    eg_put_int(w, "n", -3);
    eg_put_bool(w, "t", true);
    eg_put_null(w, "z");
    eg_write_key(w, "list");
    eg_write_array(w, 2);
    eg_write_int(w, 1);
    eg_write_map(w);
    eg_write_end(w);
    eg_write_end(w);
    eg_write_key(w, "empty");
    eg_write_array(w, 0);
    eg_write_end(w);
    eg_write_end(w);
}

static void one_value_in_three_styles(void **state)
{
    written out;
    (void)state;
    start(&out, EG_STYLE_JSON);
    write_sample(&out.w);
    EXPECT(&out, "{\"a\":\"x\",\"n\":-3,\"t\":true,\"z\":null,\"list\":[1,{}],\"empty\":[]}");
    start(&out, EG_STYLE_TEXT);
    write_sample(&out.w);
    EXPECT(&out, "{\"a\": \"x\", \"n\": -3, \"t\": true, \"z\": null, \"list\": [1, {}], "
                 "\"empty\": []}");
    start(&out, EG_STYLE_MSGPACK);
    write_sample(&out.w);
    EXPECT(&out, "\x86\xa1"
                 "a\xa1x\xa1n\xfd\xa1t\xc3\xa1z\xc0\xa4list\x92\x01\x80\xa5"
                 "empty\x90");
}

static void strings_are_escaped_as_the_style_says(void **state)
{
    /* quote, backslash, controls, DEL, two bytes, three, four */
    const eg_str text = EG_STR("\"\\/\b\t\n\f\r\x01\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    written out;
    (void)state;
    start(&out, EG_STYLE_JSON);
    eg_write_str(&out.w, text);
    EXPECT(&out, "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    start(&out, EG_STYLE_TEXT);
    eg_write_str(&out.w, text);
    EXPECT(&out, "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u007f\\u00e9\\u20ac\\ud83d\\ude00\"");
    start(&out, EG_STYLE_JSON);
    eg_write_str(&out.w, (eg_str){"a\0b", 3});
    EXPECT(&out, "\"a\\u0000b\"");
}

/* Characters to escape are looked for in blocks: each one at each place of a long text. */
static void no_character_is_missed_in_a_long_text(void **state)
{
    enum { LENGTH = 80 };
    static const char special[] = {'"', '\\', '\n', 0x1f, 0x00};
    (void)state;
    for (size_t c = 0; c < sizeof special; c++) {
        for (size_t at = 0; at < LENGTH; at++) {
            char text[LENGTH];
            written out;
            memset(text, 'k', sizeof text);
            text[at] = special[c];
            start(&out, EG_STYLE_JSON);
            eg_write_str(&out.w, (eg_str){text, sizeof text});
            const char *content = out.buf.data + 1;
            for (size_t i = 0; i < at; i++) {
                assert_int_equal(content[i], 'k');
            }
            assert_int_equal(content[at], '\\');
            size_t tail = LENGTH - at - 1;
            for (size_t i = 0; i < tail; i++) {
                assert_int_equal(out.buf.data[out.buf.len - 2 - i], 'k');
            }
            eg_buf_free(&out.buf);
        }
    }
}

static void only_text_style_escapes_what_is_not_ascii(void **state)
{
    char text[64];
    (void)state;
    for (size_t at = 0; at + 1 < sizeof text; at++) {
        written out;
        memset(text, 'k', sizeof text);
        memcpy(text + at, "\xc3\xa9", 2);
        start(&out, EG_STYLE_TEXT);
        eg_write_str(&out.w, (eg_str){text, sizeof text});
        assert_int_equal(out.buf.len, sizeof text - 2 + 6 + 2);
        assert_memory_equal(out.buf.data + 1 + at, "\\u00e9", 6);
        eg_buf_free(&out.buf);
        start(&out, EG_STYLE_JSON);
        eg_write_str(&out.w, (eg_str){text, sizeof text});
        assert_int_equal(out.buf.len, sizeof text + 2);
        eg_buf_free(&out.buf);
    }
}

static void integers_take_their_shortest_form(void **state)
{
    static const struct {
        int64_t value;
        const char *bytes;
        size_t n;
    } forms[] = {
        {0, "\x00", 1},
        {127, "\x7f", 1},
        {128, "\xcc\x80", 2},
        {255, "\xcc\xff", 2},
        {256, "\xcd\x01\x00", 3},
        {65535, "\xcd\xff\xff", 3},
        {65536, "\xce\x00\x01\x00\x00", 5},
        {4294967295, "\xce\xff\xff\xff\xff", 5},
        {4294967296, "\xcf\x00\x00\x00\x01\x00\x00\x00\x00", 9},
        {-1, "\xff", 1},
        {-32, "\xe0", 1},
        {-33, "\xd0\xdf", 2},
        {-128, "\xd0\x80", 2},
        {-129, "\xd1\xff\x7f", 3},
        {-32769, "\xd2\xff\xff\x7f\xff", 5},
        {-2147483649, "\xd3\xff\xff\xff\xff\x7f\xff\xff\xff", 9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        written out;
        start(&out, EG_STYLE_MSGPACK);
        eg_write_int(&out.w, forms[i].value);
        expect(&out, forms[i].bytes, forms[i].n);
    }
}

/* The header of a container or string of so many entries. */
static void expect_header(void (*open)(eg_writer *, size_t), size_t count, const char *header,
                          size_t n)
{
    written out;
    start(&out, EG_STYLE_MSGPACK);
    open(&out.w, count);
    assert_true(out.buf.len >= n);
    assert_memory_equal(out.buf.data, header, n);
    eg_buf_free(&out.buf);
}

static void write_text_of(eg_writer *w, size_t n)
{
    static const char text[70000];
    eg_write_str(w, (eg_str){text, n});
}

static void containers_and_strings_too(void **state)
{
    (void)state;
    expect_header(eg_write_map_of, 15, "\x8f", 1);
    expect_header(eg_write_map_of, 16, "\xde\x00\x10", 3);
    expect_header(eg_write_map_of, 65536, "\xdf\x00\x01\x00\x00", 5);
    expect_header(eg_write_array, 15, "\x9f", 1);
    expect_header(eg_write_array, 16, "\xdc\x00\x10", 3);
    expect_header(eg_write_array, 65536, "\xdd\x00\x01\x00\x00", 5);
    expect_header(write_text_of, 31, "\xbf", 1);
    expect_header(write_text_of, 32, "\xd9\x20", 2);
    expect_header(write_text_of, 256, "\xda\x01\x00", 3);
    expect_header(write_text_of, 65536, "\xdb\x00\x01\x00\x00", 5);
}

/* Containers of `count` members that were announced as `about`. */
static void write_map_with(written *out, size_t about, size_t count)
{
    start(out, EG_STYLE_MSGPACK);
    eg_write_map_of(&out->w, about);
    for (size_t i = 0; i < count; i++) {
        eg_put_bool(&out->w, "k", true);
    }
    eg_write_end(&out->w);
}

/* Header, then three bytes a member. */
static void expect_members(written *out, size_t count)
{
    const unsigned char *bytes = (const unsigned char *)out->buf.data;
    const size_t header = count < 16 ? 1 : count < 65536 ? 3 : 5;
    assert_int_equal(bytes[0], header == 1 ? 0x80 | count : header == 3 ? 0xde : 0xdf);
    assert_int_equal(out->buf.len, header + 3 * count);
    for (size_t i = 0; i < count; i++) {
        assert_memory_equal(bytes + header + 3 * i, "\xa1k\xc3", 3);
    }
    eg_buf_free(&out->buf);
}

static void what_was_written_is_what_is_announced(void **state)
{
    static const size_t counts[] = {0, 1, 15, 16, 17, 65535, 65536};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (size_t j = 0; j < sizeof counts / sizeof *counts; j++) {
            written out;
            write_map_with(&out, counts[j], counts[i]);
            assert_false(out.buf.misused);
            expect_members(&out, counts[i]);
        }
    }
}

/* Headers that grow move what lies behind them, and nothing else. */
static void headers_of_containers_in_one_another_grow(void **state)
{
    written out;
    (void)state;
    start(&out, EG_STYLE_MSGPACK);
    eg_write_array(&out.w, 0);
    eg_write_map(&out.w);
    eg_write_key(&out.w, "a");
    eg_write_array(&out.w, 0);
    for (int i = 0; i < 20; i++) {
        eg_write_int(&out.w, i);
    }
    eg_write_end(&out.w);
    eg_write_end(&out.w);
    eg_write_null(&out.w);
    eg_write_end(&out.w);
    EXPECT(&out, "\x92\x81\xa1\x61\xdc\x00\x14\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
                 "\x0d\x0e\x0f"
                 "\x10\x11\x12\x13\xc0");
}

static void value_without_key(eg_writer *w)
{
    eg_write_map(w);
    eg_write_null(w);
    eg_write_end(w);
}

static void key_without_value(eg_writer *w)
{
    eg_write_map(w);
    eg_write_key(w, "k");
    eg_write_end(w);
}

static void two_keys(eg_writer *w)
{
    eg_write_map(w);
    eg_write_key(w, "k");
    eg_write_key(w, "l");
}

static void key_in_an_array(eg_writer *w)
{
    eg_write_array(w, 1);
    eg_write_key(w, "k");
}

static void one_end_too_many(eg_writer *w)
{
    eg_write_array(w, 0);
    eg_write_end(w);
    eg_write_end(w);
}

static void too_deep(eg_writer *w)
{
    for (int i = 0; i < EG_WRITER_DEPTH_MAX + 3; i++) {
        eg_write_array(w, 1);
    }
    for (int i = 0; i < EG_WRITER_DEPTH_MAX + 3; i++) {
        eg_write_end(w);
    }
}

/* Announced, sent, and not written. */
static void fewer_than_sent(eg_writer *w)
{
    eg_write_map_of(w, 3);
    eg_put_null(w, "k");
    eg_write_key(w, "list");
    eg_write_array(w, 7);
    eg_writer_continue(w, w->out);
    eg_write_end(w);
    eg_write_end(w);
}

static void not_a_number(eg_writer *w)
{
    eg_write_double(w, (double)NAN);
}

/* A caller's mistake spoils what it writes, and nothing else. */
static void misuse_is_noted(void **state)
{
    static void (*const mistakes[])(eg_writer *) = {value_without_key, key_without_value, two_keys,
                                                    key_in_an_array,   one_end_too_many,  too_deep,
                                                    fewer_than_sent,   not_a_number};
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        eg_error err = {0};
        written out;
        start(&out, EG_STYLE_JSON);
        assert_false(eg_failed(eg_buf_check(&out.buf, NULL)));
        mistakes[i](&out.w);
        assert_true(eg_is_our_fault(eg_buf_check(&out.buf, &err)));
        eg_buf_clear(&out.buf);
        assert_false(eg_failed(eg_buf_check(&out.buf, NULL)));
        eg_buf_free(&out.buf);
    }
}

static void elements_lose_leading_zero_bytes_not_digits(void **state)
{
    eg_modp p = {{0x0123}};
    eg_modq q = {{0xab}};
    const uint8_t bytes[] = {0, 0, 0x0a, 0};
    written out;
    (void)state;
    start(&out, EG_STYLE_JSON);
    eg_write_array(&out.w, 6);
    eg_write_p(&out.w, &p);
    eg_write_q(&out.w, &q);
    eg_write_q(&out.w, &eg_modq_zero);
    eg_write_bytes_hex(&out.w, bytes, sizeof bytes);
    eg_write_bytes_hex(&out.w, bytes, 2);
    eg_write_q_decimal(&out.w, &q);
    eg_write_end(&out.w);
    EXPECT(&out, "[\"0123\",\"AB\",\"00\",\"0A00\",\"00\",\"171\"]");
}

static void numbers_with_a_point_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } forms[] = {{25, "25.0"},
                 {33.33, "33.33"},
                 {0, "0.0"},
                 {0.1, "0.1"},
                 {1e300, "1e+300"},
                 {100, "100.0"},
                 {-0.0, "-0.0"},
                 {1e15, "1000000000000000.0"},
                 {1e16, "1e+16"},
                 {123456789012345.6, "123456789012345.6"},
                 {-12345678901234567.0, "-1.2345678901234568e+16"},
                 {0.0001, "0.0001"},
                 {0.00012345678901234567, "0.00012345678901234567"},
                 {0.00001, "1e-05"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"}};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        written out;
        start(&out, EG_STYLE_JSON);
        eg_write_double(&out.w, forms[i].value);
        expect(&out, forms[i].text, strlen(forms[i].text));
    }
}

/* What Python's json.dumps writes with separators=(",", ":"). */
static void compact_text_is_ascii_without_white_space(void **state)
{
    static const char text[] =
        "{\"b\":[1,-2,18446744073709551616,1.5,true,null],\"\\u00e9\":{\"\":\"\\"
        "u007f\\ud83d\\ude00\\n/\"}}";
    eg_arena arena;
    eg_node node;
    written out;
    (void)state;
    eg_arena_init(&arena, NULL);
    assert_false(
        eg_failed(eg_tree_parse(&node, EG_JSON, eg_str_from(text), 0, &arena, NULL, NULL)));
    start(&out, EG_STYLE_COMPACT);
    eg_write_node(&out.w, &node);
    expect(&out, text, sizeof text - 1);
    eg_arena_free(&arena);
}

static void pieces_of_an_array_join(void **state)
{
    eg_buf whole;
    eg_writer head, piece;
    (void)state;
    eg_buf_init(&whole, NULL);
    eg_writer_init(&head, &whole, EG_STYLE_JSON);
    eg_write_map(&head);
    eg_write_key(&head, "list");
    eg_write_array(&head, 3);
    eg_writer_init_elements(&piece, &whole, EG_STYLE_JSON, true);
    eg_write_int(&piece, 1);
    eg_write_int(&piece, 2);
    eg_writer_init_elements(&piece, &whole, EG_STYLE_JSON, false);
    eg_write_int(&piece, 3);
    assert_int_equal(whole.len, strlen("{\"list\":[1,2,3"));
    assert_memory_equal(whole.data, "{\"list\":[1,2,3", whole.len);
    eg_buf_free(&whole);
}

/* ---- values within strings ---- */

/* A map with names and texts that need escapes of every kind, and one of so many bytes. */
static void write_odd(eg_writer *w, size_t bytes)
{
    static char text[70000];
    memset(text, 'k', bytes);
    eg_write_map(w);
    eg_put_str(w, "text", EG_STR("\"\\/\b\x01\x7f\xc3\xa9\xf0\x9f\x98\x80"));
    eg_write_key_str(w, EG_STR("a \"b\" \\"));
    eg_write_array(w, 2);
    eg_write_bool(w, true);
    eg_write_p(w, &(eg_modp){{255}});
    eg_write_end(w);
    eg_put_str(w, "long", (eg_str){text, bytes});
    eg_write_end(w);
}

/* In the outer style: a list of the string and a number. Within: depth strings in one another, the
 * innermost in the style given, all others texts. */
static void write_within(eg_writer *w, unsigned depth, eg_style innermost, size_t bytes)
{
    if (depth == 0) {
        write_odd(w, bytes);
        return;
    }
    eg_writer inner;
    eg_write_array(w, 2);
    eg_write_inner(w, &inner, depth == 1 ? innermost : EG_STYLE_TEXT);
    write_within(&inner, depth - 1, innermost, bytes);
    eg_write_inner_end(w, &inner);
    eg_write_int(w, 7);
    eg_write_end(w);
}

/* The same, each string made in a buffer first. */
static void write_by_buffers(eg_writer *w, unsigned depth, eg_style innermost, size_t bytes)
{
    if (depth == 0) {
        write_odd(w, bytes);
        return;
    }
    written inner;
    start(&inner, depth == 1 ? innermost : EG_STYLE_TEXT);
    write_by_buffers(&inner.w, depth - 1, innermost, bytes);
    eg_write_array(w, 2);
    if (inner.w.style == EG_STYLE_MSGPACK) {
        eg_write_base64(w, inner.buf.data, inner.buf.len);
    } else {
        eg_write_str(w, eg_buf_str(&inner.buf));
    }
    eg_write_int(w, 7);
    eg_write_end(w);
    eg_buf_free(&inner.buf);
}

static void values_stand_within_strings_as_their_texts_would(void **state)
{
    static const eg_style outer[] = {EG_STYLE_JSON, EG_STYLE_TEXT, EG_STYLE_COMPACT,
                                     EG_STYLE_MSGPACK};
    static const eg_style innermost[] = {EG_STYLE_TEXT, EG_STYLE_MSGPACK};
    static const size_t lengths[] = {0, 20, 40, 500, 900, 40000, 66000};
    (void)state;
    for (size_t i = 0; i < 4 * 2 * 3 * 7; i++) {
        eg_style style = outer[i % 4], inner = innermost[i / 4 % 2];
        unsigned depth = 1 + (unsigned)(i / 8 % 3);
        written got, want;
        start(&got, style);
        start(&want, style);
        write_within(&got.w, depth, inner, lengths[i / 24]);
        write_by_buffers(&want.w, depth, inner, lengths[i / 24]);
        expect(&got, want.buf.data, want.buf.len);
        eg_buf_free(&want.buf);
    }
}

static void headers_within_messagepack_are_the_shortest(void **state)
{
    static const size_t lengths[] = {1, 29, 30, 253, 254, 1022, 65533, 65534};
    char text[70000];
    (void)state;
    memset(text, 'k', sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        written got, want;
        eg_writer inner;
        start(&got, EG_STYLE_MSGPACK);
        eg_write_inner(&got.w, &inner, EG_STYLE_TEXT);
        eg_write_str(&inner, (eg_str){text, lengths[i]});
        eg_write_inner_end(&got.w, &inner);
        char quoted[sizeof text + 2];
        memset(quoted, 'k', sizeof quoted);
        quoted[0] = quoted[lengths[i] + 1] = '"';
        start(&want, EG_STYLE_MSGPACK);
        eg_write_str(&want.w, (eg_str){quoted, lengths[i] + 2});
        expect(&got, want.buf.data, want.buf.len);
        eg_buf_free(&want.buf);
    }
}

/* Whatever the budget, the buffer has failed or holds everything, and is within what it charged. */
static void strings_end_where_memory_does(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 300000; limit += 700) {
        eg_budget budget;
        eg_buf buf;
        eg_writer w;
        eg_budget_init(&budget, limit + 1, NULL);
        eg_buf_init(&buf, &budget);
        eg_writer_init(&w, &buf, limit % 1400 == 0 ? EG_STYLE_JSON : EG_STYLE_MSGPACK);
        write_within(&w, 2, EG_STYLE_MSGPACK, 40000);
        assert_true(buf.len <= buf.capacity);
        assert_int_equal(buf.failed, eg_budget_wanted(&budget) > limit + 1);
        eg_buf_free(&buf);
    }
}

/* The writers that put their characters straight into the buffer, at every budget. */
static void elements_end_where_memory_does(void **state)
{
    (void)state;
    static const uint8_t bytes[700] = {1};
    eg_modp p;
    eg_modq q;
    memset(&p, 0x7f, sizeof p);
    memset(&q, 0x7f, sizeof q);
    for (size_t limit = 1; limit < 40000; limit += 97) {
        eg_budget budget;
        eg_buf buf;
        eg_writer w;
        eg_budget_init(&budget, limit, NULL);
        eg_buf_init(&buf, &budget);
        eg_writer_init(&w, &buf, limit % 2 == 0 ? EG_STYLE_JSON : EG_STYLE_MSGPACK);
        eg_write_array(&w, 40);
        for (size_t i = 0; i < 10; i++) {
            eg_write_p(&w, &p);
            assert_true(buf.len <= buf.capacity);
            eg_write_q(&w, &q);
            assert_true(buf.len <= buf.capacity);
            eg_write_bytes_hex(&w, bytes, sizeof bytes);
            assert_true(buf.len <= buf.capacity);
            eg_write_base64(&w, bytes, sizeof bytes);
            assert_true(buf.len <= buf.capacity);
        }
        eg_write_end(&w);
        assert_true(buf.failed);
        eg_buf_free(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_in_three_styles),
        cmocka_unit_test(strings_are_escaped_as_the_style_says),
        cmocka_unit_test(no_character_is_missed_in_a_long_text),
        cmocka_unit_test(only_text_style_escapes_what_is_not_ascii),
        cmocka_unit_test(integers_take_their_shortest_form),
        cmocka_unit_test(containers_and_strings_too),
        cmocka_unit_test(what_was_written_is_what_is_announced),
        cmocka_unit_test(headers_of_containers_in_one_another_grow),
        cmocka_unit_test(misuse_is_noted),
        cmocka_unit_test(elements_lose_leading_zero_bytes_not_digits),
        cmocka_unit_test(numbers_with_a_point_read_back),
        cmocka_unit_test(compact_text_is_ascii_without_white_space),
        cmocka_unit_test(pieces_of_an_array_join),
        cmocka_unit_test(values_stand_within_strings_as_their_texts_would),
        cmocka_unit_test(headers_within_messagepack_are_the_shortest),
        cmocka_unit_test(strings_end_where_memory_does),
        cmocka_unit_test(elements_end_where_memory_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
