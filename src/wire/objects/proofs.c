#include "wire/objects/proofs.h"

/* May be missing: it says nothing that the place of the proof does not say. */
static eg_result check_usage(const eg_node *node, const eg_path *at, const char *usage,
                             eg_error *err)
{
    const eg_node *found = eg_map_find(node, "usage");
    eg_path path = eg_path_field(at, "usage");
    if (found != NULL &&
        (found->kind != EG_STRING || !eg_str_equal(found->as.str, eg_str_from(usage)))) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &path, "'usage' must be \"%s\"", usage);
    }
    return EG_SUCCESS;
}

eg_result eg_schnorr_proof_read(eg_schnorr_proof *out, const eg_node *node, const eg_path *at,
                                eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "public_key", &out->public_key, err));
    EG_TRY(eg_read_p(node, at, "commitment", &out->commitment, err));
    EG_TRY(eg_read_q(node, at, "challenge", &out->challenge, err));
    EG_TRY(eg_read_q(node, at, "response", &out->response, err));
    return check_usage(node, at, EG_USAGE_SECRET, err);
}

void eg_schnorr_proof_write(eg_writer *w, const void *proof)
{
    const eg_schnorr_proof *p = proof;
    eg_write_map(w);
    eg_put_p(w, "public_key", &p->public_key);
    eg_put_p(w, "commitment", &p->commitment);
    eg_put_q(w, "challenge", &p->challenge);
    eg_put_q(w, "response", &p->response);
    eg_put_cstr(w, "usage", EG_USAGE_SECRET);
    eg_write_end(w);
}

eg_result eg_generic_proof_read(eg_generic_proof *out, const eg_node *node, const eg_path *at,
                                eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "pad", &out->pad, err));
    EG_TRY(eg_read_p(node, at, "data", &out->data, err));
    EG_TRY(eg_read_q(node, at, "challenge", &out->challenge, err));
    EG_TRY(eg_read_q(node, at, "response", &out->response, err));
    return check_usage(node, at, EG_USAGE_SECRET, err);
}

void eg_generic_proof_write(eg_writer *w, const void *proof)
{
    const eg_generic_proof *p = proof;
    eg_write_map(w);
    eg_put_p(w, "pad", &p->pad);
    eg_put_p(w, "data", &p->data);
    eg_put_q(w, "challenge", &p->challenge);
    eg_put_q(w, "response", &p->response);
    eg_put_cstr(w, "usage", EG_USAGE_SECRET);
    eg_write_end(w);
}

eg_result eg_constant_proof_read(eg_constant_proof *out, const eg_node *node, const eg_path *at,
                                 eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "pad", &out->pad, err));
    EG_TRY(eg_read_p(node, at, "data", &out->data, err));
    EG_TRY(eg_read_q(node, at, "challenge", &out->challenge, err));
    EG_TRY(eg_read_q(node, at, "response", &out->response, err));
    EG_TRY(eg_read_count(node, at, "constant", 0, EG_CONSTANT_MAX - 1, &out->constant, err));
    return check_usage(node, at, EG_USAGE_LIMIT, err);
}

void eg_constant_proof_write(eg_writer *w, const void *proof)
{
    const eg_constant_proof *p = proof;
    eg_write_map(w);
    eg_put_p(w, "pad", &p->pad);
    eg_put_p(w, "data", &p->data);
    eg_put_q(w, "challenge", &p->challenge);
    eg_put_q(w, "response", &p->response);
    eg_put_int(w, "constant", p->constant);
    eg_put_cstr(w, "usage", EG_USAGE_LIMIT);
    eg_write_end(w);
}

eg_result eg_disjunctive_proof_read(eg_disjunctive_proof *out, const eg_node *node,
                                    const eg_path *at, eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "proof_zero_pad", &out->zero_pad, err));
    EG_TRY(eg_read_p(node, at, "proof_zero_data", &out->zero_data, err));
    EG_TRY(eg_read_p(node, at, "proof_one_pad", &out->one_pad, err));
    EG_TRY(eg_read_p(node, at, "proof_one_data", &out->one_data, err));
    EG_TRY(eg_read_q(node, at, "proof_zero_challenge", &out->zero_challenge, err));
    EG_TRY(eg_read_q(node, at, "proof_one_challenge", &out->one_challenge, err));
    EG_TRY(eg_read_q(node, at, "challenge", &out->challenge, err));
    EG_TRY(eg_read_q(node, at, "proof_zero_response", &out->zero_response, err));
    EG_TRY(eg_read_q(node, at, "proof_one_response", &out->one_response, err));
    return check_usage(node, at, EG_USAGE_SELECTION, err);
}

void eg_disjunctive_proof_write(eg_writer *w, const void *proof)
{
    const eg_disjunctive_proof *p = proof;
    eg_write_map(w);
    eg_put_p(w, "proof_zero_pad", &p->zero_pad);
    eg_put_p(w, "proof_zero_data", &p->zero_data);
    eg_put_p(w, "proof_one_pad", &p->one_pad);
    eg_put_p(w, "proof_one_data", &p->one_data);
    eg_put_q(w, "proof_zero_challenge", &p->zero_challenge);
    eg_put_q(w, "proof_one_challenge", &p->one_challenge);
    eg_put_q(w, "challenge", &p->challenge);
    eg_put_q(w, "proof_zero_response", &p->zero_response);
    eg_put_q(w, "proof_one_response", &p->one_response);
    eg_put_cstr(w, "usage", EG_USAGE_SELECTION);
    eg_write_end(w);
}
