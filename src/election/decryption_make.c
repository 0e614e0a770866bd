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

static eg_result init_contest(eg_decryption_contest *out, const eg_target_contest *target,
                              const eg_share_origin *origin, const eg_modp *recovery_key,
                              eg_arena *arena, eg_error *err)
{
    *out = (eg_decryption_contest){.object_id = target->object_id,
                                   .guardian_id = origin->guardian_id,
                                   .missing_guardian_id = origin->missing_guardian_id,
                                   .description_hash = target->description_hash,
                                   .selection_count = target->selection_count};
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        eg_decryption_selection *to = &out->selections[i];
        to->object_id = target->selections[i].object_id;
        to->guardian_id = origin->guardian_id;
        to->missing_guardian_id = origin->missing_guardian_id;
        to->recovery_key = recovery_key;
    }
    return EG_SUCCESS;
}

eg_result eg_decryption_share_init(eg_decryption_share *out, const eg_target *target,
                                   const eg_share_origin *origin, eg_arena *arena, eg_error *err)
{
    eg_modp *recovery_key = NULL;
    EG_BUG_IF(err, (origin->missing_guardian_id.len == 0) != (origin->recovery_key == NULL));
    *out = (eg_decryption_share){.object_id = target->object_id,
                                 .guardian_id = origin->guardian_id,
                                 .missing_guardian_id = origin->missing_guardian_id,
                                 .public_key = *origin->public_key,
                                 .contest_count = target->contest_count};
    if (origin->recovery_key != NULL) {
        EG_TRY(eg_arena_new(arena, 1, sizeof *recovery_key, &recovery_key, err));
        *recovery_key = *origin->recovery_key;
    }
    EG_TRY(eg_arena_new(arena, target->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        EG_TRY(init_contest(&out->contests[i], &target->contests[i], origin, recovery_key, arena,
                            err));
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
