#include "wire/objects/tally.h"

#include "wire/artifact.h"
#include "wire/fields.h"
#include "wire/objects/ciphertext.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"

static eg_result read_selection(eg_tally_selection *out, const eg_node *node, const eg_path *at,
                                eg_error *err)
{
    const eg_node *ciphertext;
    eg_path path = eg_path_field(at, "ciphertext");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_count(node, at, "sequence_order", 0, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(eg_field(&ciphertext, node, at, "ciphertext", err));
    return eg_ciphertext_read(&out->ciphertext, ciphertext, &path, err);
}

/* The map that stands in a field, whatever its form. */
static eg_result open_map(eg_node *out, const eg_node *map, const eg_path *at, const char *name,
                          size_t max_members, eg_arena *arena, eg_error *err)
{
    const eg_node *found;
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(&found, map, at, name, err));
    EG_TRY(eg_artifact_open(out, NULL, found, &path, arena, err));
    EG_TRY(eg_need_map(out, &path, err));
    if (out->as.map.count > max_members) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' must hold at most %zu entries", name,
                       max_members);
    }
    return EG_SUCCESS;
}

static eg_result id_is_key(eg_str id, eg_str key, const eg_path *at, eg_error *err)
{
    eg_path path = eg_path_field(at, "object_id");
    if (!eg_str_equal(id, key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'object_id' must equal the key it stands under");
    }
    return EG_SUCCESS;
}

static eg_result read_contest(eg_tally_contest *out, const eg_node *node, const eg_path *at,
                              eg_arena *arena, eg_error *err)
{
    eg_node selections;
    eg_path list = eg_path_field(at, "selections");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_count(node, at, "sequence_order", 0, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_q(node, at, "description_hash", &out->description_hash, err));
    EG_TRY(open_map(&selections, node, at, "selections", EG_SELECTIONS_MAX, arena, err));
    out->selection_count = selections.as.map.count;
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        const eg_member *m = &selections.as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        EG_TRY(eg_need_map(&m->value, &path, err));
        EG_TRY(read_selection(&out->selections[i], &m->value, &path, err));
        EG_TRY(id_is_key(out->selections[i].object_id, m->key, &path, err));
    }
    return EG_SUCCESS;
}

static eg_result read_contests(eg_tally *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err)
{
    eg_node contests;
    eg_path list = eg_path_field(at, "contests");
    EG_TRY(open_map(&contests, node, at, "contests", EG_CONTESTS_MAX, arena, err));
    out->contest_count = contests.as.map.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->contest_count; i++) {
        const eg_member *m = &contests.as.map.members[i];
        eg_path path = eg_path_key(&list, m->key.data, m->key.len);
        eg_node contest;
        EG_TRY(eg_artifact_open(&contest, NULL, &m->value, &path, arena, err));
        EG_TRY(eg_need_map(&contest, &path, err));
        EG_TRY(read_contest(&out->contests[i], &contest, &path, arena, err));
        EG_TRY(id_is_key(out->contests[i].object_id, m->key, &path, err));
    }
    return EG_SUCCESS;
}

/* A list of ballot ids, or the JSON text of one. */
static eg_result read_ids(const eg_str **out, size_t *count, const eg_node *node, const eg_path *at,
                          const char *name, eg_arena *arena, eg_error *err)
{
    const eg_node *found;
    eg_node list;
    eg_path path = eg_path_field(at, name);
    eg_str *ids = NULL;
    EG_TRY(eg_field(&found, node, at, name, err));
    EG_TRY(eg_artifact_open_list(&list, found, &path, arena, err));
    EG_TRY(eg_need_array(&list, &path, EG_COUNTED_MAX, err));
    EG_TRY(eg_arena_new(arena, list.as.array.count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < list.as.array.count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(eg_node_str(&ids[i], &list.as.array.items[i], &item, 1, EG_NAME_BYTES_MAX, err));
    }
    *out = ids;
    *count = list.as.array.count;
    return EG_SUCCESS;
}

eg_result eg_tally_object_read(eg_tally_read_result *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err)
{
    eg_node encryption;
    eg_path encryption_path = eg_path_field(at, "_encryption");
    EG_TRY(eg_need_map(node, at, err));
    const eg_node *claimed = eg_map_find(node, "_encryption");
    out->tally = (eg_tally){.object_id = EG_STR("")};
    out->texts = claimed != NULL && claimed->kind == EG_STRING;
    EG_TRY(open_map(&encryption, node, at, "_encryption", 64, arena, err));
    EG_TRY(eg_context_read(&out->context, &encryption, &encryption_path, err));
    EG_TRY(read_ids(&out->tally.cast_ids, &out->tally.cast_count, node, at, "cast_ballot_ids",
                    arena, err));
    EG_TRY(read_ids(&out->tally.spoiled_ids, &out->tally.spoiled_count, node, at,
                    "spoiled_ballot_ids", arena, err));
    return read_contests(&out->tally, node, at, arena, err);
}

eg_result eg_tally_context_check(const eg_tally_read_result *tally, const eg_context *context,
                                 const eg_path *at, eg_error *err)
{
    const eg_context *claimed = &tally->context;
    const struct {
        const char *field;
        bool equal;
    } fields[] = {
        {"number_of_guardians", claimed->number_of_guardians == context->number_of_guardians},
        {"quorum", claimed->quorum == context->quorum},
        {"elgamal_public_key", eg_modp_equal(&claimed->public_key, &context->public_key)},
        {"commitment_hash", eg_modq_equal(&claimed->commitment_hash, &context->commitment_hash)},
        {"manifest_hash", eg_modq_equal(&claimed->manifest_hash, &context->manifest_hash)},
        {"crypto_base_hash", eg_modq_equal(&claimed->base_hash, &context->base_hash)},
        {"crypto_extended_base_hash",
         eg_modq_equal(&claimed->extended_base_hash, &context->extended_base_hash)},
    };
    eg_path encryption = eg_path_field(at, "_encryption");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!fields[i].equal) {
            eg_path path = eg_path_field(&encryption, fields[i].field);
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                           "the tally belongs to another election: '%s' differs", fields[i].field);
        }
    }
    return EG_SUCCESS;
}

void eg_tally_contest_write(eg_writer *w, const void *contest)
{
    const eg_tally_contest *c = contest;
    eg_write_map(w);
    eg_put_str(w, "object_id", c->object_id);
    eg_put_int(w, "sequence_order", c->sequence_order);
    eg_put_q(w, "description_hash", &c->description_hash);
    eg_write_key(w, "selections");
    eg_write_map_of(w, c->selection_count);
    for (size_t i = 0; i < c->selection_count; i++) {
        const eg_tally_selection *s = &c->selections[i];
        eg_write_key_str(w, s->object_id);
        eg_write_map(w);
        eg_put_str(w, "object_id", s->object_id);
        eg_put_int(w, "sequence_order", s->sequence_order);
        eg_put_q(w, "description_hash", &s->description_hash);
        eg_write_key(w, "ciphertext");
        eg_ciphertext_write(w, &s->ciphertext);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

static void put_ids(eg_writer *w, const char *name, const eg_str *ids, size_t count)
{
    eg_write_key(w, name);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_str(w, ids[i]);
    }
    eg_write_end(w);
}

void eg_tally_object_write(eg_writer *w, const void *object)
{
    const eg_tally_object *o = object;
    eg_artifact_form part = o->texts ? EG_FORM_TEXT : EG_FORM_MAP;
    eg_write_map(w);
    eg_write_key(w, "_encryption");
    eg_artifact_write(w, part, eg_context_write, o->context);
    put_ids(w, "cast_ballot_ids", o->tally->cast_ids, o->tally->cast_count);
    put_ids(w, "spoiled_ballot_ids", o->tally->spoiled_ids, o->tally->spoiled_count);
    eg_write_key(w, "contests");
    eg_write_map_of(w, o->tally->contest_count);
    for (size_t i = 0; i < o->tally->contest_count; i++) {
        eg_write_key_str(w, o->tally->contests[i].object_id);
        eg_artifact_write(w, part, eg_tally_contest_write, &o->tally->contests[i]);
    }
    eg_write_end(w);
    eg_write_key(w, "_internal_manifest");
    eg_artifact_write(w, part, eg_internal_manifest_write, o->manifest);
    if (o->texts) {
        eg_put_cstr(w, "_manifest", "null");
    } else {
        eg_put_null(w, "_manifest");
    }
    eg_write_end(w);
}
