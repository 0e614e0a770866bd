#include "cli/report.h"

#include <inttypes.h>
#include <stdio.h>

void eg_report_error(const char *command, const eg_error *error)
{
    fprintf(stderr, "%s: %s%s%s\n", command, error->path, error->path[0] == '\0' ? "" : ": ",
            error->text);
}

void eg_report_name(eg_str name)
{
    enum { COLUMN_BYTES = 32 };
    size_t n = name.len < COLUMN_BYTES ? name.len : COLUMN_BYTES;
    while (n < name.len && n > 0 && ((unsigned char)name.data[n] & 0xC0) == 0x80) {
        n--; /* not through the middle of a character */
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name.data[i];
        putchar(c < 0x20 || c == 0x7f ? '?' : c);
    }
    printf("%*s", (int)(COLUMN_BYTES - n), "");
}

bool eg_report_counts(const eg_election_spec *spec, const uint64_t decrypted[],
                      const uint64_t plain[])
{
    bool agree = true;
    printf("%-32s %12s %12s\n", "candidate", "decrypted", "plain count");
    for (size_t i = 0; i < spec->candidate_count; i++) {
        bool same = decrypted[i] == plain[i];
        agree = agree && same;
        eg_report_name(spec->candidates[i]);
        printf(" %12" PRIu64 " %12" PRIu64 "%s\n", decrypted[i], plain[i], same ? "" : "  differs");
    }
    puts(agree ? "the result is the plain count" : "the result is NOT the plain count");
    return agree;
}
