#include "wire/objects/ballot.h"

#include "wire/objects/ciphertext.h"
#include "wire/objects/proofs.h"

static eg_result read_nonce(eg_opt_nonce *out, const eg_node *map, const eg_path *at, eg_error *err)
{
    const eg_node *found = eg_map_find(map, "nonce");
    eg_path path = eg_path_field(at, "nonce");
    out->present = found != NULL;
    return found == NULL ? EG_SUCCESS : eg_node_q_hex(&out->value, found, &path, err);
}

/* shown: false in the published form */
static void write_nonce(eg_writer *w, const eg_opt_nonce *nonce, bool shown)
{
    if (shown && nonce->present) {
        eg_put_q(w, "nonce", &nonce->value);
    } else {
        eg_put_null(w, "nonce");
    }
}

eg_result eg_ballot_selection_read(eg_ballot_selection *out, const eg_node *node, const eg_path *at,
                                   eg_error *err)
{
    const eg_node *ciphertext, *proof;
    eg_path ciphertext_path = eg_path_field(at, "ciphertext");
    eg_path proof_path = eg_path_field(at, "proof");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX + 64, &out->object_id, err));
    EG_TRY(eg_read_count(node, at, "sequence_order", 0, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(eg_field(&ciphertext, node, at, "ciphertext", err));
    EG_TRY(eg_ciphertext_read(&out->ciphertext, ciphertext, &ciphertext_path, err));
    EG_TRY(eg_read_q(node, at, "crypto_hash", &out->crypto_hash, err));
    out->is_placeholder = false;
    if (eg_map_find(node, "is_placeholder_selection") != NULL) {
        EG_TRY(eg_read_bool(node, at, "is_placeholder_selection", &out->is_placeholder, err));
    }
    EG_TRY(read_nonce(&out->nonce, node, at, err));
    proof = eg_map_find(node, "proof");
    out->has_proof = proof != NULL;
    return proof == NULL ? EG_SUCCESS
                         : eg_disjunctive_proof_read(&out->proof, proof, &proof_path, err);
}

static void write_selection(eg_writer *w, const eg_ballot_selection *s, bool nonces)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", s->object_id);
    eg_put_int(w, "sequence_order", s->sequence_order);
    eg_put_q(w, "description_hash", &s->description_hash);
    eg_write_key(w, "ciphertext");
    eg_ciphertext_write(w, &s->ciphertext);
    eg_put_q(w, "crypto_hash", &s->crypto_hash);
    eg_put_bool(w, "is_placeholder_selection", s->is_placeholder);
    write_nonce(w, &s->nonce, nonces);
    if (s->has_proof) {
        eg_write_key(w, "proof");
        eg_disjunctive_proof_write(w, &s->proof);
    } else {
        eg_put_null(w, "proof");
    }
    eg_write_end(w);
}

void eg_ballot_selection_write(eg_writer *w, const void *selection)
{
    write_selection(w, selection, true);
}

static eg_result read_selections(eg_ballot_contest *out, const eg_node *node, const eg_path *at,
                                 eg_arena *arena, eg_error *err)
{
    const eg_node *list;
    eg_path path = eg_path_field(at, "ballot_selections");
    EG_TRY(eg_field(&list, node, at, "ballot_selections", err));
    EG_TRY(eg_need_array(list, &path, EG_SELECTIONS_MAX, err));
    out->selection_count = list->as.array.count;
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(eg_ballot_selection_read(&out->selections[i], &list->as.array.items[i], &item, err));
    }
    return EG_SUCCESS;
}

static eg_result read_contest_optionals(eg_ballot_contest *out, const eg_node *node,
                                        const eg_path *at, eg_error *err)
{
    eg_path proof_path = eg_path_field(at, "proof");
    eg_path data_path = eg_path_field(at, "extended_data");
    const eg_node *proof = eg_map_find(node, "proof");
    const eg_node *data = eg_map_find(node, "extended_data");
    out->has_proof = proof != NULL;
    out->has_extended_data = data != NULL;
    if (proof != NULL) {
        EG_TRY(eg_constant_proof_read(&out->proof, proof, &proof_path, err));
    }
    return data == NULL ? EG_SUCCESS
                        : eg_hashed_ciphertext_read_any(&out->extended_data, data, &data_path, err);
}

static eg_result read_contest(eg_ballot_contest *out, const eg_node *node, const eg_path *at,
                              eg_arena *arena, eg_error *err)
{
    const eg_node *accumulation;
    eg_path accumulation_path = eg_path_field(at, "ciphertext_accumulation");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_count(node, at, "sequence_order", 0, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(read_selections(out, node, at, arena, err));
    EG_TRY(eg_field(&accumulation, node, at, "ciphertext_accumulation", err));
    EG_TRY(eg_ciphertext_read(&out->accumulation, accumulation, &accumulation_path, err));
    EG_TRY(eg_read_q(node, at, "crypto_hash", &out->crypto_hash, err));
    EG_TRY(read_nonce(&out->nonce, node, at, err));
    return read_contest_optionals(out, node, at, err);
}

static void write_contest(eg_writer *w, const eg_ballot_contest *c, bool nonces)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", c->object_id);
    eg_put_int(w, "sequence_order", c->sequence_order);
    eg_put_q(w, "description_hash", &c->description_hash);
    eg_write_key(w, "ballot_selections");
    eg_write_array(w, c->selection_count);
    for (size_t i = 0; i < c->selection_count; i++) {
        write_selection(w, &c->selections[i], nonces);
    }
    eg_write_end(w);
    eg_write_key(w, "ciphertext_accumulation");
    eg_ciphertext_write(w, &c->accumulation);
    eg_put_q(w, "crypto_hash", &c->crypto_hash);
    write_nonce(w, &c->nonce, nonces);
    if (c->has_proof) {
        eg_write_key(w, "proof");
        eg_constant_proof_write(w, &c->proof);
    } else {
        eg_put_null(w, "proof");
    }
    if (c->has_extended_data) {
        eg_write_key(w, "extended_data");
        eg_hashed_ciphertext_write(w, &c->extended_data);
    } else {
        eg_put_null(w, "extended_data");
    }
    eg_write_end(w);
}

static eg_result read_contests(eg_ballot *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err)
{
    const eg_node *list;
    eg_path path = eg_path_field(at, "contests");
    EG_TRY(eg_field(&list, node, at, "contests", err));
    EG_TRY(eg_need_array(list, &path, EG_CONTESTS_MAX, err));
    out->contest_count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->contest_count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(read_contest(&out->contests[i], &list->as.array.items[i], &item, arena, err));
    }
    return EG_SUCCESS;
}

static eg_result read_state(eg_ballot_state *out, const eg_node *node, const eg_path *at,
                            eg_error *err)
{
    uint32_t state;
    eg_path path = eg_path_field(at, "state");
    *out = EG_BALLOT_NONE;
    if (eg_map_find(node, "state") == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_read_count(node, at, "state", 0, UINT32_MAX, &state, err));
    if (state != EG_BALLOT_CAST && state != EG_BALLOT_SPOILED && state != EG_BALLOT_UNKNOWN) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'state' must be 1 (cast), 2 (spoiled) or 999 (unknown)");
    }
    *out = (eg_ballot_state)state;
    return EG_SUCCESS;
}

eg_result eg_ballot_read(eg_ballot *out, const eg_node *node, const eg_path *at, eg_arena *arena,
                         eg_error *err)
{
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_str(node, at, "style_id", 1, EG_NAME_BYTES_MAX, &out->style_id, err));
    EG_TRY(eg_read_q(node, at, "manifest_hash", &out->manifest_hash, err));
    EG_TRY(eg_read_q(node, at, "code_seed", &out->code_seed, err));
    EG_TRY(read_contests(out, node, at, arena, err));
    EG_TRY(eg_read_q(node, at, "code", &out->code, err));
    EG_TRY(eg_read_int64(node, at, "timestamp", &out->timestamp, err));
    EG_TRY(eg_read_q(node, at, "crypto_hash", &out->crypto_hash, err));
    EG_TRY(read_nonce(&out->nonce, node, at, err));
    return read_state(&out->state, node, at, err);
}

static void write_ballot(eg_writer *w, const eg_ballot *b, bool submitted, bool nonces)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", b->object_id);
    eg_put_str(w, "style_id", b->style_id);
    eg_put_q(w, "manifest_hash", &b->manifest_hash);
    eg_put_q(w, "code_seed", &b->code_seed);
    eg_write_key(w, "contests");
    eg_write_array(w, b->contest_count);
    for (size_t i = 0; i < b->contest_count; i++) {
        write_contest(w, &b->contests[i], nonces);
    }
    eg_write_end(w);
    eg_put_q(w, "code", &b->code);
    eg_put_int(w, "timestamp", b->timestamp);
    eg_put_q(w, "crypto_hash", &b->crypto_hash);
    write_nonce(w, &b->nonce, nonces);
    if (submitted) {
        eg_put_int(w, "state", (int64_t)b->state);
    }
    eg_write_end(w);
}

void eg_ballot_write(eg_writer *w, const void *ballot)
{
    const eg_ballot *b = ballot;
    write_ballot(w, b, b->state != EG_BALLOT_NONE, true);
}

void eg_ballot_write_published(eg_writer *w, const void *ballot)
{
    write_ballot(w, ballot, false, false);
}
