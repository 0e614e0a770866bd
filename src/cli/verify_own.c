#include "cli/verify_own.h"

#include "cli/report.h"
#include "client/record_verify.h"

#include <inttypes.h>
#include <stdio.h>

static const char command[] = "egserve verify";

static void print_result(const eg_verified *verified)
{
    const eg_election_spec *spec = &verified->spec;
    (void)eg_report_counts(spec, verified->counts, NULL);
    printf("verified: %s, %s of whom %" PRIu32 " %s missing, and the result\n",
           eg_counted_of(verified->ballot_count, "ballot").text,
           eg_counted_of(spec->guardians, "guardian").text, spec->missing,
           spec->missing == 1 ? "was" : "were");
}

static void print_json(const char *folder, const eg_verified *verified, bool good,
                       const eg_error *err)
{
    eg_outcome json;
    eg_outcome_begin(&json, command, good, err);
    eg_put_cstr(&json.w, "folder", folder);
    if (good) {
        eg_put_int(&json.w, "ballots", (int64_t)verified->ballot_count);
        eg_put_int(&json.w, "guardians", verified->spec.guardians);
        eg_put_int(&json.w, "quorum", verified->spec.quorum);
        eg_put_int(&json.w, "missing", verified->spec.missing);
        eg_outcome_put_counts(&json, &verified->spec, verified->counts, NULL);
    }
    eg_outcome_end(&json);
}

static eg_result verify(eg_verified *out, const char *folder, bool is_quiet, eg_arena *arena,
                        eg_error *err)
{
    eg_record record;
    EG_TRY(eg_record_open_read(&record, folder, err));
    eg_result result = eg_record_verify(out, &record, is_quiet, arena, err);
    eg_record_close(&record);
    return result;
}

int eg_verify_own(const char *folder, const eg_output *output)
{
    eg_error err = {0};
    eg_arena arena;
    eg_verified verified = {0};
    eg_arena_init(&arena, NULL);
    bool good = !eg_failed(verify(&verified, folder, output->quiet, &arena, &err));
    if (!good) {
        eg_report_error(command, &err);
    } else if (eg_output_is_text(output)) {
        print_result(&verified);
    }
    if (output->json) {
        print_json(folder, &verified, good, &err);
    }
    eg_arena_free(&arena);
    return good ? EG_EXIT_OK : EG_EXIT_FAILED;
}
