/* Which result counts: what was recorded is found again, whatever was being written when. */
#include "support/cmocka_all.h"

#include "cluster/ledger.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

enum { CHUNKS = 130 };

typedef struct place {
    char path[64];
    char file[128];
    eg_run_folder folder;
    eg_run_plan plan;
} place;

static int set_up(void **state)
{
    static place p;
    p = (place){.path = "/tmp/egserve-ledger-XXXXXX"};
    assert_non_null(mkdtemp(p.path));
    assert_false(eg_failed(eg_run_folder_open(&p.folder, p.path, NULL)));
    (void)snprintf(p.file, sizeof p.file, "%s/%s", p.path, EG_LEDGER_FILE);
    p.plan = (eg_run_plan){.folder = &p.folder, .chunk_count = CHUNKS};
    *state = &p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    char command[128];
    eg_run_folder_close(&p->folder);
    (void)snprintf(command, sizeof command, "rm -r '%s'", p->path);
    return system(command);
}

static eg_ledger opened(place *p)
{
    eg_ledger ledger;
    eg_error err;
    assert_false(eg_failed(eg_ledger_open(&ledger, &p->plan, HEX_A, &err)));
    return ledger;
}

static eg_chunk_result result_of(const eg_task *task, bool is_failed)
{
    eg_chunk_result r = {.task = {.election = HEX_A,
                                  .stage = task->stage == EG_TASK_ENCRYPT ? EG_STAGE_ENCRYPT
                                           : task->stage == EG_TASK_TALLY ? EG_STAGE_TALLY
                                                                          : EG_STAGE_COMBINE,
                                  .object = HEX_A "/ballots/1-" HEX_B,
                                  .sha256 = HEX_B,
                                  .count = 1},
                         .of = HEX_A,
                         .is_failed = is_failed,
                         .fault = {"refused", ""}};
    eg_chunk_name_of(r.task.chunk, task);
    return r;
}

static void record(eg_ledger *ledger, eg_task task, bool is_failed)
{
    const eg_chunk_result result = result_of(&task, is_failed);
    assert_false(eg_failed(eg_ledger_record(ledger, &task, &result, NULL)));
}

static const eg_task encrypt_17 = {EG_TASK_ENCRYPT, 0, 17};
static const eg_task tally_17 = {EG_TASK_TALLY, 0, 17};
static const eg_task sum_3 = {EG_TASK_SUM, 1, 3};
static const eg_task top = {EG_TASK_SUM, 2, 1};

static void what_was_recorded_is_found_again(void **state)
{
    eg_ledger ledger = opened(*state);
    record(&ledger, encrypt_17, false);
    record(&ledger, sum_3, false);
    record(&ledger, top, true);
    eg_ledger_close(&ledger);
    ledger = opened(*state);
    const eg_entry *entry = eg_ledger_entry(&ledger, &encrypt_17);
    assert_int_equal(entry->state, EG_ENTRY_DONE);
    assert_int_equal(entry->of[0], 0xaa);
    assert_int_equal(entry->sha256[31], 0xbb);
    assert_int_equal(eg_ledger_entry(&ledger, &sum_3)->state, EG_ENTRY_DONE);
    assert_int_equal(eg_ledger_entry(&ledger, &top)->state, EG_ENTRY_FAILED);
    assert_int_equal(eg_ledger_entry(&ledger, &tally_17)->state, EG_ENTRY_NONE);
    eg_ledger_close(&ledger);
}

static void a_later_failure_takes_back(void **state)
{
    eg_ledger ledger = opened(*state);
    record(&ledger, tally_17, false);
    record(&ledger, tally_17, true);
    eg_ledger_close(&ledger);
    ledger = opened(*state);
    assert_int_equal(eg_ledger_entry(&ledger, &tally_17)->state, EG_ENTRY_FAILED);
    record(&ledger, tally_17, false);
    assert_int_equal(eg_ledger_entry(&ledger, &tally_17)->state, EG_ENTRY_DONE);
    eg_ledger_close(&ledger);
}

/* Cut anywhere within its last line, it holds what came before, and goes on. */
static void a_torn_line_is_cut_off(void **state)
{
    place *p = *state;
    eg_ledger ledger = opened(p);
    record(&ledger, encrypt_17, false);
    const off_t one = lseek(ledger.file, 0, SEEK_END);
    record(&ledger, tally_17, false);
    const off_t two = lseek(ledger.file, 0, SEEK_END);
    eg_ledger_close(&ledger);
    for (off_t cut = two - 1; cut > one; cut -= 13) {
        assert_int_equal(truncate(p->file, cut), 0);
        ledger = opened(p);
        assert_int_equal(eg_ledger_entry(&ledger, &encrypt_17)->state, EG_ENTRY_DONE);
        assert_int_equal(eg_ledger_entry(&ledger, &tally_17)->state, EG_ENTRY_NONE);
        assert_int_equal(lseek(ledger.file, 0, SEEK_END), one);
        record(&ledger, tally_17, false);
        eg_ledger_close(&ledger);
    }
}

static void what_is_no_ledger_is_named(void **state)
{
    place *p = *state;
    static const char *const lines[] = {
        "{}\n",
        "{\"election\":\"" HEX_B "\",\"stage\":\"tally\",\"chunk\":\"1\",\"of\":\"" HEX_A
        "\",\"status\":\"failed\",\"code\":\"x\",\"field\":\"\"}\n",
        "{\"election\":\"" HEX_A "\",\"stage\":\"tally\",\"chunk\":\"131\",\"of\":\"" HEX_A
        "\",\"status\":\"failed\",\"code\":\"x\",\"field\":\"\"}\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        eg_ledger ledger;
        eg_error err;
        FILE *file = fopen(p->file, "w");
        assert_true(file != NULL && fputs(lines[i], file) >= 0 && fclose(file) == 0);
        assert_int_equal(eg_ledger_open(&ledger, &p->plan, HEX_A, &err).code, EG_E_BAD_ENCODING);
        assert_non_null(strstr(err.text, "line 1"));
        eg_ledger_close(&ledger);
    }
}

static void chunks_have_names(void **state)
{
    place *p = *state;
    static const char *const bad[] = {"",    "0",  "131", "01",
                                      "1.1", "-1", "1 ",  "99999999999999999999"};
    static const char *const bad_sums[] = {"3", "0.1", "1.4", "2.2", "3.1", "1.", ".1", "1.1.1"};
    const eg_task tasks[] = {encrypt_17, tally_17, sum_3, top, {EG_TASK_ENCRYPT, 0, CHUNKS}};
    eg_task read;
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        char name[EG_CHUNK_NAME_BYTES];
        eg_chunk_name_of(name, &tasks[i]);
        assert_true(
            eg_task_of_chunk_name(&read, &p->plan, result_of(&tasks[i], true).task.stage, name));
        assert_true(read.stage == tasks[i].stage && read.level == tasks[i].level &&
                    read.number == tasks[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(eg_task_of_chunk_name(&read, &p->plan, EG_STAGE_TALLY, bad[i]));
        assert_false(eg_task_of_chunk_name(&read, &p->plan, EG_STAGE_COMBINE, bad_sums[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_recorded_is_found_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_failure_takes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_torn_line_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_ledger_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chunks_have_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
