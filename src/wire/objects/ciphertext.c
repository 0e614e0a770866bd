#include "wire/objects/ciphertext.h"

eg_result eg_ciphertext_read(eg_ciphertext *out, const eg_node *node, const eg_path *at,
                             eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "pad", &out->pad, err));
    return eg_read_p(node, at, "data", &out->data, err);
}

void eg_ciphertext_write(eg_writer *w, const void *ciphertext)
{
    const eg_ciphertext *c = ciphertext;
    eg_write_map(w, 2);
    eg_put_p(w, "pad", &c->pad);
    eg_put_p(w, "data", &c->data);
    eg_write_end(w);
}

eg_result eg_hashed_ciphertext_read(eg_hashed_ciphertext *out, const eg_node *node,
                                    const eg_path *at, eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "pad", &out->pad, err));
    EG_TRY(eg_read_bytes(node, at, "data", out->data, sizeof out->data, err));
    return eg_read_bytes(node, at, "mac", out->mac, sizeof out->mac, err);
}

void eg_hashed_ciphertext_write(eg_writer *w, const void *ciphertext)
{
    const eg_hashed_ciphertext *c = ciphertext;
    eg_write_map(w, 3);
    eg_put_p(w, "pad", &c->pad);
    eg_write_key(w, "data");
    eg_write_bytes_hex(w, c->data, sizeof c->data);
    eg_write_key(w, "mac");
    eg_write_bytes_hex(w, c->mac, sizeof c->mac);
    eg_write_end(w);
}
