#include "crypto/secret_numbers.h"

#include "base/secret.h"

size_t eg_leading_zero_bytes(const uint8_t *bytes, size_t n)
{
    size_t count = 0;
    while (count + 1 < n) {
        bool is_zero = bytes[count] == 0;
        eg_declassify(&is_zero, sizeof is_zero); /* the format shows it: docs/decisions/0010 */
        if (!is_zero) {
            break;
        }
        count++;
    }
    return count;
}

bool eg_modq_from_secret_bytes(eg_modq *out, const uint8_t bytes[EG_Q_BYTES])
{
    uint8_t reduced[EG_Q_BYTES];
    eg_modq value;
    eg_modq_from_digest(&value, bytes);
    eg_modq_to_bytes(reduced, &value);
    bool below_q = eg_secret_equal(reduced, bytes, sizeof reduced); /* no reduction took place */
    eg_declassify(&below_q, sizeof below_q); /* a number that is not is refused or drawn again */
    if (below_q) {
        *out = value;
    }
    eg_wipe(&value, sizeof value);
    eg_wipe(reduced, sizeof reduced);
    return below_q;
}
