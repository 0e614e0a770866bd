/* A whole election with libelectionguard alone: three guardians of whom two come to decrypt, six
 * ballots of which one is challenged, and the result, checked against the plain count.
 *
 *     cc election.c $(pkg-config --cflags --libs electionguard) && ./a.out
 *
 * In a real election each guardian works on a machine of their own, ballots are encrypted in
 * polling places, and only public objects travel between them. Here all of it happens in one place,
 * in the order in which it would. */
#include <electionguard/electionguard.h>

#include <inttypes.h>
#include <stdio.h>

enum {
    GUARDIANS = 3,
    QUORUM = 2,
    AVAILABLE = 2, /* the first ones; the others are missing when the tally is decrypted */
    CANDIDATES = 3,
    BALLOTS = 6,
    CHALLENGED = 5 /* this one is opened instead of counted */
};

static const eg_str parties[CANDIDATES] = {EG_STR("Green"), EG_STR("Blue"), EG_STR("Independent")};
static const eg_str candidates[CANDIDATES] = {EG_STR("Ann"), EG_STR("Bob"), EG_STR("Eve")};
static const eg_str guardian_ids[GUARDIANS] = {EG_STR("1"), EG_STR("2"), EG_STR("3")};
static const eg_str ballot_ids[BALLOTS] = {EG_STR("b-1"), EG_STR("b-2"), EG_STR("b-3"),
                                           EG_STR("b-4"), EG_STR("b-5"), EG_STR("b-6")};
static const size_t votes[BALLOTS] = {0, 2, 2, 0, 2, 1};

/* What one guardian holds. */
typedef struct guardian {
    eg_polynomial secret; /* never leaves the guardian's machine */
    eg_guardian_public record;
    eg_backup received[GUARDIANS]; /* from each other guardian, encrypted for this one */
} guardian;

typedef struct election {
    eg_arena arena; /* all objects live here */
    guardian guardians[GUARDIANS];
    eg_manifest manifest;
    eg_context context;
    eg_fixed_base *key; /* table of powers of the joint key */
    eg_election parts;  /* the three above, as the library's functions take them */
    eg_ballot ballots[BALLOTS];
    eg_tally tally;
    eg_target target; /* the tally, as what is to be decrypted */
} election;

/* ---- the key ceremony ---- */

static eg_result make_guardians(election *e, eg_error *err)
{
    for (uint32_t i = 0; i < GUARDIANS; i++) {
        guardian *g = &e->guardians[i];
        EG_TRY(eg_guardian_generate(&g->secret, &g->record, guardian_ids[i], i + 1, QUORUM,
                                    eg_rng_system(), &e->arena, err));
        /* what everybody else does with the record before trusting it */
        EG_TRY(eg_guardian_public_check(&g->record, QUORUM, NULL, err));
    }
    return EG_SUCCESS;
}

/* The value of the sender's polynomial for the receiver, encrypted, opened, checked. */
static eg_result send_backup(const guardian *sender, guardian *receiver, eg_error *err)
{
    eg_backup *backup = &receiver->received[sender->record.sequence_order - 1];
    const uint32_t order = receiver->record.sequence_order;
    eg_modq nonce;
    eg_modq coordinate;
    EG_TRY(eg_random_q(&nonce, eg_rng_system(), 1, err));
    eg_result made =
        eg_backup_make(backup, sender->record.owner_id, &sender->secret, receiver->record.owner_id,
                       order, &receiver->record.key, &nonce, err);
    eg_wipe(&nonce, sizeof nonce);
    EG_TRY(made);
    EG_TRY(eg_backup_open(&coordinate, backup, receiver->record.owner_id, order,
                          &receiver->secret.coefficients[0].value, NULL, err));
    bool is_right = eg_coordinate_verify(&coordinate, order, sender->record.commitments,
                                         sender->record.commitment_count);
    eg_wipe(&coordinate, sizeof coordinate);
    return is_right ? EG_SUCCESS
                    : EG_FAIL(err, EG_E_PROOF_INVALID, NULL, "a guardian sent a false backup");
}

static eg_result exchange_backups(election *e, eg_error *err)
{
    for (size_t from = 0; from < GUARDIANS; from++) {
        for (size_t to = 0; to < GUARDIANS; to++) {
            if (from != to) {
                EG_TRY(send_backup(&e->guardians[from], &e->guardians[to], err));
            }
        }
    }
    return EG_SUCCESS;
}

/* Manifest, joint key and the hashes that bind every proof to this election. */
static eg_result found(election *e, eg_error *err)
{
    eg_guardian_public records[GUARDIANS];
    eg_modp key;
    eg_modq commitment_hash;
    for (size_t i = 0; i < GUARDIANS; i++) {
        records[i] = e->guardians[i].record;
    }
    eg_joint_key(&key, &commitment_hash, records, GUARDIANS);
    EG_TRY(eg_manifest_build_service(&e->manifest, &e->arena, parties, CANDIDATES, candidates,
                                     CANDIDATES, 1, err));
    EG_TRY(eg_context_init(&e->context, GUARDIANS, QUORUM, &key, &commitment_hash,
                           &e->manifest.hash, err));
    e->key = eg_fixed_base_new(&key);
    if (e->key == NULL) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "out of memory");
    }
    e->parts = (eg_election){.manifest = &e->manifest, .context = &e->context, .key = e->key};
    return EG_SUCCESS;
}

/* ---- ballots ---- */

static eg_result encrypt(election *e, size_t i, const eg_modq *code_seed, eg_error *err)
{
    eg_plain_ballot plain;
    eg_modq nonce; /* whoever knows it can open the ballot */
    size_t failed;
    EG_TRY(eg_plain_ballot_from_names(&plain, ballot_ids[i], &candidates[votes[i]], 1, &e->manifest,
                                      &e->arena, err));
    EG_TRY(eg_random_q(&nonce, eg_rng_system(), 1, err));
    const eg_encrypt_input input = {
        .ballot = &plain, .code_seed = code_seed, .nonce = &nonce, .timestamp = 1767225600};
    eg_result made =
        eg_ballots_encrypt(&e->ballots[i], &input, 1, &e->parts, &e->arena, &failed, err);
    eg_wipe(&nonce, sizeof nonce);
    return made;
}

static eg_result cast_ballots(election *e, eg_error *err)
{
    eg_modq code_seed;
    eg_device_hash(&code_seed, 1, 1, 1, EG_STR("polling-place"));
    for (size_t i = 0; i < BALLOTS; i++) {
        EG_TRY(encrypt(e, i, &code_seed, err));
        if (i != CHALLENGED) {
            eg_ballot_strip_nonces(&e->ballots[i], EG_BALLOT_CAST);
        }
    }
    return EG_SUCCESS;
}

/* A voter who does not trust the machine has the ballot opened: it must hold what was chosen. */
static eg_result challenge(election *e, eg_error *err)
{
    eg_plain_ballot opened;
    EG_TRY(eg_ballot_challenge(&opened, &e->ballots[CHALLENGED], &e->parts, &e->arena, NULL, err));
    for (size_t i = 0; i < CANDIDATES; i++) {
        const eg_plain_selection *s = &opened.contests[0].selections[i];
        if (s->vote != (i == votes[CHALLENGED])) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, NULL, "the ballot holds another vote");
        }
    }
    return EG_SUCCESS;
}

/* Every cast ballot checked, then multiplied into the sum. */
static eg_result tally(election *e, eg_error *err)
{
    eg_tally_sum sum;
    EG_TRY(eg_tally_sum_init(&sum, &e->manifest, &e->arena, err));
    for (size_t i = 0; i < BALLOTS; i++) {
        eg_path at = eg_path_index(NULL, i);
        if (i == CHALLENGED) {
            continue;
        }
        EG_TRY(eg_ballot_check_structure(&e->ballots[i], &e->parts, &e->arena, &at, err));
        EG_TRY(eg_ballot_verify_proofs(&e->ballots[i], &e->parts, &e->arena, &at, err));
        eg_tally_sum_add(&sum, &e->ballots[i], &e->manifest);
    }
    EG_TRY(eg_tally_from_sum(&e->tally, &sum, &e->manifest, &e->arena, err));
    return eg_target_from_tally(&e->target, &e->tally, &e->arena, err);
}

/* ---- decryption ---- */

/* Fresh randomness for the proof of each selection. */
static eg_result draw_seeds(eg_modq seeds[CANDIDATES], eg_error *err)
{
    for (size_t i = 0; i < CANDIDATES; i++) {
        EG_TRY(eg_random_q(&seeds[i], eg_rng_system(), 1, err));
    }
    return EG_SUCCESS;
}

/* A guardian's own share, and what everybody else does with it before using it. */
static eg_result share(election *e, const guardian *g, eg_decryption_share *out, eg_error *err)
{
    const eg_guardian_public *record = &g->record;
    eg_modq seeds[CANDIDATES];
    EG_TRY(draw_seeds(seeds, err));
    const eg_share_origin origin = {.guardian_id = record->owner_id, .public_key = &record->key};
    EG_TRY(eg_decryption_share_init(out, &e->target, &origin, &e->arena, err));
    eg_decryption_share_compute(out, &e->target, 0, CANDIDATES, &g->secret.coefficients[0].value,
                                seeds, &e->context.extended_base_hash);
    eg_wipe(seeds, sizeof seeds);
    return eg_decryption_share_verify(out, &e->target, &origin, &e->context.extended_base_hash,
                                      &e->arena, NULL, err);
}

/* An available guardian's part of a missing one's share. */
static eg_result compensate(election *e, const guardian *g, const guardian *missing,
                            eg_decryption_share *out, eg_error *err)
{
    const eg_guardian_public *record = &g->record;
    const eg_guardian_public *other = &missing->record;
    eg_modq seeds[CANDIDATES];
    eg_modq coordinate;
    eg_modp recovery_key;
    eg_recovery_key_vartime(&recovery_key, other->commitments, other->commitment_count,
                            record->sequence_order);
    const eg_share_origin origin = {.guardian_id = record->owner_id,
                                    .missing_guardian_id = other->owner_id,
                                    .public_key = &record->key,
                                    .recovery_key = &recovery_key};
    EG_TRY(draw_seeds(seeds, err));
    EG_TRY(eg_backup_open(&coordinate, &g->received[other->sequence_order - 1], record->owner_id,
                          record->sequence_order, &g->secret.coefficients[0].value, NULL, err));
    eg_result made = eg_decryption_share_init(out, &e->target, &origin, &e->arena, err);
    if (!eg_failed(made)) {
        eg_decryption_share_compute(out, &e->target, 0, CANDIDATES, &coordinate, seeds,
                                    &e->context.extended_base_hash);
    }
    eg_wipe(&coordinate, sizeof coordinate);
    eg_wipe(seeds, sizeof seeds);
    EG_TRY(made);
    return eg_decryption_share_verify(out, &e->target, &origin, &e->context.extended_base_hash,
                                      &e->arena, NULL, err);
}

/* The share of a missing guardian from the parts of all available ones. */
static eg_result reconstruct(election *e, const guardian *missing, eg_decryption_share *out,
                             eg_error *err)
{
    eg_decryption_share parts[AVAILABLE];
    const eg_decryption_share *list[AVAILABLE];
    eg_modq coefficients[AVAILABLE];
    for (size_t i = 0; i < AVAILABLE; i++) {
        uint64_t others[AVAILABLE];
        size_t count = 0;
        for (size_t j = 0; j < AVAILABLE; j++) {
            if (j != i) {
                others[count++] = e->guardians[j].record.sequence_order;
            }
        }
        EG_TRY(eg_lagrange(&coefficients[i], e->guardians[i].record.sequence_order, others, count,
                           err));
        EG_TRY(compensate(e, &e->guardians[i], missing, &parts[i], err));
        list[i] = &parts[i];
    }
    return eg_share_reconstruct(out, &e->target, missing->record.owner_id, &missing->record.key,
                                list, coefficients, AVAILABLE, &e->arena, err);
}

static eg_result decrypt(election *e, eg_plain_result results[CANDIDATES], eg_error *err)
{
    eg_decryption_share shares[GUARDIANS];
    const eg_decryption_share *list[GUARDIANS];
    size_t count;
    for (size_t i = 0; i < GUARDIANS; i++) {
        const guardian *g = &e->guardians[i];
        EG_TRY(i < AVAILABLE ? share(e, g, &shares[i], err) : reconstruct(e, g, &shares[i], err));
        list[i] = &shares[i];
    }
    return eg_shares_combine(results, &count, &e->target, list, GUARDIANS, BALLOTS, NULL, err);
}

/* ---- all of it ---- */

static eg_result run(election *e, eg_plain_result results[CANDIDATES], eg_error *err)
{
    EG_TRY(make_guardians(e, err));
    EG_TRY(exchange_backups(e, err));
    EG_TRY(found(e, err));
    EG_TRY(cast_ballots(e, err));
    EG_TRY(challenge(e, err));
    EG_TRY(tally(e, err));
    return decrypt(e, results, err);
}

/* Prints the counts; false when one is not the plain count. */
static bool report(const eg_plain_result results[CANDIDATES])
{
    bool agree = true;
    for (size_t c = 0; c < CANDIDATES; c++) {
        uint64_t plain = 0;
        for (size_t i = 0; i < BALLOTS; i++) {
            plain += i != CHALLENGED && votes[i] == c;
        }
        agree = agree && results[c].tally == plain;
        printf("%.*s %" PRIu64 "\n", (int)results[c].object_id.len, results[c].object_id.data,
               results[c].tally);
    }
    return agree;
}

/* An argument names the arithmetic kernel; without one the machine's best is taken. */
int main(int argc, char **argv)
{
    static election e;
    eg_plain_result results[CANDIDATES];
    eg_error err;
    if (!eg_group_init(argc > 1 ? argv[1] : NULL)) {
        fputs("this machine cannot run that kernel\n", stderr);
        return 1;
    }
    eg_arena_init(&e.arena, NULL);
    bool done = !eg_failed(run(&e, results, &err));
    bool agree = done && report(results);
    if (!done) {
        fprintf(stderr, "%s: %s\n", err.path, err.text);
    }
    eg_fixed_base_free(e.key);
    eg_arena_free(&e.arena); /* wipes the keys */
    return agree ? 0 : 1;
}
