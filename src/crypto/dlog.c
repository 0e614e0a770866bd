/* Baby-step giant-step on 64-bit fingerprints, confirmed on the full number. */
#include "crypto/dlog.h"

#include "crypto/elgamal.h"

#include <stdlib.h>

enum {
    STEP_BY_STEP_MAX = 16, /* so few products need no table */
    BABIES_MAX = 1 << 18   /* 4 MB */
};

typedef struct baby {
    uint64_t fingerprint; /* lowest limb of g^exponent */
    uint64_t exponent;
} baby;

struct eg_dlog {
    uint64_t max;
    uint64_t step; /* babies; 0 where logarithms are counted up */
    eg_modp giant; /* g^-step */
    baby *babies;  /* g^0 to g^(step - 1), by fingerprint; in the same allocation */
};

static int by_fingerprint(const void *a, const void *b)
{
    uint64_t x = ((const baby *)a)->fingerprint, y = ((const baby *)b)->fingerprint;
    return (x > y) - (x < y);
}

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

/* The square root of numbers * lookups: with so many babies, making them costs as much as the giant
 * steps of all lookups. At most as many as there are numbers. */
static uint64_t best_step(uint64_t numbers, size_t lookups)
{
    uint64_t step = 1;
    while (step < numbers && step < BABIES_MAX && step * step / (lookups + 1) < numbers) {
        step++;
    }
    return step;
}

static bool fill(eg_dlog *table)
{
    eg_modp power = eg_modp_one;
    for (uint64_t e = 0; e < table->step; e++) {
        table->babies[e] = (baby){power.limb[0], e};
        eg_modp_mul_g_if(&power, &power, true);
    }
    qsort(table->babies, table->step, sizeof *table->babies, by_fingerprint);
    return eg_modp_inverse_vartime(&table->giant, &power);
}

eg_dlog *eg_dlog_new(uint64_t max, size_t lookups)
{
    uint64_t step = max <= STEP_BY_STEP_MAX ? 0 : best_step(max + 1, lookups);
    eg_dlog *table = calloc(1, sizeof *table + step * sizeof(baby));
    if (table == NULL) {
        return NULL;
    }
    *table = (eg_dlog){.max = max, .step = step, .babies = (baby *)(table + 1)};
    if (step > 0 && !fill(table)) {
        free(table);
        return NULL;
    }
    return table;
}

void eg_dlog_free(eg_dlog *table)
{
    free(table);
}

/* Every baby of that fingerprint is tried: equal lowest limbs prove nothing. */
static bool match(uint64_t *out, const eg_modp *value, const eg_dlog *table)
{
    const baby *babies = table->babies;
    size_t low = 0, high = table->step;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (babies[middle].fingerprint < value->limb[0]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < table->step && babies[low].fingerprint == value->limb[0]; low++) {
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

bool eg_dlog_find_vartime(uint64_t *out, const eg_dlog *table, const eg_modp *x)
{
    if (table->step == 0) {
        return count_up(out, x, table->max);
    }
    eg_modp value = *x;
    for (uint64_t base = 0; base <= table->max; base += table->step) {
        uint64_t rest;
        if (match(&rest, &value, table)) {
            bool in_range = base + rest <= table->max;
            *out = in_range ? base + rest : *out;
            return in_range;
        }
        eg_modp_mul(&value, &value, &table->giant);
    }
    return false;
}

bool eg_discrete_log_vartime(uint64_t *out, const eg_modp *x, uint64_t max)
{
    eg_dlog *table = eg_dlog_new(max, 1);
    if (table == NULL) {
        return count_up(out, x, max);
    }
    bool found = eg_dlog_find_vartime(out, table, x);
    eg_dlog_free(table);
    return found;
}
