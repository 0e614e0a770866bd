/* Which addresses would carry votes in plain text to another machine. */
#include "support/cmocka_all.h"

#include "cli/plain_text_warning.h"

static void other_machines(void **s)
{
    static const char *const addresses[] = {
        "http://10.0.0.7:5000",
        "HTTP://Election.Example/path",
        "http://user:127.0.0.1@election.example",
        "http://127.0.0.1.example.org",
        "http://127.0.0.1@election.example:5000/",
        "http://[2001:db8::1]:5000",
        "amqp://egserve@broker:5672/vhost",
        "amqp://broker",
        "http://localhost.example",
        "s3://bucket/prefix?endpoint=http://minio:9000&region=x",
    };
    (void)s;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        if (!eg_goes_in_plain_text(addresses[i])) {
            fail_msg("%s", addresses[i]);
        }
    }
}

static void this_machine_or_tls(void **s)
{
    static const char *const addresses[] = {
        "http://127.0.0.1:5000",
        "http://127.1.2.3",
        "http://localhost:5000/x",
        "http://LOCALHOST",
        "http://a.localhost",
        "http://[::1]:5000",
        "https://election.example",
        "amqps://broker",
        "amqp://egserve@localhost/",
        "/mnt/store",
        "s3://bucket",
        "s3://bucket?endpoint=https://minio",
        "s3://bucket?endpoint=http://127.0.0.1:9000",
        "http://",
        "",
    };
    (void)s;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        if (eg_goes_in_plain_text(addresses[i])) {
            fail_msg("%s", addresses[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_machines),
        cmocka_unit_test(this_machine_or_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
