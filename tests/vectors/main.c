/* run-vectors DIR: checks every *.json of a folder (format: docs/vectors.md). */
#include "base/hex.h"
#include "crypto/hash.h"
#include "vectors/runner.h"
#include "wire/objects/ciphertext.h"

#include <dirent.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const json_t *get(const vec *v, const char *name)
{
    return json_object_get(v->in, name);
}

const char *text(const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : "";
}

eg_str str_of(const json_t *value)
{
    return json_is_string(value) ? (eg_str){json_string_value(value), json_string_length(value)}
                                 : EG_STR("");
}

int64_t int_of(const json_t *value)
{
    return json_integer_value(value);
}

bool p_of(eg_modp *out, const json_t *hex)
{
    return json_is_string(hex) && eg_modp_from_hex(out, str_of(hex));
}

bool q_of(eg_modq *out, const json_t *hex)
{
    return json_is_string(hex) && eg_modq_from_hex(out, str_of(hex));
}

void *room(const vec *v, size_t count, size_t size)
{
    void *memory = eg_arena_alloc_array(v->arena, count, size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

size_t q_list(eg_modq **out, const vec *v, const json_t *list)
{
    size_t n = json_array_size(list);
    *out = room(v, n, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        if (!q_of(&(*out)[i], json_array_get(list, i))) {
            return 0;
        }
    }
    return n;
}

size_t p_list(eg_modp **out, const vec *v, const json_t *list)
{
    size_t n = json_array_size(list);
    *out = room(v, n, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        if (!p_of(&(*out)[i], json_array_get(list, i))) {
            return 0;
        }
    }
    return n;
}

bool node_of(eg_node *out, const vec *v, const json_t *value)
{
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    bool good = dumped != NULL && !eg_failed(eg_tree_parse(out, EG_JSON, eg_str_from(dumped), 0,
                                                           v->arena, NULL, NULL));
    free(dumped);
    return good;
}

bool ciphertext_of(eg_ciphertext *out, const vec *v, const json_t *value)
{
    eg_node node;
    return node_of(&node, v, value) && !eg_failed(eg_ciphertext_read(out, &node, NULL, NULL));
}

eg_fixed_base *table_of(const eg_modp *key)
{
    enum { KEPT = 64 };
    static eg_fixed_base *kept[KEPT];
    static size_t count;
    for (size_t i = 0; i < count; i++) {
        if (eg_modp_equal(eg_fixed_base_value(kept[i]), key)) {
            return kept[i];
        }
    }
    size_t at = count < KEPT ? count++ : (size_t)(key->limb[0] % KEPT);
    eg_fixed_base_free(kept[at]);
    kept[at] = eg_fixed_base_new(key);
    return kept[at];
}

/* ---- comparing ---- */

static const json_t *wanted(vec *v, const char *name)
{
    if (v->seen_count < sizeof v->seen / sizeof *v->seen) {
        v->seen[v->seen_count++] = name;
    }
    return json_object_get(v->expected, name);
}

void different(vec *v, const char *name)
{
    if (!v->wrong) {
        (void)snprintf(v->what, sizeof v->what, "%s differs", name);
    }
    v->wrong = true;
}

void expect_text(vec *v, const char *name, eg_str got)
{
    const json_t *want = wanted(v, name);
    if (want == NULL || !json_is_string(want) || !eg_str_equal(str_of(want), got)) {
        different(v, name);
    }
}

void expect_p(vec *v, const char *name, const eg_modp *got)
{
    char hex[EG_P_HEX_MAX];
    expect_text(v, name, (eg_str){hex, eg_modp_to_hex(hex, got)});
}

void expect_q(vec *v, const char *name, const eg_modq *got)
{
    char hex[EG_Q_HEX_MAX];
    expect_text(v, name, (eg_str){hex, eg_modq_to_hex(hex, got)});
}

void expect_int(vec *v, const char *name, int64_t got)
{
    const json_t *want = wanted(v, name);
    if (!json_is_integer(want) || json_integer_value(want) != got) {
        different(v, name);
    }
}

void expect_bool(vec *v, const char *name, bool got)
{
    const json_t *want = wanted(v, name);
    if (!json_is_boolean(want) || json_is_true(want) != got) {
        different(v, name);
    }
}

void expect_bytes(vec *v, const char *name, const uint8_t *bytes, size_t n)
{
    char *hex = room(v, 2 * n + 1, 1);
    eg_hex_encode(hex, bytes, n);
    const json_t *want = wanted(v, name);
    if (!json_is_string(want) || strlen(text(want)) != 2 * n ||
        strncasecmp(text(want), hex, 2 * n) != 0) {
        different(v, name);
    }
}

void expect_json(vec *v, const char *name, json_t *got)
{
    const json_t *want = wanted(v, name);
    if (want == NULL || !json_equal(want, got)) {
        different(v, name);
    }
    json_decref(got);
}

static void written(eg_buf *out, eg_style style, eg_write_fn write, const void *object)
{
    eg_writer w;
    eg_buf_init(out, NULL);
    eg_writer_init(&w, out, style);
    write(&w, object);
}

static bool sha_is(const json_t *want, const eg_buf *buf)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1] = {0};
    (void)SHA256((const unsigned char *)buf->data, buf->len, digest);
    eg_hex_encode_lower(hex, digest, sizeof digest);
    return strcasecmp(hex, text(want)) == 0;
}

static json_t *loaded(const eg_buf *buf)
{
    return json_loadb(buf->data, buf->len, JSON_DECODE_ANY, NULL);
}

void expect_wire(vec *v, const char *name, eg_write_fn write, const void *object)
{
    const json_t *want = wanted(v, name);
    eg_buf json, msgpack;
    written(&json, EG_STYLE_TEXT, write, object);
    written(&msgpack, EG_STYLE_MSGPACK, write, object);
    json_t *got = loaded(&json);
    const json_t *whole = json_object_get(want, "object");
    if (want == NULL || (whole != NULL && !json_equal(whole, got)) ||
        json_integer_value(json_object_get(want, "json_length")) != (json_int_t)json.len ||
        !sha_is(json_object_get(want, "json_sha256"), &json) ||
        !sha_is(json_object_get(want, "msgpack_sha256"), &msgpack)) {
        different(v, name);
    }
    json_decref(got);
    eg_buf_free(&json);
    eg_buf_free(&msgpack);
}

void expect_object(vec *v, const char *name, eg_write_fn write, const void *object)
{
    eg_buf json;
    written(&json, EG_STYLE_TEXT, write, object);
    expect_json(v, name, loaded(&json));
    if (strcmp(name, "ciphertext_tally") == 0) {
        eg_buf msgpack;
        written(&msgpack, EG_STYLE_MSGPACK, write, object);
        if (!sha_is(wanted(v, "json_sha256"), &json) ||
            !sha_is(wanted(v, "msgpack_sha256"), &msgpack)) {
            different(v, name);
        }
        eg_buf_free(&msgpack);
    }
    eg_buf_free(&json);
}

void skip_field(vec *v, const char *name)
{
    (void)wanted(v, name);
}

/* ---- running ---- */

static const vector_op *find_op(const char *name)
{
    static const vector_op *const tables[] = {ops_numbers,    ops_crypto,   ops_proofs,
                                              ops_ceremony,   ops_manifest, ops_ballot,
                                              ops_decryption, ops_ml_kem};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (const vector_op *op = tables[t]; op->name != NULL; op++) {
            if (strcmp(op->name, name) == 0) {
                return op;
            }
        }
    }
    return NULL;
}

static bool must_be_refused(const json_t *expected)
{
    return json_object_get(expected, "error") != NULL ||
           json_is_false(json_object_get(expected, "valid")) ||
           json_is_false(json_object_get(expected, "verified"));
}

static void check_every_field(vec *v)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)v->expected, name, value)
    {
        bool seen = strcmp(name, "trace") == 0 || strcmp(name, "reason") == 0;
        for (size_t i = 0; i < v->seen_count && !seen; i++) {
            seen = strcmp(v->seen[i], name) == 0;
        }
        if (!seen) {
            different(v, name);
        }
    }
}

static bool run_one(const json_t *vector, char *what, size_t what_size)
{
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    vec v = {.in = json_object_get(vector, "inputs"),
             .expected = json_object_get(vector, "expected"),
             .arena = &arena};
    const vector_op *op = find_op(text(json_object_get(vector, "op")));
    bool good = false;
    if (op == NULL) {
        (void)snprintf(what, what_size, "no such operation");
    } else {
        bool accepted = op->run(&v);
        const json_t *valid = json_object_get(v.expected, "valid");
        const json_t *verified = json_object_get(v.expected, "verified");
        if (must_be_refused(v.expected)) {
            /* refused outright, or reported invalid: expect_bool then found nothing wrong */
            good = !accepted || ((json_is_false(valid) || json_is_false(verified)) && !v.wrong);
            (void)snprintf(what, what_size, "was accepted");
        } else {
            check_every_field(&v);
            good = accepted && !v.wrong;
            (void)snprintf(what, what_size, "%s", accepted ? v.what : "was refused");
        }
    }
    eg_arena_free(&arena);
    return good;
}

static void run_file(const char *directory, const char *name, size_t *passed, size_t *failed)
{
    char path[4096], what[256];
    json_error_t error;
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    json_t *vectors = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (!json_is_array(vectors)) {
        printf("%s: %s\n", name, vectors == NULL ? error.text : "no list of vectors");
        (*failed)++;
    }
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        const json_t *vector = json_array_get(vectors, i);
        if (run_one(vector, what, sizeof what)) {
            (*passed)++;
        } else {
            (*failed)++;
            printf("%s: %s (%s): %s\n", name, text(json_object_get(vector, "name")),
                   text(json_object_get(vector, "op")), what);
        }
    }
    json_decref(vectors);
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    size_t passed = 0, failed = 0;
    int n = argc == 2 ? scandir(argv[1], &entries, is_json, alphasort) : -1;
    if (n < 0) {
        fprintf(stderr, "usage: run-vectors DIR\n");
        return 2;
    }
    for (int i = 0; i < n; i++) {
        run_file(argv[1], entries[i]->d_name, &passed, &failed);
        free(entries[i]);
    }
    free(entries);
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
