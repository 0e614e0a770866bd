/* Each endpoint in process, without sockets, beside GMP's mpz_powm: a whole request of an election
 * with 4 candidates, 5 guardians and quorum 3, from the bytes of its body to the bytes of its
 * answer, on one thread.
 *
 * usage: bench-endpoints [--kernel NAME] [--ballots N] [--rounds N] [--only TEXT]
 *
 * --only: just the rows whose name contains the text, for a profiler.
 *
 * All endpoints and mpz_powm take turns, round after round, so that whatever else the machine does
 * falls on all alike; the table shows medians, and their ratios to the median of mpz_powm. */
#include "measure.h"

#include "unit/api/elections.h"

#include <gmp.h>

enum { ROUNDS_MAX = 101, ROWS_MAX = 16, CANDIDATES = 4, GUARDIANS = 5, QUORUM = 3 };

typedef struct row {
    const char *name;
    const eg_endpoint *endpoint; /* NULL: mpz_powm */
    eg_buf body;
    size_t units; /* what one request does, and */
    const char *unit;
    double time_us[ROUNDS_MAX];
} row;

static row rows[ROWS_MAX];
static size_t row_count;
static const char *only; /* NULL: every row */
static mpz_t gmp_base, gmp_exponent, gmp_p, gmp_result;

/* ---- requests -------------------------------------------------------------------------------- */

static void add_row(const char *name, const eg_endpoint *endpoint, const request *r, size_t units,
                    const char *unit)
{
    if (only != NULL && strstr(name, only) == NULL) {
        return;
    }
    row *to = &rows[row_count++];
    *to = (row){.name = name, .endpoint = endpoint, .units = units, .unit = unit};
    eg_node map = map_of(r);
    eg_writer w;
    eg_buf_init(&to->body, NULL);
    eg_writer_init(&w, &to->body, EG_STYLE_JSON);
    eg_write_node(&w, &map);
}

static request chunk_request(const ran_election *e, size_t count)
{
    request r = election_fields(e);
    eg_node *entries = keep(count * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        request entry = {.count = 0};
        put(&entry, "ballot_id", ballot_id(i));
        put(&entry, "candidate_names_to_vote", *at(&e->candidates, i % CANDIDATES));
        entries[i] = map_of(&entry);
    }
    put(&r, "ballots", list_of(entries, count));
    return r;
}

static void add_ballots(const ran_election *e, size_t count)
{
    request one = election_fields(e);
    put(&one, "ballot_id", ballot_id(0));
    put(&one, "candidate_names_to_vote", *at(&e->candidates, 0));
    add_row("create_encrypted_ballot, one", &eg_endpoint_create_encrypted_ballot, &one, 1,
            "ballot");
    request chunk = chunk_request(e, count);
    add_row("create_encrypted_ballot, chunk", &eg_endpoint_create_encrypted_ballot, &chunk, count,
            "ballot");
}

static void add_tallies(const ran_election *e)
{
    request r = tally_request(e, e->ballot_count);
    add_row("create_encrypted_tally", &eg_endpoint_create_encrypted_tally, &r, e->ballot_count,
            "ballot");
    /* the flag first: ballots are then not verified as they arrive */
    request unverified = {.count = 0};
    put(&unverified, "verify_ballots", boolean(false));
    for (size_t i = 0; i < r.count; i++) {
        unverified.fields[unverified.count++] = r.fields[i];
    }
    add_row("the same, verify_ballots false", &eg_endpoint_create_encrypted_tally, &unverified,
            e->ballot_count, "ballot");
}

static void add_decryption(const ran_election *e)
{
    eg_node none = list_of(NULL, 0);
    request partial = partial_request(e, 0, &none);
    add_row("create_partial_decryption", &eg_endpoint_create_partial_decryption, &partial,
            CANDIDATES, "selection");
    request compensated = compensated_request(e, 0, GUARDIANS - 1, &none);
    add_row("create_compensated_decryption", &eg_endpoint_create_compensated_decryption,
            &compensated, CANDIDATES, "selection");
    request combine = combine_request(e, QUORUM, &none);
    add_row("combine_decryption_shares, 2 missing", &eg_endpoint_combine_decryption_shares,
            &combine, CANDIDATES, "selection");
}

static void make_rows(size_t ballots)
{
    static ran_election e = {.guardians = GUARDIANS, .quorum = QUORUM};
    size_t *choices = keep(ballots * sizeof *choices);
    rows[row_count++] = (row){.name = "mpz_powm", .units = 1, .unit = "power"};
    request setup_fields = {.count = 0};
    put(&setup_fields, "number_of_guardians", number(GUARDIANS));
    put(&setup_fields, "quorum", number(QUORUM));
    put(&setup_fields, "party_names", numbered("Party", CANDIDATES));
    put(&setup_fields, "candidate_names", numbered("Candidate", CANDIDATES));
    add_row("setup_guardians, 5 with quorum 3", &eg_endpoint_setup_guardians, &setup_fields,
            GUARDIANS, "guardian");
    setup(&e, CANDIDATES);
    for (size_t i = 0; i < ballots; i++) {
        choices[i] = i % CANDIDATES;
    }
    add_ballots(&e, ballots);
    vote_chunk(&e, choices, ballots);
    tally(&e, ballots);
    add_tallies(&e);
    add_decryption(&e);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static void run_row(const row *r)
{
    if (r->endpoint == NULL) {
        mpz_powm(gmp_result, gmp_base, gmp_exponent, gmp_p);
        return;
    }
    const drive_options options = {.now_unix_s = 1764000000, .feed_bytes = 32768};
    driven d;
    drive(&d, r->endpoint, r->body.data, r->body.len, &options);
    if (!d.ok) {
        fprintf(stderr, "bench-endpoints: %s: %s\n", r->name, d.error.text);
        exit(1);
    }
    driven_free(&d);
}

static void measure(unsigned rounds)
{
    for (size_t i = 0; i < row_count; i++) {
        run_row(&rows[i]); /* tables made, caches warm */
    }
    for (unsigned round = 0; round < rounds; round++) {
        for (size_t i = 0; i < row_count; i++) {
            double start = cpu_microseconds();
            run_row(&rows[i]);
            rows[i].time_us[round] = cpu_microseconds() - start;
        }
    }
}

static void print_table(unsigned rounds, size_t ballots)
{
    double powm = median_of(rows[0].time_us, rounds);
    printf("endpoints in process, kernel %s, one thread, %zu ballots, medians of %u rounds in CPU "
           "time\n",
           eg_group_kernel_name(), ballots, rounds);
    printf("  %-40s %10s   %s\n", "request", "ms", "mpz_powm's worth of time for each");
    for (size_t i = 0; i < row_count; i++) {
        double time = median_of(rows[i].time_us, rounds);
        printf("  %-40s %10.2f   %8.2f %s\n", rows[i].name, time / 1e3,
               time / powm / (double)rows[i].units, rows[i].unit);
    }
}

/* ---- start ----------------------------------------------------------------------------------- */

static void make_powm(void)
{
    gmp_randstate_t random;
    gmp_randinit_default(random);
    mpz_inits(gmp_base, gmp_exponent, gmp_p, gmp_result, NULL);
    mpz_import(gmp_p, EG_P_LIMBS, -1, 8, 0, 0, eg_p_limbs);
    mpz_urandomm(gmp_base, random, gmp_p);
    mpz_urandomb(gmp_exponent, random, 256);
    gmp_randclear(random);
}

int main(int argc, char **argv)
{
    const char *kernel = NULL;
    unsigned long ballots = 32, rounds = 7;
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--kernel") == 0) {
            kernel = argv[++i];
        } else if (has_value && strcmp(argv[i], "--ballots") == 0) {
            ballots = strtoul(argv[++i], NULL, 10);
        } else if (has_value && strcmp(argv[i], "--rounds") == 0) {
            rounds = strtoul(argv[++i], NULL, 10);
        } else if (has_value && strcmp(argv[i], "--only") == 0) {
            only = argv[++i];
        } else {
            rounds = 0;
        }
    }
    if (rounds < 1 || rounds > ROUNDS_MAX || ballots < 1 || ballots > 4096) {
        fprintf(stderr, "usage: bench-endpoints [--kernel NAME] [--ballots N] [--rounds N] "
                        "[--only TEXT]\n");
        return 2;
    }
    if (!eg_api_init(kernel)) {
        fprintf(stderr, "bench-endpoints: the kernel is unknown or not for this CPU\n");
        return 1;
    }
    eg_arena_init(&test_arena, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    make_powm();
    make_rows(ballots);
    measure((unsigned)rounds);
    print_table((unsigned)rounds, ballots);
    for (size_t i = 0; i < row_count; i++) {
        eg_buf_free(&rows[i].body);
    }
    eg_arena_free(&test_arena);
    mpz_clears(gmp_base, gmp_exponent, gmp_p, gmp_result, NULL);
    return 0;
}
