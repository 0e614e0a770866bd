#include "guardian/guardian_parts.h"

#include "base/secret.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "election/ceremony_parts.h"
#include "record/layout.h"
#include "wire/objects/guardian.h"

#include <stdio.h>

/* ---- being ---- */

static eg_result check_numbers(uint32_t order, uint32_t guardians, uint32_t quorum,
                               const eg_path *at, eg_error *err)
{
    eg_path order_at = eg_path_field(at, "sequence_order");
    eg_path guardians_at = eg_path_field(at, "number_of_guardians");
    eg_path quorum_at = eg_path_field(at, "quorum");
    if (guardians < 1 || guardians > EG_GUARDIANS_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &guardians_at,
                       "the number of guardians must be from 1 to %d", EG_GUARDIANS_MAX);
    }
    if (quorum < 1 || quorum > guardians) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &quorum_at,
                       "the quorum must be from 1 to the number of guardians");
    }
    if (order < 1 || order > guardians) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &order_at,
                       "the sequence order must be from 1 to the number of guardians");
    }
    return EG_SUCCESS;
}

static eg_result check_id(eg_str id, const eg_path *path, eg_error *err)
{
    const char *fault = eg_record_id_fault(id);
    if (fault == NULL && eg_utf8_is_blank(id)) {
        fault = "it must hold something that can be seen";
    }
    return fault == NULL ? EG_SUCCESS : EG_FAIL(err, EG_E_BAD_ENCODING, path, "%s", fault);
}

static eg_result allocate(eg_guardian **out, eg_str id, uint32_t guardians, eg_arena *arena,
                          eg_error *err)
{
    EG_TRY(eg_arena_new(arena, 1, sizeof **out, out, err));
    EG_TRY(eg_arena_copy_str(arena, id, &(*out)->id, err));
    return eg_arena_new(arena, guardians, sizeof *(*out)->places, &(*out)->places, err);
}

eg_result eg_guardian_allocate(eg_guardian **out, eg_str id, uint32_t sequence_order,
                               uint32_t number_of_guardians, uint32_t quorum, const eg_path *at,
                               eg_error *err)
{
    eg_path id_at = eg_path_field(at, "id");
    eg_arena arena;
    *out = NULL;
    EG_TRY(check_id(id, &id_at, err));
    EG_TRY(check_numbers(sequence_order, number_of_guardians, quorum, at, err));
    eg_arena_init(&arena, NULL);
    eg_result result = allocate(out, id, number_of_guardians, &arena, err);
    if (eg_failed(result)) {
        eg_arena_free(&arena);
        *out = NULL;
        return result;
    }
    (*out)->sequence_order = sequence_order;
    (*out)->number_of_guardians = number_of_guardians;
    (*out)->quorum = quorum;
    (*out)->arena = arena;
    return EG_SUCCESS;
}

eg_result eg_guardian_new(eg_guardian **out, eg_str id, uint32_t sequence_order,
                          uint32_t number_of_guardians, uint32_t quorum, const eg_rng *rng,
                          eg_error *err)
{
    EG_TRY(eg_guardian_allocate(out, id, sequence_order, number_of_guardians, quorum, NULL, err));
    eg_guardian *g = *out;
    eg_guardian_place *own = eg_guardian_own(g);
    eg_result result = eg_guardian_generate(&g->polynomial, &own->record, g->id, sequence_order,
                                            quorum, rng, &g->arena, err);
    own->has_record = true;
    if (eg_failed(result)) {
        eg_guardian_free(g);
        *out = NULL;
    }
    return result;
}

void eg_guardian_free(eg_guardian *guardian)
{
    if (guardian != NULL) {
        eg_arena arena = guardian->arena; /* which it lies in */
        eg_arena_free(&arena);
    }
}

/* ---- what is known ---- */

eg_guardian_place *eg_guardian_place_of(const eg_guardian *guardian, uint32_t sequence_order)
{
    return sequence_order >= 1 && sequence_order <= guardian->number_of_guardians
               ? &guardian->places[sequence_order - 1]
               : NULL;
}

void eg_guardian_about(const eg_guardian *guardian, eg_guardian_info *out)
{
    *out = (eg_guardian_info){.id = guardian->id,
                              .sequence_order = guardian->sequence_order,
                              .number_of_guardians = guardian->number_of_guardians,
                              .quorum = guardian->quorum,
                              .record = &eg_guardian_own(guardian)->record};
    for (uint32_t i = 0; i < guardian->number_of_guardians; i++) {
        const bool is_other = i + 1 != guardian->sequence_order;
        out->records += is_other && guardian->places[i].has_record;
        out->backups += is_other && guardian->places[i].has_backup;
    }
}

const eg_guardian_public *eg_guardian_known(const eg_guardian *guardian, uint32_t sequence_order)
{
    const eg_guardian_place *place = eg_guardian_place_of(guardian, sequence_order);
    return place != NULL && place->has_record ? &place->record : NULL;
}

bool eg_guardian_has_backup(const eg_guardian *guardian, uint32_t sequence_order)
{
    const eg_guardian_place *place = eg_guardian_place_of(guardian, sequence_order);
    return place != NULL && place->has_backup;
}

/* ---- texts ---- */

static eg_result write_object(eg_write_fn write, const void *object, eg_buf *out, eg_error *err)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    write(&w, object);
    eg_buf_append_char(out, '\n');
    return eg_buf_check(out, err);
}

static eg_result read_text(eg_node *out, eg_str json, const eg_path *at, eg_arena *arena,
                           eg_error *err)
{
    if (json.len > EG_GUARDIAN_TEXT_BYTES_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, at, "no such file has more than 1 MiB");
    }
    EG_TRY(eg_tree_parse(out, EG_JSON, json, 0, arena, at, err));
    return eg_need_map(out, at, err);
}

/* Puts whose it is in front of the sentence. */
static eg_result blame(eg_result result, const char *what, eg_str whose, eg_error *err)
{
    if (eg_failed(result) && eg_is_input_fault(result) && err != NULL) {
        eg_error copy = *err;
        (void)snprintf(err->text, sizeof err->text, "%s guardian %.*s is not valid: %.110s", what,
                       EG_SHOWN(whose), copy.text);
    }
    return result;
}

static const char hex_digits[] = "0123456789ABCDEF";

eg_result eg_guardian_fingerprint(char out[EG_FINGERPRINT_CHARACTERS + 1],
                                  const eg_guardian_public *record, eg_error *err)
{
    enum { SHOWN_BYTES = 16 };
    uint8_t digest[EG_SHA256_BYTES];
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_result result = write_object(eg_guardian_public_write, record, &text, err);
    if (!eg_failed(result)) {
        char *to = out;
        eg_sha256_of(digest, text.data, text.len);
        for (size_t i = 0; i < SHOWN_BYTES; i++) {
            if (i > 0 && i % 2 == 0) {
                *to++ = ' ';
            }
            *to++ = hex_digits[digest[i] >> 4];
            *to++ = hex_digits[digest[i] & 15];
        }
        *to = '\0';
    }
    eg_buf_free(&text);
    return result;
}

/* ---- records ---- */

eg_result eg_guardian_record(const eg_guardian *guardian, eg_buf *out, eg_error *err)
{
    return write_object(eg_guardian_public_write, &eg_guardian_own(guardian)->record, out, err);
}

static bool is_same_proof(const eg_schnorr_proof *a, const eg_schnorr_proof *b)
{
    return eg_modp_equal(&a->public_key, &b->public_key) &&
           eg_modp_equal(&a->commitment, &b->commitment) &&
           eg_modq_equal(&a->challenge, &b->challenge) && eg_modq_equal(&a->response, &b->response);
}

static bool is_same_record(const eg_guardian_public *a, const eg_guardian_public *b)
{
    bool same = eg_str_equal(a->owner_id, b->owner_id) && a->sequence_order == b->sequence_order &&
                eg_modp_equal(&a->key, &b->key) && a->commitment_count == b->commitment_count &&
                a->proof_count == b->proof_count;
    for (size_t i = 0; same && i < a->commitment_count; i++) {
        same = eg_modp_equal(&a->commitments[i], &b->commitments[i]);
    }
    for (size_t i = 0; same && i < a->proof_count; i++) {
        same = is_same_proof(&a->proofs[i], &b->proofs[i]);
    }
    return same;
}

eg_result eg_guardian_judge_place(const eg_guardian *guardian, const eg_guardian_public *record,
                                  const eg_path *at, eg_error *err)
{
    eg_path order_at = eg_path_field(at, "sequence_order");
    eg_path id_at = eg_path_field(at, "owner_id");
    EG_TRY(check_id(record->owner_id, &id_at, err));
    if (eg_guardian_place_of(guardian, record->sequence_order) == NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &order_at,
                       "guardian %.*s has number %u, and the election %u guardians",
                       EG_SHOWN(record->owner_id), record->sequence_order,
                       guardian->number_of_guardians);
    }
    for (uint32_t i = 0; i < guardian->number_of_guardians; i++) {
        const eg_guardian_place *place = &guardian->places[i];
        if (place->has_record && i + 1 != record->sequence_order &&
            eg_str_equal(place->record.owner_id, record->owner_id)) {
            return EG_FAIL(err, EG_E_DUPLICATE, &id_at,
                           "guardian number %u has the id %.*s as well", i + 1,
                           EG_SHOWN(record->owner_id));
        }
    }
    return EG_SUCCESS;
}

/* A record that differs from the one that is known for its order. */
static eg_result refuse_other(const eg_guardian *g, const eg_guardian_public *record,
                              const eg_path *at, eg_error *err)
{
    eg_path order_at = eg_path_field(at, "sequence_order");
    const eg_guardian_public *known = eg_guardian_known(g, record->sequence_order);
    if (!eg_str_equal(known->owner_id, record->owner_id)) {
        return EG_FAIL(err, EG_E_DUPLICATE, &order_at,
                       "guardians %.*s and %.*s both have number %u", EG_SHOWN(known->owner_id),
                       EG_SHOWN(record->owner_id), record->sequence_order);
    }
    if (record->sequence_order == g->sequence_order) {
        return EG_FAIL(err, EG_E_DUPLICATE, at,
                       "this guardian's own record was altered: it is not that of its key");
    }
    return EG_FAIL(err, EG_E_DUPLICATE, at,
                   "another record of guardian %.*s was taken before, and stays: ask that guardian "
                   "which one is right",
                   EG_SHOWN(record->owner_id));
}

static eg_result copy_array(eg_arena *arena, const void *from, size_t count, size_t size, void *out,
                            eg_error *err)
{
    void *copy = NULL;
    EG_TRY(eg_arena_new(arena, count, size, &copy, err));
    memcpy(copy, from, count * size);
    memcpy(out, &copy, sizeof copy);
    return EG_SUCCESS;
}

eg_result eg_guardian_keep_record(eg_guardian *guardian, const eg_guardian_public *record,
                                  eg_error *err)
{
    eg_arena *arena = &guardian->arena;
    eg_guardian_public copy = *record;
    EG_TRY(eg_arena_copy_str(arena, record->owner_id, &copy.owner_id, err));
    EG_TRY(copy_array(arena, record->commitments, record->commitment_count,
                      sizeof *copy.commitments, &copy.commitments, err));
    EG_TRY(copy_array(arena, record->proofs, record->proof_count, sizeof *copy.proofs, &copy.proofs,
                      err));
    eg_guardian_place *place = eg_guardian_place_of(guardian, record->sequence_order);
    place->record = copy;
    place->has_record = true;
    return EG_SUCCESS;
}

static eg_result take_record(eg_guardian *g, const eg_guardian_public *record, const eg_path *at,
                             eg_error *err)
{
    EG_TRY(eg_guardian_judge_place(g, record, at, err));
    const eg_guardian_public *known = eg_guardian_known(g, record->sequence_order);
    if (known != NULL) {
        return is_same_record(known, record) ? EG_SUCCESS : refuse_other(g, record, at, err);
    }
    EG_TRY(blame(eg_guardian_public_check(record, g->quorum, at, err), "the record of",
                 record->owner_id, err));
    return eg_guardian_keep_record(g, record, err);
}

/* The id comes first, so that who sent something that cannot be read is known as a rule. */
static eg_result read_record(eg_guardian_public *out, const eg_node *map, const eg_path *at,
                             eg_arena *arena, eg_error *err)
{
    eg_result result = eg_guardian_public_read(out, map, at, arena, err);
    return out->owner_id.len == 0 ? result : blame(result, "the record of", out->owner_id, err);
}

eg_result eg_guardian_take_record(eg_guardian *guardian, eg_str json, const eg_path *at,
                                  uint32_t *sequence_order, eg_error *err)
{
    eg_guardian_public record = {0};
    eg_node map;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    eg_result result = read_text(&map, json, at, &scratch, err);
    result = eg_failed(result) ? result : read_record(&record, &map, at, &scratch, err);
    result = eg_failed(result) ? result : take_record(guardian, &record, at, err);
    if (!eg_failed(result) && sequence_order != NULL) {
        *sequence_order = record.sequence_order;
    }
    eg_arena_free(&scratch);
    return result;
}

/* ---- backups ---- */

static eg_result refuse_unknown(uint32_t order, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "sequence_order");
    return EG_FAIL(err, EG_E_NOT_FOUND, &at, "the record of guardian number %u was not taken yet",
                   order);
}

eg_result eg_guardian_make_backup(const eg_guardian *guardian, uint32_t sequence_order,
                                  const eg_rng *rng, eg_buf *out, eg_error *err)
{
    const eg_guardian_place *place = eg_guardian_place_of(guardian, sequence_order);
    eg_path at = eg_path_field(NULL, "sequence_order");
    eg_backup backup;
    eg_modq nonce;
    if (place == NULL || sequence_order == guardian->sequence_order) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "a backup is for another guardian");
    }
    if (!place->has_record) {
        return refuse_unknown(sequence_order, err);
    }
    EG_TRY(eg_random_q(&nonce, rng, 1, err));
    eg_result result =
        eg_backup_make(&backup, guardian->id, &guardian->polynomial, place->record.owner_id,
                       sequence_order, &place->record.key, &nonce, err);
    eg_wipe(&nonce, sizeof nonce);
    return eg_failed(result) ? result : write_object(eg_backup_write, &backup, out, err);
}

/* The place of who made it, whose record must be there. */
static eg_result find_sender(eg_guardian_place **out, const eg_guardian *g, const eg_backup *backup,
                             const eg_path *at, eg_error *err)
{
    eg_path owner_at = eg_path_field(at, "owner_id");
    if (eg_str_equal(backup->owner_id, g->id)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &owner_at,
                       "this guardian's own backups are for the others");
    }
    for (uint32_t i = 0; i < g->number_of_guardians; i++) {
        if (g->places[i].has_record &&
            eg_str_equal(g->places[i].record.owner_id, backup->owner_id)) {
            *out = &g->places[i];
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_NOT_FOUND, &owner_at,
                   "it is from guardian %.*s, whose record was not taken yet",
                   EG_SHOWN(backup->owner_id));
}

static eg_result check_recipient(const eg_guardian *g, const eg_backup *backup, const eg_path *at,
                                 eg_error *err)
{
    eg_path id_at = eg_path_field(at, "designated_id");
    if (!eg_str_equal(backup->designated_id, g->id) ||
        backup->designated_sequence_order != g->sequence_order) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &id_at,
                       "it is from guardian %.*s for guardian %.*s, number %u, not for this one",
                       EG_SHOWN(backup->owner_id), EG_SHOWN(backup->designated_id),
                       backup->designated_sequence_order);
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_keep_backup(eg_guardian *guardian, const eg_guardian_place *sender,
                                  const eg_backup *backup, eg_error *err)
{
    eg_guardian_place *place = eg_guardian_place_of(guardian, sender->record.sequence_order);
    EG_BUG_IF(err, place == NULL);
    place->backup = *backup;
    place->backup.owner_id = sender->record.owner_id;
    place->backup.designated_id = guardian->id;
    place->has_backup = true;
    return EG_SUCCESS;
}

static eg_result take_backup(eg_guardian *g, const eg_backup *backup, const eg_path *at,
                             uint32_t *sender_order, eg_error *err)
{
    eg_guardian_place *sender = NULL;
    eg_modq coordinate;
    EG_TRY(check_recipient(g, backup, at, err));
    EG_TRY(find_sender(&sender, g, backup, at, err));
    eg_result result =
        eg_backup_check(&coordinate, backup, g->id, g->sequence_order,
                        &g->polynomial.coefficients[0].value, &sender->record, at, err);
    eg_wipe(&coordinate, sizeof coordinate);
    EG_TRY(blame(result, "the backup from", backup->owner_id, err));
    *sender_order = sender->record.sequence_order;
    return eg_guardian_keep_backup(g, sender, backup, err);
}

static eg_result read_backup(eg_backup *out, const eg_node *map, const eg_path *at, eg_arena *arena,
                             eg_error *err)
{
    eg_result result = eg_backup_read(out, map, at, arena, err);
    return out->owner_id.len == 0 ? result : blame(result, "the backup from", out->owner_id, err);
}

eg_result eg_guardian_take_backup(eg_guardian *guardian, eg_str json, const eg_path *at,
                                  uint32_t *sequence_order, eg_error *err)
{
    eg_backup backup = {0};
    uint32_t sender = 0;
    eg_node map;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    eg_result result = read_text(&map, json, at, &scratch, err);
    result = eg_failed(result) ? result : read_backup(&backup, &map, at, &scratch, err);
    result = eg_failed(result) ? result : take_backup(guardian, &backup, at, &sender, err);
    if (!eg_failed(result) && sequence_order != NULL) {
        *sequence_order = sender;
    }
    eg_arena_free(&scratch);
    return result;
}

/* ---- the election ---- */

static eg_result refuse_election(const eg_path *at, const char *field, eg_error *err)
{
    eg_path path = eg_path_field(at, field);
    return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                   "it is not that of this guardian's election, which follows from the records of "
                   "its key file");
}

eg_result eg_guardian_check_context(const eg_guardian *guardian, const eg_context *context,
                                    const eg_path *at, eg_error *err)
{
    eg_guardian_public records[EG_GUARDIANS_MAX];
    eg_context right;
    if (context->number_of_guardians != guardian->number_of_guardians) {
        return refuse_election(at, "number_of_guardians", err);
    }
    if (context->quorum != guardian->quorum) {
        return refuse_election(at, "quorum", err);
    }
    for (uint32_t i = 0; i < guardian->number_of_guardians; i++) {
        if (!guardian->places[i].has_record) {
            return refuse_unknown(i + 1, err);
        }
        records[i] = guardian->places[i].record;
    }
    eg_joint_key(&right.public_key, &right.commitment_hash, records, guardian->number_of_guardians);
    if (!eg_modp_equal(&right.public_key, &context->public_key)) {
        return refuse_election(at, "elgamal_public_key", err);
    }
    if (!eg_modq_equal(&right.commitment_hash, &context->commitment_hash)) {
        return refuse_election(at, "commitment_hash", err);
    }
    EG_TRY(eg_context_init_of_member(&right, guardian->number_of_guardians, guardian->quorum,
                                     &context->public_key, &context->commitment_hash,
                                     &context->manifest_hash, err));
    if (!eg_modq_equal(&right.base_hash, &context->base_hash)) {
        return refuse_election(at, "crypto_base_hash", err);
    }
    if (!eg_modq_equal(&right.extended_base_hash, &context->extended_base_hash)) {
        return refuse_election(at, "crypto_extended_base_hash", err);
    }
    return EG_SUCCESS;
}
