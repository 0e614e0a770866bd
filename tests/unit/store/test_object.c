/* Objects: the lines come back that were written, and nothing else does. */
#include "support/cmocka_all.h"

#include "coding/coding.h"
#include "store/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zstd.h>

#define LINES  "{\"ballot_id\": \"b-1\"}\n{\"ballot_id\": \"b-2\"}\n"
#define DIGEST "277c3988f496cdc09eff229af453c77b9e40e08652f2f01a7501b6a1ef01b44a"

static char folder[] = "/tmp/egserve-object-XXXXXX";
static eg_store *store;
static eg_arena arena;
static eg_budget budget;
static eg_buf packed;
static eg_object_ref ref;
static eg_error err;

static int make(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    const eg_store_settings settings = {.place = folder};
    assert_false(eg_failed(eg_store_open(&store, &settings, &err)));
    eg_budget_init(&budget, 0, NULL);
    eg_arena_init(&arena, &budget);
    eg_buf_init(&packed, NULL);
    assert_false(eg_failed(eg_object_write(&ref, store, "e/ballots/7", EG_STR(LINES), &err)));
    assert_false(eg_failed(eg_store_get(store, ref.name, 4096, &packed, &err)));
    return 0;
}

static int drop(void **state)
{
    char command[600];
    (void)state;
    eg_store_close(store);
    eg_buf_free(&packed);
    eg_arena_free(&arena);
    assert_int_equal(eg_budget_used(&budget), 0);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static eg_code unpack(eg_str bytes, size_t max_bytes)
{
    eg_str lines;
    return eg_object_unpack(&lines, bytes, ref.sha256, max_bytes, &arena, &err).code;
}

static void lines_come_back(void **state)
{
    eg_str lines;
    (void)state;
    assert_false(eg_failed(
        eg_object_read(&lines, store, ref.name, ref.sha256, sizeof LINES - 1, &arena, &err)));
    assert_true(eg_str_equal(lines, EG_STR(LINES)));
}

/* sha256sum's own word on these lines. */
static void the_name_is_the_digest_of_the_lines(void **state)
{
    (void)state;
    assert_string_equal(ref.sha256, DIGEST);
    assert_string_equal(ref.name, "e/ballots/7-" DIGEST);
}

static void no_lines_are_an_object_too(void **state)
{
    eg_str lines;
    (void)state;
    assert_false(eg_failed(eg_object_write(&ref, store, "e/none", EG_STR(""), &err)));
    assert_false(eg_failed(eg_object_read(&lines, store, ref.name, ref.sha256, 0, &arena, &err)));
    assert_int_equal(lines.len, 0);
}

static void other_lines_are_refused(void **state)
{
    eg_str lines;
    (void)state;
    char other[sizeof ref.sha256];
    memset(other, '0', sizeof other - 1);
    other[sizeof other - 1] = '\0';
    assert_int_equal(eg_object_read(&lines, store, ref.name, other, 4096, &arena, &err).code,
                     EG_E_TAMPERED);
    assert_int_equal(eg_object_read(&lines, store, ref.name, "", 4096, &arena, &err).code,
                     EG_E_TAMPERED);
    assert_int_equal(
        eg_object_read(&lines, store, "e/ballots/8", ref.sha256, 4096, &arena, &err).code,
        EG_E_NOT_FOUND);
}

static void cut_anywhere_it_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < packed.len; n++) {
        assert_int_equal(unpack((eg_str){packed.data, n}, 4096), EG_E_TAMPERED);
    }
}

static void any_byte_changed_is_refused_or_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < packed.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            packed.data[i] = (char)(packed.data[i] ^ (1 << bit));
            eg_str lines;
            eg_code code =
                eg_object_unpack(&lines, eg_buf_str(&packed), ref.sha256, 4096, &arena, &err).code;
            if (code == EG_OK) { /* a bit without a meaning in this frame */
                assert_true(eg_str_equal(lines, EG_STR(LINES)));
            } else {
                assert_true(code == EG_E_TAMPERED || code == EG_E_TOO_LARGE);
            }
            packed.data[i] = (char)(packed.data[i] ^ (1 << bit));
        }
    }
}

static void what_is_behind_it_is_refused(void **state)
{
    (void)state;
    const size_t whole = packed.len;
    eg_buf_append_char(&packed, 'x');
    assert_int_equal(unpack(eg_buf_str(&packed), 4096), EG_E_TAMPERED);
    packed.len = whole;
    /* a second frame, an empty one, and one to be skipped */
    char frame[64];
    size_t n = ZSTD_compress(frame, sizeof frame, "", 0, 1);
    eg_buf_append(&packed, frame, n);
    assert_int_equal(unpack(eg_buf_str(&packed), 4096), EG_E_TAMPERED);
    packed.len = whole;
    eg_buf_append(&packed, "\x50\x2a\x4d\x18\0\0\0\0", 8);
    assert_int_equal(unpack(eg_buf_str(&packed), 4096), EG_E_TAMPERED);
    assert_int_equal(unpack((eg_str){packed.data + whole, 8}, 4096), EG_E_TAMPERED);
}

static void longer_than_is_wanted(void **state)
{
    (void)state;
    assert_int_equal(unpack(eg_buf_str(&packed), sizeof LINES - 2), EG_E_TOO_LARGE);
    assert_int_equal(unpack(eg_buf_str(&packed), sizeof LINES - 1), EG_OK);
}

/* 256 MB in some kilobytes, with the true length in the head, none, or a small one. */
static void a_bomb_is_refused_before_it_unpacks(void **state)
{
    enum { BYTES = 256 * 1024 * 1024, MOST = 1024 * 1024 };
    (void)state;
    char *zeros = calloc(1, BYTES);
    eg_buf bomb;
    eg_buf_init(&bomb, NULL);
    assert_false(eg_failed(eg_frame_write(&bomb, (eg_str){zeros, BYTES}, &err)));
    free(zeros);
    assert_true(bomb.len < 64 * 1024);
    assert_int_equal(unpack(eg_buf_str(&bomb), MOST), EG_E_TOO_LARGE);
    assert_true(eg_budget_peak(&budget) < MOST);
    /* four bytes of length, behind magic, descriptor and window */
    assert_int_equal((unsigned char)bomb.data[4] >> 5, 4);
    memcpy(bomb.data + 6, "\0\0\x01\0", 4);
    assert_int_equal(unpack(eg_buf_str(&bomb), MOST), EG_E_TAMPERED);
    assert_true(eg_budget_peak(&budget) < 2 * MOST);
    eg_buf_free(&bomb);
}

static void a_length_that_is_not_said_is_refused(void **state)
{
    char frame[256];
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    (void)state;
    assert_non_null(zstd);
    (void)ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0);
    size_t n = ZSTD_compress2(zstd, frame, sizeof frame, LINES, sizeof LINES - 1);
    assert_false(ZSTD_isError(n));
    (void)ZSTD_freeCCtx(zstd);
    assert_int_equal(unpack((eg_str){frame, n}, 4096), EG_E_TAMPERED);
}

static void stems_that_make_no_name(void **state)
{
    char stem[EG_STORE_NAME_BYTES];
    (void)state;
    memset(stem, 'a', sizeof stem - 1);
    stem[sizeof stem - 1] = '\0';
    assert_int_equal(eg_object_write(&ref, store, stem, EG_STR(LINES), &err).code,
                     EG_E_OUT_OF_RANGE);
    assert_int_equal(eg_object_write(&ref, store, "../a", EG_STR(LINES), &err).code,
                     EG_E_OUT_OF_RANGE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_come_back),
        TEST(the_name_is_the_digest_of_the_lines),
        TEST(no_lines_are_an_object_too),
        TEST(other_lines_are_refused),
        TEST(cut_anywhere_it_is_refused),
        TEST(any_byte_changed_is_refused_or_changes_nothing),
        TEST(what_is_behind_it_is_refused),
        TEST(longer_than_is_wanted),
        TEST(a_bomb_is_refused_before_it_unpacks),
        TEST(a_length_that_is_not_said_is_refused),
        TEST(stems_that_make_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
