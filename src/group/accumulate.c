/* Running products. Each factor is multiplied in as it is, by one Montgomery multiplication that
 * also divides by R = 2^4096; `owed` counts those divisions, and the value pays them back at once.
 */
#include "group/internal.h"

#include <string.h>

static void multiply(eg_modp_acc *acc, const uint64_t factor[EG_P_LIMBS])
{
    eg_modp a, b;
    memcpy(a.limb, acc->state, sizeof a.limb);
    memcpy(b.limb, factor, sizeof b.limb);
    eg_mont_mul(&a, &a, &b);
    memcpy(acc->state, a.limb, sizeof a.limb);
}

void eg_modp_acc_init(eg_modp_acc *acc)
{
    *acc = (eg_modp_acc){.state = {1}};
}

void eg_modp_acc_mul(eg_modp_acc *acc, const eg_modp *factor)
{
    multiply(acc, factor->limb);
    acc->owed++;
}

void eg_modp_acc_merge(eg_modp_acc *acc, const eg_modp_acc *other)
{
    multiply(acc, other->state);
    acc->owed += other->owed + 1;
}

void eg_modp_acc_value(eg_modp *r, const eg_modp_acc *acc)
{
    eg_modp value, debt;
    memcpy(value.limb, acc->state, sizeof value.limb);
    eg_mont_power_of_r(&debt, acc->owed);
    eg_mont_mul(r, &value, &debt);
}

void eg_modp_product(eg_modp *r, const eg_modp *const factors[], size_t n)
{
    eg_modp_acc acc;
    eg_modp_acc_init(&acc);
    for (size_t i = 0; i < n; i++) {
        eg_modp_acc_mul(&acc, factors[i]);
    }
    eg_modp_acc_value(r, &acc);
}
