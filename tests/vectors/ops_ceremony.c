/* Guardians: keys, joint keys, backups. */
#include "vectors/runner.h"
#include "wire/decimal.h"
#include "wire/objects/guardian.h"

#include <string.h>

static bool polynomial_of(eg_polynomial *out, eg_guardian_public *record, const vec *v,
                          const char *nonces_name, eg_str owner, uint32_t order)
{
    eg_modq *coefficients, *nonces;
    size_t n = q_list(&coefficients, v, get(v, "coefficients"));
    if (nonces_name != NULL) {
        (void)q_list(&nonces, v, get(v, nonces_name));
    } else {
        nonces = coefficients; /* the proofs are not looked at */
    }
    return n > 0 && !eg_failed(eg_guardian_from_values(out, record, owner, order, coefficients,
                                                       nonces, (uint32_t)n, v->arena, NULL));
}

static bool election_public_key(vec *v)
{
    eg_polynomial polynomial;
    eg_guardian_public record;
    if (!polynomial_of(&polynomial, &record, v, "proof_nonces", str_of(get(v, "owner_id")),
                       (uint32_t)int_of(get(v, "sequence_order"))) ||
        eg_failed(eg_guardian_public_check(&record, (uint32_t)polynomial.count, NULL, NULL)) ||
        eg_failed(eg_polynomial_check(&polynomial, (uint32_t)polynomial.count, NULL, NULL))) {
        return false;
    }
    expect_wire(v, "election_public_key", eg_guardian_public_write, &record);
    expect_wire(v, "polynomial", eg_polynomial_write, &polynomial);
    return true;
}

static void expect_joint(vec *v, const eg_modp *key, const eg_modq *hash)
{
    char decimal[EG_P_DECIMAL_MAX + 1];
    expect_p(v, "joint_public_key", key);
    expect_q(v, "commitment_hash", hash);
    if (json_object_get(v->expected, "joint_public_key_decimal") != NULL) {
        eg_modp_to_decimal_vartime(decimal, key);
        expect_text(v, "joint_public_key_decimal", eg_str_from(decimal));
    }
    if (json_object_get(v->expected, "commitment_hash_decimal") != NULL) {
        eg_modq_to_decimal(decimal, hash);
        expect_text(v, "commitment_hash_decimal", eg_str_from(decimal));
    }
}

static bool joint_key(vec *v)
{
    const json_t *list = get(v, "election_public_keys");
    size_t n = json_array_size(list);
    eg_guardian_public *records = room(v, n, sizeof *records);
    eg_modp key;
    eg_modq hash;
    for (size_t i = 0; i < n; i++) {
        const json_t *r = json_array_get(list, i);
        records[i].commitment_count =
            p_list(&records[i].commitments, v, json_object_get(r, "coefficient_commitments"));
        if (records[i].commitment_count == 0 || !p_of(&records[i].key, json_object_get(r, "key"))) {
            return false;
        }
    }
    eg_joint_key(&key, &hash, records, n);
    expect_joint(v, &key, &hash);
    return true;
}

static bool joint_key_from_public_keys(vec *v)
{
    eg_modp *keys, key;
    eg_modq hash;
    size_t n = p_list(&keys, v, get(v, "public_keys"));
    eg_joint_key_from_keys(&key, &hash, keys, n);
    expect_joint(v, &key, &hash);
    return n > 0;
}

static bool backup_make(vec *v)
{
    GET_P(receiver_key, "receiver_public_key");
    GET_Q(nonce, "nonce");
    eg_polynomial polynomial;
    eg_guardian_public record;
    eg_backup backup;
    uint32_t order = (uint32_t)int_of(get(v, "receiver_sequence_order"));
    if (!polynomial_of(&polynomial, &record, v, NULL, str_of(get(v, "owner_id")), 1) ||
        eg_failed(eg_backup_make(&backup, str_of(get(v, "owner_id")), &polynomial,
                                 str_of(get(v, "receiver_id")), order, &receiver_key, &nonce,
                                 NULL))) {
        return false;
    }
    eg_modq *coefficients, coordinate, seed;
    size_t n = q_list(&coefficients, v, get(v, "coefficients"));
    eg_hash h;
    eg_polynomial_value(&coordinate, coefficients, n, order);
    eg_hash_init(&h);
    eg_hash_str(&h, str_of(get(v, "receiver_id")));
    eg_hash_int(&h, order);
    eg_hash_final(&seed, &h);
    expect_wire(v, "backup", eg_backup_write, &backup);
    expect_q(v, "coordinate", &coordinate);
    expect_q(v, "seed", &seed);
    return true;
}

static bool backup_of(eg_backup *out, const vec *v)
{
    eg_node node;
    return node_of(&node, v, get(v, "backup")) &&
           !eg_failed(eg_backup_read(out, &node, NULL, v->arena, NULL));
}

static bool backup_decrypt(vec *v)
{
    GET_Q(secret, "receiver_secret_key");
    eg_backup backup;
    eg_modq coordinate;
    if (!backup_of(&backup, v) ||
        eg_failed(eg_backup_open(&coordinate, &backup, str_of(get(v, "receiver_id")),
                                 (uint32_t)int_of(get(v, "receiver_sequence_order")), &secret, NULL,
                                 NULL))) {
        return false;
    }
    expect_q(v, "coordinate", &coordinate);
    return true;
}

static bool backup_verify(vec *v)
{
    GET_Q(secret, "receiver_secret_key");
    eg_backup backup;
    eg_modq coordinate;
    eg_modp *commitments;
    size_t n = p_list(&commitments, v, get(v, "owner_commitments"));
    if (n == 0 || !backup_of(&backup, v) ||
        eg_failed(eg_backup_open(&coordinate, &backup, str_of(get(v, "receiver_id")),
                                 backup.designated_sequence_order, &secret, NULL, NULL))) {
        return false;
    }
    expect_bool(
        v, "verified",
        eg_coordinate_verify(&coordinate, backup.designated_sequence_order, commitments, n));
    return true;
}

const vector_op ops_ceremony[] = {{"election_public_key", election_public_key},
                                  {"joint_key", joint_key},
                                  {"joint_key_from_public_keys", joint_key_from_public_keys},
                                  {"backup_make", backup_make},
                                  {"backup_decrypt", backup_decrypt},
                                  {"backup_verify", backup_verify},
                                  {NULL, NULL}};
