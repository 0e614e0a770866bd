/* Known answers: what every operation of the runner shares. An operation returns false when the
 * code under test refuses its input; otherwise it states what was computed, field by field, with
 * the expect_ functions. */
#ifndef VECTORS_RUNNER_H
#define VECTORS_RUNNER_H

#include "base/arena.h"
#include "election/decryption.h"
#include "wire/artifact.h"
#include "wire/fields.h"

#include <jansson.h>

typedef struct vec {
    const json_t *in;
    const json_t *expected;
    eg_arena *arena;
    bool wrong;           /* something differed */
    char what[256];       /* the first difference */
    const char *seen[64]; /* fields of expected that were compared */
    size_t seen_count;
} vec;

typedef struct vector_op {
    const char *name;
    bool (*run)(vec *v);
} vector_op;

extern const vector_op ops_numbers[], ops_crypto[], ops_proofs[], ops_ceremony[], ops_manifest[],
    ops_ballot[], ops_decryption[], ops_ml_kem[];

/* inputs */
const json_t *get(const vec *v, const char *name);
const char *text(const json_t *value);
eg_str str_of(const json_t *value);
int64_t int_of(const json_t *value);
bool p_of(eg_modp *out, const json_t *hex);
bool q_of(eg_modq *out, const json_t *hex);
bool ciphertext_of(eg_ciphertext *out, const vec *v, const json_t *value);
#define GET_P(var, name)                                                                           \
    eg_modp var;                                                                                   \
    if (!p_of(&(var), get(v, name))) {                                                             \
        return false;                                                                              \
    }
#define GET_Q(var, name)                                                                           \
    eg_modq var;                                                                                   \
    if (!q_of(&(var), get(v, name))) {                                                             \
        return false;                                                                              \
    }
#define GET_CIPHERTEXT(var, name)                                                                  \
    eg_ciphertext var;                                                                             \
    if (!ciphertext_of(&(var), v, get(v, name))) {                                                 \
        return false;                                                                              \
    }
size_t q_list(eg_modq **out, const vec *v, const json_t *list); /* 0 also when one is refused */
size_t p_list(eg_modp **out, const vec *v, const json_t *list);
bool node_of(eg_node *out, const vec *v, const json_t *value);
eg_fixed_base *table_of(const eg_modp *key); /* cached; NULL when no residue */
void *room(const vec *v, size_t count, size_t size);

/* results */
void expect_text(vec *v, const char *name, eg_str got);
void expect_p(vec *v, const char *name, const eg_modp *got);
void expect_q(vec *v, const char *name, const eg_modq *got);
void expect_int(vec *v, const char *name, int64_t got);
void expect_bool(vec *v, const char *name, bool got);
void expect_bytes(vec *v, const char *name, const uint8_t *bytes,
                  size_t n);                             /* plain hex, nothing lost */
void expect_json(vec *v, const char *name, json_t *got); /* steals got */
/* a wire value: object, length and hashes */
void expect_wire(vec *v, const char *name, eg_write_fn write, const void *object);
/* the same of the JSON text alone, compared with expected[name] as it is */
void expect_object(vec *v, const char *name, eg_write_fn write, const void *object);
void skip_field(vec *v, const char *name); /* says nothing that our interfaces show */
void different(vec *v, const char *name);

#endif
