/* CSV lines and files of ballots, good and hostile. */
#include "support/cmocka_all.h"

#include "cli/ballot_file.h"

#include <stdio.h>

static eg_arena arena;

static int begin(void **state)
{
    (void)state;
    eg_arena_init(&arena, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    eg_arena_free(&arena);
    return 0;
}

/* The fields joined by '|', or the fault. */
static const char *split(const char *line)
{
    static eg_str fields[EG_CSV_FIELDS_MAX];
    static char joined[512];
    size_t count;
    size_t fault_field;
    size_t n = 0;
    const char *fault = eg_csv_split(eg_str_from(line), fields, &count, &fault_field, &arena);
    if (fault != NULL) {
        return fault;
    }
    joined[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        n += (size_t)snprintf(joined + n, sizeof joined - n, "%s%.*s", i == 0 ? "" : "|",
                              (int)fields[i].len, fields[i].data);
    }
    return joined;
}

static void splits_lines(void **state)
{
    (void)state;
    assert_string_equal(split("a,b,c"), "a|b|c");
    assert_string_equal(split("a"), "a");
    assert_string_equal(split("a,"), "a|");
    assert_string_equal(split(",,"), "||");
    assert_string_equal(split(" a , b"), " a | b");
    assert_string_equal(split("\"a,b\",c"), "a,b|c");
    assert_string_equal(split("\"\",\"\""), "|");
    assert_string_equal(split("\"say \"\"yes\"\"\",x"), "say \"yes\"|x");
    assert_string_equal(split("\"\"\"\""), "\"");
    assert_string_equal(split("J\xC3\xBCrgen"), "J\xC3\xBCrgen");
}

static void refuses_lines(void **state)
{
    (void)state;
    assert_string_equal(split("\"a"), "a quote is not closed on its line");
    assert_string_equal(split("\"a\"\""), "a quote is not closed on its line");
    assert_string_equal(split("\""), "a quote is not closed on its line");
    assert_string_equal(split("a,b\"c"), "a quote may only stand around a whole field");
    assert_string_equal(split("\"a\"b"),
                        "a closing quote must be followed by a comma or the end of the line");
    assert_string_equal(split("a\tb"), "it holds a control character");
    assert_string_equal(split("\xC0\xAF"), "it is not UTF-8");
}

static void bounds_the_number_of_fields(void **state)
{
    static char line[EG_CSV_FIELDS_MAX + 1];
    (void)state;
    memset(line, ',', sizeof line - 1);
    assert_string_equal(split(line), "there are too many fields");
}

static void read_file(eg_ballot_file *out, const char *text)
{
    static const eg_str names[] = {EG_STR("Ann"), EG_STR("Bob")};
    static const eg_election_spec spec = {
        .max_choices = 1, .candidates = names, .candidate_count = 2};
    assert_false(eg_failed(eg_ballot_file_read(out, eg_str_from(text), &spec, &arena, NULL)));
}

static void reads_a_file(void **state)
{
    eg_ballot_file file;
    (void)state;
    read_file(&file, "\xEF\xBB\xBF"
                     "ballot_id,choice\r\n\r\n1,Bob\r\n2,\n3\n4,Ann");
    assert_int_equal(file.fault_count, 0);
    assert_int_equal(file.count, 4);
    assert_true(eg_str_equal(file.votes[0].ballot_id, EG_STR("1")));
    assert_int_equal(file.votes[0].choice_count, 1);
    assert_true(eg_str_equal(file.votes[0].choices[0], EG_STR("Bob")));
    assert_int_equal(file.votes[1].choice_count, 0);
    assert_int_equal(file.votes[2].choice_count, 0);
    assert_true(eg_str_equal(file.votes[3].choices[0], EG_STR("Ann")));
}

static void names_lines_of_faults(void **state)
{
    eg_ballot_file file;
    (void)state;
    read_file(&file, "ballot_id,a,b\n1,Ann\n2,Ann,Bob\n1,Bob\n\n3,Cid\n");
    assert_int_equal(file.fault_count, 3);
    assert_int_equal(file.faults[0].line, 3); /* two choices of one */
    assert_int_equal(file.faults[0].field, 3);
    assert_int_equal(file.faults[1].line, 4); /* the id of line 2 */
    assert_int_equal(file.faults[1].field, 1);
    assert_int_equal(file.faults[2].line, 6); /* no candidate */
    assert_int_equal(file.faults[2].field, 2);
}

static void counts_more_faults_than_it_keeps(void **state)
{
    static char text[4096];
    eg_ballot_file file;
    size_t n = (size_t)snprintf(text, sizeof text, "ballot_id,a\n");
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%zu,Cid\n", i);
    }
    read_file(&file, text);
    assert_int_equal(file.fault_count, 100);
    assert_int_equal(file.faults[EG_BALLOT_FILE_FAULTS_SHOWN - 1].line,
                     EG_BALLOT_FILE_FAULTS_SHOWN + 1);
    assert_int_equal(file.count, 0);
}

static void bounds_the_number_of_ballots(void **state)
{
    enum { LINES = EG_BALLOT_FILE_BALLOTS_MAX + 1 };
    eg_ballot_file file;
    char *text = eg_arena_alloc(&arena, 16 * (size_t)LINES);
    size_t n = (size_t)sprintf(text, "ballot_id,a\n");
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        n += (size_t)sprintf(text + n, "%zu,Bob\n", i);
    }
    read_file(&file, text);
    assert_int_equal(file.count, EG_BALLOT_FILE_BALLOTS_MAX);
    assert_int_equal(file.fault_count, 1);
    assert_int_equal(file.faults[0].line, LINES + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_lines),
        cmocka_unit_test(refuses_lines),
        cmocka_unit_test(bounds_the_number_of_fields),
        cmocka_unit_test(reads_a_file),
        cmocka_unit_test(names_lines_of_faults),
        cmocka_unit_test(counts_more_faults_than_it_keeps),
        cmocka_unit_test(bounds_the_number_of_ballots),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
