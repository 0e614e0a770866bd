#include "wire/objects/guardian.h"

#include "wire/objects/ciphertext.h"
#include "wire/objects/proofs.h"

static eg_result read_list(const eg_node **out, const eg_node *node, const eg_path *at,
                           const char *name, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(out, node, at, name, err));
    EG_TRY(eg_need_array(*out, &path, EG_GUARDIANS_MAX, err));
    if ((*out)->as.array.count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' must not be empty", name);
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_public_read(eg_guardian_public *out, const eg_node *node, const eg_path *at,
                                  eg_arena *arena, eg_error *err)
{
    const eg_node *commitments, *proofs;
    eg_path commitments_path = eg_path_field(at, "coefficient_commitments");
    eg_path proofs_path = eg_path_field(at, "coefficient_proofs");
    EG_TRY(eg_read_id(node, at, "owner_id", arena, &out->owner_id, err));
    EG_TRY(eg_read_count(node, at, "sequence_order", 1, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_p(node, at, "key", &out->key, err));
    EG_TRY(read_list(&commitments, node, at, "coefficient_commitments", err));
    EG_TRY(read_list(&proofs, node, at, "coefficient_proofs", err));
    out->commitment_count = commitments->as.array.count;
    out->proof_count = proofs->as.array.count;
    EG_TRY(eg_arena_new(arena, out->commitment_count, sizeof *out->commitments, &out->commitments,
                        err));
    EG_TRY(eg_arena_new(arena, out->proof_count, sizeof *out->proofs, &out->proofs, err));
    for (size_t i = 0; i < out->commitment_count; i++) {
        eg_path path = eg_path_index(&commitments_path, i);
        EG_TRY(eg_node_p_hex(&out->commitments[i], &commitments->as.array.items[i], &path, err));
    }
    for (size_t i = 0; i < out->proof_count; i++) {
        eg_path path = eg_path_index(&proofs_path, i);
        EG_TRY(eg_schnorr_proof_read(&out->proofs[i], &proofs->as.array.items[i], &path, err));
    }
    return EG_SUCCESS;
}

void eg_guardian_public_write(eg_writer *w, const void *record)
{
    const eg_guardian_public *g = record;
    eg_write_map(w);
    eg_put_str(w, "owner_id", g->owner_id);
    eg_put_int(w, "sequence_order", g->sequence_order);
    eg_put_p(w, "key", &g->key);
    eg_write_key(w, "coefficient_commitments");
    eg_write_array(w, g->commitment_count);
    for (size_t i = 0; i < g->commitment_count; i++) {
        eg_write_p(w, &g->commitments[i]);
    }
    eg_write_end(w);
    eg_write_key(w, "coefficient_proofs");
    eg_write_array(w, g->proof_count);
    for (size_t i = 0; i < g->proof_count; i++) {
        eg_schnorr_proof_write(w, &g->proofs[i]);
    }
    eg_write_end(w);
    eg_write_end(w);
}

eg_result eg_polynomial_read(eg_polynomial *out, const eg_node *node, const eg_path *at,
                             eg_arena *arena, eg_error *err)
{
    const eg_node *list;
    eg_path list_path = eg_path_field(at, "coefficients");
    EG_TRY(read_list(&list, node, at, "coefficients", err));
    out->count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, out->count, sizeof *out->coefficients, &out->coefficients, err));
    for (size_t i = 0; i < out->count; i++) {
        eg_path path = eg_path_index(&list_path, i);
        eg_path proof_path = eg_path_field(&path, "proof");
        const eg_node *item = &list->as.array.items[i], *proof;
        eg_coefficient *c = &out->coefficients[i];
        EG_TRY(eg_read_q(item, &path, "value", &c->value, err));
        EG_TRY(eg_read_p(item, &path, "commitment", &c->commitment, err));
        EG_TRY(eg_field(&proof, item, &path, "proof", err));
        EG_TRY(eg_schnorr_proof_read(&c->proof, proof, &proof_path, err));
    }
    return EG_SUCCESS;
}

void eg_polynomial_write(eg_writer *w, const void *polynomial)
{
    const eg_polynomial *p = polynomial;
    eg_write_map(w);
    eg_write_key(w, "coefficients");
    eg_write_array(w, p->count);
    for (size_t i = 0; i < p->count; i++) {
        eg_write_map(w);
        eg_put_q(w, "value", &p->coefficients[i].value);
        eg_put_p(w, "commitment", &p->coefficients[i].commitment);
        eg_write_key(w, "proof");
        eg_schnorr_proof_write(w, &p->coefficients[i].proof);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

eg_result eg_backup_read(eg_backup *out, const eg_node *node, const eg_path *at, eg_arena *arena,
                         eg_error *err)
{
    const eg_node *coordinate;
    eg_path path = eg_path_field(at, "encrypted_coordinate");
    EG_TRY(eg_read_id(node, at, "owner_id", arena, &out->owner_id, err));
    EG_TRY(eg_read_id(node, at, "designated_id", arena, &out->designated_id, err));
    EG_TRY(eg_read_count(node, at, "designated_sequence_order", 1, UINT32_MAX,
                         &out->designated_sequence_order, err));
    EG_TRY(eg_field(&coordinate, node, at, "encrypted_coordinate", err));
    return eg_hashed_ciphertext_read(&out->coordinate, coordinate, &path, err);
}

void eg_backup_write(eg_writer *w, const void *backup)
{
    const eg_backup *b = backup;
    eg_write_map(w);
    eg_put_str(w, "owner_id", b->owner_id);
    eg_put_str(w, "designated_id", b->designated_id);
    eg_put_int(w, "designated_sequence_order", b->designated_sequence_order);
    eg_write_key(w, "encrypted_coordinate");
    eg_hashed_ciphertext_write(w, &b->coordinate);
    eg_write_end(w);
}
