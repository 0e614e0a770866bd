/* Running products. Each factor but the first is multiplied in as it is, by one Montgomery
 * multiplication that also divides by R = 2^4096; the value pays those divisions back at once.
 */
#include "group/internal.h"

#include <string.h>

static void take(eg_modp_acc *acc, const uint64_t number[EG_P_LIMBS], uint64_t factors)
{
    if (factors > 0 && acc->factors > 0) {
        eg_modp a, b;
        memcpy(a.limb, acc->state, sizeof a.limb);
        memcpy(b.limb, number, sizeof b.limb);
        eg_mont_mul(&a, &a, &b);
        memcpy(acc->state, a.limb, sizeof a.limb);
    } else if (factors > 0) {
        memcpy(acc->state, number, sizeof acc->state);
    }
    acc->factors += factors;
}

void eg_modp_acc_init(eg_modp_acc *acc)
{
    *acc = (eg_modp_acc){.state = {1}};
}

void eg_modp_acc_mul(eg_modp_acc *acc, const eg_modp *factor)
{
    take(acc, factor->limb, 1);
}

void eg_modp_acc_merge(eg_modp_acc *acc, const eg_modp_acc *other)
{
    take(acc, other->state, other->factors);
}

void eg_modp_acc_values(eg_modp *const r[], const eg_modp_acc *const acc[], size_t n)
{
    eg_modp debt;
    uint64_t owed = UINT64_MAX;
    for (size_t i = 0; i < n; i++) {
        eg_modp value;
        uint64_t divisions = acc[i]->factors > 0 ? acc[i]->factors - 1 : 0;
        memcpy(value.limb, acc[i]->state, sizeof value.limb);
        if (divisions != owed) {
            eg_mont_power_of_r(&debt, divisions);
            owed = divisions;
        }
        eg_mont_mul(r[i], &value, &debt);
    }
}

void eg_modp_acc_value(eg_modp *r, const eg_modp_acc *acc)
{
    eg_modp_acc_values(&r, &acc, 1);
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
