/* What the runner takes of jansson, where there is none: values are JavaScript's, by number
 * (tests/package/vectors_host.mjs). They are never given back: a run is short. */
#ifndef VECTORS_WASM_JANSSON_H
#define VECTORS_WASM_JANSSON_H

#include <stdbool.h>
#include <stddef.h>

typedef struct json json_t;
typedef long long json_int_t;
typedef struct json_error {
    char text[160];
} json_error_t;

enum { JSON_ALLOW_NUL = 1, JSON_COMPACT = 2, JSON_DECODE_ANY = 4, JSON_ENCODE_ANY = 8 };

#define JSON_HOST(name) __attribute__((import_module("jansson"), import_name(#name))) name

bool JSON_HOST(json_is_object)(const json_t *value);
bool JSON_HOST(json_is_array)(const json_t *value);
bool JSON_HOST(json_is_string)(const json_t *value);
bool JSON_HOST(json_is_integer)(const json_t *value);
bool JSON_HOST(json_is_boolean)(const json_t *value);
bool JSON_HOST(json_is_true)(const json_t *value);
bool JSON_HOST(json_is_false)(const json_t *value);
bool JSON_HOST(json_equal)(const json_t *a, const json_t *b);

const char *JSON_HOST(json_string_value)(const json_t *value);
size_t JSON_HOST(json_string_length)(const json_t *value);
json_int_t JSON_HOST(json_integer_value)(const json_t *value);
size_t JSON_HOST(json_array_size)(const json_t *value);
json_t *JSON_HOST(json_array_get)(const json_t *value, size_t index);
size_t JSON_HOST(json_object_size)(const json_t *value);
json_t *JSON_HOST(json_object_get)(const json_t *value, const char *key);
json_t *JSON_HOST(json_object_getn)(const json_t *value, const char *key, size_t length);
/* of a member by its place */
const char *JSON_HOST(json_host_key)(const json_t *value, size_t index);
json_t *JSON_HOST(json_host_member)(const json_t *value, size_t index);

json_t *JSON_HOST(json_object)(void);
json_t *JSON_HOST(json_array)(void);
json_t *JSON_HOST(json_stringn)(const char *bytes, size_t length);
json_t *JSON_HOST(json_integer)(json_int_t value);
int JSON_HOST(json_array_append_new)(json_t *array, json_t *value);
int JSON_HOST(json_object_set_new)(json_t *object, const char *key, json_t *value);
int JSON_HOST(json_object_setn_new)(json_t *object, const char *key, size_t length, json_t *value);

json_t *JSON_HOST(json_loadb)(const char *bytes, size_t length, size_t flags, json_error_t *error);
json_t *JSON_HOST(json_load_file)(const char *path, size_t flags, json_error_t *error);
char *JSON_HOST(json_dumps)(const json_t *value, size_t flags);

static inline json_t *json_incref(json_t *value)
{
    return value;
}
static inline void json_decref(json_t *value)
{
    (void)value;
}

#define json_object_foreach(object, key, value)                                                    \
    for (size_t json_at = 0;                                                                       \
         json_at < json_object_size(object) && ((key) = json_host_key(object, json_at),            \
                                               (value) = json_host_member(object, json_at), true); \
         json_at++)

#endif
