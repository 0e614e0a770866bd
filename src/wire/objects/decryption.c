#include "wire/objects/decryption.h"

#include "wire/objects/proofs.h"

/* A map from ids to maps, as shares nest them. */
static eg_result need_entries(const eg_node **out, const eg_node *node, const eg_path *at,
                              const char *name, size_t max_entries, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(out, node, at, name, err));
    EG_TRY(eg_need_map(*out, &path, err));
    if ((*out)->as.map.count > max_entries) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' must hold at most %zu entries", name,
                       max_entries);
    }
    return EG_SUCCESS;
}

static eg_result read_selection_id(eg_str *out, const eg_node *node, const eg_path *at, eg_str key,
                                   eg_error *err)
{
    eg_path path = eg_path_field(at, "object_id");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX + 64, out, err));
    if (!eg_str_equal(*out, key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'object_id' must equal the key it stands under");
    }
    return EG_SUCCESS;
}

/* ---- a guardian's own share ---- */

static eg_result read_selection(eg_decryption_selection *out, const eg_member *m, const eg_path *at,
                                eg_arena *arena, eg_error *err)
{
    const eg_node *proof = eg_map_find(&m->value, "proof");
    const eg_node *parts = eg_map_find(&m->value, "recovered_parts");
    eg_path proof_path = eg_path_field(at, "proof");
    eg_path parts_path = eg_path_field(at, "recovered_parts");
    EG_TRY(read_selection_id(&out->object_id, &m->value, at, m->key, err));
    EG_TRY(eg_read_id(&m->value, at, "guardian_id", arena, &out->guardian_id, err));
    EG_TRY(eg_read_p(&m->value, at, "share", &out->share, err));
    if (proof == NULL) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &proof_path, "the share has no proof");
    }
    if (parts != NULL) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &parts_path, "'recovered_parts' must be null");
    }
    out->has_proof = true;
    return eg_generic_proof_read(&out->proof, proof, &proof_path, err);
}

static eg_result read_contest(eg_decryption_contest *out, const eg_node *node, const eg_path *at,
                              eg_arena *arena, eg_error *err)
{
    const eg_node *entries;
    eg_path list = eg_path_field(at, "selections");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_id(node, at, "guardian_id", arena, &out->guardian_id, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(need_entries(&entries, node, at, "selections", EG_SELECTIONS_MAX, err));
    out->selection_count = entries->as.map.count;
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        const eg_member *m = &entries->as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        EG_TRY(eg_need_map(&m->value, &path, err));
        EG_TRY(read_selection(&out->selections[i], m, &path, arena, err));
    }
    return EG_SUCCESS;
}

eg_result eg_decryption_share_read(eg_decryption_share *out, const eg_node *node, const eg_path *at,
                                   eg_arena *arena, eg_error *err)
{
    const eg_node *entries;
    eg_path list = eg_path_field(at, "contests");
    EG_TRY(eg_read_str(node, at, "object_id", 0, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_id(node, at, "guardian_id", arena, &out->guardian_id, err));
    EG_TRY(eg_read_p(node, at, "public_key", &out->public_key, err));
    EG_TRY(need_entries(&entries, node, at, "contests", EG_CONTESTS_MAX, err));
    out->contest_count = entries->as.map.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->contest_count; i++) {
        const eg_member *m = &entries->as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        EG_TRY(eg_need_map(&m->value, &path, err));
        EG_TRY(read_contest(&out->contests[i], &m->value, &path, arena, err));
    }
    return EG_SUCCESS;
}

/* ---- a compensated share ---- */

static eg_result read_compensated_selection(eg_compensated_selection *out, const eg_member *m,
                                            const eg_path *at, eg_arena *arena, eg_error *err)
{
    const eg_node *proof;
    eg_path proof_path = eg_path_field(at, "proof");
    EG_TRY(read_selection_id(&out->object_id, &m->value, at, m->key, err));
    EG_TRY(eg_read_id(&m->value, at, "guardian_id", arena, &out->guardian_id, err));
    EG_TRY(eg_read_id(&m->value, at, "missing_guardian_id", arena, &out->missing_guardian_id, err));
    EG_TRY(eg_read_p(&m->value, at, "share", &out->share, err));
    EG_TRY(eg_read_p(&m->value, at, "recovery_key", &out->recovery_key, err));
    EG_TRY(eg_field(&proof, &m->value, at, "proof", err));
    return eg_generic_proof_read(&out->proof, proof, &proof_path, err);
}

static eg_result read_compensated_contest(eg_compensated_contest *out, const eg_node *node,
                                          const eg_path *at, eg_arena *arena, eg_error *err)
{
    const eg_node *entries;
    eg_path list = eg_path_field(at, "selections");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_id(node, at, "guardian_id", arena, &out->guardian_id, err));
    EG_TRY(eg_read_id(node, at, "missing_guardian_id", arena, &out->missing_guardian_id, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(need_entries(&entries, node, at, "selections", EG_SELECTIONS_MAX, err));
    out->selection_count = entries->as.map.count;
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        const eg_member *m = &entries->as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        EG_TRY(eg_need_map(&m->value, &path, err));
        EG_TRY(read_compensated_selection(&out->selections[i], m, &path, arena, err));
    }
    return EG_SUCCESS;
}

eg_result eg_compensated_share_read(eg_compensated_share *out, const eg_node *node,
                                    const eg_path *at, eg_arena *arena, eg_error *err)
{
    const eg_node *entries;
    eg_path list = eg_path_field(at, "contests");
    EG_TRY(eg_read_str(node, at, "object_id", 0, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_id(node, at, "guardian_id", arena, &out->guardian_id, err));
    EG_TRY(eg_read_id(node, at, "missing_guardian_id", arena, &out->missing_guardian_id, err));
    EG_TRY(eg_read_p(node, at, "public_key", &out->public_key, err));
    EG_TRY(need_entries(&entries, node, at, "contests", EG_CONTESTS_MAX, err));
    out->contest_count = entries->as.map.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->contest_count; i++) {
        const eg_member *m = &entries->as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        EG_TRY(eg_need_map(&m->value, &path, err));
        EG_TRY(read_compensated_contest(&out->contests[i], &m->value, &path, arena, err));
    }
    return EG_SUCCESS;
}

/* ---- writing ---- */

static void write_compensated_selection(eg_writer *w, eg_str key, const eg_compensated_selection *s)
{
    eg_write_key_str(w, key);
    eg_write_map(w);
    eg_put_str(w, "object_id", s->object_id);
    eg_put_str(w, "guardian_id", s->guardian_id);
    eg_put_str(w, "missing_guardian_id", s->missing_guardian_id);
    eg_put_p(w, "share", &s->share);
    eg_put_p(w, "recovery_key", &s->recovery_key);
    eg_write_key(w, "proof");
    eg_generic_proof_write(w, &s->proof);
    eg_write_end(w);
}

static void write_parts(eg_writer *w, const eg_decryption_selection *s)
{
    if (s->parts == NULL) {
        eg_put_null(w, "recovered_parts");
        return;
    }
    eg_write_key(w, "recovered_parts");
    eg_write_map_of(w, s->part_count);
    for (size_t i = 0; i < s->part_count; i++) {
        write_compensated_selection(w, s->parts[i].guardian_id, &s->parts[i]);
    }
    eg_write_end(w);
}

static void write_selection(eg_writer *w, const eg_decryption_selection *s)
{
    eg_write_key_str(w, s->object_id);
    eg_write_map(w);
    eg_put_str(w, "object_id", s->object_id);
    eg_put_str(w, "guardian_id", s->guardian_id);
    eg_put_p(w, "share", &s->share);
    if (s->has_proof) {
        eg_write_key(w, "proof");
        eg_generic_proof_write(w, &s->proof);
    } else {
        eg_put_null(w, "proof");
    }
    write_parts(w, s);
    eg_write_end(w);
}

void eg_decryption_share_write(eg_writer *w, const void *share)
{
    const eg_decryption_share *d = share;
    eg_write_map(w);
    eg_put_str(w, "object_id", d->object_id);
    eg_put_str(w, "guardian_id", d->guardian_id);
    eg_put_p(w, "public_key", &d->public_key);
    eg_write_key(w, "contests");
    eg_write_map_of(w, d->contest_count);
    for (size_t i = 0; i < d->contest_count; i++) {
        const eg_decryption_contest *c = &d->contests[i];
        eg_write_key_str(w, c->object_id);
        eg_write_map(w);
        eg_put_str(w, "object_id", c->object_id);
        eg_put_str(w, "guardian_id", c->guardian_id);
        eg_put_q(w, "description_hash", &c->description_hash);
        eg_write_key(w, "selections");
        eg_write_map_of(w, c->selection_count);
        for (size_t j = 0; j < c->selection_count; j++) {
            write_selection(w, &c->selections[j]);
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

void eg_compensated_share_write(eg_writer *w, const void *share)
{
    const eg_compensated_share *d = share;
    eg_write_map(w);
    eg_put_str(w, "object_id", d->object_id);
    eg_put_str(w, "guardian_id", d->guardian_id);
    eg_put_str(w, "missing_guardian_id", d->missing_guardian_id);
    eg_put_p(w, "public_key", &d->public_key);
    eg_write_key(w, "contests");
    eg_write_map_of(w, d->contest_count);
    for (size_t i = 0; i < d->contest_count; i++) {
        const eg_compensated_contest *c = &d->contests[i];
        eg_write_key_str(w, c->object_id);
        eg_write_map(w);
        eg_put_str(w, "object_id", c->object_id);
        eg_put_str(w, "guardian_id", c->guardian_id);
        eg_put_str(w, "missing_guardian_id", c->missing_guardian_id);
        eg_put_q(w, "description_hash", &c->description_hash);
        eg_write_key(w, "selections");
        eg_write_map_of(w, c->selection_count);
        for (size_t j = 0; j < c->selection_count; j++) {
            write_compensated_selection(w, c->selections[j].object_id, &c->selections[j]);
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}
