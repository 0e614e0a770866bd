/* Building requests and reading answers in the tests of endpoints: a request is a list of named
 * values, an answer a tree. Everything lives in one arena for the length of a test. */
#ifndef EG_TESTS_API_REQUESTS_H
#define EG_TESTS_API_REQUESTS_H

#include "support/cmocka_all.h"

#include "api/endpoints.h"
#include "api/routes.h"
#include "support/call_driver.h"
#include "wire/artifact.h"
#include "wire/tree.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIELDS_MAX = 40 };

typedef struct request {
    eg_member fields[FIELDS_MAX];
    size_t count;
} request;

/* How requests are sent and what is asked for. */
typedef struct wire_form {
    eg_encoding encoding;
    const char *accept; /* NULL: none */
    size_t feed_bytes;
    bool items_last;
    size_t threads;
} wire_form;

static eg_arena test_arena;
static wire_form test_form;

/* ---- nodes ---- */

static inline void *keep(size_t bytes)
{
    void *p = eg_arena_alloc(&test_arena, bytes);
    assert_non_null(p);
    return p;
}

static inline eg_node text(const char *s)
{
    size_t n = strlen(s);
    char *copy = keep(n + 1);
    memcpy(copy, s, n);
    return (eg_node){.kind = EG_STRING, .as.str = {copy, n}};
}

static inline eg_node number(int64_t n)
{
    return (eg_node){.kind = EG_INT, .as.integer = n};
}

static inline eg_node boolean(bool b)
{
    return (eg_node){.kind = EG_BOOL, .as.boolean = b};
}

static inline eg_node null_node(void)
{
    return (eg_node){.kind = EG_NULL};
}

static inline eg_node list_of(const eg_node items[], size_t count)
{
    eg_node *copy = keep(count * sizeof *copy);
    if (count > 0) {
        memcpy(copy, items, count * sizeof *copy);
    }
    return (eg_node){.kind = EG_ARRAY, .as.array = {copy, count}};
}
#define LIST(...)                                                                                  \
    list_of((const eg_node[]){__VA_ARGS__},                                                        \
            sizeof((const eg_node[]){__VA_ARGS__}) / sizeof(eg_node))

static inline eg_node map_of(const request *r)
{
    eg_member *copy = keep((r->count + 1) * sizeof *copy);
    memcpy(copy, r->fields, r->count * sizeof *copy);
    return (eg_node){.kind = EG_MAP, .as.map = {copy, r->count}};
}

static inline const eg_node *get(const eg_node *map, const char *name)
{
    assert_int_equal(map->kind, EG_MAP);
    const eg_node *found = eg_map_find(map, name);
    if (found == NULL) {
        fail_msg("no field '%s' in the answer", name);
    }
    return found;
}

static inline const eg_node *at(const eg_node *list, size_t i)
{
    assert_int_equal(list->kind, EG_ARRAY);
    assert_true(i < list->as.array.count);
    return &list->as.array.items[i];
}

static inline size_t length(const eg_node *list)
{
    assert_int_equal(list->kind, EG_ARRAY);
    return list->as.array.count;
}

static inline bool is_text(const eg_node *node, const char *s)
{
    return node->kind == EG_STRING && eg_str_equal(node->as.str, eg_str_from(s));
}

static inline void assert_text(const eg_node *node, const char *s)
{
    if (!is_text(node, s)) {
        fail_msg("expected '%s', got '%.*s'", s,
                 node->kind == EG_STRING ? (int)node->as.str.len : 0, node->as.str.data);
    }
}

/* The artifact behind a node, whatever its form. */
static inline eg_node opened(const eg_node *node)
{
    eg_node out;
    eg_error err = {.code = EG_OK};
    if (eg_failed(eg_artifact_open(&out, NULL, node, NULL, &test_arena, &err))) {
        fail_msg("not an artifact: %s", err.text);
    }
    return out;
}

static inline eg_node parsed(eg_encoding encoding, eg_str bytes)
{
    eg_node out;
    eg_error err = {.code = EG_OK};
    if (eg_failed(eg_tree_parse(&out, encoding, bytes, 0, &test_arena, NULL, &err))) {
        fail_msg("unreadable: %s", err.text);
    }
    return out;
}

/* A copy of the map with one member replaced, added, or (value NULL) left out. */
static inline eg_node with(const eg_node *map, const char *name, const eg_node *value)
{
    assert_int_equal(map->kind, EG_MAP);
    eg_member *members = keep((map->as.map.count + 1) * sizeof *members);
    size_t n = 0;
    bool replaced = false;
    for (size_t i = 0; i < map->as.map.count; i++) {
        members[n] = map->as.map.members[i];
        if (eg_str_equal(members[n].key, eg_str_from(name))) {
            replaced = true;
            if (value == NULL) {
                continue;
            }
            members[n].value = *value;
        }
        n++;
    }
    if (!replaced && value != NULL) {
        members[n].key = text(name).as.str;
        members[n++].value = *value;
    }
    return (eg_node){.kind = EG_MAP, .as.map = {members, n}};
}

static inline eg_node with_item(const eg_node *list, size_t i, const eg_node *value)
{
    eg_node *items = keep(list->as.array.count * sizeof *items);
    memcpy(items, list->as.array.items, list->as.array.count * sizeof *items);
    items[i] = *value;
    return (eg_node){.kind = EG_ARRAY, .as.array = {items, list->as.array.count}};
}

/* ---- requests ---- */

static inline void put(request *r, const char *name, eg_node value)
{
    assert_true(r->count < FIELDS_MAX);
    r->fields[r->count++] = (eg_member){.key = text(name).as.str, .value = value};
}

static inline void set(request *r, const char *name, eg_node value)
{
    for (size_t i = 0; i < r->count; i++) {
        if (eg_str_equal(r->fields[i].key, eg_str_from(name))) {
            r->fields[i].value = value;
            return;
        }
    }
    put(r, name, value);
}

static inline void drop(request *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++) {
        if (eg_str_equal(r->fields[i].key, eg_str_from(name))) {
            memmove(&r->fields[i], &r->fields[i + 1], (r->count - i - 1) * sizeof r->fields[0]);
            r->count--;
            return;
        }
    }
    fail_msg("the request has no '%s'", name);
}

static inline void write_node_object(eg_writer *w, const void *node)
{
    eg_write_node(w, node);
}

/* The node as an artifact in a form. */
static inline eg_node packed(eg_artifact_form form, const eg_node *node)
{
    eg_buf buf;
    eg_writer w;
    eg_buf_init(&buf, NULL);
    eg_writer_init(&w, &buf, EG_STYLE_JSON);
    eg_artifact_write(&w, form, write_node_object, node);
    eg_node out = parsed(EG_JSON, eg_buf_str(&buf));
    eg_buf_free(&buf);
    return out;
}

/* ---- calling ---- */

static inline void send_bytes(driven *d, const eg_endpoint *endpoint, const void *bytes, size_t n)
{
    const drive_options options = {
        .content_type = test_form.encoding == EG_MSGPACK ? "application/msgpack" : NULL,
        .accept = test_form.accept,
        .feed_bytes = test_form.feed_bytes,
        .items_last = test_form.items_last,
        .threads = test_form.threads,
        .now_unix_s = 1764000000,
        .error_body = eg_error_body,
    };
    drive(d, endpoint, bytes, n, &options);
    assert_int_equal(d->left_bytes, 0);
}

static inline void send_map(driven *d, const eg_endpoint *endpoint, const eg_node *map)
{
    eg_buf body;
    eg_writer w;
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, test_form.encoding == EG_MSGPACK ? EG_STYLE_MSGPACK : EG_STYLE_JSON);
    eg_write_node(&w, map);
    assert_false(body.failed);
    send_bytes(d, endpoint, body.data, body.len);
    eg_buf_free(&body);
}

static inline eg_node answer_of(driven *d)
{
    bool msgpack = strcmp(d->content_type, "application/msgpack") == 0;
    char *copy = keep(d->body.len);
    memcpy(copy, d->body.data, d->body.len);
    eg_node out = parsed(msgpack ? EG_MSGPACK : EG_JSON, (eg_str){copy, d->body.len});
    driven_free(d);
    return out;
}

/* A good answer. */
static inline eg_node call(const eg_endpoint *endpoint, const request *r)
{
    driven d;
    eg_node map = map_of(r);
    send_map(&d, endpoint, &map);
    if (!d.ok) {
        fail_msg("%s: %s (%s) at %s, %s", endpoint->path, d.error.text, d.error.path, d.error.where,
                 "expected success");
    }
    return answer_of(&d);
}

/* A refusal with this code; path NULL: any. The error object is checked too. */
static inline void refused(const eg_endpoint *endpoint, const request *r, eg_code code,
                           const char *path)
{
    driven d;
    eg_node map = map_of(r);
    send_map(&d, endpoint, &map);
    if (d.ok) {
        fail_msg("%s: expected a refusal (%s)", endpoint->path, path == NULL ? "" : path);
    }
    if (d.error.code != code || (path != NULL && strcmp(d.error.path, path) != 0)) {
        fail_msg("%s: expected code %d at '%s', got %d at '%s': %s (%s)", endpoint->path, code,
                 path == NULL ? "" : path, d.error.code, d.error.path, d.error.text, d.error.where);
    }
    eg_node body = answer_of(&d);
    assert_text(get(&body, "status"), "error");
    assert_text(get(&body, "request_id"), "test-request");
}

/* ---- files ---- */

static inline eg_node json_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fail_msg("cannot open %s", path);
        abort();
    }
    (void)fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    (void)fseek(f, 0, SEEK_SET);
    char *bytes = keep(n);
    assert_int_equal(fread(bytes, 1, n, f), n);
    (void)fclose(f);
    return parsed(EG_JSON, (eg_str){bytes, n});
}

static inline eg_node sample(const char *name, const char *which)
{
    char path[256];
    (void)snprintf(path, sizeof path, "tests/data/samples/%s.%s.json", name, which);
    return json_file(path);
}

static inline request request_of(const eg_node *map)
{
    request r = {.count = 0};
    for (size_t i = 0; i < map->as.map.count; i++) {
        assert_true(r.count < FIELDS_MAX);
        r.fields[r.count++] = map->as.map.members[i];
    }
    return r;
}

#endif
