/* Recorded objects of electionguard-python, read into ours and written again: every value is there,
 * and no other. */
#include "support/cmocka_all.h"

#include "record/layout.h"
#include "record/load.h"
#include "wire/objects/ballot.h"
#include "wire/objects/ciphertext.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"
#include "wire/objects/proofs.h"

#include <stdio.h>

static eg_arena arena;
static size_t checked[EG_RECORD_CLASS_COUNT], proofs, ciphertexts;

static int make(void **state)
{
    (void)state;
    eg_arena_init(&arena, NULL);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    eg_arena_free(&arena);
    return 0;
}

/* ---- equality: the order of members says nothing ---- */

static bool same(const eg_node *a, const eg_node *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case EG_MAP:
        for (size_t i = 0; i < a->as.map.count; i++) {
            eg_str key = a->as.map.members[i].key;
            char name[128] = "";
            assert_true(key.len < sizeof name);
            memcpy(name, key.data, key.len);
            const eg_node *other = eg_map_member(b, name);
            if (other == NULL || !same(&a->as.map.members[i].value, other)) {
                print_error("member %s\n", name);
                return false;
            }
        }
        return a->as.map.count == b->as.map.count;
    case EG_ARRAY:
        for (size_t i = 0; i < a->as.array.count && i < b->as.array.count; i++) {
            if (!same(&a->as.array.items[i], &b->as.array.items[i])) {
                print_error("entry %zu\n", i);
                return false;
            }
        }
        return a->as.array.count == b->as.array.count;
    case EG_BOOL:
        return a->as.boolean == b->as.boolean;
    case EG_INT:
        return a->as.integer == b->as.integer;
    case EG_STRING:
        return eg_str_equal(a->as.str, b->as.str);
    case EG_NULL:
    case EG_BIGINT:
    case EG_FLOAT:
    case EG_BYTES:
        break;
    }
    return a->kind == EG_NULL;
}

typedef void writer(eg_writer *w, const void *object);

static void expect_same(const eg_node *read, writer *write, const void *object)
{
    eg_buf text;
    eg_writer w;
    eg_node again;
    eg_error err = {0};
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    write(&w, object);
    assert_false(eg_failed(eg_buf_check(&text, &err)));
    assert_false(
        eg_failed(eg_tree_parse(&again, EG_JSON, eg_buf_str(&text), 0, &arena, NULL, &err)));
    assert_true(same(read, &again));
    eg_buf_free(&text);
}

/* ---- parts that many objects have ---- */

static bool has(const eg_node *node, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_map_member(node, names[i]) == NULL) {
            return false;
        }
    }
    return node->as.map.count == count;
}

#define HAS(node, ...)                                                                             \
    has(node, (const char *const[]){__VA_ARGS__},                                                  \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void try_part(const eg_node *node)
{
    eg_error err = {0};
    eg_result result = EG_SUCCESS;
    if (HAS(node, "pad", "data")) {
        eg_ciphertext c;
        result = eg_ciphertext_read(&c, node, NULL, &err);
        expect_same(node, eg_ciphertext_write, &c);
        ciphertexts++;
    } else if (HAS(node, "pad", "data", "challenge", "response", "usage")) {
        eg_generic_proof proof;
        result = eg_generic_proof_read(&proof, node, NULL, &err);
        expect_same(node, eg_generic_proof_write, &proof);
        proofs++;
    } else if (HAS(node, "public_key", "commitment", "challenge", "response", "usage")) {
        eg_schnorr_proof proof;
        result = eg_schnorr_proof_read(&proof, node, NULL, &err);
        expect_same(node, eg_schnorr_proof_write, &proof);
        proofs++;
    }
    assert_false(eg_failed(result));
}

static void try_parts(const eg_node *node)
{
    if (node->kind == EG_ARRAY) {
        for (size_t i = 0; i < node->as.array.count; i++) {
            try_parts(&node->as.array.items[i]);
        }
    } else if (node->kind == EG_MAP) {
        try_part(node);
        for (size_t i = 0; i < node->as.map.count; i++) {
            try_parts(&node->as.map.members[i].value);
        }
    }
}

/* ---- whole files ---- */

static void try_manifest(const eg_node *node)
{
    eg_error err = {0};
    eg_manifest manifest;
    eg_problems problems;
    assert_false(eg_failed(eg_problems_init(&problems, 4, &arena, &err)));
    assert_false(eg_failed(eg_manifest_read(&manifest, node, NULL, &arena, &problems, &err)));
    assert_int_equal(problems.count, 0);
    expect_same(node, eg_manifest_write, &manifest);
}

static void try_ballot(const eg_node *node)
{
    eg_error err = {0};
    eg_ballot ballot;
    assert_false(eg_failed(eg_ballot_read(&ballot, node, NULL, &arena, &err)));
    expect_same(node, eg_ballot_write, &ballot);
}

static void try_context(const eg_node *node)
{
    eg_error err = {0};
    eg_context context;
    assert_false(eg_failed(eg_context_read(&context, node, NULL, &err)));
    expect_same(node, eg_context_write, &context);
}

static void try_file(const eg_source *source, const eg_source_file *file)
{
    eg_str id;
    eg_node node;
    eg_error err = {0};
    eg_record_class which = eg_record_classify(file->name, &id);
    assert_false(eg_failed(eg_record_load(&node, source, file, &arena, &err)));
    if (which == EG_RECORD_CLASS_MANIFEST) {
        try_manifest(&node);
    } else if (which == EG_RECORD_CLASS_CONTEXT) {
        try_context(&node);
    } else if (which == EG_RECORD_CLASS_SUBMITTED_BALLOT) {
        try_ballot(&node);
    }
    try_parts(&node);
    checked[which]++;
}

static void every_recorded_object_comes_out_as_it_went_in(void **state)
{
    static const char *const records[] = {"minimal", "small_missing", "full"};
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        char path[64];
        eg_source source;
        eg_error err = {0};
        (void)snprintf(path, sizeof path, "tests/data/records/%s.zip", records[i]);
        assert_false(eg_failed(eg_source_open(&source, path, &arena, &err)));
        for (size_t f = 0; f < source.count; f++) {
            try_file(&source, &source.files[f]);
        }
        eg_source_close(&source);
    }
    assert_int_equal(checked[EG_RECORD_CLASS_MANIFEST], 3);
    assert_int_equal(checked[EG_RECORD_CLASS_CONTEXT], 3);
    assert_int_equal(checked[EG_RECORD_CLASS_SUBMITTED_BALLOT], 4 + 7 + 8);
    assert_int_equal(checked[EG_RECORD_CLASS_UNKNOWN], 0);
    assert_true(proofs > 200 && ciphertexts > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_recorded_object_comes_out_as_it_went_in, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
