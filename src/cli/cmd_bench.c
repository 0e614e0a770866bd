/* egserve bench: how many ballots this machine encrypts, by kernel and threads. */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/report.h"

#include <electionguard/electionguard.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { CANDIDATES_MAX = 100, THREADS_MAX = 256, TOGETHER = 8, NAME_BYTES = 32 };

typedef struct settings {
    uint64_t candidates;
    uint64_t threads;
    uint64_t seconds;
    eg_output output;
} settings;

enum { MEASUREMENTS = 2 }; /* of each kernel: one thread, and several */

/* Of one kernel; of a kernel that this processor does not run, none. */
typedef struct figures {
    const char *kernel;
    size_t count;
    unsigned threads[MEASUREMENTS];
    double per_second[MEASUREMENTS];
} figures;

/* An election of one guardian: enough to encrypt for. */
typedef struct bench_election {
    eg_arena arena;
    eg_manifest manifest;
    eg_context context;
    eg_fixed_base *key; /* owned */
    eg_election parts;
    eg_str names[CANDIDATES_MAX];
    char name_bytes[CANDIDATES_MAX][NAME_BYTES];
    eg_modq code_seed;
} bench_election;

/* What the threads of one measurement share. */
typedef struct measurement {
    const bench_election *election;
    uint64_t end_ns;
    atomic_uint_fast64_t ballots;
    atomic_bool failed;
    eg_error error; /* by the thread that sets failed */
} measurement;

static const char command[] = "egserve bench";

/* ---- the election ---- */

static void name_candidates(bench_election *e, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(e->name_bytes[i], NAME_BYTES, "Candidate %zu", i + 1);
        e->names[i] = eg_str_from(e->name_bytes[i]);
    }
}

static eg_result make_election(bench_election *e, size_t candidates, eg_error *err)
{
    eg_polynomial secret;
    eg_guardian_public record;
    eg_modp key;
    eg_modq commitment_hash;
    eg_arena_init(&e->arena, NULL);
    name_candidates(e, candidates);
    EG_TRY(
        eg_guardian_generate(&secret, &record, EG_STR("1"), 1, 1, eg_rng_system(), &e->arena, err));
    eg_joint_key(&key, &commitment_hash, &record, 1);
    EG_TRY(eg_manifest_build_service(&e->manifest, &e->arena, e->names, candidates, e->names,
                                     candidates, 1, err));
    EG_TRY(eg_context_init(&e->context, 1, 1, &key, &commitment_hash, &e->manifest.hash, err));
    e->key = eg_fixed_base_new(&key);
    if (e->key == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for the tables of the key");
    }
    e->parts = (eg_election){.manifest = &e->manifest, .context = &e->context, .key = e->key};
    eg_device_hash(&e->code_seed, 1, 1, 1, EG_STR("bench"));
    return EG_SUCCESS;
}

static void free_election(bench_election *e)
{
    eg_fixed_base_free(e->key);
    e->key = NULL;
    eg_arena_free(&e->arena);
}

/* ---- measuring ---- */

static eg_result encrypt_some(const bench_election *e, eg_arena *arena, eg_error *err)
{
    eg_plain_ballot plain[TOGETHER];
    eg_modq nonces[TOGETHER];
    eg_encrypt_input inputs[TOGETHER];
    eg_ballot ballots[TOGETHER];
    size_t failed;
    for (size_t i = 0; i < TOGETHER; i++) {
        EG_TRY(eg_plain_ballot_from_names(&plain[i], EG_STR("ballot"), &e->names[0], 1,
                                          &e->manifest, arena, err));
        EG_TRY(eg_random_q(&nonces[i], eg_rng_system(), 1, err));
        inputs[i] = (eg_encrypt_input){
            .ballot = &plain[i], .code_seed = &e->code_seed, .nonce = &nonces[i], .timestamp = 1};
    }
    return eg_ballots_encrypt(ballots, inputs, TOGETHER, &e->parts, arena, &failed, err);
}

static void *encrypt_until_the_end(void *argument)
{
    measurement *m = argument;
    eg_arena arena;
    eg_error err = {.code = EG_OK};
    eg_arena_init(&arena, NULL);
    while (eg_clock_monotonic_ns() < m->end_ns && !atomic_load(&m->failed)) {
        if (eg_failed(encrypt_some(m->election, &arena, &err))) {
            if (!atomic_exchange(&m->failed, true)) {
                m->error = err;
            }
            break;
        }
        atomic_fetch_add(&m->ballots, TOGETHER);
        eg_arena_reset(&arena);
    }
    eg_arena_free(&arena);
    return NULL;
}

/* Ballots a second; 0 when it failed. */
static double measure(const bench_election *election, unsigned threads, uint64_t seconds,
                      eg_error *err)
{
    pthread_t thread[THREADS_MAX];
    unsigned started = 0;
    uint64_t start_ns = eg_clock_monotonic_ns();
    measurement m = {.election = election, .end_ns = start_ns + seconds * 1000000000u};
    while (started < threads &&
           pthread_create(&thread[started], NULL, encrypt_until_the_end, &m) == 0) {
        started++;
    }
    for (unsigned i = 0; i < started; i++) {
        (void)pthread_join(thread[i], NULL);
    }
    double taken_s = (double)(eg_clock_monotonic_ns() - start_ns) / 1e9;
    if (atomic_load(&m.failed)) {
        *err = m.error;
        return 0;
    }
    if (started < threads) {
        (void)EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "no more than %u threads can be started",
                      started);
        return 0;
    }
    return (double)atomic_load(&m.ballots) / taken_s;
}

static bool measure_kernel(figures *out, const settings *s, eg_error *err)
{
    bench_election election = {.key = NULL};
    bool good = !eg_failed(make_election(&election, s->candidates, err));
    for (unsigned threads = 1; good; threads = (unsigned)s->threads) {
        double rate = measure(&election, threads, s->seconds, err);
        good = rate > 0;
        if (good) {
            out->threads[out->count] = threads;
            out->per_second[out->count++] = rate;
        }
        if (good && eg_output_is_text(&s->output)) {
            printf("%-10s %8u %12.0f %14.2f\n", out->kernel, threads, rate, threads * 1e3 / rate);
            (void)fflush(stdout);
        }
        if (threads == s->threads) {
            break;
        }
    }
    free_election(&election);
    return good;
}

static void put_figures(eg_outcome *json, const figures *f)
{
    eg_write_map(&json->w);
    eg_put_cstr(&json->w, "kernel", f->kernel);
    eg_write_key(&json->w, "measurements");
    eg_write_array(&json->w, f->count);
    for (size_t i = 0; i < f->count; i++) {
        eg_write_map(&json->w);
        eg_put_int(&json->w, "threads", f->threads[i]);
        eg_outcome_put_number(json, "ballots_per_second", f->per_second[i], 1);
        eg_outcome_put_number(json, "milliseconds_per_ballot",
                              f->threads[i] * 1e3 / f->per_second[i], 3);
        eg_write_end(&json->w);
    }
    eg_write_end(&json->w);
    eg_write_end(&json->w);
}

static void print_json(const settings *s, const figures all[], size_t count, const eg_error *err)
{
    eg_outcome json;
    eg_outcome_begin(&json, command, err->text[0] == '\0', err);
    eg_put_int(&json.w, "candidates", (int64_t)s->candidates);
    eg_put_int(&json.w, "seconds", (int64_t)s->seconds);
    eg_write_key(&json.w, "kernels");
    eg_write_array(&json.w, count);
    for (size_t i = 0; i < count; i++) {
        put_figures(&json, &all[i]);
    }
    eg_write_end(&json.w);
    eg_put_cstr(&json.w, "service_uses", eg_group_kernel_name());
    eg_outcome_end(&json);
}

static int run(const settings *s)
{
    enum { KERNELS = 4 };
    figures all[KERNELS] = {
        {.kernel = "ifma"}, {.kernel = "fma"}, {.kernel = "adx"}, {.kernel = "portable"}};
    const bool is_text = eg_output_is_text(&s->output);
    eg_error err = {.code = EG_OK};
    bool good = true;
    if (is_text) {
        printf("encryption of ballots with %s, %" PRIu64 " s each\n",
               eg_counted_of(s->candidates, "candidate").text, s->seconds);
        printf("%-10s %8s %12s %14s\n", "kernel", "threads", "ballots/s", "ms a ballot");
    }
    for (size_t i = 0; i < KERNELS && good; i++) {
        if (eg_group_init(all[i].kernel)) {
            good = measure_kernel(&all[i], s, &err);
        } else if (is_text) {
            printf("%-10s not for this processor\n", all[i].kernel);
        }
    }
    (void)eg_group_init(NULL);
    if (!good) {
        eg_report_error(command, &err);
    } else if (is_text) {
        printf("the service uses: %s\n", eg_group_kernel_name());
    }
    if (s->output.json) {
        print_json(s, all, KERNELS, &err);
    }
    return good ? EG_EXIT_OK : EG_EXIT_FAILED;
}

static uint64_t processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (uint64_t)n;
}

int eg_cmd_bench(int argc, char **argv)
{
    settings s = {.candidates = 4, .threads = processors(), .seconds = 2};
    const eg_option options[] = {
        {.name = "--candidates",
         .kind = EG_OPTION_COUNT,
         .value = "N",
         .to = &s.candidates,
         .help = "candidates of the one contest (4)",
         .least = 1,
         .most = CANDIDATES_MAX},
        {.name = "--threads",
         .kind = EG_OPTION_COUNT,
         .value = "N",
         .to = &s.threads,
         .help = "threads, beside one alone (the machine's processors)",
         .least = 1,
         .most = THREADS_MAX},
        {.name = "--seconds",
         .kind = EG_OPTION_COUNT,
         .value = "N",
         .to = &s.seconds,
         .help = "length of each measurement (2)",
         .least = 1,
         .most = 600},
        EG_OUTPUT_OPTIONS(&s.output),
    };
    const eg_usage usage = {
        .command = command,
        .summary = "Measures how many ballots this machine encrypts in a second, with each kernel\n"
                   "that its processor runs, on one thread and on several. Without HTTP, whose\n"
                   "part docs/performance.md tells.",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(&s);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
