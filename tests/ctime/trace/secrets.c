#include "ctime/trace/secrets.h"

#include <string.h>

enum { RANDOM, OTHER_RANDOM, ZERO, GREATEST, MIXED, ONE, HIGHEST_BIT, SPREAD };

/* below 2^(64 n), whose highest limb is cleared of its highest bit */
static void fill_random(uint64_t *limb, size_t n, unsigned secret, unsigned place)
{
    uint64_t state = ((uint64_t)secret << 32) + place + 1;
    for (size_t i = 0; i < n; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        limb[i] = state ^ state >> 29;
    }
    limb[n - 1] &= UINT64_MAX >> 1;
}

static void fill(uint64_t *limb, size_t n, unsigned secret, unsigned place, const uint64_t *order)
{
    memset(limb, 0, n * sizeof *limb);
    switch (secret) {
    case ZERO:
        break;
    case ONE:
        limb[0] = 1;
        break;
    case GREATEST: /* the order is odd */
        memcpy(limb, order, n * sizeof *limb);
        limb[0]--;
        break;
    case HIGHEST_BIT:
        limb[n - 1] = (uint64_t)1 << 63;
        break;
    case MIXED:
        fill(limb, n, place % 2 == 0 ? GREATEST : ZERO, place, order);
        break;
    case SPREAD:
        memset(limb, 0x11, n * sizeof *limb);
        break;
    default:
        fill_random(limb, n, secret, place);
    }
}

void secret_number(eg_modp *out, unsigned secret, unsigned place)
{
    fill(out->limb, EG_P_LIMBS, secret, place, eg_p_limbs);
}

void secret_exponent(eg_modq *out, unsigned secret, unsigned place)
{
    fill(out->limb, EG_Q_LIMBS, secret, place, eg_q_limbs);
}

uint32_t secret_digit(unsigned secret, unsigned place, unsigned count)
{
    uint64_t limb;
    switch (secret) {
    case ZERO:
        return 0;
    case ONE:
        return 1 % count;
    case GREATEST:
        return count - 1;
    case HIGHEST_BIT:
        return count / 2;
    case MIXED:
        return place % 2 == 0 ? count - 1 : 0;
    case SPREAD:
        return place % count;
    default:
        fill_random(&limb, 1, secret, place);
        return (uint32_t)(limb >> 20) % count;
    }
}
