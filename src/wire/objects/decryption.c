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

/* Of a contest or selection, whose key others may go by. most: bytes. */
static eg_result read_keyed_id(eg_str *out, const eg_node *node, const eg_path *at, size_t most,
                               eg_str key, eg_error *err)
{
    eg_path path = eg_path_field(at, "object_id");
    EG_TRY(eg_read_str(node, at, "object_id", 1, most, out, err));
    if (!eg_str_equal(*out, key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'object_id' must equal the key it stands under");
    }
    return EG_SUCCESS;
}

/* Those ids that contests and selections repeat. */
static eg_result read_guardians(eg_str *guardian, eg_str *missing, eg_share_message message,
                                const eg_node *node, const eg_path *at, eg_arena *arena,
                                eg_error *err)
{
    *missing = (eg_str){NULL, 0};
    EG_TRY(eg_read_id(node, at, "guardian_id", arena, guardian, err));
    return message == EG_OWN_SHARE
               ? EG_SUCCESS
               : eg_read_id(node, at, "missing_guardian_id", arena, missing, err);
}

/* ---- what the messages do not share ---- */

static eg_result find_own_proof(const eg_node **out, const eg_node *node, const eg_path *at,
                                eg_error *err)
{
    eg_path parts = eg_path_field(at, "recovered_parts");
    *out = eg_map_find(node, "proof");
    if (*out == NULL) {
        eg_path proof = eg_path_field(at, "proof");
        return EG_FAIL(err, EG_E_MISSING_FIELD, &proof, "the share has no proof");
    }
    if (eg_map_find(node, "recovered_parts") != NULL) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &parts, "'recovered_parts' must be null");
    }
    return EG_SUCCESS;
}

/* *last: of the selection before, or NULL. All are one, as a rule, and stored once. */
static eg_result read_recovery_key(const eg_modp **last, const eg_node *node, const eg_path *at,
                                   eg_arena *arena, eg_error *err)
{
    eg_modp key, *kept;
    EG_TRY(eg_read_p(node, at, "recovery_key", &key, err));
    if (*last == NULL || !eg_modp_equal(*last, &key)) {
        EG_TRY(eg_arena_new(arena, 1, sizeof *kept, &kept, err));
        *kept = key;
        *last = kept;
    }
    return EG_SUCCESS;
}

/* ---- reading ---- */

typedef struct reader {
    eg_share_message message;
    const eg_modp *recovery_key; /* the last one */
    eg_arena *arena;
} reader;

static eg_result read_selection(eg_decryption_selection *out, reader *r, const eg_member *m,
                                const eg_path *at, eg_error *err)
{
    const eg_node *proof, *node = &m->value;
    eg_path proof_path = eg_path_field(at, "proof");
    EG_TRY(read_keyed_id(&out->object_id, node, at, EG_NAME_BYTES_MAX + 64, m->key, err));
    EG_TRY(read_guardians(&out->guardian_id, &out->missing_guardian_id, r->message, node, at,
                          r->arena, err));
    EG_TRY(eg_read_p(node, at, "share", &out->share, err));
    if (r->message == EG_OWN_SHARE) {
        EG_TRY(find_own_proof(&proof, node, at, err));
    } else {
        EG_TRY(read_recovery_key(&r->recovery_key, node, at, r->arena, err));
        EG_TRY(eg_field(&proof, node, at, "proof", err));
    }
    out->recovery_key = r->recovery_key;
    out->has_proof = true;
    return eg_generic_proof_read(&out->proof, proof, &proof_path, err);
}

static eg_result read_contest(eg_decryption_contest *out, reader *r, const eg_member *m,
                              const eg_path *at, eg_error *err)
{
    const eg_node *entries, *node = &m->value;
    eg_path list = eg_path_field(at, "selections");
    EG_TRY(read_keyed_id(&out->object_id, node, at, EG_NAME_BYTES_MAX, m->key, err));
    EG_TRY(read_guardians(&out->guardian_id, &out->missing_guardian_id, r->message, node, at,
                          r->arena, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(need_entries(&entries, node, at, "selections", EG_SELECTIONS_MAX, err));
    out->selection_count = entries->as.map.count;
    EG_TRY(eg_arena_new(r->arena, out->selection_count, sizeof *out->selections, &out->selections,
                        err));
    for (size_t i = 0; i < out->selection_count; i++) {
        const eg_member *s = &entries->as.map.members[i];
        eg_path path = eg_path_key(&list, s->key.data, s->key.len);
        EG_TRY(eg_need_map(&s->value, &path, err));
        EG_TRY(read_selection(&out->selections[i], r, s, &path, err));
    }
    return EG_SUCCESS;
}

eg_result eg_decryption_share_read(eg_decryption_share *out, eg_share_message message,
                                   const eg_node *node, const eg_path *at, eg_arena *arena,
                                   eg_error *err)
{
    reader r = {.message = message, .arena = arena};
    const eg_node *entries;
    eg_path list = eg_path_field(at, "contests");
    EG_TRY(eg_read_str(node, at, "object_id", 0, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(read_guardians(&out->guardian_id, &out->missing_guardian_id, message, node, at, arena,
                          err));
    EG_TRY(eg_read_p(node, at, "public_key", &out->public_key, err));
    EG_TRY(need_entries(&entries, node, at, "contests", EG_CONTESTS_MAX, err));
    out->contest_count = entries->as.map.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->contest_count; i++) {
        const eg_member *m = &entries->as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        EG_TRY(eg_need_map(&m->value, &path, err));
        EG_TRY(read_contest(&out->contests[i], &r, m, &path, err));
    }
    return EG_SUCCESS;
}

/* ---- writing ---- */

static void put_guardians(eg_writer *w, eg_str guardian, eg_str missing)
{
    eg_put_str(w, "guardian_id", guardian);
    if (missing.len > 0) {
        eg_put_str(w, "missing_guardian_id", missing);
    }
}

/* Up to the proof. */
static void put_selection(eg_writer *w, const eg_decryption_selection *s)
{
    eg_put_str(w, "object_id", s->object_id);
    put_guardians(w, s->guardian_id, s->missing_guardian_id);
    eg_put_p(w, "share", &s->share);
    if (s->recovery_key != NULL) {
        eg_put_p(w, "recovery_key", s->recovery_key);
    }
    if (s->has_proof) {
        eg_write_key(w, "proof");
        eg_generic_proof_write(w, &s->proof);
    } else {
        eg_put_null(w, "proof");
    }
}

/* Of a share that was reconstructed. */
static void write_parts(eg_writer *w, const eg_decryption_selection *s)
{
    if (s->parts == NULL) {
        eg_put_null(w, "recovered_parts");
        return;
    }
    eg_write_key(w, "recovered_parts");
    eg_write_map_of(w, s->part_count);
    for (size_t i = 0; i < s->part_count; i++) {
        eg_write_key_str(w, s->parts[i].guardian_id);
        eg_write_map(w);
        put_selection(w, &s->parts[i]);
        eg_write_end(w);
    }
    eg_write_end(w);
}

void eg_decryption_selection_write(eg_writer *w, const void *selection)
{
    const eg_decryption_selection *s = selection;
    eg_write_map(w);
    put_selection(w, s);
    if (s->missing_guardian_id.len == 0) {
        write_parts(w, s);
    }
    eg_write_end(w);
}

static void write_contest(eg_writer *w, const eg_decryption_contest *c)
{
    eg_write_key_str(w, c->object_id);
    eg_write_map(w);
    eg_put_str(w, "object_id", c->object_id);
    put_guardians(w, c->guardian_id, c->missing_guardian_id);
    eg_put_q(w, "description_hash", &c->description_hash);
    eg_write_key(w, "selections");
    eg_write_map_of(w, c->selection_count);
    for (size_t i = 0; i < c->selection_count; i++) {
        eg_write_key_str(w, c->selections[i].object_id);
        eg_decryption_selection_write(w, &c->selections[i]);
    }
    eg_write_end(w);
    eg_write_end(w);
}

void eg_decryption_share_write(eg_writer *w, const void *share)
{
    const eg_decryption_share *d = share;
    eg_write_map(w);
    eg_put_str(w, "object_id", d->object_id);
    put_guardians(w, d->guardian_id, d->missing_guardian_id);
    eg_put_p(w, "public_key", &d->public_key);
    eg_write_key(w, "contests");
    eg_write_map_of(w, d->contest_count);
    for (size_t i = 0; i < d->contest_count; i++) {
        write_contest(w, &d->contests[i]);
    }
    eg_write_end(w);
    eg_write_end(w);
}
