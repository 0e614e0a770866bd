/* Making shares: M = A^s with its proof, for a guardian's own key or for a coordinate of a missing
 * one. */
#include "base/secret.h"
#include "election/flat.h"
#include "group/group.h"

enum { TOGETHER = 16 }; /* bounds the stack; fills lanes of any width */

typedef struct share_work {
    eg_modq u; /* secret */
    eg_modp commitment_pad, commitment_data;
} share_work;

/* shares[i] and proofs[i] for pads of targets[i] (at most TOGETHER of them). */
static void make_some(eg_modp *const shares[], eg_generic_proof *const proofs[],
                      const eg_ciphertext *const targets[], size_t count, const eg_modq *secret,
                      const eg_modq seeds[], const eg_modq *extended_base_hash)
{
    share_work work[TOGETHER];
    eg_pow jobs[2 * TOGETHER];
    eg_fixed_pow fixed[TOGETHER];
    for (size_t i = 0; i < count; i++) {
        eg_generic_nonce(&work[i].u, &seeds[i]);
        jobs[2 * i] = (eg_pow){&targets[i]->pad, secret, shares[i]};
        jobs[2 * i + 1] = (eg_pow){&targets[i]->pad, &work[i].u, &work[i].commitment_data};
        fixed[i] = (eg_fixed_pow){eg_fixed_base_g(), &work[i].u, &work[i].commitment_pad};
    }
    eg_pow_batch(jobs, 2 * count);
    eg_fixed_pow_batch(fixed, count);
    for (size_t i = 0; i < count; i++) {
        eg_generic_finish(proofs[i], targets[i], shares[i], secret, &work[i].u,
                          &work[i].commitment_pad, &work[i].commitment_data, extended_base_hash);
    }
    eg_wipe(work, sizeof work);
}

eg_result eg_decryption_share_init(eg_decryption_share *out, const eg_target *target,
                                   eg_str guardian_id, const eg_modp *public_key, eg_arena *arena,
                                   eg_error *err)
{
    *out = (eg_decryption_share){.object_id = target->object_id,
                                 .guardian_id = guardian_id,
                                 .public_key = *public_key,
                                 .contest_count = target->contest_count};
    EG_TRY(eg_arena_new(arena, target->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        const eg_target_contest *from = &target->contests[i];
        eg_decryption_contest *to = &out->contests[i];
        to->object_id = from->object_id;
        to->guardian_id = guardian_id;
        to->description_hash = from->description_hash;
        to->selection_count = from->selection_count;
        EG_TRY(eg_arena_new(arena, from->selection_count, sizeof *to->selections, &to->selections,
                            err));
        for (size_t j = 0; j < from->selection_count; j++) {
            to->selections[j].object_id = from->selections[j].object_id;
            to->selections[j].guardian_id = guardian_id;
        }
    }
    return EG_SUCCESS;
}

void eg_decryption_share_compute(eg_decryption_share *share, const eg_target *target, size_t first,
                                 size_t count, const eg_modq *secret, const eg_modq seeds[],
                                 const eg_modq *extended_base_hash)
{
    for (size_t done = 0; done < count; done += TOGETHER) {
        size_t some = count - done < TOGETHER ? count - done : TOGETHER;
        eg_modp *shares[TOGETHER];
        eg_generic_proof *proofs[TOGETHER];
        const eg_ciphertext *targets[TOGETHER];
        for (size_t i = 0; i < some; i++) {
            eg_flat at = eg_flat_at(target, first + done + i);
            eg_decryption_selection *to = &share->contests[at.contest].selections[at.selection];
            to->has_proof = true;
            shares[i] = &to->share;
            proofs[i] = &to->proof;
            targets[i] = target->contests[at.contest].selections[at.selection].ciphertext;
        }
        make_some(shares, proofs, targets, some, secret, seeds + done, extended_base_hash);
    }
}

eg_result eg_compensated_share_init(eg_compensated_share *out, const eg_target *target,
                                    eg_str available_id, eg_str missing_id,
                                    const eg_modp *available_key, eg_arena *arena, eg_error *err)
{
    *out = (eg_compensated_share){.object_id = target->object_id,
                                  .guardian_id = available_id,
                                  .missing_guardian_id = missing_id,
                                  .public_key = *available_key,
                                  .contest_count = target->contest_count};
    EG_TRY(eg_arena_new(arena, target->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        const eg_target_contest *from = &target->contests[i];
        eg_compensated_contest *to = &out->contests[i];
        to->object_id = from->object_id;
        to->guardian_id = available_id;
        to->missing_guardian_id = missing_id;
        to->description_hash = from->description_hash;
        to->selection_count = from->selection_count;
        EG_TRY(eg_arena_new(arena, from->selection_count, sizeof *to->selections, &to->selections,
                            err));
        for (size_t j = 0; j < from->selection_count; j++) {
            to->selections[j].object_id = from->selections[j].object_id;
            to->selections[j].guardian_id = available_id;
            to->selections[j].missing_guardian_id = missing_id;
        }
    }
    return EG_SUCCESS;
}

void eg_compensated_share_compute(eg_compensated_share *share, const eg_target *target,
                                  size_t first, size_t count, const eg_modq *coordinate,
                                  const eg_modp *recovery_key, const eg_modq seeds[],
                                  const eg_modq *extended_base_hash)
{
    for (size_t done = 0; done < count; done += TOGETHER) {
        size_t some = count - done < TOGETHER ? count - done : TOGETHER;
        eg_modp *shares[TOGETHER];
        eg_generic_proof *proofs[TOGETHER];
        const eg_ciphertext *targets[TOGETHER];
        for (size_t i = 0; i < some; i++) {
            eg_flat at = eg_flat_at(target, first + done + i);
            eg_compensated_selection *to = &share->contests[at.contest].selections[at.selection];
            to->recovery_key = *recovery_key;
            shares[i] = &to->share;
            proofs[i] = &to->proof;
            targets[i] = target->contests[at.contest].selections[at.selection].ciphertext;
        }
        make_some(shares, proofs, targets, some, coordinate, seeds + done, extended_base_hash);
    }
}
