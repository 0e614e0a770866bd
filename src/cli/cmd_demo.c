/* egserve demo: a service of its own, and a small election through it over HTTP. */
#include "base/clock.h"
#include "cli/child_service.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/report.h"
#include "client/interrupt.h"
#include "client/progress.h"
#include "client/remote.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    BALLOTS_MAX = 10000,
    GUARDIANS_MAX = 20,
    CANDIDATES_MAX = 100,
    SINGLE_BALLOTS = 4, /* encrypted one at a time; the others travel in chunks */
    CHUNK_BALLOTS = 32,
    NAME_BYTES = 32,
    PATIENCE_S = 10
};

static const char command[] = "egserve demo";

typedef struct settings {
    uint64_t ballots, guardians, quorum, missing, candidates, seed;
    bool with_log;
    eg_output output;
} settings;

typedef struct demo {
    const settings *set;
    eg_election_spec spec;
    eg_remote remote;
    eg_progress progress;
    eg_arena arena;
    eg_vote *votes;
    uint64_t *plain;  /* votes of each candidate, counted here */
    uint64_t *counts; /* as decrypted; NULL before that */
    bool agree;
    eg_str *published;
} demo;

/* Reproducible votes, no secret: splitmix64. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static eg_result make_name(eg_str *out, const char *word, size_t number, eg_arena *arena,
                           eg_error *err)
{
    char text[NAME_BYTES];
    (void)snprintf(text, sizeof text, "%s %zu", word, number);
    return eg_arena_copy_str(arena, eg_str_from(text), out, err);
}

static eg_result make_spec(demo *d, eg_error *err)
{
    const size_t count = (size_t)d->set->candidates;
    eg_str *candidates = NULL;
    eg_str *parties = NULL;
    EG_TRY(eg_arena_new(&d->arena, count, sizeof *candidates, &candidates, err));
    EG_TRY(eg_arena_new(&d->arena, count, sizeof *parties, &parties, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(make_name(&candidates[i], "Candidate", i + 1, &d->arena, err));
        EG_TRY(make_name(&parties[i], "Party", i + 1, &d->arena, err));
    }
    d->spec = (eg_election_spec){.guardians = (uint32_t)d->set->guardians,
                                 .quorum = (uint32_t)d->set->quorum,
                                 .missing = (uint32_t)d->set->missing,
                                 .max_choices = 1,
                                 .candidates = candidates,
                                 .parties = parties,
                                 .candidate_count = count};
    return EG_SUCCESS;
}

/* One vote for each ballot, and the plain count. */
static eg_result make_votes(demo *d, eg_error *err)
{
    const size_t count = (size_t)d->set->ballots;
    uint64_t state = d->set->seed;
    EG_TRY(eg_arena_new(&d->arena, count, sizeof *d->votes, &d->votes, err));
    EG_TRY(eg_arena_new(&d->arena, count, sizeof *d->published, &d->published, err));
    EG_TRY(eg_arena_new(&d->arena, d->spec.candidate_count, sizeof *d->plain, &d->plain, err));
    for (size_t i = 0; i < count; i++) {
        /* the smaller of two: uneven, so that exchanged counts show */
        size_t one = (size_t)(next_random(&state) % d->spec.candidate_count);
        size_t other = (size_t)(next_random(&state) % d->spec.candidate_count);
        size_t choice = one < other ? one : other;
        EG_TRY(make_name(&d->votes[i].ballot_id, "ballot", i + 1, &d->arena, err));
        d->votes[i].choices = &d->spec.candidates[choice];
        d->votes[i].choice_count = 1;
        d->plain[choice]++;
    }
    return EG_SUCCESS;
}

static eg_result set_up(demo *d, eg_error *err)
{
    eg_str answer;
    eg_progress_step(&d->progress, "guardians", d->spec.guardians);
    EG_TRY(eg_remote_setup(&d->remote, &answer, &d->arena, err));
    EG_TRY(eg_ceremony_read(&d->remote.ceremony, answer, &d->spec, &d->arena, err));
    eg_progress_add(&d->progress, d->spec.guardians);
    return EG_SUCCESS;
}

static eg_result encrypt(demo *d, eg_error *err)
{
    const size_t count = (size_t)d->set->ballots;
    size_t done = 0;
    eg_progress_step(&d->progress, "ballots", count);
    while (done < count) {
        size_t n = 1;
        if (done < SINGLE_BALLOTS) {
            EG_TRY(eg_remote_encrypt(&d->remote, &d->votes[done], &d->published[done], &d->arena,
                                     err));
        } else {
            n = count - done < CHUNK_BALLOTS ? count - done : CHUNK_BALLOTS;
            EG_TRY(eg_remote_encrypt_chunk(&d->remote, &d->votes[done], n, &d->published[done],
                                           &d->arena, err));
        }
        done += n;
        eg_progress_add(&d->progress, n);
    }
    return EG_SUCCESS;
}

static eg_result decrypt(demo *d, eg_str tally, eg_str *results, eg_error *err)
{
    const eg_remote_target target = {.tally = tally};
    const size_t available = eg_spec_available(&d->spec);
    const size_t pairs = available * d->spec.missing;
    eg_str *shares = NULL;
    eg_str *compensated = NULL;
    EG_TRY(eg_arena_new(&d->arena, available, sizeof *shares, &shares, err));
    EG_TRY(eg_arena_new(&d->arena, pairs, sizeof *compensated, &compensated, err));
    eg_progress_step(&d->progress, "decryption shares", available);
    for (size_t i = 0; i < available; i++) {
        EG_TRY(eg_remote_share(&d->remote, i, &target, &shares[i], &d->arena, err));
        eg_progress_add(&d->progress, 1);
    }
    eg_progress_step(&d->progress, "compensated shares", pairs);
    for (size_t i = 0; i < pairs; i++) {
        EG_TRY(eg_remote_compensate(&d->remote, i % available, available + i / available, &target,
                                    &compensated[i], &d->arena, err));
        eg_progress_add(&d->progress, 1);
    }
    eg_progress_step(&d->progress, "combination", 1);
    EG_TRY(eg_remote_combine(&d->remote, &target, shares, compensated, results, &d->arena, err));
    eg_progress_add(&d->progress, 1);
    return EG_SUCCESS;
}

static eg_result tally(demo *d, eg_str *out, eg_error *err)
{
    const size_t count = (size_t)d->set->ballots;
    eg_progress_step(&d->progress, "tally", count);
    EG_TRY(eg_remote_tally(&d->remote, d->published, count, out, &d->arena, err));
    eg_progress_add(&d->progress, count);
    return EG_SUCCESS;
}

static eg_result run_election(demo *d, eg_error *err)
{
    eg_str product;
    eg_str results;
    uint64_t *counts = NULL;
    EG_TRY(make_spec(d, err));
    EG_TRY(make_votes(d, err));
    EG_TRY(set_up(d, err));
    EG_TRY(encrypt(d, err));
    EG_TRY(tally(d, &product, err));
    EG_TRY(decrypt(d, product, &results, err));
    eg_progress_end(&d->progress);
    EG_TRY(eg_arena_new(&d->arena, d->spec.candidate_count, sizeof *counts, &counts, err));
    EG_TRY(eg_results_counts(counts, results, &d->spec, &d->arena, err));
    d->counts = counts;
    d->agree = true;
    for (size_t i = 0; i < d->spec.candidate_count; i++) {
        d->agree = d->agree && counts[i] == d->plain[i];
    }
    return EG_SUCCESS;
}

static bool tick(void *progress)
{
    eg_progress_tick(progress);
    return !eg_interrupted();
}

/* The election against a service that runs at the url. */
static eg_result run_at(demo *d, const char *url, eg_error *err)
{
    eg_http_client *http = NULL;
    eg_progress_init(&d->progress, d->set->output.quiet);
    EG_TRY(eg_http_client_new(
        &http, &(eg_http_options){.url = url, .tick = tick, .tick_context = &d->progress}, err));
    eg_remote_init(&d->remote, &http, 1, &d->spec, &d->progress, PATIENCE_S);
    eg_result result = run_election(d, err);
    eg_progress_end(&d->progress);
    eg_remote_free(&d->remote);
    eg_http_client_free(http);
    return result;
}

static void print_json(const demo *d, bool ended, double seconds, const eg_error *err)
{
    eg_outcome json;
    eg_outcome_begin(&json, command, d->agree && ended, err);
    eg_put_int(&json.w, "ballots", (int64_t)d->set->ballots);
    eg_put_int(&json.w, "guardians", (int64_t)d->set->guardians);
    eg_put_int(&json.w, "quorum", (int64_t)d->set->quorum);
    eg_put_int(&json.w, "missing", (int64_t)d->set->missing);
    eg_outcome_put_number(&json, "seconds", seconds, 3);
    if (d->counts != NULL) {
        eg_outcome_put_counts(&json, &d->spec, d->counts, d->plain);
    }
    eg_outcome_end(&json);
}

static void introduce(const settings *set, const char *url)
{
    printf("service at %s: %s, %s, quorum %" PRIu64 ", %" PRIu64 " missing\n", url,
           eg_counted_of(set->ballots, "ballot").text,
           eg_counted_of(set->guardians, "guardian").text, set->quorum, set->missing);
    (void)fflush(stdout);
}

/* The election with a service of its own, started and stopped. True when both went well. */
static bool run_with_service(demo *d, eg_error *err)
{
    eg_child_service service;
    if (eg_failed(eg_child_service_start(&service, d->set->with_log, err))) {
        return false;
    }
    if (eg_output_is_text(&d->set->output)) {
        introduce(d->set, service.url);
    }
    bool done = !eg_failed(run_at(d, service.url, err));
    if (!eg_child_service_stop(&service) && done) {
        (void)EG_FAIL(err, EG_E_INTERNAL, NULL, "the service did not end cleanly");
        return false;
    }
    return done;
}

static int run(const settings *set)
{
    eg_error err = {0};
    demo d = {.set = set};
    const uint64_t started_ns = eg_clock_monotonic_ns();
    eg_arena_init(&d.arena, NULL);
    eg_interrupt_watch();
    bool good = run_with_service(&d, &err);
    double seconds = (double)(eg_clock_monotonic_ns() - started_ns) / 1e9;
    if (d.counts != NULL && eg_output_is_text(&set->output)) {
        (void)eg_report_counts(&d.spec, d.counts, d.plain);
    }
    if (!good) {
        eg_report_error(command, &err);
    }
    if (set->output.json) {
        print_json(&d, good, seconds, &err);
    }
    eg_arena_free(&d.arena);
    if (!good) {
        (void)fflush(stdout);
        eg_interrupt_rethrow();
    }
    return good && d.agree ? EG_EXIT_OK : EG_EXIT_FAILED;
}

static eg_options_result read_settings(settings *set, int argc, char **argv)
{
    const eg_option options[] = {
        {"--ballots", EG_OPTION_COUNT, "N", &set->ballots, "ballots to cast", 1, BALLOTS_MAX,
         false},
        {"--guardians", EG_OPTION_COUNT, "N", &set->guardians, "guardians of the key", 1,
         GUARDIANS_MAX, false},
        {"--quorum", EG_OPTION_COUNT, "N", &set->quorum, "guardians needed to decrypt", 1,
         GUARDIANS_MAX, false},
        {"--missing", EG_OPTION_COUNT, "N", &set->missing, "guardians who do not come to decrypt",
         0, GUARDIANS_MAX, false},
        {"--candidates", EG_OPTION_COUNT, "N", &set->candidates, "candidates to choose from", 1,
         CANDIDATES_MAX, false},
        {"--seed", EG_OPTION_COUNT, "N", &set->seed, "the same seed, the same votes", 0, UINT64_MAX,
         false},
        {"--log", EG_OPTION_SWITCH, NULL, &set->with_log, "show the service's log", 0, 0, false},
        EG_OUTPUT_OPTIONS(&set->output),
    };
    const eg_usage usage = {
        .command = command,
        .summary =
            "Starts a service on a free port, runs an election through it over HTTP and\n"
            "compares the result with the plain count; 1 is the exit status when they differ.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    eg_options_result result = eg_options_read(&usage, argc, argv);
    if (result == EG_OPTIONS_READ && set->quorum > set->guardians) {
        return eg_options_refuse(&usage, "'--quorum' must be at most '--guardians'");
    }
    if (result == EG_OPTIONS_READ && set->missing > set->guardians - set->quorum) {
        return eg_options_refuse(&usage,
                                 "'--missing' must leave as many guardians as '--quorum' needs");
    }
    return result;
}

int eg_cmd_demo(int argc, char **argv)
{
    settings set = {
        .ballots = 32, .guardians = 5, .quorum = 3, .missing = 2, .candidates = 4, .seed = 1};
    switch (read_settings(&set, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(&set);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
