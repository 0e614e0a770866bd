/* The credential endpoints without a server: memory, failures of the generator, pieces of any size.
 * What they answer is tested over HTTP (tests/http/test_credentials.py). */
#include "requests.h"

#include "vault/kdf.h"

static eg_api_settings settings = {
    .has_master_key = true, .master_key = {1, 2, 3}, .verify_ballots_default = true};

static void send_request(driven *out, const eg_endpoint *endpoint, const char *body,
                         const drive_options *options)
{
    drive_options o = *options;
    o.settings = o.settings == NULL ? &settings : o.settings;
    o.error_body = eg_error_body;
    drive(out, endpoint, body, strlen(body), &o);
}

static const char to_encrypt[] = "{\"private_key\": \"a key\", \"password\": "
                                 "\"0123456789abcdef0123456789abcdef\"}";

/* A request to open what body answers. */
static char *to_decrypt(const eg_buf *body)
{
    char *copy = keep(body->len + 1);
    memcpy(copy, body->data, body->len);
    return copy; /* `status` is one field too many, which is ignored */
}

static void what_is_sealed_opens_in_pieces_of_any_size(void **s)
{
    (void)s;
    for (size_t piece = 0; piece <= 7; piece += 7) {
        const drive_options options = {.feed_bytes = piece};
        driven sealed, opened;
        eg_arena_init(&test_arena, NULL);
        send_request(&sealed, &eg_endpoint_api_encrypt, to_encrypt, &options);
        assert_true(sealed.ok);
        assert_int_equal(sealed.compute_units, 1);
        send_request(&opened, &eg_endpoint_api_decrypt, to_decrypt(&sealed.body), &options);
        assert_true(opened.ok);
        static const char answer[] = "{\"status\":\"success\",\"private_key\":\"a key\"}";
        assert_int_equal(opened.body.len, sizeof answer - 1);
        assert_memory_equal(opened.body.data, answer, sizeof answer - 1);
        assert_true(sealed.peak_bytes >= EG_SCRYPT_MEMORY_BYTES);
        assert_true(opened.peak_bytes >= EG_SCRYPT_MEMORY_BYTES);
        assert_int_equal(sealed.left_bytes, 0);
        assert_int_equal(opened.left_bytes, 0);
        driven_free(&sealed);
        driven_free(&opened);
        eg_arena_free(&test_arena);
    }
    assert_int_equal(eg_endpoint_api_encrypt.fixed_memory_bytes, EG_SCRYPT_MEMORY_BYTES);
    assert_int_equal(eg_endpoint_api_decrypt.fixed_memory_bytes, EG_SCRYPT_MEMORY_BYTES);
}

static void no_room_for_scrypt_is_busy(void **s)
{
    const drive_options narrow = {.memory_limit = EG_SCRYPT_MEMORY_BYTES};
    driven sealed, d;
    (void)s;
    eg_arena_init(&test_arena, NULL);
    send_request(&d, &eg_endpoint_api_encrypt, to_encrypt, &narrow);
    assert_false(d.ok);
    assert_int_equal(d.error.code, EG_E_BUSY);
    assert_int_equal(d.left_bytes, 0);
    driven_free(&d);

    send_request(&sealed, &eg_endpoint_api_encrypt, to_encrypt, &(drive_options){0});
    assert_true(sealed.ok);
    send_request(&d, &eg_endpoint_api_decrypt, to_decrypt(&sealed.body), &narrow);
    assert_false(d.ok);
    assert_int_equal(d.error.code, EG_E_BUSY);
    assert_int_equal(d.left_bytes, 0);
    driven_free(&d);
    driven_free(&sealed);
    eg_arena_free(&test_arena);
}

static eg_result no_bytes(void *context, uint8_t *out, size_t n, eg_error *err)
{
    (void)context;
    memset(out, 0, n);
    return EG_FAIL(err, EG_E_INTERNAL, NULL, "the generator failed");
}

static void a_generator_that_fails_is_our_fault(void **s)
{
    static const eg_rng broken = {no_bytes, NULL};
    static const char *const bodies[] = {to_encrypt, "{\"private_key\": \"a key\"}"};
    (void)s;
    for (size_t i = 0; i < 2; i++) {
        driven d;
        send_request(&d, &eg_endpoint_api_encrypt, bodies[i], &(drive_options){.rng = &broken});
        assert_false(d.ok);
        assert_int_equal(d.error.code, EG_E_INTERNAL);
        assert_int_equal(d.left_bytes, 0);
        driven_free(&d);
    }
}

static void without_a_master_key_nothing_is_read(void **s)
{
    static const eg_api_settings none = {.has_master_key = false};
    static const eg_endpoint *const endpoints[] = {&eg_endpoint_api_encrypt,
                                                   &eg_endpoint_api_decrypt};
    (void)s;
    for (size_t i = 0; i < 2; i++) {
        driven d;
        send_request(&d, endpoints[i], "{", &(drive_options){.settings = &none});
        assert_false(d.ok);
        assert_int_equal(d.error.code, EG_E_UNAVAILABLE);
        assert_non_null(strstr(d.error.text, "MASTER_KEY_PQ"));
        assert_int_equal(d.left_bytes, 0);
        driven_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens_in_pieces_of_any_size),
        cmocka_unit_test(no_room_for_scrypt_is_busy),
        cmocka_unit_test(a_generator_that_fails_is_our_fault),
        cmocka_unit_test(without_a_master_key_nothing_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
