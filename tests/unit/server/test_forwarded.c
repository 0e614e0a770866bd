/* Networks of trusted proxies, and whom the headers of such a proxy name. */
#include "support/cmocka_all.h"

#include "server/board/networks.h"
#include "server/http/forwarded.h"

static bool holds(const char *list, const char *address)
{
    eg_networks networks;
    eg_address read;
    assert_true(eg_networks_read(&networks, list));
    assert_true(eg_address_read(&read, eg_str_from(address)));
    return eg_networks_hold(&networks, &read);
}

static void networks_hold_their_addresses(void **state)
{
    (void)state;
    assert_true(holds("10.0.0.0/8", "10.255.0.1"));
    assert_false(holds("10.0.0.0/8", "11.0.0.1"));
    assert_true(holds("10.1.2.3/8", "10.9.9.9")); /* what is behind the prefix does not count */
    assert_true(holds("172.16.0.0/12", "172.31.255.255"));
    assert_false(holds("172.16.0.0/12", "172.32.0.0"));
    assert_true(holds("192.0.2.1", "192.0.2.1"));
    assert_false(holds("192.0.2.1", "192.0.2.2"));
    assert_true(holds("192.0.2.1/32", "::ffff:192.0.2.1"));
    assert_true(holds("::ffff:192.0.2.0/120", "192.0.2.77"));
    assert_true(holds("fd00::/8, 10.0.0.1\t::1", "fdab::9"));
    assert_true(holds("fd00::/8, 10.0.0.1\t::1", "::1"));
    assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(holds("0.0.0.0/0", "203.0.113.9"));
    assert_false(holds("0.0.0.0/0", "2001:db8::1"));
    assert_true(holds("::/0", "203.0.113.9"));
    assert_false(holds("", "203.0.113.9"));
}

static void what_is_no_network_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "10.0.0.0/33", "::/129",     "10.0.0.0/",  "10.0.0.0/x", "/8",         "10.0.0",
        "localhost",   "10.0.0.1:5", "[::1]",      "fe80::1%lo", "10.0.0.1;",  "10.0.0.0/8/8",
        "1.2.3.4/-1",  "1.2.3.4/ 8", "01.2.3.256", "::1/0001",   "10.0.0.0//8"};
    eg_networks networks;
    char many[EG_NETWORKS_MAX * 5 + 8] = "";
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(eg_networks_read(&networks, bad[i]));
    }
    for (size_t i = 0; i <= EG_NETWORKS_MAX; i++) {
        assert_int_equal(eg_networks_read(&networks, many), true);
        (void)strcat(many, "::1, ");
    }
    assert_false(eg_networks_read(&networks, many));
}

typedef struct row {
    const char *x_forwarded_for[3]; /* lines */
    const char *forwarded[3];
    const char *client; /* NULL: it is not told */
} row;

static const row rows[] = {
    {{NULL}, {NULL}, NULL},
    {{""}, {NULL}, NULL},
    {{"203.0.113.9"}, {NULL}, "203.0.113.9"},
    {{" 203.0.113.9\t"}, {NULL}, "203.0.113.9"},
    {{"2001:db8::7"}, {NULL}, "2001:db8::7"},
    {{"::ffff:203.0.113.9"}, {NULL}, "203.0.113.9"},
    {{"203.0.113.9:4711"}, {NULL}, "203.0.113.9"},
    {{"[2001:db8::7]:4711"}, {NULL}, "2001:db8::7"},
    {{"[2001:db8::7]"}, {NULL}, "2001:db8::7"},
    /* the right-most that is not trusted; what it sent itself does not count */
    {{"198.51.100.1, 203.0.113.9"}, {NULL}, "203.0.113.9"},
    {{"198.51.100.1, 203.0.113.9, 10.0.0.7, fd00::3"}, {NULL}, "203.0.113.9"},
    {{"nonsense, 203.0.113.9, 10.0.0.7"}, {NULL}, "203.0.113.9"},
    {{"198.51.100.1", "203.0.113.9", "10.0.0.7"}, {NULL}, "203.0.113.9"},
    {{"203.0.113.9", "198.51.100.1"}, {NULL}, "198.51.100.1"},
    {{", 203.0.113.9,, 10.0.0.7,"}, {NULL}, "203.0.113.9"},
    /* none but proxies: the first of them asked by itself */
    {{"10.0.0.7, 10.0.0.8"}, {NULL}, "10.0.0.7"},
    /* not clear */
    {{"203.0.113.9, nonsense"}, {NULL}, NULL},
    {{"203.0.113.9, nonsense, 10.0.0.7"}, {NULL}, NULL},
    {{"unknown"}, {NULL}, NULL},
    {{"203.0.113.9:"}, {NULL}, NULL},
    {{"203.0.113.9:x"}, {NULL}, NULL},
    {{"203.0.113.9 198.51.100.1"}, {NULL}, NULL},
    {{"[203.0.113.9]"}, {NULL}, NULL},
    {{"[2001:db8::7"}, {NULL}, NULL},
    {{"[2001:db8::7]4711"}, {NULL}, NULL},
    {{"fe80::1%eth0"}, {NULL}, NULL},
    {{"\"203.0.113.9"}, {NULL}, NULL},
    {{"["}, {NULL}, NULL},
    {{"[]"}, {NULL}, NULL},
    /* RFC 7239 */
    {{NULL}, {"for=203.0.113.9"}, "203.0.113.9"},
    {{NULL}, {"For=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.7"}, "2001:db8::7"},
    {{NULL}, {"proto=http; for=203.0.113.9 , for=10.0.0.7"}, "203.0.113.9"},
    {{NULL}, {"for=198.51.100.1;host=\"a,for=1.2.3.4\", for=203.0.113.9"}, "203.0.113.9"},
    {{NULL}, {"for=203.0.113.9;host=\"a\\\",for=1.2.3.4\""}, "203.0.113.9"},
    {{NULL}, {"for=198.51.100.1", "for=203.0.113.9"}, "203.0.113.9"},
    {{NULL}, {"for=unknown, for=203.0.113.9"}, "203.0.113.9"},
    {{NULL}, {"for=203.0.113.9, for=unknown"}, NULL},
    {{NULL}, {"for=_hidden"}, NULL},
    {{NULL}, {"for=203.0.113.9;for=198.51.100.1"}, NULL},
    {{NULL}, {"by=203.0.113.9"}, NULL},
    {{NULL}, {"203.0.113.9"}, NULL},
    {{NULL}, {"for=\"203.0.113.9"}, NULL},
    {{NULL}, {"for="}, NULL},
    {{NULL}, {"for=\""}, NULL},
    /* both: only when they agree */
    {{"203.0.113.9"}, {"for=203.0.113.9"}, "203.0.113.9"},
    {{"198.51.100.1, 203.0.113.9"}, {"for=203.0.113.9, for=10.0.0.7"}, "203.0.113.9"},
    {{"203.0.113.9"}, {"for=198.51.100.1"}, NULL},
    {{"203.0.113.9"}, {"for=unknown"}, NULL},
    {{"nonsense"}, {"for=203.0.113.9"}, NULL},
};

static void the_client_is_found(void **state)
{
    (void)state;
    eg_networks trusted;
    assert_true(eg_networks_read(&trusted, "10.0.0.0/8 fd00::/8"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eg_hops first = {0}, second = {0};
        eg_address client;
        char text[EG_ADDRESS_TEXT] = "";
        for (size_t k = 0; k < 3 && rows[i].x_forwarded_for[k] != NULL; k++) {
            eg_hops_x_forwarded_for(&first, &trusted, eg_str_from(rows[i].x_forwarded_for[k]));
        }
        for (size_t k = 0; k < 3 && rows[i].forwarded[k] != NULL; k++) {
            eg_hops_forwarded(&second, &trusted, eg_str_from(rows[i].forwarded[k]));
        }
        if (eg_hops_client(&client, &first, &second)) {
            eg_address_write(text, &client);
        }
        assert_string_equal(text, rows[i].client == NULL ? "" : rows[i].client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_hold_their_addresses),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(the_client_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
