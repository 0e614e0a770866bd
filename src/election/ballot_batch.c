#include "election/ballot_batch.h"

#include "crypto/proofs_batch.h"

typedef struct batch_size {
    size_t selections;
    size_t contests;
} batch_size;

size_t eg_ballot_selection_count(const eg_ballot *ballot)
{
    size_t n = 0;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        n += ballot->contests[c].selection_count;
    }
    return n;
}

static batch_size size_of(const eg_ballot *const ballots[], size_t count)
{
    batch_size size = {0, 0};
    for (size_t i = 0; i < count; i++) {
        size.selections += eg_ballot_selection_count(ballots[i]);
        size.contests += ballots[i]->contest_count;
    }
    return size;
}

/* ---- what needs no power ---- */

static bool contest_hashes_hold(const eg_ballot_contest *contest, const eg_modq *extended_base_hash)
{
    for (size_t i = 0; i < contest->selection_count; i++) {
        const eg_ballot_selection *s = &contest->selections[i];
        const eg_disjunctive_check check = {&s->proof, &s->ciphertext};
        if (!s->has_proof || !eg_disjunctive_challenge_holds(&check, extended_base_hash)) {
            return false;
        }
    }
    const eg_constant_check check = {&contest->proof, &contest->accumulation};
    return contest->has_proof && eg_ballot_accumulation_holds(contest) &&
           eg_constant_challenge_holds(&check, extended_base_hash);
}

static size_t count_hashes_hold(const eg_ballot *const ballots[], size_t count,
                                const eg_modq *extended_base_hash)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < ballots[i]->contest_count; c++) {
            if (!contest_hashes_hold(&ballots[i]->contests[c], extended_base_hash)) {
                return i;
            }
        }
    }
    return count;
}

/* ---- the equations ---- */

static void add_contest(eg_proof_batch *batch, const eg_ballot_contest *contest)
{
    size_t first = batch->base_count;
    for (size_t i = 0; i < contest->selection_count; i++) {
        const eg_ballot_selection *s = &contest->selections[i];
        eg_proof_batch_disjunctive(batch, eg_proof_batch_ciphertext(batch, &s->ciphertext),
                                   &s->proof);
    }
    eg_proof_batch_constant(batch, first, contest->selection_count, &contest->proof);
}

static eg_result equations_hold(bool *out, const eg_ballot *const ballots[], size_t count,
                                const eg_fixed_base *key, const eg_rng *rng, eg_arena *scratch,
                                eg_error *err)
{
    batch_size size = size_of(ballots, count);
    eg_proof_batch batch;
    size_t bases = size.selections * EG_BATCH_OF_CIPHERTEXT;
    size_t commitments =
        size.selections * EG_BATCH_OF_DISJUNCTIVE + size.contests * EG_BATCH_OF_CONSTANT;
    EG_TRY(eg_proof_batch_init(&batch, bases + commitments, bases, rng, scratch, err));
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < ballots[i]->contest_count; c++) {
            add_contest(&batch, &ballots[i]->contests[c]);
        }
    }
    return eg_proof_batch_holds(out, &batch, key, err);
}

/* Whether all of them hold, in the way that is quicker for so many. */
static eg_result all_hold(bool *out, const eg_ballot *const ballots[], size_t count,
                          const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                          eg_error *err)
{
    if (size_of(ballots, count).selections >= EG_BATCH_SELECTIONS_MIN) {
        return equations_hold(out, ballots, count, election->key, rng, scratch, err);
    }
    *out = true;
    for (size_t i = 0; i < count && *out; i++) {
        eg_result r = eg_ballot_verify_proofs(ballots[i], election, scratch, NULL, err);
        *out = !eg_failed(r);
        if (r.code != EG_E_PROOF_INVALID && r.code != EG_E_NOT_IN_GROUP) {
            EG_TRY(r);
        }
    }
    return EG_SUCCESS;
}

/* Of ballots of which at least one is false: halved until one is left. */
static eg_result bisect(size_t *out, const eg_ballot *const ballots[], size_t count,
                        const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                        eg_error *err)
{
    size_t first = 0;
    while (count > 1) {
        size_t half = count / 2;
        bool hold;
        EG_TRY(all_hold(&hold, ballots + first, half, election, rng, scratch, err));
        first += hold ? half : 0;
        count = hold ? count - half : half;
    }
    *out = first;
    return EG_SUCCESS;
}

eg_result eg_ballots_count_valid(size_t *out, const eg_ballot *const ballots[], size_t count,
                                 const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                                 eg_error *err)
{
    /* Behind the first false hash nothing matters; before it an equation may fail. */
    size_t candidates = count_hashes_hold(ballots, count, &election->context->extended_base_hash);
    bool hold;
    *out = candidates;
    EG_TRY(all_hold(&hold, ballots, candidates, election, rng, scratch, err));
    return hold ? EG_SUCCESS : bisect(out, ballots, candidates, election, rng, scratch, err);
}
