/* Verifies the published record of an election, a folder or a zip file, and prints its result.
 *
 *     cc verify_record.c $(pkg-config --cflags --libs electionguard) && ./a.out record.zip
 *
 * Exit status: 0 all of it holds, 1 something does not, 2 it cannot be read. */
#include <electionguard/electionguard.h>

#include <inttypes.h>
#include <stdio.h>

static void print_faults(const eg_verification *record)
{
    size_t count;
    uint64_t total;
    const eg_verification_fault *faults = eg_verification_faults(record, &count, &total);
    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "%.*s: %s: %s\n", (int)faults[i].file.len, faults[i].file.data,
                faults[i].path, faults[i].text);
    }
    fprintf(stderr, "%" PRIu64 " in all: the record does not hold\n", total);
}

static void print_counts(const eg_verification *record)
{
    size_t count;
    const eg_verification_count *counts = eg_verification_counts(record, &count);
    for (size_t i = 0; i < count; i++) {
        printf("%.*s / %.*s %" PRIu64 "\n", (int)counts[i].contest_id.len,
               counts[i].contest_id.data, (int)counts[i].candidate.len, counts[i].candidate.data,
               counts[i].votes);
    }
}

int main(int argc, char **argv)
{
    eg_verification *record;
    eg_error err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: %s RECORD\n", argv[0]);
        return 2;
    }
    if (eg_failed(eg_verification_run(&record, argv[1], eg_rng_system(), 0, NULL, &err))) {
        fprintf(stderr, "%s: %s\n", err.path, err.text);
        return 2;
    }
    const int status = (int)eg_verification_verdict(record);
    if (status == EG_VERDICT_HOLDS) {
        print_counts(record);
    } else {
        print_faults(record);
    }
    eg_verification_free(record);
    return status;
}
