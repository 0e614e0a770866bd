/* egserve guardian share, compensate: a guardian's part of the decryption. */
#include "base/lock.h"
#include "cli/guardian_commands.h"
#include "cli/report.h"
#include "cli/verify_report.h"
#include "client/progress.h"
#include "guardian/verified_tally.h"
#include "record/parallel.h"

#include <stdio.h>
#include <string.h>

typedef struct request {
    const char *command;
    const char *tally;
    const char *missing; /* NULL: the guardian's own shares */
    const char *out;
    bool trust;
    eg_guardian_key_flags flags;
    eg_output output;
} request;

typedef struct state {
    eg_guardian_key key;
    eg_source source;
    eg_verified_tally verified;
    uint32_t missing;
    eg_guardian_shares *shares;
    eg_guardian_written written;
    eg_progress progress;
    eg_lock lock; /* of progress, while shares are computed */
    eg_arena arena;
} state;

/* ---- the tally ---- */

static void step(void *context, const char *name, size_t parts)
{
    eg_progress_step(context, name, parts);
}

static void done(void *context, size_t parts)
{
    eg_progress_add(context, parts);
}

static const char trust_warning[] =
    "%s: --trust-tally: the ballots are not looked at. Whoever made this tally may have put\n"
    "%s: a single vote in it, or all of them but one: this share helps to read whatever it is.\n"
    "%s: Spoiled ballots are not opened.\n";

/* What cannot be opened is named in full, where the path has a part of its name. */
static eg_result open_source(state *s, const char *tally, eg_error *err)
{
    eg_result result = eg_source_open(&s->source, tally, &s->arena, err);
    if (eg_failed(result) && strncmp(tally, err->path, strlen(err->path)) == 0) {
        err->path[0] = '\0';
        return eg_guardian_in_file(result, tally, err);
    }
    return result;
}

static eg_result verify(const request *r, state *s, eg_error *err)
{
    const eg_record_watch watch = {&s->progress, step, done};
    if (r->trust) {
        fprintf(stderr, trust_warning, r->command, r->command, r->command);
    }
    EG_TRY(open_source(s, r->tally, err));
    EG_TRY(eg_verified_tally_open(&s->verified, s->key.guardian, &s->source,
                                  r->trust ? EG_AUDIT_TALLY_ALONE : EG_AUDIT_CLOSED,
                                  eg_rng_system(), 0, &watch, &s->arena, err));
    if (!s->verified.audit->is_verified) {
        eg_progress_end(&s->progress);
        eg_verify_print_faults(r->command, s->verified.audit);
        return EG_FAIL(err, EG_E_PROOF_INVALID, NULL,
                       "the tally does not hold, with %s: no share of it is computed",
                       eg_counted_of(s->verified.audit->fault_total, "fault").text);
    }
    return EG_SUCCESS;
}

/* ---- shares ---- */

static eg_result compute(void *context, size_t thread, size_t unit, eg_arena *scratch,
                         eg_error *err)
{
    state *s = context;
    (void)thread, (void)scratch;
    EG_TRY(eg_guardian_shares_compute(s->shares, unit, eg_rng_system(), err));
    eg_lock_take(&s->lock);
    eg_progress_add(&s->progress, 1);
    eg_lock_give(&s->lock);
    return EG_SUCCESS;
}

static eg_result compute_all(state *s, eg_error *err)
{
    const size_t units = eg_guardian_shares_units(s->shares);
    eg_progress_step(&s->progress, "shares", units);
    eg_lock_init(&s->lock);
    eg_result result = eg_parallel_run(units, eg_parallel_threads(0), compute, s, err);
    eg_lock_clear(&s->lock);
    return result;
}

static eg_result find_missing(const request *r, state *s, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "--for");
    eg_guardian_info info;
    eg_guardian_about(s->key.guardian, &info);
    for (uint32_t i = 1; i <= info.number_of_guardians && r->missing != NULL; i++) {
        const eg_guardian_public *known = eg_guardian_known(s->key.guardian, i);
        if (known != NULL && eg_str_equal(known->owner_id, eg_str_from(r->missing))) {
            s->missing = i;
        }
    }
    return r->missing == NULL || s->missing != 0
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_NOT_FOUND, &at, "the key file knows no guardian of that id");
}

static eg_result write_shares(const request *r, state *s, eg_error *err)
{
    char name[64];
    eg_guardian_info info;
    eg_buf text;
    eg_guardian_about(s->key.guardian, &info);
    if (s->missing == 0) {
        (void)snprintf(name, sizeof name, "share-%u.json", info.sequence_order);
    } else {
        (void)snprintf(name, sizeof name, "share-%u-by-%u.json", s->missing, info.sequence_order);
    }
    EG_TRY(eg_arena_new(&s->arena, 1, PATH_MAX, &s->written.files, err));
    EG_TRY(eg_guardian_output(s->written.files[0], r->out, name, err));
    eg_buf_init(&text, NULL);
    eg_result result = eg_guardian_shares_write(s->shares, &text, err);
    result = eg_failed(result) ? result
                               : eg_guardian_publish(s->written.files[0], eg_buf_str(&text), err);
    s->written.count = eg_failed(result) ? 0 : 1;
    eg_buf_free(&text);
    return result;
}

static eg_result make(const request *r, state *s, eg_error *err)
{
    EG_TRY(eg_guardian_key_open(&s->key, &r->flags, err));
    EG_TRY(find_missing(r, s, err));
    eg_progress_init(&s->progress, r->output.quiet);
    EG_TRY(verify(r, s, err));
    EG_TRY(
        eg_guardian_shares_begin(&s->shares, s->key.guardian, &s->verified.tally, s->missing, err));
    EG_TRY(compute_all(s, err));
    return write_shares(r, s, err);
}

/* ---- the end ---- */

static void put_state(eg_writer *w, const void *context)
{
    const state *s = context;
    if (s->verified.audit != NULL) {
        eg_put_bool(w, "verified", s->verified.audit->is_verified);
        eg_put_int(w, "ballots", (int64_t)s->verified.audit->ballot_count);
        eg_put_int(w, "cast", (int64_t)s->verified.audit->cast_count);
        eg_put_int(w, "spoiled", (int64_t)s->verified.audit->spoiled_count);
        eg_put_int(w, "fault_count", (int64_t)s->verified.audit->fault_total);
    }
    eg_guardian_put_files(w, &s->written);
}

static void print_done(const request *r, const state *s)
{
    const eg_audit *audit = s->verified.audit;
    if (!eg_output_is_text(&r->output)) {
        return;
    }
    if (r->trust) {
        printf("%s: shares of the tally, which was not verified\n", s->written.files[0]);
    } else {
        printf("%s: shares of the tally of %s, and of %s\n", s->written.files[0],
               eg_counted_of(audit->cast_count, "ballot").text,
               eg_counted_of(audit->spoiled_count, "spoiled ballot").text);
    }
}

static int run(const request *r)
{
    static state s;
    eg_error err = {0};
    s = (state){.key = {.lock = -1}};
    eg_arena_init(&s.arena, NULL);
    eg_result result = make(r, &s, &err);
    eg_progress_end(&s.progress);
    if (!eg_failed(result)) {
        print_done(r, &s);
    }
    int status =
        eg_guardian_end(r->command, &r->output, s.key.guardian, put_state, &s, result, &err);
    eg_guardian_shares_free(s.shares);
    eg_source_close(&s.source);
    eg_guardian_key_close(&s.key);
    eg_arena_free(&s.arena);
    return status;
}

#define TALLY_NOTES                                                                                \
    "TALLY is the record before its decryption, a folder or a zip file: manifest, context,\n"      \
    "guardians, all ballots and the encrypted tally."

#define TRUST_OPTION(r)                                                                            \
    {                                                                                              \
        "--trust-tally", EG_OPTION_SWITCH, NULL, &(r)->trust,                                      \
            "do not ask for the ballots: whoever made the tally is trusted with every vote", 0, 0, \
            false                                                                                  \
    }

int eg_guardian_cmd_share(int argc, char **argv)
{
    request r = {.command = "egserve guardian share"};
    const eg_option options[] = {
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        {"--out", EG_OPTION_TEXT, "FILE", &r.out,
         "the file, or a folder (default: share-<order>.json here)", 0, 0, false},
        TRUST_OPTION(&r),
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = r.command,
        .summary =
            "Verifies a tally, every ballot of it and that it is their product, and computes\n"
            "this guardian's shares of it and of the spoiled ballots. Nothing else is ever\n"
            "decrypted: whoever could have a single ballot decrypted would read a vote.",
        .notes = TALLY_NOTES,
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "TALLY",
        .argument_to = &r.tally,
    };
    int status;
    return eg_guardian_options_read(&usage, &r.flags, argc, argv, &status) ? run(&r) : status;
}

int eg_guardian_cmd_compensate(int argc, char **argv)
{
    request r = {.command = "egserve guardian compensate"};
    const eg_option options[] = {
        {"--for", EG_OPTION_TEXT, "ID", &r.missing, "the guardian who is missing", 0, 0, true},
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        {"--out", EG_OPTION_TEXT, "FILE", &r.out,
         "the file, or a folder (default: share-<missing>-by-<order>.json here)", 0, 0, false},
        TRUST_OPTION(&r),
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = r.command,
        .summary =
            "Verifies a tally as `share` does, and computes this guardian's part of the shares\n"
            "of another one who is missing, from the backup that was received.",
        .notes = TALLY_NOTES,
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "TALLY",
        .argument_to = &r.tally,
    };
    int status;
    return eg_guardian_options_read(&usage, &r.flags, argc, argv, &status) ? run(&r) : status;
}
