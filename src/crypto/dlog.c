/* Bounded discrete logarithm: baby-step giant-step on 64-bit fingerprints, confirmed on the full
 * number. */
#include "crypto/elgamal.h"

#include "group/group.h"

#include <stdlib.h>

enum { STEP_BY_STEP_MAX = 64 };

typedef struct baby {
    uint64_t fingerprint; /* lowest limb of g^exponent */
    uint64_t exponent;
} baby;

static int by_fingerprint(const void *a, const void *b)
{
    uint64_t x = ((const baby *)a)->fingerprint, y = ((const baby *)b)->fingerprint;
    return (x > y) - (x < y);
}

/* Counting up from first to max, value = g^first on entry. */
static bool count_up(uint64_t *out, const eg_modp *x, uint64_t max)
{
    eg_modp power = eg_modp_one;
    for (uint64_t e = 0; e <= max; e++) {
        if (eg_modp_equal(&power, x)) {
            *out = e;
            return true;
        }
        eg_modp_mul_g_if(&power, &power, true);
    }
    return false;
}

static uint64_t root_above(uint64_t n)
{
    uint64_t root = 1;
    while (root * root < n) {
        root++;
    }
    return root;
}

/* Every baby of that fingerprint is tried: equal lowest limbs prove nothing. */
static bool match(uint64_t *out, const eg_modp *value, const baby *babies, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (babies[middle].fingerprint < value->limb[0]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < count && babies[low].fingerprint == value->limb[0]; low++) {
        eg_modq exponent = eg_modq_from_u64(babies[low].exponent);
        eg_modp power;
        eg_fixed_pow job = {eg_fixed_base_g(), &exponent, &power};
        eg_fixed_pow_batch_vartime(&job, 1);
        if (eg_modp_equal(&power, value)) {
            *out = babies[low].exponent;
            return true;
        }
    }
    return false;
}

bool eg_discrete_log_vartime(uint64_t *out, const eg_modp *x, uint64_t max)
{
    if (max <= STEP_BY_STEP_MAX) {
        return count_up(out, x, max);
    }
    uint64_t step = root_above(max + 1);
    baby *babies = calloc(step, sizeof *babies);
    if (babies == NULL) {
        return count_up(out, x, max);
    }
    eg_modp power = eg_modp_one;
    for (uint64_t e = 0; e < step; e++) {
        babies[e] = (baby){power.limb[0], e};
        eg_modp_mul_g_if(&power, &power, true);
    }
    qsort(babies, step, sizeof *babies, by_fingerprint);
    eg_modp giant, value = *x; /* giant = g^-step */
    bool found = false;
    if (eg_modp_inverse_vartime(&giant, &power)) {
        for (uint64_t base = 0; base <= max && !found; base += step) {
            uint64_t rest;
            found = match(&rest, &value, babies, step) && base + rest <= max;
            *out = found ? base + rest : *out;
            eg_modp_mul(&value, &value, &giant);
        }
    }
    free(babies);
    return found;
}
