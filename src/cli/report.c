#include "cli/report.h"

#include "cli/options.h"
#include "cli/screen_text.h"
#include "record/candidate_name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* A name up to NAME_COLUMNS_MAX stands in one line with its counts in 80 columns; a longer one has
 * a line of its own. */
enum { NAME_COLUMNS = 32, NAME_COLUMNS_MAX = 44 };

static void print_buf(FILE *to, eg_buf *line)
{
    (void)fwrite(line->data, 1, line->len, to);
    eg_buf_free(line);
}

void eg_report_error(const char *command, const eg_error *error)
{
    eg_buf line;
    eg_buf_init(&line, NULL);
    eg_screen_append(&line, eg_str_from(error->path));
    eg_buf_append_str(&line, error->path[0] == '\0' ? EG_STR("") : EG_STR(": "));
    eg_screen_append(&line, eg_str_from(error->text));
    eg_buf_append_char(&line, '\n');
    fprintf(stderr, "%s: ", command);
    print_buf(stderr, &line);
}

eg_counted eg_counted_of(uint64_t count, const char *noun)
{
    eg_counted counted;
    (void)snprintf(counted.text, sizeof counted.text, "%" PRIu64 " %s%s", count, noun,
                   count == 1 ? "" : "s");
    return counted;
}

/* The rows of a table: candidates of an election from names, or of a contest. */
typedef struct rows {
    const eg_election_spec *spec;
    const eg_contest_description *contest; /* NULL: from names */
    size_t count;
} rows;

static eg_str name_of(const rows *r, size_t row)
{
    return r->contest == NULL ? r->spec->candidates[row]
                              : eg_candidate_name(r->spec->manifest, &r->contest->selections[row]);
}

static size_t name_columns(const rows *r)
{
    size_t columns = NAME_COLUMNS;
    for (size_t i = 0; i < r->count; i++) {
        size_t width = eg_screen_width(name_of(r, i));
        columns = width > columns && width <= NAME_COLUMNS_MAX ? width : columns;
    }
    return columns;
}

static void print_name(eg_str name, size_t columns)
{
    eg_buf line;
    eg_buf_init(&line, NULL);
    eg_screen_append_padded(&line, name, columns);
    if (eg_screen_width(name) > columns) {
        eg_buf_append_char(&line, '\n');
        eg_screen_append_padded(&line, EG_STR(""), columns);
    }
    print_buf(stdout, &line);
}

static void print_decrypted(const rows *r, size_t columns, const uint64_t decrypted[])
{
    printf("%-*s %12s\n", (int)columns, "candidate", "decrypted");
    for (size_t i = 0; i < r->count; i++) {
        print_name(name_of(r, i), columns);
        printf(" %12" PRIu64 "\n", decrypted[i]);
    }
}

/* True when all of them agree; plain NULL: nobody knows. */
static bool print_rows(const rows *r, const uint64_t decrypted[], const uint64_t plain[])
{
    const size_t columns = name_columns(r);
    bool agree = true;
    if (plain == NULL) {
        print_decrypted(r, columns, decrypted);
        return true;
    }
    printf("%-*s %12s %12s\n", (int)columns, "candidate", "decrypted", "plain count");
    for (size_t i = 0; i < r->count; i++) {
        bool same = decrypted[i] == plain[i];
        agree = agree && same;
        print_name(name_of(r, i), columns);
        printf(" %12" PRIu64 " %12" PRIu64 "%s\n", decrypted[i], plain[i], same ? "" : "  differs");
    }
    return agree;
}

static bool print_contest(const eg_election_spec *spec, const eg_contest_description *contest,
                          const uint64_t decrypted[], const uint64_t plain[])
{
    const rows r = {spec, contest, contest->selection_count};
    eg_buf line;
    eg_buf_init(&line, NULL);
    eg_screen_append(&line, contest->name);
    eg_buf_append_char(&line, '\n');
    print_buf(stdout, &line);
    bool agree = print_rows(&r, decrypted, plain);
    putchar('\n');
    return agree;
}

bool eg_report_counts(const eg_election_spec *spec, const uint64_t decrypted[],
                      const uint64_t plain[])
{
    bool agree = true;
    if (eg_spec_is_from_names(spec)) {
        agree = print_rows(&(rows){spec, NULL, spec->candidate_count}, decrypted, plain);
    } else {
        for (size_t i = 0; i < spec->manifest->contest_count; i++) {
            const eg_contest_description *contest = &spec->manifest->contests[i];
            agree = print_contest(spec, contest, decrypted, plain) && agree;
            decrypted += contest->selection_count;
            plain = plain == NULL ? NULL : plain + contest->selection_count;
        }
    }
    if (plain == NULL) {
        return true;
    }
    puts(agree ? "the result is the plain count" : "the result is NOT the plain count");
    return agree;
}

int eg_report_end(const char *command, int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return status;
    }
    fprintf(stderr, "%s: the output cannot be written%s%s\n", command, errno == 0 ? "" : ": ",
            errno == 0 ? "" : strerror(errno));
    return EG_EXIT_FAILED;
}
