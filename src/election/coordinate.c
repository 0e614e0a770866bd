#include "election/coordinate.h"

#include "base/secret.h"

static const eg_str head = {"{\"coordinate\": \"", 16};
static const eg_str tail = {"\"}", 2};

size_t eg_coordinate_text(char out[EG_COORDINATE_TEXT_MAX], const eg_modq *coordinate)
{
    memcpy(out, head.data, head.len);
    size_t n = head.len + eg_modq_to_hex(out + head.len, coordinate);
    memcpy(out + n, tail.data, tail.len);
    return n + tail.len;
}

eg_result eg_coordinate_pad(uint8_t out[EG_PADDED_BYTES], const eg_modq *coordinate, eg_error *err)
{
    char text[EG_COORDINATE_TEXT_MAX];
    eg_str message = {text, eg_coordinate_text(text, coordinate)};
    eg_result result = eg_padding_add(out, message, err);
    eg_wipe(text, sizeof text);
    return result;
}

bool eg_coordinate_unpad(eg_modq *out, const uint8_t padded[EG_PADDED_BYTES])
{
    /* The reference writes exactly this text; another JSON spelling of it does not occur. */
    eg_str text;
    if (eg_failed(eg_padding_remove(&text, padded, NULL)) || text.len < head.len + tail.len) {
        return false;
    }
    bool has_head = eg_secret_equal(text.data, head.data, head.len);
    bool has_tail = eg_secret_equal(text.data + text.len - tail.len, tail.data, tail.len);
    bool is_framed = has_head & has_tail;
    eg_declassify(&is_framed, sizeof is_framed); /* the caller is told */
    if (!is_framed) {
        return false;
    }
    eg_str digits = {text.data + head.len, text.len - head.len - tail.len};
    return digits.len > 0 && eg_modq_from_hex(out, digits);
}
