/* Shares, compensation, reconstruction, combination. */
#include "base/hex.h"
#include "vectors/runner.h"
#include "wire/objects/ciphertext.h"
#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"

static bool selection_of(eg_target_selection *out, const vec *v, eg_str id, const json_t *s)
{
    eg_ciphertext *c = room(v, 1, sizeof *c);
    eg_node node;
    *out = (eg_target_selection){.object_id = id,
                                 .ciphertext = c,
                                 .is_placeholder =
                                     json_is_true(json_object_get(s, "is_placeholder_selection"))};
    return node_of(&node, v, json_object_get(s, "ciphertext")) &&
           !eg_failed(eg_ciphertext_read(c, &node, NULL, NULL));
}

/* From a tally's map of contests. */
static bool target_of_tally(eg_target *out, const vec *v, eg_str object_id, const json_t *contests)
{
    const char *id, *selection_id;
    json_t *c, *s;
    *out = (eg_target){.object_id = object_id};
    out->contests = room(v, json_object_size(contests), sizeof *out->contests);
    json_object_foreach((json_t *)(uintptr_t)contests, id, c)
    {
        eg_target_contest *to = &out->contests[out->contest_count++];
        json_t *list = json_object_get(c, "selections");
        to->object_id = eg_str_from(id);
        to->selections = room(v, json_object_size(list), sizeof *to->selections);
        if (!q_of(&to->description_hash, json_object_get(c, "description_hash"))) {
            return false;
        }
        json_object_foreach(list, selection_id, s)
        {
            if (!selection_of(&to->selections[to->selection_count++], v, eg_str_from(selection_id),
                              s)) {
                return false;
            }
        }
    }
    return true;
}

static bool target_of_ballot(eg_target *out, const vec *v, const json_t *ballot)
{
    const json_t *contests = json_object_get(ballot, "contests");
    *out = (eg_target){.object_id = str_of(json_object_get(ballot, "object_id")),
                       .contest_count = json_array_size(contests)};
    out->contests = room(v, out->contest_count, sizeof *out->contests);
    for (size_t i = 0; i < out->contest_count; i++) {
        const json_t *c = json_array_get(contests, i),
                     *list = json_object_get(c, "ballot_selections");
        eg_target_contest *to = &out->contests[i];
        to->object_id = str_of(json_object_get(c, "object_id"));
        to->selection_count = json_array_size(list);
        to->selections = room(v, to->selection_count, sizeof *to->selections);
        (void)q_of(&to->description_hash,
                   json_object_get(c, "description_hash")); /* absent where not used */
        for (size_t j = 0; j < to->selection_count; j++) {
            const json_t *s = json_array_get(list, j);
            if (!selection_of(&to->selections[j], v, str_of(json_object_get(s, "object_id")), s)) {
                return false;
            }
        }
    }
    return true;
}

static bool seeds_of(eg_modq **out, const vec *v, const eg_target *target)
{
    const json_t *seeds = get(v, "proof_seeds");
    size_t n = 0;
    *out = room(v, eg_target_selection_count(target), sizeof **out);
    for (size_t i = 0; i < target->contest_count; i++) {
        const eg_target_contest *c = &target->contests[i];
        for (size_t j = 0; j < c->selection_count; j++) {
            const json_t *of_contest = json_object_getn(seeds, c->object_id.data, c->object_id.len);
            eg_str id = c->selections[j].object_id;
            if (!q_of(&(*out)[n++], json_object_getn(of_contest, id.data, id.len))) {
                return false;
            }
        }
    }
    return true;
}

static bool own_share(vec *v, const eg_target *target)
{
    GET_Q(secret, "secret_key");
    GET_P(key, "public_key");
    GET_Q(base_hash, "crypto_extended_base_hash");
    eg_modq *seeds;
    eg_modp own_key;
    eg_decryption_share share;
    eg_str guardian = str_of(get(v, "guardian_id"));
    const eg_share_origin origin = {.guardian_id = guardian, .public_key = &key};
    eg_public_key(&own_key, &secret);
    if (!eg_modp_equal(&own_key, &key) || !seeds_of(&seeds, v, target) ||
        eg_failed(eg_decryption_share_init(&share, target, &origin, v->arena, NULL))) {
        return false; /* the key pair is checked by the endpoint, tests/http shows it */
    }
    eg_decryption_share_compute(&share, target, 0, eg_target_selection_count(target), &secret,
                                seeds, &base_hash);
    expect_wire(v, "share", eg_decryption_share_write, &share);
    return !eg_failed(
        eg_decryption_share_verify(&share, target, &origin, &base_hash, v->arena, NULL, NULL));
}

static bool decryption_share(vec *v)
{
    eg_target target;
    return target_of_tally(&target, v, str_of(get(v, "object_id")), get(v, "contests")) &&
           own_share(v, &target);
}

static bool ballot_decryption_share(vec *v)
{
    eg_target target;
    return target_of_ballot(&target, v, get(v, "ballot")) && own_share(v, &target);
}

static bool compensated_share(vec *v)
{
    GET_Q(secret, "available_secret_key");
    GET_Q(base_hash, "crypto_extended_base_hash");
    const json_t *available = get(v, "available"), *missing = get(v, "missing");
    eg_str available_id = str_of(json_object_get(available, "owner_id"));
    eg_str missing_id = str_of(json_object_get(missing, "owner_id"));
    uint32_t order = (uint32_t)int_of(json_object_get(available, "sequence_order"));
    eg_modp key, recovery_key, *commitments;
    size_t n = p_list(&commitments, v, json_object_get(missing, "coefficient_commitments"));
    eg_node node;
    eg_backup backup;
    eg_modq coordinate, *seeds;
    eg_target target;
    eg_decryption_share share;
    if (n == 0 || !p_of(&key, json_object_get(available, "key")) ||
        !node_of(&node, v, get(v, "backup")) ||
        eg_failed(eg_backup_read(&backup, &node, NULL, v->arena, NULL)) ||
        eg_failed(eg_backup_open(&coordinate, &backup, available_id, order, &secret, NULL, NULL)) ||
        !eg_coordinate_verify(&coordinate, order, commitments, n) ||
        !target_of_tally(&target, v, str_of(get(v, "object_id")), get(v, "contests")) ||
        !seeds_of(&seeds, v, &target)) {
        return false;
    }
    eg_recovery_key_vartime(&recovery_key, commitments, n, order);
    const eg_share_origin origin = {available_id, missing_id, &key, &recovery_key};
    if (eg_failed(eg_decryption_share_init(&share, &target, &origin, v->arena, NULL))) {
        return false;
    }
    eg_decryption_share_compute(&share, &target, 0, eg_target_selection_count(&target), &coordinate,
                                seeds, &base_hash);
    expect_q(v, "coordinate", &coordinate);
    expect_wire(v, "share", eg_decryption_share_write, &share);
    return !eg_failed(
        eg_decryption_share_verify(&share, &target, &origin, &base_hash, v->arena, NULL, NULL));
}

/* A target without ciphertexts: reconstruction needs its shape alone. */
static bool shape_of(eg_target *out, const vec *v)
{
    const char *id;
    json_t *c;
    json_t *contests = (json_t *)(uintptr_t)get(v, "contests");
    *out = (eg_target){.object_id = str_of(get(v, "object_id"))};
    out->contests = room(v, json_object_size(contests), sizeof *out->contests);
    json_object_foreach(contests, id, c)
    {
        eg_target_contest *to = &out->contests[out->contest_count++];
        const json_t *list = json_object_get(c, "selections");
        to->object_id = eg_str_from(id);
        to->selection_count = json_array_size(list);
        to->selections = room(v, to->selection_count, sizeof *to->selections);
        for (size_t j = 0; j < to->selection_count; j++) {
            to->selections[j].object_id = str_of(json_array_get(list, j));
        }
        if (!q_of(&to->description_hash, json_object_get(c, "description_hash"))) {
            return false;
        }
    }
    return true;
}

static bool reconstruct_share(vec *v)
{
    const json_t *available = get(v, "available"), *given = get(v, "compensated_shares");
    size_t n = json_array_size(available);
    eg_target target;
    eg_modp missing_key;
    eg_decryption_share share;
    eg_modq coefficients[EG_GUARDIANS_MAX];
    const eg_decryption_share *parts[EG_GUARDIANS_MAX];
    json_t *shown = json_object();
    bool good = n == json_object_size(given) && shape_of(&target, v) &&
                p_of(&missing_key, json_object_get(get(v, "missing"), "key"));
    for (size_t i = 0; i < n && good; i++) {
        const json_t *guardian = json_array_get(available, i);
        const char *id = text(json_object_get(guardian, "owner_id"));
        uint64_t others[EG_GUARDIANS_MAX];
        size_t other_count = 0;
        for (size_t j = 0; j < n; j++) {
            if (j != i) {
                others[other_count++] = (uint64_t)int_of(
                    json_object_get(json_array_get(available, j), "sequence_order"));
            }
        }
        eg_decryption_share *part = room(v, 1, sizeof *part);
        eg_node node;
        char hex[EG_Q_HEX_MAX];
        good = !eg_failed(eg_lagrange(&coefficients[i],
                                      (uint64_t)int_of(json_object_get(guardian, "sequence_order")),
                                      others, other_count, NULL)) &&
               json_object_get(given, id) != NULL &&
               node_of(&node, v, json_object_get(given, id)) &&
               !eg_failed(eg_decryption_share_read(part, EG_COMPENSATED_SHARE, &node, NULL,
                                                   v->arena, NULL));
        parts[i] = part;
        (void)json_object_set_new(shown, id,
                                  json_stringn(hex, eg_modq_to_hex(hex, &coefficients[i])));
    }
    good = good && !eg_failed(eg_share_reconstruct(
                       &share, &target, str_of(json_object_get(get(v, "missing"), "owner_id")),
                       &missing_key, parts, coefficients, n, v->arena, NULL));
    expect_json(v, "lagrange", shown);
    if (good) {
        expect_wire(v, "share", eg_decryption_share_write, &share);
    }
    return good;
}

/* Reduced shares: contest id -> selection id -> share. One for each of n different guardians. */
static bool combined(vec *v, const eg_target *target, uint64_t max)
{
    const json_t *list = get(v, "shares");
    size_t n = json_array_size(list);
    const eg_decryption_share *shares[EG_GUARDIANS_MAX];
    if (n != (size_t)int_of(get(v, "number_of_guardians")) || n > EG_GUARDIANS_MAX) {
        return false;
    }
    for (size_t g = 0; g < n; g++) {
        const json_t *s = json_array_get(list, g), *contests = json_object_get(s, "contests");
        eg_decryption_share *share = room(v, 1, sizeof *share);
        for (size_t other = 0; other < g; other++) {
            if (json_equal(json_object_get(s, "guardian_id"),
                           json_object_get(json_array_get(list, other), "guardian_id"))) {
                return false; /* the endpoint names the guardian, tests/http shows it */
            }
        }
        const eg_share_origin origin = {.guardian_id = EG_STR("g"), .public_key = &eg_modp_one};
        if (eg_failed(eg_decryption_share_init(share, target, &origin, v->arena, NULL))) {
            return false;
        }
        for (size_t i = 0; i < target->contest_count; i++) {
            const eg_target_contest *c = &target->contests[i];
            const json_t *of_contest =
                json_object_getn(contests, c->object_id.data, c->object_id.len);
            for (size_t j = 0; j < c->selection_count; j++) {
                eg_str id = c->selections[j].object_id;
                if (!p_of(&share->contests[i].selections[j].share,
                          json_object_getn(of_contest, id.data, id.len))) {
                    return false;
                }
            }
        }
        shares[g] = share;
    }
    size_t count;
    eg_plain_result *results = room(v, eg_target_selection_count(target), sizeof *results);
    if (eg_failed(eg_shares_combine(results, &count, target, shares, n, max, NULL, NULL))) {
        return false;
    }
    json_t *shown = json_object();
    for (size_t i = 0; i < count; i++) {
        char hex[EG_P_HEX_MAX];
        json_t *contest =
            json_object_getn(shown, results[i].contest_id.data, results[i].contest_id.len);
        if (contest == NULL) {
            contest = json_object();
            (void)json_object_setn_new(shown, results[i].contest_id.data, results[i].contest_id.len,
                                       contest);
        }
        json_t *one = json_object();
        (void)json_object_set_new(one, "tally", json_integer((json_int_t)results[i].tally));
        (void)json_object_set_new(one, "value",
                                  json_stringn(hex, eg_modp_to_hex(hex, &results[i].value)));
        (void)json_object_setn_new(contest, results[i].object_id.data, results[i].object_id.len,
                                   one);
    }
    expect_json(v, "results", shown);
    return true;
}

static bool decrypt_tally(vec *v)
{
    eg_target target;
    return target_of_tally(&target, v, EG_STR(""), get(v, "contests")) &&
           combined(v, &target, (uint64_t)int_of(get(v, "max_tally")));
}

static bool decrypt_ballot(vec *v)
{
    eg_target target;
    return target_of_ballot(&target, v, get(v, "ballot")) && combined(v, &target, 1);
}

const vector_op ops_decryption[] = {{"decryption_share", decryption_share},
                                    {"ballot_decryption_share", ballot_decryption_share},
                                    {"compensated_share", compensated_share},
                                    {"reconstruct_share", reconstruct_share},
                                    {"decrypt_tally", decrypt_tally},
                                    {"decrypt_ballot", decrypt_ballot},
                                    {NULL, NULL}};
