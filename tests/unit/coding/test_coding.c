/* Content codings: a body decodes to itself however it is cut, and what is damaged, cut off or out
 * of bounds is an error; memory is charged and comes back. */
#include "support/cmocka_all.h"

#include "coding/coding.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { TEXT_BYTES = 200000 };

static char text[TEXT_BYTES];
static eg_budget budget;
static eg_buf coded;

static int make(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXT_BYTES; i++) {
        text[i] = (char)("0123456789ABCDEF"[(i * i + i / 7) % 16]);
    }
    eg_budget_init(&budget, 32 * 1024 * 1024, NULL);
    eg_buf_init(&coded, &budget);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    eg_buf_free(&coded);
    return eg_budget_used(&budget) == 0 ? 0 : -1;
}

static void append_zstd(const char *bytes, size_t n)
{
    char *to = eg_buf_reserve(&coded, ZSTD_compressBound(n));
    size_t made = ZSTD_compress(to, ZSTD_compressBound(n), bytes, n, 3);
    assert_false(ZSTD_isError(made));
    coded.len += made;
}

static void append_gzip(const char *bytes, size_t n)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    z.avail_out = (uInt)deflateBound(&z, n);
    z.next_out = (Bytef *)eg_buf_reserve(&coded, z.avail_out);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    coded.len += z.total_out;
    (void)deflateEnd(&z);
}

typedef struct steps {
    size_t in, out; /* so many bytes at a time */
} steps;

/* The code of the first failure. Else what comes out is the text's first *made bytes. */
static eg_code decode(eg_coding coding, eg_str from, steps step, size_t *made, bool *whole)
{
    eg_error error = {0};
    eg_decoder *d = eg_decoder_new(coding, &budget);
    char *out = malloc(step.out);
    assert_non_null(d);
    *made = 0;
    bool more = true;
    for (size_t at = 0; error.code == EG_OK && (at < from.len || more);) {
        size_t in = from.len - at < step.in ? from.len - at : step.in;
        size_t n = step.out;
        if (!eg_failed(eg_decoder_run(d, from.data + at, &in, out, &n, &error))) {
            assert_true(*made + n <= TEXT_BYTES);
            assert_memory_equal(out, text + *made, n);
            *made += n;
            at += in;
            more = n == step.out;
        }
    }
    *whole = eg_decoder_is_whole(d);
    free(out);
    eg_decoder_free(d);
    return error.code;
}

static const eg_coding both[] = {EG_CODING_GZIP, EG_CODING_ZSTD};

static void append(eg_coding coding, const char *bytes, size_t n)
{
    (coding == EG_CODING_GZIP ? append_gzip : append_zstd)(bytes, n);
}

static void every_cut_decodes_to_the_same(void **state)
{
    static const steps ways[] = {{1, 1}, {1, 4096}, {100, 7}, {65536, 65536}, {SIZE_MAX, 300000}};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        eg_buf_clear(&coded);
        append(both[k], text, TEXT_BYTES);
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            size_t made;
            bool whole;
            assert_int_equal(decode(both[k], eg_buf_str(&coded), ways[i], &made, &whole), EG_OK);
            assert_int_equal(made, TEXT_BYTES);
            assert_true(whole);
        }
    }
}

/* RFC 1952, 2.2 and RFC 8878, 3.1: one after the other, empty ones too. */
static void members_and_frames_follow_each_other(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        size_t made;
        bool whole;
        eg_buf_clear(&coded);
        append(both[k], text, 1000);
        append(both[k], text, 0);
        append(both[k], text + 1000, TEXT_BYTES - 1000);
        steps small = {13, 64};
        assert_int_equal(decode(both[k], eg_buf_str(&coded), small, &made, &whole), EG_OK);
        assert_int_equal(made, TEXT_BYTES);
        assert_true(whole);
    }
}

static void what_is_cut_off_is_not_whole(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        eg_buf_clear(&coded);
        append(both[k], text, TEXT_BYTES);
        for (size_t cut = 1; cut <= coded.len; cut += cut < 30 ? 1 : 977) {
            size_t made;
            bool whole;
            eg_str part = {coded.data, coded.len - cut};
            assert_int_equal(decode(both[k], part, (steps){4096, 65536}, &made, &whole), EG_OK);
            assert_false(whole);
        }
    }
}

static void what_is_not_of_the_coding_is_refused(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        size_t made;
        bool whole;
        steps step = {SIZE_MAX, 300000};
        eg_buf_clear(&coded);
        append(both[1 - k], text, 5000);
        assert_int_equal(decode(both[k], eg_buf_str(&coded), step, &made, &whole),
                         EG_E_BAD_ENCODING);
        assert_int_equal(decode(both[k], EG_STR("{\"a\":1}"), step, &made, &whole),
                         EG_E_BAD_ENCODING);
        eg_buf_clear(&coded);
        append(both[k], text, 5000);
        eg_buf_append_str(&coded, EG_STR("what follows"));
        assert_int_equal(decode(both[k], eg_buf_str(&coded), step, &made, &whole),
                         EG_E_BAD_ENCODING);
    }
}

/* The frame says how far back it refers: that much memory it would take. */
static void a_window_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    for (int log = EG_ZSTD_WINDOW_LOG; log <= EG_ZSTD_WINDOW_LOG + 1; log++) {
        size_t made;
        bool whole;
        ZSTD_CCtx *c = ZSTD_createCCtx();
        (void)ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, log);
        eg_buf_clear(&coded);
        ZSTD_outBuffer out = {eg_buf_reserve(&coded, 300000), 300000, 0};
        ZSTD_inBuffer in = {text, TEXT_BYTES, 0};
        (void)ZSTD_compressStream2(c, &out, &in, ZSTD_e_flush); /* of unknown length */
        assert_int_equal(ZSTD_compressStream2(c, &out, &in, ZSTD_e_end), 0);
        coded.len = out.pos;
        (void)ZSTD_freeCCtx(c);
        assert_int_equal(
            decode(EG_CODING_ZSTD, eg_buf_str(&coded), (steps){4096, 4096}, &made, &whole),
            log == EG_ZSTD_WINDOW_LOG ? EG_OK : EG_E_BAD_ENCODING);
        assert_true(eg_budget_peak(&budget) < 10 * 1024 * 1024);
    }
}

static void without_memory_there_is_no_verdict(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        bool decoded = false;
        eg_buf_clear(&coded);
        append(both[k], text, TEXT_BYTES);
        for (size_t limit = 0; !decoded; limit += 16 * 1024) {
            eg_budget small;
            eg_error error = {0};
            char out[1024];
            eg_budget_init(&small, limit == 0 ? 1 : limit, NULL);
            eg_decoder *d = eg_decoder_new(both[k], &small);
            for (size_t at = 0; d != NULL && at < coded.len && error.code == EG_OK;) {
                size_t in = coded.len - at, n = sizeof out;
                decoded = !eg_failed(eg_decoder_run(d, coded.data + at, &in, out, &n, &error));
                at += in;
            }
            assert_true(error.code == EG_OK || error.code == EG_E_NO_MEMORY);
            eg_decoder_free(d);
            assert_int_equal(eg_budget_used(&small), 0);
        }
    }
}

static void a_frame_decodes_to_what_was_there(void **state)
{
    eg_error error = {0};
    size_t made;
    bool whole;
    (void)state;
    eg_buf content;
    eg_buf_init(&content, &budget);
    assert_false(eg_failed(eg_encode_frame(&content, &error)));
    assert_int_equal(content.len, 0); /* nothing stays nothing */
    eg_buf_append(&content, text, TEXT_BYTES);
    assert_false(eg_failed(eg_encode_frame(&content, &error)));
    assert_true(content.len < TEXT_BYTES * 6 / 10);
    assert_int_equal(
        decode(EG_CODING_ZSTD, eg_buf_str(&content), (steps){4096, 65536}, &made, &whole), EG_OK);
    assert_true(made == TEXT_BYTES && whole);
    eg_buf_free(&content);
}

static void a_frame_without_memory_is_an_error_and_leaves_the_content(void **state)
{
    eg_error error = {0};
    eg_budget small;
    eg_buf content;
    (void)state;
    eg_budget_init(&small, TEXT_BYTES * 2, NULL);
    eg_buf_init(&content, &small);
    eg_buf_append(&content, text, TEXT_BYTES);
    assert_int_equal(eg_encode_frame(&content, &error).code, EG_E_NO_MEMORY);
    assert_int_equal(content.len, TEXT_BYTES);
    eg_buf_free(&content);
    assert_int_equal(eg_budget_used(&small), 0);
}

static void names(void **state)
{
    eg_coding coding;
    (void)state;
    assert_true(eg_coding_read(&coding, EG_STR("")) && coding == EG_CODING_IDENTITY);
    assert_true(eg_coding_read(&coding, EG_STR("Identity")) && coding == EG_CODING_IDENTITY);
    assert_true(eg_coding_read(&coding, EG_STR("ZSTD")) && coding == EG_CODING_ZSTD);
    assert_true(eg_coding_read(&coding, EG_STR("x-gzip")) && coding == EG_CODING_GZIP);
    assert_false(eg_coding_read(&coding, EG_STR("br")));
    assert_false(eg_coding_read(&coding, EG_STR("zstd, gzip")));
    assert_string_equal(eg_coding_name(EG_CODING_ZSTD), "zstd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_cut_decodes_to_the_same, make, drop),
        cmocka_unit_test_setup_teardown(members_and_frames_follow_each_other, make, drop),
        cmocka_unit_test_setup_teardown(what_is_cut_off_is_not_whole, make, drop),
        cmocka_unit_test_setup_teardown(what_is_not_of_the_coding_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(a_window_beyond_the_limit_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_verdict, make, drop),
        cmocka_unit_test_setup_teardown(a_frame_decodes_to_what_was_there, make, drop),
        cmocka_unit_test_setup_teardown(a_frame_without_memory_is_an_error_and_leaves_the_content,
                                        make, drop),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
