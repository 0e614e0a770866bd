/* Shapes: exactly the members, exactly the types, one spelling. */
#include "record/shape.h"

#include "support/cmocka_all.h"

#include <stdio.h>

static eg_result check(const eg_shape *shape, const char *text, eg_error *err)
{
    eg_arena arena;
    eg_node node;
    eg_arena_init(&arena, NULL);
    assert_false(eg_failed(eg_tree_parse(&node, EG_JSON, eg_str_from(text), 0, &arena, NULL, err)));
    eg_result result = eg_shape_check(shape, &node, NULL, err);
    eg_arena_free(&arena);
    return result;
}

static void refuses(const eg_shape *shape, const char *text, eg_code code, const char *path)
{
    eg_error err = {0};
    assert_int_equal(check(shape, text, &err).code, code);
    assert_string_equal(err.path, path);
}

static void device_files(void **state)
{
    eg_error err = {0};
    const char good[] =
        "{\"device_id\": 1, \"session_id\": 2, \"launch_code\": 3, \"location\": \"x\"}";
    (void)state;
    assert_false(eg_failed(check(&eg_shape_device, good, &err)));
    refuses(&eg_shape_device, "[]", EG_E_BAD_TYPE, "");
    refuses(&eg_shape_device, "{\"device_id\": 1, \"session_id\": 2, \"launch_code\": 3}",
            EG_E_MISSING_FIELD, "location");
    refuses(&eg_shape_device,
            "{\"device_id\": 1, \"session_id\": 2, \"launch_code\": 3, \"location\": \"x\", "
            "\"more\": null}",
            EG_E_BAD_TYPE, "more");
    const char *const no_ints[] = {"\"1\"", "1.0", "true", "null", "-1", "99999999999999999999"};
    for (size_t i = 0; i < sizeof no_ints / sizeof *no_ints; i++) {
        char text[128];
        (void)snprintf(text, sizeof text,
                       "{\"device_id\": %s, \"session_id\": 2, \"launch_code\": 3, \"location\": "
                       "\"x\"}",
                       no_ints[i]);
        assert_true(eg_failed(check(&eg_shape_device, text, &err)));
        assert_string_equal(err.path, "device_id");
    }
}

static void hex_numbers(void **state)
{
    eg_error err = {0};
    const char *const bad[] = {"\"\"",   "\"1\"",  "\"0001\"", "\"0a\"", "\" 01\"",
                               "\"0x\"", "\"+1\"", "1",        "null",   "\"01 \""};
    (void)state;
    assert_false(
        eg_failed(check(&eg_shape_coefficients, "{\"coefficients\": {\"1\": \"00\"}}", &err)));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "{\"coefficients\": {\"1\": %s}}", bad[i]);
        assert_true(eg_failed(check(&eg_shape_coefficients, text, &err)));
        assert_string_equal(err.path, "coefficients.1");
    }
    /* q itself */
    refuses(&eg_shape_coefficients,
            "{\"coefficients\": {\"1\": "
            "\"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF43\"}}",
            EG_E_OUT_OF_RANGE, "coefficients.1");
}

static void id_maps(void **state)
{
    (void)state;
    refuses(&eg_shape_plain_tally,
            "{\"object_id\": \"t\", \"contests\": {\"a\": {\"object_id\": \"b\", \"selections\": "
            "{}}}}",
            EG_E_OUT_OF_RANGE, "contests.a.object_id");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_files),
        cmocka_unit_test(hex_numbers),
        cmocka_unit_test(id_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
