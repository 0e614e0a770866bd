/* Settings: where they come from, which comes first, what is refused and how. */
#include "support/cmocka_all.h"

#include "server/board/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const eg_machine machine = {.processors = 2, .memory_bytes = (size_t)1 << 30};

/* Every variable of the table, so that the tests' own environment does not matter. */
static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < eg_setting_count; i++) {
        const char *names[] = {eg_setting_table[i].environment, eg_setting_table[i].older};
        for (size_t k = 0; k < 2; k++) {
            if (names[k] != NULL) {
                (void)unsetenv(names[k]);
            }
        }
    }
    return 0;
}

static bool read_flags(eg_config *config, const char *complaint_part, int argc, ...)
{
    char *argv[8];
    char complaints[1024] = "";
    va_list args;
    va_start(args, argc);
    for (int i = 0; i < argc; i++) {
        argv[i] = va_arg(args, char *);
    }
    va_end(args);
    FILE *out = fmemopen(complaints, sizeof complaints, "w");
    bool good = eg_config_read(config, argc, argv, &machine, out);
    (void)fclose(out);
    if (complaint_part == NULL) {
        assert_string_equal(complaints, "");
    } else if (strstr(complaints, complaint_part) == NULL) {
        fail_msg("'%s' is not in '%s'", complaint_part, complaints);
    }
    return good;
}

static const char *write_file(const char *content)
{
    static char name[] = "/tmp/egserve-test-XXXXXX";
    (void)strcpy(name + sizeof name - 7, "XXXXXX");
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    (void)close(fd);
    return name;
}

static void defaults_of_all_settings(void **state)
{
    (void)state;
    eg_config c;
    assert_true(read_flags(&c, NULL, 0));
    assert_int_equal(c.settings.workers, 5);
    assert_int_equal(c.settings.threads, 4);
    assert_int_equal(c.settings.timeout_s, 300);
    assert_int_equal(c.settings.graceful_timeout_s, 30);
    assert_int_equal(c.settings.max_requests, 1000);
    assert_int_equal(c.settings.max_requests_jitter, 50);
    assert_int_equal(c.settings.worker_connections, 1000);
    assert_int_equal(c.settings.max_body_bytes, 512u << 20);
    assert_int_equal(c.settings.max_memory_bytes, machine.memory_bytes / 2);
    assert_string_equal(c.settings.bind_host, "127.0.0.1");
    assert_int_equal(c.settings.bind_port, 5000);
    assert_string_equal(c.settings.cors_origins, "*");
    assert_null(c.settings.internal_key);
    assert_false(c.settings.api.has_master_key);
    assert_true(c.settings.api.verify_ballots_default);
    assert_true(c.settings.api.key_table_cache >= 1);
    assert_int_equal(c.settings.api.units_at_once, 2); /* of four threads */
    eg_config_free(&c);
}

static void workers_follow_memory(void **state)
{
    (void)state;
    const eg_machine small = {.processors = 64, .memory_bytes = (size_t)512 << 20};
    eg_config c;
    assert_true(eg_config_read(&c, 0, NULL, &small, stderr));
    assert_int_equal(c.settings.workers, 8);
    assert_int_equal(c.settings.api.key_table_cache, 2);
    assert_int_equal(c.settings.api.units_at_once, c.settings.threads);
    eg_config_free(&c);
}

static void sources_have_an_order(void **state)
{
    (void)state;
    eg_config c;
    const char *file = write_file("threads = 7 ; comment\n# another\nworkers=6\nmax_jobs = 9\n");
    (void)setenv("GUNICORN_WORKERS", "8", 1);
    (void)setenv("GUNICORN_THREADS", "11", 1);
    (void)setenv("EGSERVE_THREADS", "12", 1);
    assert_true(read_flags(&c, NULL, 4, "--config", file, "--workers", "9"));
    assert_int_equal(c.settings.max_jobs, 9);
    assert_int_equal(c.settings.threads, 12);
    assert_int_equal(c.settings.workers, 9);
    char shown[4096] = "";
    FILE *out = fmemopen(shown, sizeof shown, "w");
    eg_config_print(&c, out);
    (void)fclose(out);
    assert_non_null(strstr(shown, "workers = 9   ; flag --workers\n"));
    assert_non_null(strstr(shown, "threads = 12   ; environment EGSERVE_THREADS\n"));
    assert_non_null(strstr(shown, "max_jobs = 9   ; file /tmp/egserve-test-"));
    assert_non_null(strstr(shown, "timeout = 300   ; default\n"));
    eg_config_free(&c);
    (void)unlink(file);
}

static void values_of_every_kind(void **state)
{
    (void)state;
    eg_config c;
    assert_true(read_flags(&c, NULL, 7, "--max-body=2M", "--access-log", "--verify-ballots=off",
                           "--json-artifacts", "texts", "--bind", "[::1]:0"));
    assert_int_equal(c.settings.max_body_bytes, 2u << 20);
    assert_true(c.settings.access_log);
    assert_false(c.settings.api.verify_ballots_default);
    assert_int_equal(c.settings.api.json_artifacts, EG_ARTIFACTS_TEXTS);
    assert_string_equal(c.settings.bind_host, "::1");
    assert_int_equal(c.settings.bind_port, 0);
    eg_config_free(&c);
}

static void values_that_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"--workers=0", "--workers is '0'"},
        {"--workers=257", "an integer from 1 to 256"},
        {"--workers=3x", "--workers is '3x'"},
        {"--workers=-1", "--workers is '-1'"},
        {"--workers=", "--workers is ''"},
        {"--workers=99999999999999999999", "--workers"},
        {"--max-body=12T", "--max-body is '12T'"},
        {"--max-memory=99999999999G", "--max-memory"},
        {"--json-artifacts=other", "auto or texts or objects"},
        {"--verify-ballots=maybe", "on or off"},
        {"--bind=127.0.0.1", "HOST:PORT"},
        {"--bind=:80", "HOST:PORT"},
        {"--bind=h:65536", "HOST:PORT"},
        {"--nonsense", "unknown flag --nonsense"},
        {"--workers", "--workers needs a value"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        eg_config c;
        assert_false(read_flags(&c, wrong[i][1], 1, wrong[i][0]));
        eg_config_free(&c);
    }
}

static void environment_is_named(void **state)
{
    (void)state;
    eg_config c;
    (void)setenv("GUNICORN_TIMEOUT", "soon", 1);
    assert_false(read_flags(&c, "GUNICORN_TIMEOUT is 'soon'", 0));
    eg_config_free(&c);
}

static void errors_of_a_file(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"workers = 3\nno_such = 1\n", "'no_such' is no setting"},
        {"[section]\nworkers = 3\n", "'workers' is no setting"},
        {"workers\n", "line 1"},
        {"workers = 0\n", "is '0'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        eg_config c;
        const char *file = write_file(wrong[i][0]);
        assert_false(read_flags(&c, wrong[i][1], 2, "--config", file));
        eg_config_free(&c);
        (void)unlink(file);
    }
    eg_config c;
    assert_false(read_flags(&c, "cannot read", 2, "--config", "/nonexistent/egserve.conf"));
    eg_config_free(&c);
}

static void secrets_are_not_shown(void **state)
{
    (void)state;
    eg_config c;
    (void)setenv("ELECTIONGUARD_INTERNAL_API_KEY", "hush-hush", 1);
    (void)setenv("MASTER_KEY_PQ", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", 1);
    assert_true(read_flags(&c, NULL, 0));
    assert_true(c.settings.api.has_master_key);
    assert_memory_equal(c.settings.api.master_key, "01234567890123456789012345678901", 32);
    assert_string_equal(c.settings.internal_key, "hush-hush");
    char shown[4096] = "";
    FILE *out = fmemopen(shown, sizeof shown, "w");
    eg_config_print(&c, out);
    (void)fclose(out);
    assert_non_null(strstr(shown, "internal_api_key = ********"));
    assert_null(strstr(shown, "hush"));
    assert_null(strstr(shown, "MDEy"));
    eg_config_free(&c);

    (void)setenv("MASTER_KEY_PQ", "c2hvcnQ=", 1);
    char complaints[512] = "";
    out = fmemopen(complaints, sizeof complaints, "w");
    assert_false(eg_config_read(&c, 0, NULL, &machine, out));
    (void)fclose(out);
    assert_non_null(strstr(complaints, "MASTER_KEY_PQ"));
    assert_null(strstr(complaints, "c2hvcnQ"));
    eg_config_free(&c);
}

/* deploy/egserve.conf is what the table says; and as it stands it is a file that is accepted. */
static void shipped_file_is_the_table(void **state)
{
    (void)state;
    static char expected[16384], shipped[16384];
    FILE *out = fmemopen(expected, sizeof expected, "w");
    eg_config_example(out);
    (void)fclose(out);
    FILE *in = fopen("deploy/egserve.conf", "r");
    assert_non_null(in);
    shipped[fread(shipped, 1, sizeof shipped - 1, in)] = '\0';
    (void)fclose(in);
    assert_string_equal(shipped, expected);
    eg_config c;
    assert_true(read_flags(&c, NULL, 2, "--config", "deploy/egserve.conf"));
    assert_int_equal(c.settings.timeout_s, 300);
    eg_config_free(&c);
}

static void every_row_is_documented(void **state)
{
    (void)state;
    static char help[16384];
    FILE *out = fmemopen(help, sizeof help, "w");
    eg_config_help(out);
    (void)fclose(out);
    for (size_t i = 0; i < eg_setting_count; i++) {
        const eg_setting *s = &eg_setting_table[i];
        assert_non_null(strstr(help, s->flag == NULL ? s->name : s->flag));
        assert_non_null(strstr(help, s->help));
        assert_true(s->secret ? s->flag == NULL : s->flag != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_of_all_settings, clear_environment),
        cmocka_unit_test_setup(workers_follow_memory, clear_environment),
        cmocka_unit_test_setup(sources_have_an_order, clear_environment),
        cmocka_unit_test_setup(values_of_every_kind, clear_environment),
        cmocka_unit_test_setup(values_that_are_refused, clear_environment),
        cmocka_unit_test_setup(environment_is_named, clear_environment),
        cmocka_unit_test_setup(errors_of_a_file, clear_environment),
        cmocka_unit_test_setup(secrets_are_not_shown, clear_environment),
        cmocka_unit_test_setup(shipped_file_is_the_table, clear_environment),
        cmocka_unit_test_setup(every_row_is_documented, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
