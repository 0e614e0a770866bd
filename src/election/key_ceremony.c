#include "election/key_ceremony.h"

#include "base/secret.h"
#include "election/ceremony_parts.h"
#include "election/coordinate.h"
#include "group/group.h"

static eg_result allocate(eg_polynomial *polynomial, eg_guardian_public *record, uint32_t quorum,
                          eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_arena_new(arena, quorum, sizeof *polynomial->coefficients, &polynomial->coefficients,
                        err));
    EG_TRY(eg_arena_new(arena, quorum, sizeof *record->commitments, &record->commitments, err));
    EG_TRY(eg_arena_new(arena, quorum, sizeof *record->proofs, &record->proofs, err));
    return EG_SUCCESS;
}

eg_result eg_guardian_from_values(eg_polynomial *polynomial, eg_guardian_public *record,
                                  eg_str owner_id, uint32_t sequence_order,
                                  const eg_modq coefficients[], const eg_modq nonces[],
                                  uint32_t quorum, eg_arena *arena, eg_error *err)
{
    EG_BUG_IF(err, quorum == 0 || quorum > EG_GUARDIANS_MAX);
    EG_TRY(allocate(polynomial, record, quorum, arena, err));
    eg_fixed_pow jobs[2 * EG_GUARDIANS_MAX];
    for (uint32_t j = 0; j < quorum; j++) {
        eg_coefficient *c = &polynomial->coefficients[j];
        c->value = coefficients[j];
        jobs[2 * j] = (eg_fixed_pow){eg_fixed_base_g(), &coefficients[j], &c->commitment};
        jobs[2 * j + 1] = (eg_fixed_pow){eg_fixed_base_g(), &nonces[j], &c->proof.commitment};
    }
    eg_fixed_pow_batch(jobs, 2 * (size_t)quorum);
    for (uint32_t j = 0; j < quorum; j++) {
        eg_coefficient *c = &polynomial->coefficients[j];
        eg_schnorr_finish(&c->proof, &c->value, &c->commitment, &nonces[j]);
    }
    polynomial->count = quorum;
    return eg_guardian_record_from_polynomial(record, polynomial, owner_id, sequence_order, arena,
                                              err);
}

eg_result eg_guardian_generate(eg_polynomial *polynomial, eg_guardian_public *record,
                               eg_str owner_id, uint32_t sequence_order, uint32_t quorum,
                               const eg_rng *rng, eg_arena *arena, eg_error *err)
{
    EG_BUG_IF(err, quorum == 0 || quorum > EG_GUARDIANS_MAX);
    eg_modq coefficients[EG_GUARDIANS_MAX], nonces[EG_GUARDIANS_MAX];
    eg_result result = EG_SUCCESS;
    for (uint32_t j = 0; j < quorum && !eg_failed(result); j++) {
        /* the secret key, coefficient 0, is at least 2 (docs/crypto.md 19) */
        result = eg_random_q(&coefficients[j], rng, j == 0 ? 2 : 0, err);
        if (!eg_failed(result)) {
            result = eg_random_q(&nonces[j], rng, 0, err);
        }
    }
    if (!eg_failed(result)) {
        result = eg_guardian_from_values(polynomial, record, owner_id, sequence_order, coefficients,
                                         nonces, quorum, arena, err);
    }
    eg_wipe(coefficients, sizeof coefficients);
    eg_wipe(nonces, sizeof nonces);
    return result;
}

eg_result eg_guardian_record_from_polynomial(eg_guardian_public *out,
                                             const eg_polynomial *polynomial, eg_str owner_id,
                                             uint32_t sequence_order, eg_arena *arena,
                                             eg_error *err)
{
    EG_BUG_IF(err, polynomial->count == 0);
    out->owner_id = owner_id;
    out->sequence_order = sequence_order;
    EG_TRY(
        eg_arena_new(arena, polynomial->count, sizeof *out->commitments, &out->commitments, err));
    EG_TRY(eg_arena_new(arena, polynomial->count, sizeof *out->proofs, &out->proofs, err));
    for (size_t j = 0; j < polynomial->count; j++) {
        out->commitments[j] = polynomial->coefficients[j].commitment;
        out->proofs[j] = polynomial->coefficients[j].proof;
    }
    out->commitment_count = polynomial->count;
    out->proof_count = polynomial->count;
    out->key = out->commitments[0];
    return EG_SUCCESS;
}

/* A proof for another key says nothing of the commitment. */
static eg_result refuse_foreign_proof(const eg_modp *commitment, const eg_path *commitment_path,
                                      const eg_path *proof_path, eg_error *err)
{
    if (!eg_modp_is_residue_vartime(commitment)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, commitment_path,
                       "the commitment is not an element of the group");
    }
    return EG_FAIL(err, EG_E_PROOF_INVALID, proof_path,
                   "the Schnorr proof is for another key than its commitment");
}

eg_result eg_guardian_proofs_check(const eg_guardian_public *record, size_t first, size_t count,
                                   const eg_path *path, eg_error *err)
{
    eg_path commitments = eg_path_field(path, "coefficient_commitments");
    eg_path proofs = eg_path_field(path, "coefficient_proofs");
    eg_schnorr_verdict verdicts[EG_GUARDIANS_MAX];
    EG_BUG_IF(err, count > EG_GUARDIANS_MAX || first + count > record->proof_count);
    eg_schnorr_verify_batch_vartime(verdicts, record->proofs + first, count);
    for (size_t j = first; j < first + count; j++) {
        eg_path commitment = eg_path_index(&commitments, j);
        eg_path proof = eg_path_index(&proofs, j);
        if (!eg_modp_equal(&record->proofs[j].public_key, &record->commitments[j])) {
            return refuse_foreign_proof(&record->commitments[j], &commitment, &proof, err);
        }
        if (!verdicts[j - first].key_is_member) {
            return EG_FAIL(err, EG_E_NOT_IN_GROUP, &commitment,
                           "the commitment is not an element of the group");
        }
        if (!verdicts[j - first].holds) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, &proof, "the Schnorr proof does not hold");
        }
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_shape_check(const eg_guardian_public *record, uint32_t quorum,
                                  const eg_path *path, eg_error *err)
{
    eg_path key = eg_path_field(path, "key");
    eg_path commitments = eg_path_field(path, "coefficient_commitments");
    eg_path proofs = eg_path_field(path, "coefficient_proofs");
    if (record->commitment_count != quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &commitments,
                       "there must be as many commitments as the quorum");
    }
    if (record->proof_count != quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &proofs, "there must be as many proofs as the quorum");
    }
    if (!eg_modp_equal(&record->key, &record->commitments[0])) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &key, "the key is not the first commitment");
    }
    if (eg_modp_is_one(&record->key)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &key, "the key must not be 1");
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_public_check(const eg_guardian_public *record, uint32_t quorum,
                                   const eg_path *path, eg_error *err)
{
    EG_TRY(eg_guardian_shape_check(record, quorum, path, err));
    return eg_guardian_proofs_check(record, 0, record->proof_count, path, err);
}

static size_t commitments_per_part(void)
{
    enum { POWERS_OF_PROOF = 2 };
    size_t n = eg_group_powers_of_unit() / POWERS_OF_PROOF;
    return n > 0 ? n : 1;
}

size_t eg_guardian_parts(size_t quorum)
{
    return (quorum + commitments_per_part() - 1) / commitments_per_part();
}

/* How many of `count` commitments are in the part. */
static size_t part_size(size_t part, size_t count)
{
    size_t each = commitments_per_part(), first = part * each;
    size_t left = first < count ? count - first : 0;
    return left < each ? left : each;
}

eg_result eg_guardian_part_check(const eg_guardian_public *record, uint32_t quorum, size_t part,
                                 const eg_path *path, eg_error *err)
{
    EG_TRY(eg_guardian_shape_check(record, quorum, path, err));
    return eg_guardian_proofs_check(record, part * commitments_per_part(), part_size(part, quorum),
                                    path, err);
}

/* Values first, then proofs, which are published beside the commitments. */
static eg_result check_coefficients(const eg_polynomial *polynomial, size_t first, size_t count,
                                    const eg_path *list, eg_error *err)
{
    eg_modp commitments[EG_GUARDIANS_MAX];
    eg_fixed_pow jobs[EG_GUARDIANS_MAX];
    EG_BUG_IF(err, count == 0 || count > EG_GUARDIANS_MAX || first + count > polynomial->count);
    for (size_t j = 0; j < count; j++) {
        jobs[j] = (eg_fixed_pow){eg_fixed_base_g(), &polynomial->coefficients[first + j].value,
                                 &commitments[j]};
    }
    eg_fixed_pow_batch(jobs, count);
    for (size_t j = 0; j < count; j++) {
        eg_path at = eg_path_index(list, first + j);
        if (!eg_modp_equal(&commitments[j], &polynomial->coefficients[first + j].commitment)) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, &at,
                           "the commitment does not belong to the coefficient");
        }
    }
    return EG_SUCCESS;
}

static eg_result check_polynomial_proofs(const eg_polynomial *polynomial, size_t first,
                                         size_t count, const eg_path *list, eg_error *err)
{
    eg_schnorr_proof proofs[EG_GUARDIANS_MAX];
    eg_schnorr_verdict verdicts[EG_GUARDIANS_MAX];
    EG_BUG_IF(err, count == 0 || count > EG_GUARDIANS_MAX);
    for (size_t j = 0; j < count; j++) {
        proofs[j] = polynomial->coefficients[first + j].proof;
    }
    eg_schnorr_verify_batch_vartime(verdicts, proofs, count);
    for (size_t j = 0; j < count; j++) {
        const eg_coefficient *c = &polynomial->coefficients[first + j];
        eg_path at = eg_path_index(list, first + j);
        eg_path proof = eg_path_field(&at, "proof");
        if (!eg_modp_equal(&c->proof.public_key, &c->commitment) || !verdicts[j].holds) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, &proof, "the Schnorr proof does not hold");
        }
    }
    return EG_SUCCESS;
}

static eg_result check_some(const eg_polynomial *polynomial, uint32_t quorum, size_t first,
                            size_t count, const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "coefficients");
    if (polynomial->count != quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &list, "there must be as many coefficients as the quorum");
    }
    EG_TRY(check_coefficients(polynomial, first, count, &list, err));
    return check_polynomial_proofs(polynomial, first, count, &list, err);
}

eg_result eg_polynomial_check(const eg_polynomial *polynomial, uint32_t quorum, const eg_path *path,
                              eg_error *err)
{
    return check_some(polynomial, quorum, 0, quorum, path, err);
}

eg_result eg_polynomial_part_check(const eg_polynomial *polynomial, uint32_t quorum, size_t part,
                                   const eg_path *path, eg_error *err)
{
    return check_some(polynomial, quorum, part * commitments_per_part(), part_size(part, quorum),
                      path, err);
}

void eg_joint_key(eg_modp *key, eg_modq *commitment_hash, const eg_guardian_public records[],
                  size_t count)
{
    eg_modp_acc product;
    eg_modp_acc_init(&product);
    eg_hash list, whole;
    eg_hash_init(&list);
    for (size_t i = 0; i < count; i++) {
        eg_modp_acc_mul(&product, &records[i].key);
        for (size_t j = 0; j < records[i].commitment_count; j++) {
            eg_hash_p(&list, &records[i].commitments[j]);
        }
    }
    eg_modp_acc_value(key, &product);
    eg_modq inner;
    eg_hash_final(&inner, &list);
    eg_hash_init(&whole);
    eg_hash_q(&whole, &inner);
    eg_hash_final(commitment_hash, &whole);
}

void eg_joint_key_from_keys(eg_modp *key, eg_modq *commitment_hash, const eg_modp keys[],
                            size_t count)
{
    eg_modp_acc product;
    eg_modp_acc_init(&product);
    eg_hash list, whole;
    eg_hash_init(&list);
    for (size_t i = 0; i < count; i++) {
        eg_modp_acc_mul(&product, &keys[i]);
        eg_hash_p(&list, &keys[i]);
    }
    eg_modp_acc_value(key, &product);
    eg_modq inner;
    eg_hash_final(&inner, &list);
    eg_hash_init(&whole);
    eg_hash_q(&whole, &inner);
    eg_hash_final(commitment_hash, &whole);
}

/* H(recipient id, recipient order) */
static void backup_seed(eg_modq *out, eg_str recipient_id, uint32_t recipient_order)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, recipient_id);
    eg_hash_int(&h, recipient_order);
    eg_hash_final(out, &h);
}

enum { BACKUPS_TOGETHER = 16 }; /* bounds the stack; fills lanes of any width */

static eg_result seal_backup(eg_backup *out, const eg_backup_input *in, const eg_modp *pad,
                             const eg_modp *shared, eg_error *err)
{
    const eg_polynomial *polynomial = in->polynomial;
    eg_modq values[EG_GUARDIANS_MAX], coordinate, seed;
    uint8_t padded[EG_PADDED_BYTES];
    EG_BUG_IF(err, polynomial->count == 0 || polynomial->count > EG_GUARDIANS_MAX);
    for (size_t j = 0; j < polynomial->count; j++) {
        values[j] = polynomial->coefficients[j].value;
    }
    eg_polynomial_value(&coordinate, values, polynomial->count, in->recipient_order);
    backup_seed(&seed, in->recipient_id, in->recipient_order);
    out->owner_id = in->owner_id;
    out->designated_id = in->recipient_id;
    out->designated_sequence_order = in->recipient_order;
    eg_result result = eg_coordinate_pad(padded, &coordinate, err);
    if (!eg_failed(result)) {
        result = eg_hashed_elgamal_seal(&out->coordinate, padded, pad, shared, &seed, err);
    }
    eg_wipe(values, sizeof values);
    eg_wipe(&coordinate, sizeof coordinate);
    eg_wipe(padded, sizeof padded);
    return result;
}

static eg_result make_some(eg_backup out[], const eg_backup_input inputs[], size_t count,
                           eg_error *err)
{
    eg_modp pads[BACKUPS_TOGETHER], shared[BACKUPS_TOGETHER];
    eg_fixed_pow fixed[BACKUPS_TOGETHER];
    eg_pow jobs[BACKUPS_TOGETHER];
    eg_result result = EG_SUCCESS;
    for (size_t i = 0; i < count; i++) {
        fixed[i] = (eg_fixed_pow){eg_fixed_base_g(), &inputs[i].nonce, &pads[i]};
        jobs[i] = (eg_pow){inputs[i].recipient_key, &inputs[i].nonce, &shared[i]};
    }
    eg_fixed_pow_batch(fixed, count);
    eg_pow_batch(jobs, count);
    for (size_t i = 0; i < count && !eg_failed(result); i++) {
        result = seal_backup(&out[i], &inputs[i], &pads[i], &shared[i], err);
    }
    eg_wipe(shared, sizeof shared);
    return result;
}

eg_result eg_backups_make(eg_backup out[], const eg_backup_input inputs[], size_t count,
                          eg_error *err)
{
    for (size_t done = 0; done < count; done += BACKUPS_TOGETHER) {
        size_t some = count - done < BACKUPS_TOGETHER ? count - done : BACKUPS_TOGETHER;
        EG_TRY(make_some(out + done, inputs + done, some, err));
    }
    return EG_SUCCESS;
}

eg_result eg_backup_make(eg_backup *out, eg_str owner_id, const eg_polynomial *polynomial,
                         eg_str recipient_id, uint32_t recipient_order,
                         const eg_modp *recipient_key, const eg_modq *nonce, eg_error *err)
{
    eg_backup_input input = {.owner_id = owner_id,
                             .polynomial = polynomial,
                             .recipient_id = recipient_id,
                             .recipient_order = recipient_order,
                             .recipient_key = recipient_key,
                             .nonce = *nonce};
    eg_result result = eg_backups_make(out, &input, 1, err);
    eg_wipe(&input.nonce, sizeof input.nonce);
    return result;
}

eg_result eg_backup_open(eg_modq *coordinate, const eg_backup *backup, eg_str recipient_id,
                         uint32_t recipient_order, const eg_modq *recipient_secret,
                         const eg_path *path, eg_error *err)
{
    if (!eg_str_equal(backup->designated_id, recipient_id) ||
        backup->designated_sequence_order != recipient_order) {
        return EG_FAIL(err, EG_E_TAMPERED, path, "the backup is meant for another guardian");
    }
    eg_path encrypted = eg_path_field(path, "encrypted_coordinate");
    eg_chain member = {.base = &backup->coordinate.pad};
    eg_chain_batch_vartime(&member, 1);
    if (!member.is_residue) {
        /* raising a foreign element to a secret would leak it */
        eg_path pad = eg_path_field(&encrypted, "pad");
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &pad, "the pad is not an element of the group");
    }
    eg_modp shared;
    eg_modq seed;
    uint8_t padded[EG_PADDED_BYTES];
    eg_pow job = {&backup->coordinate.pad, recipient_secret, &shared};
    eg_pow_batch(&job, 1);
    backup_seed(&seed, recipient_id, recipient_order);
    eg_result result = eg_hashed_elgamal_open(padded, &backup->coordinate, &shared, &seed, NULL);
    if (eg_failed(result)) {
        result = EG_FAIL(err, EG_E_TAMPERED, &encrypted,
                         "the backup does not open with this guardian's key");
    } else if (!eg_coordinate_unpad(coordinate, padded)) {
        result =
            EG_FAIL(err, EG_E_BAD_ENCODING, &encrypted, "the backup does not hold a coordinate");
    }
    eg_wipe(&shared, sizeof shared);
    eg_wipe(padded, sizeof padded);
    return result;
}

eg_result eg_backup_check(eg_modq *coordinate, const eg_backup *backup, eg_str recipient_id,
                          uint32_t recipient_order, const eg_modq *recipient_secret,
                          const eg_guardian_public *sender, const eg_path *path, eg_error *err)
{
    EG_TRY(eg_backup_open(coordinate, backup, recipient_id, recipient_order, recipient_secret, path,
                          err));
    if (!eg_coordinate_verify(coordinate, recipient_order, sender->commitments,
                              sender->commitment_count)) {
        eg_wipe(coordinate, sizeof *coordinate);
        return EG_FAIL(err, EG_E_PROOF_INVALID, path,
                       "the backup does not fit the sender's commitments");
    }
    return EG_SUCCESS;
}
