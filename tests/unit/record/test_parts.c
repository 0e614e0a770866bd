/* A record verified by several programs between them: what one finds alone the parts find together,
 * each fault once, and no part takes another's ballots. */
#include "support/cmocka_all.h"

#include "record/audit.h"
#include "record/source_reader.h"

#include <stdio.h>

#define RECORD "tests/data/records/full.zip"

enum { PARTS = 3 };

static eg_arena arena;
static eg_source record;
static const char *damaged; /* a digit of this ballot's first proof response is another one */

static const char
    *swapped; /* this ballot's file has another timestamp from the second reading on */
static size_t readings;

static void swap(const eg_source_file *file, char *out)
{
    static const char member[] = "\"timestamp\": ";
    if (swapped == NULL || strcmp(file->name.data, swapped) != 0 || readings++ == 0) {
        return;
    }
    char *digit = memmem(out, file->bytes, member, sizeof member - 1);
    assert_non_null(digit);
    digit += sizeof member - 1;
    *digit = *digit == '1' ? '2' : '1';
}

static bool read_damaged(void *context, const eg_source_file *file, char *out)
{
    eg_str text;
    (void)context;
    if (eg_failed(eg_source_read(&record, file, &text, &arena, NULL))) {
        return false;
    }
    memcpy(out, text.data, text.len);
    swap(file, out);
    if (damaged != NULL && strstr(file->name.data, damaged) != NULL) {
        static const char member[] = "\"proof_zero_response\"";
        char *digit = memmem(out, text.len, member, sizeof member - 1);
        assert_non_null(digit);
        digit += sizeof member + 8;
        *digit = *digit == '1' ? '2' : '1';
    }
    return true;
}

static int open_record(void **state)
{
    (void)state;
    eg_arena_init(&arena, NULL);
    return eg_failed(eg_source_open(&record, RECORD, &arena, NULL));
}

static int close_record(void **state)
{
    (void)state;
    eg_source_close(&record);
    eg_arena_free(&arena);
    return 0;
}

static const eg_audit *verify(size_t number, size_t of)
{
    eg_source source;
    eg_audit *audit = NULL;
    const eg_audit_part part = {number, of};
    assert_false(eg_failed(eg_source_open_reader(&source, record.files, record.count, read_damaged,
                                                 NULL, &arena, NULL)));
    assert_false(eg_failed(
        eg_audit_run_part(&audit, &source, false, &part, eg_rng_system(), NULL, &arena, NULL)));
    return audit;
}

static uint64_t proof_faults(const eg_audit *audit)
{
    return audit->steps[EG_AUDIT_SELECTIONS].faults + audit->steps[EG_AUDIT_VOTE_LIMITS].faults;
}

static void good_record_holds_in_every_part(void **state)
{
    (void)state;
    damaged = NULL;
    const eg_audit *alone = verify(0, 1);
    assert_true(alone->is_verified);
    for (size_t i = 0; i < PARTS; i++) {
        const eg_audit *part = verify(i, PARTS);
        assert_true(part->is_verified);
        if (i == 0) {
            assert_int_equal(part->count_count, alone->count_count);
            assert_int_equal(part->cast_count, alone->cast_count);
            assert_int_equal(part->steps[EG_AUDIT_SELECTIONS].checked,
                             alone->steps[EG_AUDIT_SELECTIONS].checked);
        }
    }
}

/* Whichever ballot it is. */
static void false_proof_is_found_by_exactly_one_part(void **state)
{
    (void)state;
    size_t tried = 0, by_part[PARTS] = {0};
    for (size_t b = 0; b < record.count; b++) {
        if (strncmp(record.files[b].name.data, "submitted_ballots/", 18) != 0) {
            continue;
        }
        damaged = record.files[b].name.data;
        uint64_t found = 0;
        for (size_t i = 0; i < PARTS; i++) {
            const uint64_t faults = proof_faults(verify(i, PARTS));
            by_part[i] += faults > 0;
            found += faults;
        }
        assert_true(found == 1);
        tried++;
    }
    assert_true(tried > PARTS);
    for (size_t i = 0; i < PARTS; i++) {
        assert_true(by_part[i] > 0);
    }
    damaged = NULL;
}

/* A spoiled ballot is read twice: for its proofs, and beside what it was opened to. */
static void ballot_that_changes_between_two_readings_is_a_fault(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; i < record.count; i++) {
        char name[EG_SOURCE_NAME_BYTES_MAX];
        if (strncmp(record.files[i].name.data, "spoiled_ballots/spoiled_", 24) != 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "submitted_ballots/submitted_%s",
                       record.files[i].name.data + 24);
        swapped = name;
        readings = 0;
        assert_false(verify(0, 1)->is_verified);
        assert_true(readings > 1);
        tried++;
    }
    swapped = NULL;
    assert_true(tried > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_record_holds_in_every_part),
        cmocka_unit_test(ballot_that_changes_between_two_readings_is_a_fault),
        cmocka_unit_test(false_proof_is_found_by_exactly_one_part),
    };
    return cmocka_run_group_tests(tests, open_record, close_record);
}
