#include "wire/objects/context.h"

enum { MAX_VOTES = 1000000 }; /* the reference's default; nothing uses it */

eg_result eg_context_read(eg_context *out, const eg_node *node, const eg_path *at, eg_error *err)
{
    EG_TRY(eg_read_count(node, at, "number_of_guardians", 0, UINT32_MAX, &out->number_of_guardians,
                         err));
    EG_TRY(eg_read_count(node, at, "quorum", 0, UINT32_MAX, &out->quorum, err));
    EG_TRY(eg_read_p(node, at, "elgamal_public_key", &out->public_key, err));
    EG_TRY(eg_read_q(node, at, "commitment_hash", &out->commitment_hash, err));
    EG_TRY(eg_read_q(node, at, "manifest_hash", &out->manifest_hash, err));
    EG_TRY(eg_read_q(node, at, "crypto_base_hash", &out->base_hash, err));
    return eg_read_q(node, at, "crypto_extended_base_hash", &out->extended_base_hash, err);
}

void eg_context_write(eg_writer *w, const void *context)
{
    const eg_context *c = context;
    eg_write_map(w);
    eg_put_int(w, "number_of_guardians", c->number_of_guardians);
    eg_put_int(w, "quorum", c->quorum);
    eg_put_p(w, "elgamal_public_key", &c->public_key);
    eg_put_q(w, "commitment_hash", &c->commitment_hash);
    eg_put_q(w, "manifest_hash", &c->manifest_hash);
    eg_put_q(w, "crypto_base_hash", &c->base_hash);
    eg_put_q(w, "crypto_extended_base_hash", &c->extended_base_hash);
    eg_put_null(w, "extended_data");
    eg_write_key(w, "configuration");
    eg_write_map(w);
    eg_put_bool(w, "allow_overvotes", true);
    eg_put_int(w, "max_votes", MAX_VOTES);
    eg_write_end(w);
    eg_write_end(w);
}
