/* Manifests, contexts, device hash and ballot code. */
#include "election/manifest_parts.h"
#include "vectors/manifest_json.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"

static json_t *hex_of(const eg_modq *hash)
{
    char hex[EG_Q_HEX_MAX];
    return json_stringn(hex, eg_modq_to_hex(hex, hash));
}

static json_t *selection_hashes(const eg_selection_description *list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        (void)json_array_append_new(out, hex_of(&list[i].hash));
    }
    return out;
}

#define HASHES(field, count, call)                                                                 \
    do {                                                                                           \
        json_t *list_ = json_array();                                                              \
        for (size_t i = 0; i < (count); i++) {                                                     \
            eg_modq hash;                                                                          \
            call;                                                                                  \
            (void)json_array_append_new(list_, hex_of(&hash));                                     \
        }                                                                                          \
        (void)json_object_set_new(out, (field), list_);                                            \
    } while (0)

static json_t *all_hashes(const eg_manifest *m)
{
    json_t *out = json_object(), *contests = json_array();
    HASHES("geopolitical_units", m->unit_count, eg_unit_hash(&hash, &m->units[i]));
    HASHES("parties", m->party_count, eg_party_hash(&hash, &m->parties[i]));
    HASHES("candidates", m->candidate_count, eg_candidate_hash(&hash, &m->candidates[i]));
    HASHES("ballot_styles", m->style_count, eg_ballot_style_hash(&hash, &m->styles[i]));
    for (size_t i = 0; i < m->contest_count; i++) {
        const eg_contest_description *c = &m->contests[i];
        json_t *one = json_object();
        (void)json_object_set_new(one, "hash", hex_of(&c->hash));
        (void)json_object_set_new(one, "selections",
                                  selection_hashes(c->selections, c->selection_count));
        (void)json_object_set_new(one, "placeholders",
                                  selection_hashes(c->placeholders, c->placeholder_count));
        (void)json_array_append_new(contests, one);
    }
    (void)json_object_set_new(out, "contests", contests);
    (void)json_object_set_new(out, "manifest_hash", hex_of(&m->hash));
    return out;
}

static bool service_manifest(vec *v)
{
    eg_manifest manifest;
    if (!service_manifest_of(&manifest, v)) {
        return false;
    }
    expect_bool(v, "valid", true);
    expect_json(v, "hashes", all_hashes(&manifest));
    expect_wire(v, "manifest", eg_manifest_write, &manifest);
    expect_wire(v, "internal_manifest", eg_internal_manifest_write, &manifest);
    return true;
}

static bool manifest_hash(vec *v)
{
    eg_manifest manifest;
    manifest_of(&manifest, v, get(v, "manifest"));
    if (eg_failed(eg_manifest_complete(&manifest, v->arena, NULL))) {
        return false;
    }
    expect_bool(v, "valid", true);
    expect_json(v, "hashes", all_hashes(&manifest));
    expect_wire(v, "internal_manifest", eg_internal_manifest_write, &manifest);
    return true;
}

static bool context(vec *v)
{
    GET_P(key, "joint_public_key");
    GET_Q(commitment_hash, "commitment_hash");
    GET_Q(hash, "manifest_hash");
    eg_context made;
    if (eg_failed(eg_context_init(&made, (uint32_t)int_of(get(v, "number_of_guardians")),
                                  (uint32_t)int_of(get(v, "quorum")), &key, &commitment_hash, &hash,
                                  NULL))) {
        return false;
    }
    if (!json_is_object(get(v, "extended_data"))) {
        expect_wire(v, "context", eg_context_write, &made);
        return true;
    }
    /* extended_data enters no hash and the service has none: the hashes are compared */
    const json_t *whole = json_object_get(json_object_get(v->expected, "context"), "object");
    vec inner = {.in = v->in, .expected = whole, .arena = v->arena};
    expect_q(&inner, "crypto_base_hash", &made.base_hash);
    expect_q(&inner, "crypto_extended_base_hash", &made.extended_base_hash);
    if (inner.wrong) {
        different(v, "context");
    }
    skip_field(v, "context");
    return true;
}

static bool device_hash(vec *v)
{
    eg_modq hash;
    eg_device_hash(&hash, int_of(get(v, "device_id")), int_of(get(v, "session_id")),
                   int_of(get(v, "launch_code")), str_of(get(v, "location")));
    expect_q(v, "hash", &hash);
    return true;
}

static bool ballot_code(vec *v)
{
    GET_Q(previous, "previous");
    GET_Q(hash, "ballot_hash");
    eg_modq code;
    eg_ballot_code(&code, &previous, int_of(get(v, "timestamp")), &hash);
    expect_q(v, "code", &code);
    return true;
}

const vector_op ops_manifest[] = {
    {"service_manifest", service_manifest}, {"manifest_hash", manifest_hash}, {"context", context},
    {"device_hash", device_hash},           {"ballot_code", ballot_code},     {NULL, NULL}};
