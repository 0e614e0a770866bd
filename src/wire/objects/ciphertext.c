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
    eg_write_map(w);
    eg_put_p(w, "pad", &c->pad);
    eg_put_p(w, "data", &c->data);
    eg_write_end(w);
}

/* No more bytes than were sealed, not even zeros in front: the reference takes them into the mac
 * (docs/crypto.md 7.2). Fewer are leading zeros that were lost. */
static eg_result check_length(const eg_node *node, size_t size, const eg_path *at, eg_error *err)
{
    eg_path path = eg_path_field(at, "data");
    if (eg_map_find(node, "data")->as.str.len > 2 * size) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'data' must hold at most %zu bytes", size);
    }
    return EG_SUCCESS;
}

/* The reference compares macs as text (docs/crypto.md 7.2): upper case, no leading zero byte, or it
 * does not open. */
static eg_result mac_is_canonical(const eg_node *node, const eg_path *at, eg_error *err)
{
    eg_path path = eg_path_field(at, "mac");
    eg_str text = eg_map_find(node, "mac")->as.str;
    bool canonical = text.len == 2 || text.data[0] != '0' || text.data[1] != '0';
    for (size_t i = 0; i < text.len; i++) {
        canonical = canonical && !(text.data[i] >= 'a' && text.data[i] <= 'f');
    }
    return canonical ? EG_SUCCESS
                     : EG_FAIL(err, EG_E_BAD_ENCODING, &path,
                               "'mac' must be upper case without leading zero bytes");
}

eg_result eg_hashed_ciphertext_read_any(eg_hashed_ciphertext *out, const eg_node *node,
                                        const eg_path *at, eg_error *err)
{
    EG_TRY(eg_read_p(node, at, "pad", &out->pad, err));
    EG_TRY(eg_read_bytes(node, at, "data", out->data, sizeof out->data, err));
    EG_TRY(check_length(node, sizeof out->data, at, err));
    return eg_read_bytes(node, at, "mac", out->mac, sizeof out->mac, err);
}

eg_result eg_hashed_ciphertext_read(eg_hashed_ciphertext *out, const eg_node *node,
                                    const eg_path *at, eg_error *err)
{
    EG_TRY(eg_hashed_ciphertext_read_any(out, node, at, err));
    return mac_is_canonical(node, at, err);
}

void eg_hashed_ciphertext_write(eg_writer *w, const void *ciphertext)
{
    const eg_hashed_ciphertext *c = ciphertext;
    eg_write_map(w);
    eg_put_p(w, "pad", &c->pad);
    eg_write_key(w, "data");
    eg_write_bytes_hex(w, c->data, sizeof c->data);
    eg_write_key(w, "mac");
    eg_write_bytes_hex(w, c->mac, sizeof c->mac);
    eg_write_end(w);
}
