/* The sealed key file. Format, byte for byte: docs/guardian-key.md. */
#include "guardian/guardian_parts.h"

#include "base/base64.h"
#include "base/secret.h"
#include "vault/aead.h"
#include "vault/kdf.h"
#include "wire/objects/guardian.h"

enum { SCRYPT_N = 65536, SCRYPT_R = 8, SCRYPT_P = 1, MEMBERS = 14 };

#define FORMAT "egserve guardian key 1"
#define KDF    "scrypt"
#define CIPHER "AES-256-GCM"

/* What the envelope says in clear, and its seal covers. */
typedef struct envelope {
    eg_str owner_id;
    uint32_t sequence_order, number_of_guardians, quorum;
    uint8_t salt[EG_SALT_BYTES];
    uint8_t nonce[EG_AEAD_NONCE_BYTES];
    uint8_t tag[EG_AEAD_TAG_BYTES]; /* beside the seal, as is the next */
    const uint8_t *sealed;
    size_t sealed_bytes;
} envelope;

/* ---- the envelope's text ---- */

static void put_base64(eg_writer *w, const char *name, const void *bytes, size_t n)
{
    eg_write_key(w, name);
    eg_write_base64(w, bytes, n);
}

static void put_clear(eg_writer *w, const envelope *e)
{
    eg_put_cstr(w, "format", FORMAT);
    eg_put_str(w, "owner_id", e->owner_id);
    eg_put_int(w, "sequence_order", e->sequence_order);
    eg_put_int(w, "number_of_guardians", e->number_of_guardians);
    eg_put_int(w, "quorum", e->quorum);
    eg_put_cstr(w, "kdf", KDF);
    eg_put_int(w, "n", SCRYPT_N);
    eg_put_int(w, "r", SCRYPT_R);
    eg_put_int(w, "p", SCRYPT_P);
    put_base64(w, "salt", e->salt, sizeof e->salt);
    eg_put_cstr(w, "cipher", CIPHER);
    put_base64(w, "nonce", e->nonce, sizeof e->nonce);
}

/* The associated data: the envelope without tag and sealed. */
static eg_result write_clear(eg_buf *out, const envelope *e, eg_error *err)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    put_clear(&w, e);
    eg_write_end(&w);
    return eg_buf_check(out, err);
}

static eg_result write_envelope(eg_buf *out, const envelope *e, eg_error *err)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    put_clear(&w, e);
    put_base64(&w, "tag", e->tag, sizeof e->tag);
    put_base64(&w, "sealed", e->sealed, e->sealed_bytes);
    eg_write_end(&w);
    eg_buf_append_char(out, '\n');
    return eg_buf_check(out, err);
}

/* ---- reading the envelope ---- */

static eg_result need_word(const eg_node *map, const eg_path *at, const char *name,
                           const char *word, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    const eg_node *node = eg_map_member(map, name);
    if (node == NULL || node->kind != EG_STRING || !eg_str_equal(node->as.str, eg_str_from(word))) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path,
                       "it is no guardian's key file of this format: it must be '%s'", word);
    }
    return EG_SUCCESS;
}

static eg_result need_number(const eg_node *map, const eg_path *at, const char *name,
                             uint32_t number, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    uint32_t stated;
    EG_TRY(eg_read_count(map, at, name, 0, UINT32_MAX, &stated, err));
    if (stated != number) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "it must be %u in a key file of this format",
                       number);
    }
    return EG_SUCCESS;
}

static eg_result decode(const eg_node *map, const eg_path *at, const char *name, uint8_t **out,
                        size_t *n, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    eg_str text;
    EG_TRY(eg_read_str(map, at, name, 0, EG_GUARDIAN_KEY_FILE_BYTES_MAX, &text, err));
    EG_TRY(eg_arena_new(arena, EG_BASE64_DECODED_MAX(text.len), 1, out, err));
    if (!eg_base64_decode(*out, n, text.data, text.len)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "'%s' is not base64", name);
    }
    return EG_SUCCESS;
}

static eg_result read_bytes(const eg_node *map, const eg_path *at, const char *name, uint8_t *out,
                            size_t size, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    uint8_t *bytes;
    size_t n;
    EG_TRY(decode(map, at, name, &bytes, &n, arena, err));
    if (n != size) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "'%s' must be base64 of %zu bytes", name,
                       size);
    }
    memcpy(out, bytes, size);
    return EG_SUCCESS;
}

/* Nothing is computed here: parameters that would take a day are none of this format. */
static eg_result read_envelope(envelope *out, eg_str text, const eg_path *at, eg_arena *arena,
                               eg_error *err)
{
    eg_node map;
    uint8_t *sealed;
    if (text.len > EG_GUARDIAN_KEY_FILE_BYTES_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, at, "no key file has more than 128 MiB");
    }
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, arena, at, err));
    EG_TRY(eg_need_map(&map, at, err));
    EG_TRY(need_word(&map, at, "format", FORMAT, err));
    EG_TRY(eg_read_str(&map, at, "owner_id", 1, EG_NAME_BYTES_MAX, &out->owner_id, err));
    EG_TRY(
        eg_read_count(&map, at, "sequence_order", 1, EG_GUARDIANS_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_count(&map, at, "number_of_guardians", 1, EG_GUARDIANS_MAX,
                         &out->number_of_guardians, err));
    EG_TRY(eg_read_count(&map, at, "quorum", 1, EG_GUARDIANS_MAX, &out->quorum, err));
    EG_TRY(need_word(&map, at, "kdf", KDF, err));
    EG_TRY(need_number(&map, at, "n", SCRYPT_N, err));
    EG_TRY(need_number(&map, at, "r", SCRYPT_R, err));
    EG_TRY(need_number(&map, at, "p", SCRYPT_P, err));
    EG_TRY(read_bytes(&map, at, "salt", out->salt, sizeof out->salt, arena, err));
    EG_TRY(need_word(&map, at, "cipher", CIPHER, err));
    EG_TRY(read_bytes(&map, at, "nonce", out->nonce, sizeof out->nonce, arena, err));
    EG_TRY(read_bytes(&map, at, "tag", out->tag, sizeof out->tag, arena, err));
    EG_TRY(decode(&map, at, "sealed", &sealed, &out->sealed_bytes, arena, err));
    out->sealed = sealed;
    if (map.as.map.count != MEMBERS) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, at, "a key file has %d members, and no others",
                       MEMBERS);
    }
    return EG_SUCCESS;
}

/* ---- what is sealed ---- */

static void write_secrets(eg_writer *w, const eg_guardian *g)
{
    eg_guardian_info info;
    eg_guardian_about(g, &info);
    eg_write_map(w);
    eg_put_str(w, "owner_id", g->id);
    eg_put_int(w, "sequence_order", g->sequence_order);
    eg_put_int(w, "number_of_guardians", g->number_of_guardians);
    eg_put_int(w, "quorum", g->quorum);
    eg_write_key(w, "polynomial");
    eg_polynomial_write(w, &g->polynomial);
    eg_write_key(w, "guardians");
    eg_write_array(w, info.records);
    for (uint32_t i = 0; i < g->number_of_guardians; i++) {
        if (i + 1 != g->sequence_order && g->places[i].has_record) {
            eg_guardian_public_write(w, &g->places[i].record);
        }
    }
    eg_write_end(w);
    eg_write_key(w, "backups");
    eg_write_array(w, info.backups);
    for (uint32_t i = 0; i < g->number_of_guardians; i++) {
        if (g->places[i].has_backup) {
            eg_backup_write(w, &g->places[i].backup);
        }
    }
    eg_write_end(w);
    eg_write_end(w);
}

/* Of the polynomial its commitments follow; that they and the proofs are right is checked. */
static eg_result read_key(eg_guardian *g, const eg_node *map, const eg_path *at, eg_arena *scratch,
                          eg_error *err)
{
    eg_path path = eg_path_field(at, "polynomial");
    eg_guardian_place *own = eg_guardian_own(g);
    eg_polynomial read;
    const eg_node *node;
    EG_TRY(eg_field(&node, map, at, "polynomial", err));
    EG_TRY(eg_polynomial_read(&read, node, &path, scratch, err));
    EG_TRY(eg_polynomial_check(&read, g->quorum, &path, err));
    EG_TRY(eg_arena_new(&g->arena, read.count, sizeof *read.coefficients,
                        &g->polynomial.coefficients, err));
    memcpy(g->polynomial.coefficients, read.coefficients, read.count * sizeof *read.coefficients);
    g->polynomial.count = read.count;
    EG_TRY(eg_guardian_record_from_polynomial(&own->record, &g->polynomial, g->id,
                                              g->sequence_order, &g->arena, err));
    own->has_record = true;
    return EG_SUCCESS;
}

/* Proofs were checked when they were taken, and nobody has changed them since: the seal says so. */
static eg_result read_record(eg_guardian *g, const eg_node *node, const eg_path *at,
                             eg_arena *scratch, eg_error *err)
{
    eg_guardian_public record;
    eg_path order_at = eg_path_field(at, "sequence_order");
    EG_TRY(eg_need_map(node, at, err));
    EG_TRY(eg_guardian_public_read(&record, node, at, scratch, err));
    EG_TRY(eg_guardian_judge_place(g, &record, at, err));
    if (eg_guardian_known(g, record.sequence_order) != NULL) {
        return EG_FAIL(err, EG_E_DUPLICATE, &order_at, "another guardian has the same");
    }
    if (record.commitment_count != g->quorum || record.proof_count != g->quorum) {
        return EG_FAIL(err, EG_E_QUORUM, at, "there must be as many commitments as the quorum");
    }
    return eg_guardian_keep_record(g, &record, err);
}

static eg_result read_backup(eg_guardian *g, const eg_node *node, const eg_path *at,
                             eg_arena *scratch, eg_error *err)
{
    eg_backup backup;
    EG_TRY(eg_need_map(node, at, err));
    EG_TRY(eg_backup_read(&backup, node, at, scratch, err));
    for (uint32_t i = 0; i < g->number_of_guardians; i++) {
        const eg_guardian_place *place = &g->places[i];
        if (i + 1 != g->sequence_order && place->has_record && !place->has_backup &&
            eg_str_equal(place->record.owner_id, backup.owner_id)) {
            return eg_guardian_keep_backup(g, place, &backup, err);
        }
    }
    return EG_FAIL(err, EG_E_NOT_FOUND, at, "it is of no guardian whose record is there");
}

typedef eg_result (*read_one)(eg_guardian *g, const eg_node *node, const eg_path *at,
                              eg_arena *scratch, eg_error *err);

static eg_result read_list(eg_guardian *g, const eg_node *map, const eg_path *at, const char *name,
                           read_one read, eg_arena *scratch, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    const eg_node *list;
    EG_TRY(eg_field(&list, map, at, name, err));
    EG_TRY(eg_need_array(list, &path, EG_GUARDIANS_MAX, err));
    for (size_t i = 0; i < list->as.array.count; i++) {
        eg_path each = eg_path_index(&path, i);
        EG_TRY(read(g, &list->as.array.items[i], &each, scratch, err));
    }
    return EG_SUCCESS;
}

static eg_result read_secrets(eg_guardian *g, const eg_node *map, const eg_path *at,
                              eg_arena *scratch, eg_error *err)
{
    EG_TRY(read_key(g, map, at, scratch, err));
    EG_TRY(read_list(g, map, at, "guardians", read_record, scratch, err));
    return read_list(g, map, at, "backups", read_backup, scratch, err);
}

/* What was in clear is inside as well, under the same seal. */
static eg_result open_secrets(eg_guardian **out, eg_str text, const eg_path *at, eg_arena *scratch,
                              eg_error *err)
{
    eg_node map;
    eg_str id;
    uint32_t order, guardians, quorum;
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, scratch, at, err));
    EG_TRY(eg_need_map(&map, at, err));
    EG_TRY(eg_read_str(&map, at, "owner_id", 1, EG_NAME_BYTES_MAX, &id, err));
    EG_TRY(eg_read_count(&map, at, "sequence_order", 1, EG_GUARDIANS_MAX, &order, err));
    EG_TRY(eg_read_count(&map, at, "number_of_guardians", 1, EG_GUARDIANS_MAX, &guardians, err));
    EG_TRY(eg_read_count(&map, at, "quorum", 1, EG_GUARDIANS_MAX, &quorum, err));
    EG_TRY(eg_guardian_allocate(out, id, order, guardians, quorum, at, err));
    eg_result result = read_secrets(*out, &map, at, scratch, err);
    if (eg_failed(result)) {
        eg_guardian_free(*out);
        *out = NULL;
    }
    return result;
}

/* ---- sealing and opening ---- */

static eg_result derive(uint8_t key[EG_KEY_BYTES], eg_str pass_phrase,
                        const uint8_t salt[EG_SALT_BYTES], eg_error *err)
{
    eg_result result = eg_scrypt(key, pass_phrase, salt, NULL);
    return eg_failed(result)
               ? EG_FAIL(err, EG_E_NO_MEMORY, NULL,
                         "a key file takes 65 MiB of memory, which the system has not")
               : EG_SUCCESS;
}

static eg_result check_pass_phrase(eg_str pass_phrase, size_t least, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "pass_phrase");
    if (pass_phrase.len < least || pass_phrase.len > EG_PASS_PHRASE_BYTES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "a pass phrase must have %zu to %d bytes",
                       least, EG_PASS_PHRASE_BYTES_MAX);
    }
    return EG_SUCCESS;
}

static eg_result seal_text(envelope *e, eg_str pass_phrase, eg_str text, eg_str clear,
                           eg_arena *arena, eg_error *err)
{
    uint8_t key[EG_KEY_BYTES], *sealed = NULL;
    EG_TRY(eg_arena_new(arena, text.len, 1, &sealed, err));
    EG_TRY(derive(key, pass_phrase, e->salt, err));
    eg_result result = eg_aead_seal(sealed, e->tag, key, e->nonce, clear, text, err);
    eg_wipe(key, sizeof key);
    e->sealed = sealed;
    e->sealed_bytes = text.len;
    return result;
}

/* text and clear: room for what is sealed, and for what is beside it. */
static eg_result seal(const eg_guardian *g, eg_str pass_phrase, const eg_rng *rng, eg_buf *text,
                      eg_buf *clear, eg_arena *arena, eg_buf *out, eg_error *err)
{
    envelope e = {.owner_id = g->id,
                  .sequence_order = g->sequence_order,
                  .number_of_guardians = g->number_of_guardians,
                  .quorum = g->quorum};
    eg_writer w;
    EG_TRY(eg_rng_fill(rng, e.salt, sizeof e.salt, err));
    EG_TRY(eg_rng_fill(rng, e.nonce, sizeof e.nonce, err));
    EG_TRY(write_clear(clear, &e, err));
    eg_writer_init(&w, text, EG_STYLE_JSON);
    write_secrets(&w, g);
    EG_TRY(eg_buf_check(text, err));
    EG_TRY(seal_text(&e, pass_phrase, eg_buf_str(text), eg_buf_str(clear), arena, err));
    return write_envelope(out, &e, err);
}

eg_result eg_guardian_seal(const eg_guardian *guardian, eg_str pass_phrase, const eg_rng *rng,
                           eg_buf *out, eg_error *err)
{
    eg_buf text, clear;
    eg_arena arena;
    EG_TRY(check_pass_phrase(pass_phrase, EG_PASS_PHRASE_BYTES_MIN, err));
    eg_buf_init(&text, NULL);
    eg_buf_init(&clear, NULL);
    eg_arena_init(&arena, NULL);
    eg_result result = seal(guardian, pass_phrase, rng, &text, &clear, &arena, out, err);
    eg_buf_free(&text);
    eg_buf_free(&clear);
    eg_arena_free(&arena);
    return result;
}

/* Key, seal and content are looked at in every case, and only then is anything said. */
static eg_result unseal(eg_str *out, const envelope *e, eg_str pass_phrase, eg_str clear,
                        const eg_path *at, eg_arena *arena, eg_error *err)
{
    uint8_t key[EG_KEY_BYTES], *text = NULL;
    bool authentic = false;
    EG_TRY(eg_arena_new(arena, e->sealed_bytes, 1, &text, err));
    EG_TRY(derive(key, pass_phrase, e->salt, err));
    eg_result result = eg_aead_open(text, &authentic, key, e->nonce, e->tag, clear, e->sealed,
                                    e->sealed_bytes, err);
    eg_wipe(key, sizeof key);
    EG_TRY(result);
    if (!authentic) {
        return EG_FAIL(err, EG_E_TAMPERED, at,
                       "the pass phrase is not the right one, or the file was changed");
    }
    *out = (eg_str){(const char *)text, e->sealed_bytes};
    return EG_SUCCESS;
}

static eg_result open_envelope(eg_guardian **out, const envelope *e, eg_str pass_phrase,
                               const eg_path *at, eg_buf *clear, eg_arena *arena, eg_error *err)
{
    eg_path sealed_at = eg_path_field(at, "sealed");
    eg_str text;
    EG_TRY(write_clear(clear, e, err));
    EG_TRY(unseal(&text, e, pass_phrase, eg_buf_str(clear), at, arena, err));
    return open_secrets(out, text, &sealed_at, arena, err);
}

eg_result eg_guardian_open(eg_guardian **out, eg_str key_file, eg_str pass_phrase,
                           const eg_path *at, eg_error *err)
{
    envelope e = {0};
    eg_buf clear;
    eg_arena arena;
    *out = NULL;
    EG_TRY(check_pass_phrase(pass_phrase, 0, err));
    eg_buf_init(&clear, NULL);
    eg_arena_init(&arena, NULL);
    eg_result result = read_envelope(&e, key_file, at, &arena, err);
    result =
        eg_failed(result) ? result : open_envelope(out, &e, pass_phrase, at, &clear, &arena, err);
    eg_buf_free(&clear);
    eg_arena_free(&arena);
    return result;
}
