/* CSV lines and files of ballots, good and hostile. */
#include "support/cmocka_all.h"

#include "client/ballot_file.h"

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
    const char *fault = eg_csv_split(eg_str_from(line), ',', fields, &count, &fault_field, &arena);
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
                        "a closing quote must be followed by a separator or the end of the line");
    assert_string_equal(split("a\tb"), "it holds a control character");
    assert_string_equal(split("\xC0\xAF"), "it is not UTF-8");
}

static void bounds_the_number_of_fields(void **state)
{
    static char line[EG_CSV_FIELDS_MAX + 2];
    static eg_str fields[EG_CSV_FIELDS_MAX];
    size_t count;
    size_t at;
    (void)state;
    memset(line, ',', sizeof line - 2);
    assert_null(eg_csv_split(eg_str_from(line), ',', fields, &count, &at, &arena));
    assert_int_equal(count, EG_CSV_FIELDS_MAX); /* what is more is empty */
    line[sizeof line - 2] = 'x';
    assert_string_equal(split(line), "there are too many fields");
}

static void read_bytes(eg_ballot_file *out, eg_str content)
{
    static const eg_str names[] = {EG_STR("Ann"), EG_STR("Bob"), EG_STR("Zo\xC3\xAB, jr")};
    static const eg_election_spec spec = {
        .max_choices = 1, .candidates = names, .candidate_count = 3};
    assert_false(eg_failed(eg_ballot_file_read(out, content, &spec, &arena, NULL)));
}

static void read_file(eg_ballot_file *out, const char *text)
{
    read_bytes(out, eg_str_from(text));
}

/* Three ballots, for Ann, nobody and Zoë, in whatever form. */
static void assert_three(const eg_ballot_file *file)
{
    static const char *const ids[] = {"b-1", "b-2", "b-3"};
    for (size_t i = 0; i < file->fault_count; i++) {
        fail_msg("line %zu, field %zu: %s", file->faults[i].line, file->faults[i].field,
                 file->faults[i].reason);
    }
    assert_int_equal(file->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(eg_str_equal(file->votes[i].ballot_id, eg_str_from(ids[i])));
        assert_int_equal(file->votes[i].choice_count, i == 1 ? 0 : 1);
    }
    assert_true(eg_str_equal(file->votes[0].choices[0], EG_STR("Ann")));
    assert_true(eg_str_equal(file->votes[2].choices[0], EG_STR("Zo\xC3\xAB, jr")));
}

static void reads_what_spreadsheets_write(void **state)
{
    static const char *const files[] = {
        /* semicolons, as where the comma is the decimal sign; rows filled up */
        "Ballot ID;Choice;;\r\nb-1;Ann;;\r\nb-2;;;\r\nb-3;Zo\xC3\xAB, jr;;\r\n",
        "sep=;\r\nBallot ID;Choice\r\nb-1;Ann\r\nb-2;\r\nb-3;Zo\xC3\xAB, jr\r\n",
        "\xEF\xBB\xBFsep=,\r\nballot_id,a\r\nb-1,Ann\r\nb-2,\r\nb-3,\"Zo\xC3\xAB, jr\"\r\n",
        "\"sep=;\"\nballot_id;a\nb-1;Ann\nb-2\nb-3;Zo\xC3\xAB, jr",
        "SEP=\t\nballot_id\ta\nb-1\tAnn\nb-2\nb-3\tZo\xC3\xAB, jr",
        /* tabs; every field in quotes */
        "Ballot ID\tChoice\nb-1\tAnn\t\t\nb-2\t\nb-3\tZo\xC3\xAB, jr\n",
        "\"BALLOT-ID\";\"Choice\"\n\"b-1\";\"Ann\"\n\"b-2\";\"\"\n\"b-3\";\"Zo\xC3\xAB, jr\"\n",
        "ballotId|c\nb-1|Ann\nb-2|\nb-3|Zo\xC3\xAB, jr\n",
        /* surplus fields that are empty; spaces in them and in lines; rows of commas */
        " Ballot Id ,c\nb-1,Ann,, ,\n,,,\nb-2, ,\nb-3,\"Zo\xC3\xAB, jr\",\n,,,\n\"\",\"\"\n",
        "ballot_id,c\n\n   \n\t\t\nb-1,Ann\nb-2\n \xC2\xA0\nb-3,\"Zo\xC3\xAB, jr\"\n  \n",
        /* line ends of old Macintoshes */
        "ballot_id,c\rb-1,Ann\rb-2,\r\rb-3,\"Zo\xC3\xAB, jr\"\r",
    };
    eg_ballot_file file;
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        read_file(&file, files[i]);
        assert_three(&file);
    }
}

/* UTF-16 of text whose characters beyond ASCII are all of two bytes in UTF-8. */
static eg_str utf16(const char *text, bool big_endian)
{
    const unsigned char *s = (const unsigned char *)text;
    unsigned char *out = eg_arena_alloc(&arena, 2 * strlen(text) + 2);
    size_t n = 0;
    unsigned c = 0xFEFF;
    for (;;) {
        out[n++] = (unsigned char)(big_endian ? c >> 8 : c);
        out[n++] = (unsigned char)(big_endian ? c : c >> 8);
        if (*s == 0) {
            return (eg_str){(const char *)out, n};
        }
        c = *s < 0x80 ? s[0] : (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
        s += *s < 0x80 ? 1 : 2;
    }
}

static void reads_utf16_with_its_mark(void **state)
{
    static const char text[] = "Ballot ID\tC\r\nb-1\tAnn\t\r\nb-2\t\r\nb-3\tZo\xC3\xAB, jr\r\n";
    eg_ballot_file file;
    (void)state;
    read_bytes(&file, utf16(text, false));
    assert_three(&file);
    read_bytes(&file, utf16(text, true));
    assert_three(&file);
}

static void assert_one_fault(eg_str content, size_t line, size_t field, const char *reason)
{
    eg_ballot_file file;
    read_bytes(&file, content);
    assert_int_equal(file.fault_count, 1);
    assert_int_equal(file.faults[0].line, line);
    assert_int_equal(file.faults[0].field, field);
    assert_string_equal(file.faults[0].reason, reason);
}

static void refuses_what_only_looks_like_it(void **state)
{
    static const char no_header[] = "the first line must be a header that begins with ballot_id";
    static const char other_separator[] =
        "another separator than the header's is in it; or it must be in quotes";
    eg_str odd = utf16("ballot_id,c\nb-1,Ann\n", false);
    (void)state;
    odd.len--;
    assert_one_fault(odd, 1, 0, "it begins with the mark of UTF-16, but is not UTF-16");
    assert_one_fault(EG_STR("\xFF\xFE\x00\xD8"
                            "a\x00"),
                     1, 0, /* half a surrogate pair */
                     "it begins with the mark of UTF-16, but is not UTF-16");
    assert_one_fault(EG_STR("\xFF\xFE"), 1, 0, "there is no ballot in the file");
    assert_one_fault(EG_STR("ballot_id;c\nb-1,Ann\n\"b,2\"\n"), 2, 1, other_separator);
    assert_one_fault(EG_STR("ballot_id,c\nb-1;Ann,\n\"b;2\"\n"), 2, 1, other_separator);
    assert_one_fault(EG_STR("sep=;\nballot_id,c\n"), 2, 1, no_header);
    assert_one_fault(EG_STR("sep=x\nballot_id,c\nb-1,Ann"), 1, 0,
                     "the separator must be a comma, a semicolon, a tab or |");
    assert_one_fault(EG_STR("ballot,c\nb-1,Ann"), 1, 1, no_header);
    assert_one_fault(EG_STR("ballot_id,c\n   ,Ann\n"), 2, 1, "a ballot id is needed");
    assert_one_fault(EG_STR("ballot_id,c\n,Ann\n"), 2, 1, "a ballot id is needed");
    assert_one_fault(EG_STR("ballot_id,c\nb-1,Ann,,x\n"), 2, 0,
                     "it has more fields than the header");
    assert_one_fault(EG_STR("ballot_id,c\nb-1,\"A\tnn\"\n"), 2, 0, "it holds a control character");
    assert_one_fault(EG_STR("ballot_id\tc\nb-1\t\"A\tnn\"\n"), 2, 2,
                     "it holds a control character");
    assert_one_fault(EG_STR("ballot_id,c\nb-1,Ann\rb-2,Bob\n"), 2, 0,
                     "it holds a control character");
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
        cmocka_unit_test(reads_what_spreadsheets_write),
        cmocka_unit_test(reads_utf16_with_its_mark),
        cmocka_unit_test(refuses_what_only_looks_like_it),
        cmocka_unit_test(names_lines_of_faults),
        cmocka_unit_test(counts_more_faults_than_it_keeps),
        cmocka_unit_test(bounds_the_number_of_ballots),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
