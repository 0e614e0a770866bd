/* Does time depend on a secret? Under valgrind's memcheck every secret is marked undefined; a
 * branch or an address that depends on one is then reported as use of an undefined value. What is
 * computed from secrets and may be known is declassified in the code (eg_declassify), with its
 * argument.
 *
 * usage: ctime KERNEL [--leak]
 *
 * KERNEL is one that this CPU (as valgrind emulates it) runs; else the exit status is 3. The adx
 * kernel is an exception: valgrind knows its instructions but does not say so in CPUID, and then
 * the kernel's own operations alone are run. With --leak one branch on a secret is made, which must
 * be reported: the check of the check.
 *
 * valgrind rounds a fused multiplication to nearest whatever the rounding mode is, so the fma
 * kernel computes wrong numbers here, by the same instructions as ever. Everything public is
 * therefore made with the portable kernel first, and what the kernel under test yields is not
 * looked at. */
#include "base/secret.h"
#include "ctime/vault.h"
#include "election/ballot_encrypt.h"
#include "election/ballot_fill.h"
#include "election/ballot_parts.h"
#include "election/decryption.h"
#include "group/group.h"
#include "group/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

enum { GUARDIANS = 2, QUORUM = 2, CANDIDATES = 2, BALLOTS = 2, NOT_HERE = 3 };

static eg_arena arena;

/* ---- secrets --------------------------------------------------------------------------------- */

static void mark_secret(void *data, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(data, bytes);
}

/* Before the case itself looks at a result. */
static void mark_public(void *data, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(data, bytes);
}

/* Numbers that differ from call to call, all of them secret. */
static eg_result fill_secret(void *context, uint8_t *out, size_t n, eg_error *err)
{
    static uint64_t state = 1;
    (void)context;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        out[i] = (uint8_t)(state >> 56);
    }
    mark_secret(out, n);
    return EG_SUCCESS;
}

static const eg_rng secret_rng = {.fill = fill_secret};

static void must(eg_result r, const char *what)
{
    if (eg_failed(r)) {
        fprintf(stderr, "ctime: %s fails with code %d\n", what, r.code);
        exit(2);
    }
}

static eg_modq secret_q(void)
{
    eg_modq x;
    must(eg_random_q(&x, &secret_rng, 2, NULL), "drawing a number");
    return x;
}

static void *room(size_t count, size_t size)
{
    void *memory = eg_arena_alloc_array(&arena, count, size);
    if (memory == NULL) {
        exit(2);
    }
    return memory;
}

/* ---- an election ----------------------------------------------------------------------------- */

static const eg_str names[CANDIDATES] = {{"Ada", 3}, {"Bob", 3}};
static const eg_str ids[GUARDIANS] = {{"1", 1}, {"2", 1}};
static eg_polynomial polynomials[GUARDIANS];
static eg_guardian_public records[GUARDIANS];
static eg_manifest manifest;
static eg_context context;
static eg_election election;
static eg_ballot ballots[BALLOTS];
static eg_backup backup;
static eg_modq coordinate;

/* Coefficients, commitments and Schnorr proofs. */
static void generate_keys(void)
{
    for (size_t i = 0; i < GUARDIANS; i++) {
        must(eg_guardian_generate(&polynomials[i], &records[i], ids[i], (uint32_t)i + 1, QUORUM,
                                  &secret_rng, &arena, NULL),
             "key generation");
        mark_public(records[i].commitments, QUORUM * sizeof *records[i].commitments);
        mark_public(&records[i].key, sizeof records[i].key);
    }
}

/* Guardian 1's for guardian 2. */
static void make_backup(eg_backup *out)
{
    eg_modq nonce = secret_q();
    must(eg_backup_make(out, ids[0], &polynomials[0], ids[1], 2, &records[1].key, &nonce, NULL),
         "a backup");
    mark_public(&out->coordinate, sizeof out->coordinate);
}

static eg_result open_backup(eg_modq *out)
{
    return eg_backup_open(out, &backup, ids[1], 2, &polynomials[1].coefficients[0].value, NULL,
                          NULL);
}

static void set_up(void)
{
    eg_modp key;
    eg_modq commitment_hash;
    eg_joint_key(&key, &commitment_hash, records, GUARDIANS);
    must(
        eg_manifest_build_service(&manifest, &arena, names, CANDIDATES, names, CANDIDATES, 1, NULL),
        "the manifest");
    must(eg_context_init(&context, GUARDIANS, QUORUM, &key, &commitment_hash, &manifest.hash, NULL),
         "the context");
    make_backup(&backup);
    must(open_backup(&coordinate), "opening a backup");
}

/* Votes and nonces; one ballot without a vote, so that its contest data differs. */
static void encrypt_ballots(void)
{
    eg_plain_ballot plain[BALLOTS];
    eg_encrypt_input inputs[BALLOTS];
    eg_modq nonces[BALLOTS], seed = eg_modq_one;
    size_t failed;
    for (size_t b = 0; b < BALLOTS; b++) {
        eg_plain_selection *selections = room(CANDIDATES, sizeof *selections);
        eg_plain_contest *contest = room(1, sizeof *contest);
        for (size_t i = 0; i < CANDIDATES; i++) {
            selections[i].object_id = names[i];
            selections[i].vote = b == 0 && i == 1 ? 1 : 0;
            mark_secret(&selections[i].vote, sizeof selections[i].vote);
        }
        *contest = (eg_plain_contest){manifest.contests[0].object_id, selections, CANDIDATES};
        plain[b] = (eg_plain_ballot){EG_STR("ballot"), manifest.styles[0].object_id, contest, 1};
        nonces[b] = secret_q();
        inputs[b] = (eg_encrypt_input){&plain[b], &seed, &nonces[b], 1};
    }
    must(eg_ballots_encrypt(ballots, inputs, BALLOTS, &election, &arena, &failed, NULL),
         "encryption");
}

/* ---- several contests ---- */

enum { GENERAL_CONTESTS = 5, GENERAL_SELECTIONS = 3 };

static const eg_str general_ids[GENERAL_CONTESTS] = {
    {"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};
static const eg_str general_names[GENERAL_SELECTIONS] = {{"x", 1}, {"yy", 2}, {"z\"z", 3}};

static void describe_contest(eg_contest_description *out, uint32_t order, uint32_t seats)
{
    eg_selection_description *selections = room(GENERAL_SELECTIONS, sizeof *selections);
    for (uint32_t i = 0; i < GENERAL_SELECTIONS; i++) {
        selections[i].object_id = general_names[i];
        selections[i].candidate_id = general_names[i];
        selections[i].sequence_order = i;
    }
    *out = (eg_contest_description){.object_id = general_ids[order],
                                    .sequence_order = order,
                                    .electoral_district_id = EG_STR("u"),
                                    .vote_variation =
                                        seats > 1 ? EG_STR("n_of_m") : EG_STR("one_of_m"),
                                    .number_elected = seats,
                                    .votes_allowed = seats,
                                    .has_votes_allowed = true,
                                    .name = general_ids[order],
                                    .selections = selections,
                                    .selection_count = GENERAL_SELECTIONS};
}

static void make_general(eg_manifest *out)
{
    static const eg_str unit_ids[] = {{"u", 1}};
    static const uint32_t seats[GENERAL_CONTESTS] = {1, 2, 1, 2, 1};
    eg_unit *unit = room(1, sizeof *unit);
    eg_ballot_style *style = room(1, sizeof *style);
    eg_contest_description *contests = room(GENERAL_CONTESTS, sizeof *contests);
    *unit = (eg_unit){.object_id = EG_STR("u"), .name = EG_STR("U"), .type = EG_STR("county")};
    style->object_id = EG_STR("style");
    style->unit_ids = (eg_str_list){unit_ids, 1, true};
    for (uint32_t i = 0; i < GENERAL_CONTESTS; i++) {
        describe_contest(&contests[i], i, seats[i]);
    }
    *out = (eg_manifest){.election_scope_id = EG_STR("e"),
                         .spec_version = EG_STR("1.0"),
                         .type = EG_STR("general"),
                         .start_date = EG_STR("2025-01-01"),
                         .end_date = EG_STR("2025-01-01"),
                         .units = unit,
                         .unit_count = 1,
                         .contests = contests,
                         .contest_count = GENERAL_CONTESTS,
                         .styles = style,
                         .style_count = 1};
    must(eg_manifest_complete(out, &arena, NULL), "a manifest");
}

/* As a voter's software writes it, each contest in an order of its own. Overvoted, one short of
 * its two seats, named without a vote, overvoted with a write-in; the last is left out. */
static void choose(eg_plain_ballot *out)
{
    static const unsigned chosen[GENERAL_CONTESTS - 1] = {7, 2, 0, 7};
    eg_plain_contest *contests = room(GENERAL_CONTESTS, sizeof *contests);
    for (size_t c = 0; c + 1 < GENERAL_CONTESTS; c++) {
        eg_plain_selection *selections = room(GENERAL_SELECTIONS, sizeof *selections);
        for (size_t i = 0; i < GENERAL_SELECTIONS; i++) {
            selections[i].object_id = general_names[(i + c) % GENERAL_SELECTIONS];
            selections[i].vote = chosen[c] >> i & 1;
            mark_secret(&selections[i].vote, sizeof selections[i].vote);
        }
        contests[c] = (eg_plain_contest){general_ids[c], selections, GENERAL_SELECTIONS};
    }
    eg_plain_selection *written = (eg_plain_selection *)(uintptr_t)contests[3].selections;
    written->write_in = (eg_opt_str){EG_STR("Zo\xc3\xab"), true};
    *out = (eg_plain_ballot){EG_STR("general"), EG_STR("style"), contests, GENERAL_CONTESTS - 1};
}

/* Every vote of the ballot as it is laid out, those of contests that were left out as well. */
static void mark_choices(const eg_plain_ballot *whole)
{
    for (size_t c = 0; c < whole->contest_count; c++) {
        for (size_t i = 0; i < whole->contests[c].selection_count; i++) {
            eg_plain_selection *s =
                (eg_plain_selection *)(uintptr_t)&whole->contests[c].selections[i];
            mark_secret(&s->vote, sizeof s->vote);
            mark_secret(&s->place, sizeof s->place);
        }
    }
}

static void encrypt_in_parts(const eg_encrypt_input *input, const eg_election *elections)
{
    eg_encryption *parts;
    eg_ballot ballot;
    must(eg_encryption_begin(&parts, input, elections, &arena, NULL), "a ballot in parts");
    size_t half = eg_encryption_steps(parts) / 2;
    eg_encryption_compute(parts, 0, half);
    eg_encryption_compute(parts, half, eg_encryption_steps(parts) - half);
    must(eg_encryption_finish(&ballot, parts, &arena, NULL), "the parts of a ballot");
}

/* Which contest is overvoted, undervoted, without a vote or left out is a secret, and so is the
 * order in which an overvote lists its choices: read, laid out, judged and encrypted, whole and in
 * parts. */
static void encrypt_general(void)
{
    eg_manifest general;
    eg_manifest_index index;
    eg_plain_ballot sparse, whole;
    eg_ballot ballot;
    eg_modq nonce = secret_q(), seed = eg_modq_one;
    size_t failed;
    make_general(&general);
    must(eg_manifest_index_init(&index, &general, &arena, NULL), "an index");
    choose(&sparse);
    must(eg_plain_ballot_fill(&whole, &sparse, &index, &arena, NULL, NULL), "filling");
    mark_choices(&whole);
    must(eg_plain_ballot_judge(&whole, &sparse, &index, &arena, NULL, NULL), "judging");
    const eg_election elections = {&general, &context, election.key};
    const eg_encrypt_input input = {&whole, &seed, &nonce, 1};
    must(eg_ballots_encrypt(&ballot, &input, 1, &elections, &arena, &failed, NULL),
         "encryption of a general ballot");
    encrypt_in_parts(&input, &elections);
}

/* The same proofs, each by itself. */
static void make_proofs(void)
{
    eg_modq nonce = secret_q(), seed = secret_q(), secret = secret_q(), u = secret_q();
    eg_ciphertext c;
    eg_disjunctive_proof disjunctive;
    eg_schnorr_proof schnorr;
    eg_generic_proof generic;
    eg_modp a, b, share;
    bool vote = true;
    mark_secret(&vote, sizeof vote);
    eg_elgamal_encrypt(&c, vote, &nonce, election.key);
    eg_disjunctive_make(&disjunctive, &c, vote, &nonce, election.key, &seed,
                        &context.extended_base_hash);
    eg_public_key(&a, &secret);
    eg_schnorr_make(&schnorr, &secret, &a, &u);
    const eg_pow jobs[] = {{&c.pad, &secret, &share}, {&c.pad, &u, &b}};
    eg_pow_batch(jobs, 2);
    eg_generic_finish(&generic, &c, &share, &secret, &u, &a, &b, &context.extended_base_hash);
}

/* Guardian 2's own shares of a ballot, and those for guardian 1. */
static void make_shares(void)
{
    enum { MOST = 16 };
    eg_target target;
    eg_decryption_share own;
    eg_decryption_share compensated;
    eg_modq seeds[MOST];
    eg_modp recovery_key;
    must(eg_target_from_ballot(&target, &ballots[0], &arena, NULL), "a target");
    size_t count = eg_target_selection_count(&target);
    for (size_t i = 0; i < count && i < MOST; i++) {
        seeds[i] = secret_q();
    }
    const eg_share_origin by_itself = {.guardian_id = ids[1], .public_key = &records[1].key};
    must(eg_decryption_share_init(&own, &target, &by_itself, &arena, NULL), "a share");
    eg_decryption_share_compute(&own, &target, 0, count, &polynomials[1].coefficients[0].value,
                                seeds, &context.extended_base_hash);
    eg_public_key(&recovery_key, &coordinate);
    const eg_share_origin for_missing = {ids[1], ids[0], &records[1].key, &recovery_key};
    must(eg_decryption_share_init(&compensated, &target, &for_missing, &arena, NULL),
         "a compensated share");
    eg_decryption_share_compute(&compensated, &target, 0, count, &coordinate, seeds,
                                &context.extended_base_hash);
}

/* Everything again, by the kernel under test. */
static void run_with(const eg_kernel *kernel)
{
    eg_guardian_public public_record;
    eg_polynomial polynomial;
    eg_backup made;
    eg_modq opened;
    eg_kernel_use(kernel); /* eg_group_init would refuse one that computes wrong numbers */
    election = (eg_election){&manifest, &context, eg_fixed_base_new(&context.public_key)};
    if (election.key == NULL) {
        exit(2);
    }
    must(eg_guardian_generate(&polynomial, &public_record, ids[0], 1, QUORUM, &secret_rng, &arena,
                              NULL),
         "key generation");
    encrypt_ballots();
    encrypt_general();
    make_proofs();
    make_backup(&made);
    (void)open_backup(&opened);
    make_shares();
}

/* The operations of a kernel of one lane, whatever CPUID says of it. */
static void run_operations(const eg_kernel *kernel)
{
    enum { DIGITS = 16 };
    static _Alignas(64) uint64_t window[DIGITS * EG_KERNEL_ENTRY_WORDS_MAX];
    static eg_block power[DIGITS];
    const unsigned count = DIGITS;
    uint64_t *to = window;
    uint32_t digit = 5;
    eg_modp secret = eg_modp_g, result;
    const eg_modp *in = &secret;
    eg_modp *out = &result;
    mark_secret(&secret, sizeof secret);
    mark_secret(&digit, sizeof digit);
    for (unsigned d = 0; d < DIGITS; d++) {
        kernel->load(&power[d], &in);
    }
    for (unsigned d = 0; d < DIGITS; d += EG_WINDOW_STEP) {
        kernel->to_window(&to, &count, d, &power[d]);
    }
    eg_block x, y;
    kernel->select(&x, 1, window, count, &digit);
    kernel->select_blocks(&y, power, count, &digit);
    kernel->mul(&x, &x, &y);
    kernel->sqr(&x, &x);
    kernel->store(&out, &x);
}

/* What must be found. */
static void leak(void)
{
    volatile int seen = 0;
    eg_modq x = secret_q();
    if (x.limb[0] % 2 == 1) {
        seen = 1;
    }
    (void)seen;
}

int main(int argc, char **argv)
{
    if (argc < 2 || RUNNING_ON_VALGRIND == 0) {
        fprintf(stderr, "usage, under valgrind: ctime KERNEL [--leak]\n");
        return 2;
    }
    const eg_kernel *kernel = eg_kernel_by_name(argv[1]);
    if (kernel == NULL || !eg_group_init("portable")) {
#if defined(__x86_64__)
        if (strcmp(argv[1], "adx") == 0) {
            run_operations(&eg_kernel_adx);
            return 0;
        }
#endif
        return NOT_HERE;
    }
    eg_arena_init(&arena, NULL);
    if (argc > 2 && strcmp(argv[2], "--leak") == 0) {
        leak();
        return 0;
    }
    generate_keys();
    set_up();
    run_with(kernel);
    ctime_vault();
#ifndef EG_SIMD128
    ctime_kem();
#endif
    return 0;
}
