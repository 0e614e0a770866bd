/* Products that stay in Montgomery form, and batch inversion on top of them. */
#include "group/internal.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(eg_modp_acc) == sizeof(eg_modp),
               "the accumulator is one number in Montgomery form");

static void get(eg_modp *out, const eg_modp_acc *acc)
{
    memcpy(out->limb, acc->state, sizeof out->limb);
}

static void put(eg_modp_acc *acc, const eg_modp *value)
{
    memcpy(acc->state, value->limb, sizeof value->limb);
}

void eg_modp_acc_init(eg_modp_acc *acc)
{
    put(acc, &eg_mont_one);
}

void eg_modp_acc_mul(eg_modp_acc *acc, const eg_modp *factor)
{
    eg_modp value, factor_mont;
    get(&value, acc);
    eg_mont_mul(&factor_mont, factor, &eg_mont_r2);
    eg_mont_mul(&value, &value, &factor_mont);
    put(acc, &value);
}

void eg_modp_acc_merge(eg_modp_acc *acc, const eg_modp_acc *other)
{
    eg_modp a, b;
    get(&a, acc);
    get(&b, other);
    eg_mont_mul(&a, &a, &b);
    put(acc, &a);
}

void eg_modp_acc_value(eg_modp *r, const eg_modp_acc *acc)
{
    eg_modp value;
    get(&value, acc);
    eg_mont_mul(r, &value, &eg_modp_one);
}

bool eg_modp_inverse_batch_vartime(eg_modp *r, const eg_modp *a, size_t n)
{
    if (n == 0 || n > EG_BATCH_MAX) {
        return n == 0;
    }
    /* prefix[i] = a_0 ... a_i, then one inverse is walked back: prefix products and inverse
     * alternate */
    eg_modp *prefix = malloc(n * sizeof *prefix);
    if (prefix == NULL) {
        return false;
    }
    prefix[0] = a[0];
    for (size_t i = 1; i < n; i++) {
        eg_modp_mul(&prefix[i], &prefix[i - 1], &a[i]);
    }
    eg_modp running;
    bool found = eg_modp_inverse_vartime(&running, &prefix[n - 1]);
    for (size_t i = n; found && i-- > 0;) {
        eg_modp factor = a[i];
        if (i > 0) {
            eg_modp_mul(&r[i], &running, &prefix[i - 1]);
        } else {
            r[i] = running;
        }
        eg_modp_mul(&running, &running, &factor);
    }
    free(prefix);
    return found;
}
