#include "election/ballot_batch.h"

#include "crypto/proofs_batch.h"
#include "election/ballot_pieces.h"

size_t eg_ballot_selection_count(const eg_ballot *ballot)
{
    size_t n = 0;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        n += ballot->contests[c].selection_count;
    }
    return n;
}

static const eg_ballot_contest *contest_of(const eg_ballot_piece *piece,
                                           const eg_contest_part *part)
{
    return &piece->ballot->contests[part->contest];
}

/* ---- what needs no power ---- */

static bool contest_hashes_hold(const eg_ballot_contest *contest, const eg_contest_part *part,
                                const eg_modq *extended_base_hash)
{
    for (size_t i = part->first; i < part->first + part->count; i++) {
        const eg_ballot_selection *s = &contest->selections[i];
        const eg_disjunctive_check check = {&s->proof, &s->ciphertext};
        if (!s->has_proof || !eg_disjunctive_challenge_holds(&check, extended_base_hash)) {
            return false;
        }
    }
    const eg_constant_check check = {&contest->proof, &contest->accumulation};
    return !part->to_end || (contest->has_proof && eg_ballot_accumulation_holds(contest) &&
                             eg_constant_challenge_holds(&check, extended_base_hash));
}

static size_t count_hashes_hold(const eg_ballot_piece pieces[], size_t count,
                                const eg_modq *extended_base_hash)
{
    for (size_t i = 0; i < count; i++) {
        eg_contest_part part = {.next = 0};
        while (eg_contest_part_next(&part, &pieces[i])) {
            if (!contest_hashes_hold(contest_of(&pieces[i], &part), &part, extended_base_hash)) {
                return i;
            }
        }
    }
    return count;
}

/* ---- the equations ---- */

/* Whose limit is proven for the sum as it is stored: not all factors are in the batch. */
static bool needs_sum(const eg_ballot_contest *contest, const eg_contest_part *part)
{
    return part->to_end && part->count < contest->selection_count;
}

static void add_part(eg_proof_batch *batch, const eg_ballot_contest *contest,
                     const eg_contest_part *part)
{
    size_t first = batch->base_count, factors = part->count;
    for (size_t i = part->first; i < part->first + part->count; i++) {
        const eg_ballot_selection *s = &contest->selections[i];
        eg_proof_batch_disjunctive(batch, eg_proof_batch_ciphertext(batch, &s->ciphertext),
                                   &s->proof);
    }
    if (!part->to_end) {
        return;
    }
    if (needs_sum(contest, part)) {
        first = eg_proof_batch_ciphertext(batch, &contest->accumulation);
        factors = 1;
    }
    eg_proof_batch_constant(batch, first, factors, &contest->proof);
}

typedef struct batch_size {
    size_t bases, commitments;
} batch_size;

static batch_size size_of(const eg_ballot_piece pieces[], size_t count)
{
    batch_size size = {0, 0};
    for (size_t i = 0; i < count; i++) {
        eg_contest_part part = {.next = 0};
        while (eg_contest_part_next(&part, &pieces[i])) {
            size_t sums = needs_sum(contest_of(&pieces[i], &part), &part) ? 1 : 0;
            size.bases += (part.count + sums) * EG_BATCH_OF_CIPHERTEXT;
            size.commitments += part.count * EG_BATCH_OF_DISJUNCTIVE;
            size.commitments += part.to_end ? EG_BATCH_OF_CONSTANT : 0;
        }
    }
    return size;
}

static eg_result equations_hold(bool *out, const eg_ballot_piece pieces[], size_t count,
                                const eg_fixed_base *key, const eg_rng *rng, eg_arena *scratch,
                                eg_error *err)
{
    batch_size size = size_of(pieces, count);
    eg_proof_batch batch;
    EG_TRY(
        eg_proof_batch_init(&batch, size.bases + size.commitments, size.bases, rng, scratch, err));
    for (size_t i = 0; i < count; i++) {
        eg_contest_part part = {.next = 0};
        while (eg_contest_part_next(&part, &pieces[i])) {
            add_part(&batch, contest_of(&pieces[i], &part), &part);
        }
    }
    return eg_proof_batch_holds(out, &batch, key, err);
}

/* Whether all of them hold, in the way that is quicker for so many; their hashes do. */
static eg_result all_hold(bool *out, const eg_ballot_piece pieces[], size_t count,
                          const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                          eg_error *err)
{
    size_t selections = 0;
    for (size_t i = 0; i < count; i++) {
        selections += pieces[i].count;
    }
    if (selections >= EG_BATCH_SELECTIONS_MIN) {
        return equations_hold(out, pieces, count, election->key, rng, scratch, err);
    }
    *out = true;
    for (size_t i = 0; i < count && *out; i++) {
        eg_result r = eg_ballot_piece_verify(NULL, &pieces[i], election, scratch, NULL, err);
        *out = !eg_failed(r);
        if (r.code != EG_E_PROOF_INVALID && r.code != EG_E_NOT_IN_GROUP) {
            EG_TRY(r);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_ballot_pieces_hold(bool *out, const eg_ballot_piece pieces[], size_t count,
                                const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                                eg_error *err)
{
    *out = false;
    if (count_hashes_hold(pieces, count, &election->context->extended_base_hash) < count) {
        return EG_SUCCESS;
    }
    return all_hold(out, pieces, count, election, rng, scratch, err);
}

/* ---- whole ballots ---- */

/* Of ballots of which at least one is false: halved until one is left. */
static eg_result bisect(size_t *out, const eg_ballot_piece ballots[], size_t count,
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
    eg_ballot_piece *whole;
    bool hold;
    EG_TRY(eg_arena_new(scratch, count, sizeof *whole, &whole, err));
    for (size_t i = 0; i < count; i++) {
        whole[i] = (eg_ballot_piece){ballots[i], 0, eg_ballot_selection_count(ballots[i])};
    }
    /* Behind the first false hash nothing matters; before it an equation may fail. */
    size_t candidates = count_hashes_hold(whole, count, &election->context->extended_base_hash);
    *out = candidates;
    EG_TRY(all_hold(&hold, whole, candidates, election, rng, scratch, err));
    return hold ? EG_SUCCESS : bisect(out, whole, candidates, election, rng, scratch, err);
}
