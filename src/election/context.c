#include "election/context.h"

static void base_hash(eg_context *c)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_p_modulus(&h);
    eg_hash_q_modulus(&h);
    eg_hash_p(&h, &eg_modp_g);
    eg_hash_int(&h, c->number_of_guardians);
    eg_hash_int(&h, c->quorum);
    eg_hash_q(&h, &c->manifest_hash);
    eg_hash_final(&c->base_hash, &h);
}

eg_result eg_context_refuse_key(eg_error *err)
{
    eg_path path = eg_path_field(NULL, "joint_public_key");
    return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path,
                   "'joint_public_key' must be an element of the group other than 1");
}

eg_result eg_context_init(eg_context *out, uint32_t number_of_guardians, uint32_t quorum,
                          const eg_modp *public_key, const eg_modq *commitment_hash,
                          const eg_modq *manifest_hash, eg_error *err)
{
    if (eg_modp_is_one(public_key) || !eg_modp_is_residue_vartime(public_key)) {
        return eg_context_refuse_key(err);
    }
    return eg_context_init_of_member(out, number_of_guardians, quorum, public_key, commitment_hash,
                                     manifest_hash, err);
}

eg_result eg_context_init_of_member(eg_context *out, uint32_t number_of_guardians, uint32_t quorum,
                                    const eg_modp *public_key, const eg_modq *commitment_hash,
                                    const eg_modq *manifest_hash, eg_error *err)
{
    eg_path quorum_path = eg_path_field(NULL, "quorum");
    if (quorum < 1 || quorum > number_of_guardians) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &quorum_path,
                       quorum < 1 ? "Quorum must be at least 1"
                                  : "Quorum cannot be greater than number of guardians");
    }
    *out = (eg_context){.number_of_guardians = number_of_guardians,
                        .quorum = quorum,
                        .public_key = *public_key,
                        .commitment_hash = *commitment_hash,
                        .manifest_hash = *manifest_hash};
    base_hash(out);
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, &out->base_hash);
    eg_hash_q(&h, commitment_hash);
    eg_hash_final(&out->extended_base_hash, &h);
    return EG_SUCCESS;
}

void eg_device_hash(eg_modq *out, int64_t device_id, int64_t session_id, int64_t launch_code,
                    eg_str location)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_int(&h, device_id);
    eg_hash_int(&h, session_id);
    eg_hash_int(&h, launch_code);
    eg_hash_str(&h, location);
    eg_hash_final(out, &h);
}

void eg_ballot_code(eg_modq *out, const eg_modq *previous, int64_t timestamp,
                    const eg_modq *ballot_hash)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, previous);
    eg_hash_int(&h, timestamp);
    eg_hash_q(&h, ballot_hash);
    eg_hash_final(out, &h);
}
