#include "crypto/hash.h"

#include "base/hex.h"
#include "base/int_text.h"
#include "base/secret.h"
#include "crypto/secret_numbers.h"

static size_t hex_without_leading_zeros(char *out, const uint8_t *bytes, size_t n)
{
    size_t skip = eg_leading_zero_bytes(bytes, n);
    eg_hex_encode(out, bytes + skip, n - skip);
    return 2 * (n - skip);
}

size_t eg_modp_to_hex(char out[EG_P_HEX_MAX], const eg_modp *a)
{
    uint8_t bytes[EG_P_BYTES];
    eg_modp_to_bytes(bytes, a);
    return hex_without_leading_zeros(out, bytes, sizeof bytes);
}

size_t eg_modq_to_hex(char out[EG_Q_HEX_MAX], const eg_modq *a)
{
    uint8_t bytes[EG_Q_BYTES];
    eg_modq_to_bytes(bytes, a);
    size_t n = hex_without_leading_zeros(out, bytes, sizeof bytes);
    eg_wipe(bytes, sizeof bytes);
    return n;
}

/* Whether the text of a number has leading zeros is public like their count. */
static bool begins_with(eg_str text, eg_str zeros)
{
    if (text.len < zeros.len) {
        return false;
    }
    bool begins = eg_secret_equal(text.data, zeros.data, zeros.len);
    eg_declassify(&begins, sizeof begins);
    return begins;
}

/* The digits that count: an odd number only behind a zero, which is dropped (2.2); then surplus
 * leading zeros. */
static bool trim(eg_str *text)
{
    if (text->len % 2 == 1) {
        if (!begins_with(*text, EG_STR("0"))) {
            return false;
        }
        text->data++;
        text->len--;
    }
    while (begins_with(*text, EG_STR("00"))) {
        text->data += 2;
        text->len -= 2;
    }
    return true;
}

bool eg_modp_from_hex(eg_modp *out, eg_str text)
{
    uint8_t bytes[EG_P_BYTES];
    return trim(&text) && text.len / 2 <= sizeof bytes &&
           eg_hex_decode(bytes, text.data, text.len / 2) &&
           eg_modp_from_bytes(out, bytes, text.len / 2);
}

bool eg_modq_from_hex(eg_modq *out, eg_str text)
{
    uint8_t bytes[EG_Q_BYTES] = {0};
    if (!trim(&text) || text.len / 2 > sizeof bytes) {
        return false;
    }
    size_t n = text.len / 2;
    bool good = eg_hex_decode(bytes + sizeof bytes - n, text.data, n);
    eg_declassify(&good, sizeof good); /* whether the number is one is answered */
    good = good && eg_modq_from_secret_bytes(out, bytes);
    eg_wipe(bytes, sizeof bytes);
    return good;
}

void eg_hash_init(eg_hash *h)
{
    eg_sha256_init(&h->sha256);
    eg_sha256_update(&h->sha256, "|", 1);
}

void eg_hash_str(eg_hash *h, eg_str s)
{
    eg_sha256_update(&h->sha256, s.data, s.len);
    eg_sha256_update(&h->sha256, "|", 1);
}

void eg_hash_raw_hex(eg_hash *h, eg_str canonical_hex)
{
    eg_hash_str(h, canonical_hex);
}

void eg_hash_p(eg_hash *h, const eg_modp *a)
{
    char text[EG_P_HEX_MAX + 1];
    size_t n = eg_modp_to_hex(text, a);
    text[n] = '|';
    eg_sha256_update(&h->sha256, text, n + 1);
}

void eg_hash_q(eg_hash *h, const eg_modq *a)
{
    char text[EG_Q_HEX_MAX + 1];
    size_t n = eg_modq_to_hex(text, a);
    text[n] = '|';
    eg_sha256_update(&h->sha256, text, n + 1);
    eg_wipe(text, sizeof text);
}

void eg_hash_int(eg_hash *h, int64_t i)
{
    char text[EG_INT_TEXT_MAX];
    eg_hash_str(h, (eg_str){text, eg_int_text(text, i)});
}

void eg_hash_null(eg_hash *h)
{
    eg_hash_str(h, EG_STR("null"));
}

void eg_hash_p_modulus(eg_hash *h)
{
    eg_modp p;
    char text[EG_P_HEX_MAX];
    for (size_t i = 0; i < EG_P_LIMBS; i++) {
        p.limb[i] = eg_p_limbs[i];
    }
    eg_hash_str(h, (eg_str){text, eg_modp_to_hex(text, &p)});
}

void eg_hash_q_modulus(eg_hash *h)
{
    eg_modq q;
    char text[EG_Q_HEX_MAX];
    for (size_t i = 0; i < EG_Q_LIMBS; i++) {
        q.limb[i] = eg_q_limbs[i];
    }
    eg_hash_str(h, (eg_str){text, eg_modq_to_hex(text, &q)});
}

void eg_hash_final(eg_modq *out, eg_hash *h)
{
    uint8_t digest[EG_Q_BYTES];
    eg_sha256_final(digest, &h->sha256);
    eg_modq_from_digest(out, digest);
    eg_wipe(digest, sizeof digest);
}
