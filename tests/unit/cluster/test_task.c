/* What travels through the broker: read back as it was written, and nothing else let in. */
#include "support/cmocka_all.h"

#include "cluster/task.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static eg_chunk_task a_task(void)
{
    return (eg_chunk_task){.election = HEX,
                           .stage = EG_STAGE_TALLY,
                           .chunk = "17",
                           .object = HEX "/ballots/17-" HEX,
                           .sha256 = HEX,
                           .count = 1000};
}

static void assert_refused(const char *text, eg_code code, const char *path)
{
    eg_chunk_task task;
    eg_error err = {0};
    assert_int_equal(eg_chunk_task_read(&task, eg_str_from(text), &err).code, code);
    assert_string_equal(err.path, path);
}

static void a_task_comes_back(void **state)
{
    const eg_chunk_task task = a_task();
    eg_chunk_task read;
    eg_error err;
    eg_buf text;
    (void)state;
    eg_buf_init(&text, NULL);
    eg_chunk_task_write(&text, &task);
    assert_false(eg_failed(eg_chunk_task_read(&read, eg_buf_str(&text), &err)));
    assert_memory_equal(&read, &task, sizeof task);
    eg_buf_free(&text);
}

static void results_come_back(void **state)
{
    const eg_chunk_result results[] = {
        {.task = a_task(), .of = HEX},
        {.task = {.election = HEX, .stage = EG_STAGE_COMBINE, .chunk = "1.3"},
         .of = HEX,
         .is_failed = true,
         .fault = {"proof_invalid", "ballots[3].contests[0]"}},
        {.task = {.election = HEX}, .is_failed = true, .fault = {"out_of_range", "stage"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        eg_chunk_result read;
        eg_error err;
        eg_buf text;
        eg_buf_init(&text, NULL);
        eg_chunk_result_write(&text, &results[i]);
        assert_false(eg_failed(eg_chunk_result_read(&read, eg_buf_str(&text), &err)));
        assert_memory_equal(&read, &results[i], sizeof read);
        eg_buf_free(&text);
    }
}

#define TASK(stage, chunk, object, count)                                                          \
    "{\"election\":\"" HEX "\",\"stage\":\"" stage "\",\"chunk\":\"" chunk                         \
    "\",\"object\":\"" object "\",\"sha256\":\"" HEX "\",\"count\":" count "}"

static void what_is_no_task(void **state)
{
    (void)state;
    assert_refused("", EG_E_BAD_ENCODING, "");
    assert_refused("[]", EG_E_BAD_TYPE, "");
    assert_refused("{}", EG_E_MISSING_FIELD, "election");
    assert_refused(TASK("shuffle", "1", HEX "/a", "1"), EG_E_OUT_OF_RANGE, "stage");
    assert_refused(TASK("tally", "../1", HEX "/a", "1"), EG_E_OUT_OF_RANGE, "chunk");
    assert_refused(TASK("tally", "1", HEX "/../a", "1"), EG_E_OUT_OF_RANGE, "object");
    assert_refused(TASK("tally", "1", "/etc/passwd", "1"), EG_E_OUT_OF_RANGE, "object");
    assert_refused(TASK("tally", "1", HEX "//a", "1"), EG_E_OUT_OF_RANGE, "object");
    assert_refused(TASK("tally", "1", HEX "/a\\u0000b", "1"), EG_E_OUT_OF_RANGE, "object");
    assert_refused(TASK("tally", "1", "x" HEX "/a", "1"), EG_E_WRONG_ELECTION, "object");
    assert_refused(TASK("tally", "1", HEX "a/a", "1"), EG_E_WRONG_ELECTION, "object");
    assert_refused(TASK("tally", "1", HEX "/a", "0"), EG_E_OUT_OF_RANGE, "count");
    assert_refused(TASK("tally", "1", HEX "/a", "99999999999"), EG_E_OUT_OF_RANGE, "count");
}

static void a_long_message_is_not_read(void **state)
{
    char text[EG_TASK_BYTES_MAX + 2];
    (void)state;
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_refused(text, EG_E_TOO_LARGE, "");
}

static void faults_hold_plain_words(void **state)
{
    eg_fault fault;
    const eg_error error = {
        .code = EG_E_TAMPERED, .path = "object", .text = "a text that may name somebody"};
    char longer[400];
    (void)state;
    eg_fault_set(&fault, EG_STR("un known\"\n"), EG_STR("ballots[0].vote_for Ann\xc3\xa9"));
    assert_string_equal(fault.code, "un?known??");
    assert_string_equal(fault.field, "ballots[0].vote_for?Ann??");
    eg_fault_from_error(&fault, &error);
    assert_string_equal(fault.code, "tampered");
    assert_string_equal(fault.field, "object");
    memset(longer, 'a', sizeof longer);
    eg_fault_set(&fault, (eg_str){longer, sizeof longer}, (eg_str){longer, sizeof longer});
    assert_int_equal(strlen(fault.code), EG_FAULT_CODE_BYTES - 1);
    assert_int_equal(strlen(fault.field), EG_ERROR_PATH_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_comes_back),       cmocka_unit_test(results_come_back),
        cmocka_unit_test(what_is_no_task),         cmocka_unit_test(a_long_message_is_not_read),
        cmocka_unit_test(faults_hold_plain_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
