/* Where a broker is: what is read of an address, and what is refused with a word on what to do. */
#include "support/cmocka_all.h"

#include "broker/address.h"

static eg_broker_addresses read_all(const char *text)
{
    eg_broker_addresses all = {.count = 0};
    eg_error err;
    assert_false(eg_failed(eg_broker_addresses_add(&all, text, &err)));
    return all;
}

static void assert_refused(const char *text, const char *word)
{
    eg_broker_addresses all = {.count = 0};
    eg_error err;
    assert_int_equal(eg_broker_addresses_add(&all, text, &err).code, EG_E_OUT_OF_RANGE);
    assert_non_null(strstr(err.text, word));
    assert_string_equal(err.path, "--broker");
}

static void a_host_alone_is_enough(void **state)
{
    const eg_broker_address a = read_all("amqp://queue.example").nodes[0];
    (void)state;
    assert_false(a.is_tls);
    assert_string_equal(a.host, "queue.example");
    assert_int_equal(a.port, 5672);
    assert_string_equal(a.user, "guest");
    assert_string_equal(a.vhost, "/");
    assert_int_equal(read_all("amqps://queue.example").nodes[0].port, 5671);
}

static void every_part_is_read(void **state)
{
    const eg_broker_address a = read_all("amqps://el%40ection@[::1]:7/a%2Fb").nodes[0];
    (void)state;
    assert_true(a.is_tls);
    assert_string_equal(a.user, "el@ection");
    assert_string_equal(a.host, "::1");
    assert_int_equal(a.port, 7);
    assert_string_equal(a.vhost, "a/b");
}

static void several_nodes_with_commas_and_again(void **state)
{
    eg_broker_addresses all = read_all("amqp://a,amqp://b:1/x");
    eg_error err;
    (void)state;
    assert_false(eg_failed(eg_broker_addresses_add(&all, "amqp://u@c", &err)));
    assert_int_equal(all.count, 3);
    assert_string_equal(all.nodes[1].host, "b");
    assert_string_equal(all.nodes[2].user, "u");
}

static void passwords_have_a_file(void **state)
{
    (void)state;
    assert_refused("amqp://user:secret@host", "--broker-password-file");
}

static void what_is_no_address(void **state)
{
    static const char *const bad[] = {
        "",
        "host:5672",
        "http://host",
        "amqp://",
        "amqp://:5",
        "amqp://@h",
        "amqp://h:0",
        "amqp://h:65536",
        "amqp://h:",
        "amqp://h:1x",
        "amqp://[",
        "amqp://[::1]5672",
        "amqp://h/%00",
        "amqp://%zz@h/",
        "amqp://h/v?heartbeat=1",
        "amqp://a,",
        "amqp://a,b",
        "amqp://h:99999999999999999999",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_refused(bad[i], "--broker");
    }
}

static void long_names_and_lists_end(void **state)
{
    char text[2048] = "amqp://";
    (void)state;
    memset(text + 7, 'a', 300);
    assert_refused(text, "host");
    text[0] = '\0';
    for (size_t i = 0; i <= EG_BROKER_NODES_MAX; i++) {
        strcat(text, i == 0 ? "amqp://h" : ",amqp://h");
    }
    assert_refused(text, "nodes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_alone_is_enough),
        cmocka_unit_test(every_part_is_read),
        cmocka_unit_test(several_nodes_with_commas_and_again),
        cmocka_unit_test(passwords_have_a_file),
        cmocka_unit_test(what_is_no_address),
        cmocka_unit_test(long_names_and_lists_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
