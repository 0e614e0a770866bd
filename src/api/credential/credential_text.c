#include "api/credential/credential_text.h"

#include "base/base64.h"
#include "wire/fields.h"
#include "wire/writer.h"

#include <stdio.h>

static const char version[] = "1.0";
static const char mac_field[] = "hmac_tag";

enum {
    NESTING_MAX = 16 /* a credential is flat; what is signed beside it may be nested a little */
};

/* ---- writing ---- */

static void put_base64(eg_writer *w, const char *name, const void *bytes, size_t n)
{
    eg_write_key(w, name);
    eg_write_base64(w, bytes, n);
}

/* mac is NULL for the text that is signed. The order is part of the format. */
static void write_map(eg_writer *w, const eg_credential *c, const uint8_t *mac)
{
    eg_write_map(w);
    eg_put_cstr(w, "version", version);
    eg_put_cstr(w, "algorithm", "ML-KEM-1024");
    put_base64(w, "salt", c->salt, sizeof c->salt);
    put_base64(w, "pq_private_key", c->kem_private, sizeof c->kem_private);
    put_base64(w, "pq_ciphertext", c->kem_ciphertext, sizeof c->kem_ciphertext);
    put_base64(w, "nonce", c->nonce, sizeof c->nonce);
    put_base64(w, "tag", c->tag, sizeof c->tag);
    put_base64(w, "encrypted_password", c->sealed_password, c->sealed_password_bytes);
    if (mac != NULL) {
        put_base64(w, mac_field, mac, EG_CREDENTIAL_MAC_BYTES);
    }
    eg_write_end(w);
}

static eg_result write_text(eg_buf *json, const eg_credential *c, const uint8_t *mac, eg_error *err)
{
    eg_writer w;
    eg_writer_init(&w, json, EG_STYLE_COMPACT);
    write_map(&w, c, mac);
    return eg_buf_check(json, err);
}

static eg_result sign_and_write(eg_buf *json, const eg_credential *c,
                                const uint8_t mac_key[EG_KEY_BYTES], eg_error *err)
{
    uint8_t mac[EG_CREDENTIAL_MAC_BYTES];
    EG_TRY(write_text(json, c, NULL, err));
    eg_hmac_sha256(mac, mac_key, eg_buf_str(json));
    eg_buf_clear(json);
    return write_text(json, c, mac, err);
}

eg_result eg_credential_text_write(eg_buf *out, const eg_credential *credential,
                                   const uint8_t mac_key[EG_KEY_BYTES], eg_error *err)
{
    eg_buf json;
    eg_buf_init(&json, out->budget);
    eg_result result = sign_and_write(&json, credential, mac_key, err);
    if (!eg_failed(result)) {
        size_t n = EG_BASE64_ENCODED_LEN(json.len);
        char *to = eg_buf_reserve(out, n);
        if (to != NULL) {
            eg_base64_encode(to, (const uint8_t *)json.data, json.len);
            out->len += n;
        }
    }
    eg_buf_free(&json);
    return result;
}

/* ---- reading ---- */

eg_result eg_decryption_failed(eg_result result, eg_error *err)
{
    bool about_form = result.code == EG_E_MISSING_FIELD || result.code == EG_E_BAD_TYPE ||
                      result.code == EG_E_BAD_ENCODING || result.code == EG_E_OUT_OF_RANGE ||
                      result.code == EG_E_DUPLICATE;
    if (about_form && err != NULL) {
        (void)snprintf(err->text, sizeof err->text, "Decryption failed");
    }
    return result;
}

/* *out in the arena. */
static eg_result decode(uint8_t **out, size_t *n, eg_str text, const eg_path *path, eg_arena *arena,
                        eg_error *err)
{
    EG_TRY(eg_arena_new(arena, EG_BASE64_DECODED_MAX(text.len), 1, out, err));
    if (!eg_base64_decode(*out, n, text.data, text.len)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, path, "the text must be base64 with padding");
    }
    return EG_SUCCESS;
}

static eg_result read_field(uint8_t **out, size_t *n, const eg_node *map, const eg_path *at,
                            const char *name, eg_arena *arena, eg_error *err)
{
    const eg_node *node;
    eg_str text;
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(&node, map, at, name, err));
    EG_TRY(eg_node_str(&text, node, &path, 0, SIZE_MAX, err));
    return decode(out, n, text, &path, arena, err);
}

static eg_result read_exactly(uint8_t *out, size_t size, const eg_node *map, const eg_path *at,
                              const char *name, eg_arena *arena, eg_error *err)
{
    uint8_t *bytes;
    size_t n;
    EG_TRY(read_field(&bytes, &n, map, at, name, arena, err));
    if (n != size) {
        eg_path path = eg_path_field(at, name);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' must be %zu bytes", name, size);
    }
    memcpy(out, bytes, size);
    return EG_SUCCESS;
}

static eg_result read_password(eg_credential *out, const eg_node *map, const eg_path *at,
                               eg_arena *arena, eg_error *err)
{
    static const char name[] = "encrypted_password";
    EG_TRY(
        read_field(&out->sealed_password, &out->sealed_password_bytes, map, at, name, arena, err));
    if (out->sealed_password_bytes < EG_SEALED_PASSWORD_OVERHEAD ||
        out->sealed_password_bytes > EG_SEALED_PASSWORD_OVERHEAD + EG_PASSWORD_BYTES_MAX) {
        eg_path path = eg_path_field(at, name);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' has a wrong length", name);
    }
    return EG_SUCCESS;
}

static eg_result read_members(eg_credential *out, const eg_node *map, const eg_path *at,
                              eg_arena *arena, eg_error *err)
{
#define EXACTLY(member, name)                                                                      \
    read_exactly(out->member, sizeof out->member, map, at, name, arena, err)
    EG_TRY(EXACTLY(salt, "salt"));
    EG_TRY(EXACTLY(kem_private, "pq_private_key"));
    EG_TRY(EXACTLY(kem_ciphertext, "pq_ciphertext"));
    EG_TRY(EXACTLY(nonce, "nonce"));
    EG_TRY(EXACTLY(tag, "tag"));
#undef EXACTLY
    return read_password(out, map, at, arena, err);
}

/* The map without its MAC. */
static eg_result write_signed(eg_str *out, const eg_node *map, eg_arena *arena, eg_error *err)
{
    eg_member *rest;
    eg_node without = *map;
    size_t count = 0;
    EG_TRY(eg_arena_new(arena, map->as.map.count, sizeof *rest, &rest, err));
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (!eg_str_equal(map->as.map.members[i].key, eg_str_from(mac_field))) {
            rest[count++] = map->as.map.members[i];
        }
    }
    without.as.map.members = rest;
    without.as.map.count = count;

    eg_buf json;
    eg_writer w;
    eg_buf_init(&json, arena->budget);
    eg_writer_init(&w, &json, EG_STYLE_COMPACT);
    eg_write_node(&w, &without);
    eg_result result = eg_buf_check(&json, err);
    if (!eg_failed(result)) {
        result = eg_arena_copy_str(arena, eg_buf_str(&json), out, err);
    }
    eg_buf_free(&json);
    return result;
}

/* These two have sentences of their own, which clients know. */
static eg_result check_head(const eg_node *map, const eg_path *path, eg_error *err)
{
    const eg_node *is = eg_map_find(map, "version");
    if (is == NULL || is->kind != EG_STRING || !eg_str_equal(is->as.str, eg_str_from(version))) {
        eg_path at = eg_path_field(path, "version");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "Unsupported credential version");
    }
    if (eg_map_member(map, mac_field) == NULL) {
        eg_path at = eg_path_field(path, mac_field);
        return EG_FAIL(err, EG_E_MISSING_FIELD, &at, "Missing HMAC tag in credentials");
    }
    return EG_SUCCESS;
}

static eg_result parse(eg_node *map, eg_str text, const eg_path *path, eg_arena *arena,
                       eg_error *err)
{
    uint8_t *json;
    size_t n;
    EG_TRY(decode(&json, &n, text, path, arena, err));
    EG_TRY(eg_tree_parse(map, EG_JSON, (eg_str){(const char *)json, n},
                         EG_NESTING_MAX - NESTING_MAX, arena, path, err));
    return eg_need_map(map, path, err);
}

eg_result eg_credential_text_read(eg_read_credential *out, eg_str text, const eg_path *path,
                                  eg_arena *arena, eg_error *err)
{
    eg_node map;
    EG_TRY(eg_decryption_failed(parse(&map, text, path, arena, err), err));
    EG_TRY(check_head(&map, path, err));
    EG_TRY(eg_decryption_failed(
        read_exactly(out->mac, sizeof out->mac, &map, path, mac_field, arena, err), err));
    EG_TRY(eg_decryption_failed(read_members(&out->credential, &map, path, arena, err), err));
    return write_signed(&out->signed_text, &map, arena, err);
}
