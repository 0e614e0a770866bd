/* Baby-step giant-step on 64-bit fingerprints, confirmed on the full number. */
#include "crypto/dlog.h"

#include "crypto/elgamal.h"

enum {
    STEP_BY_STEP_MAX = 16, /* so few products need no table */
    BABIES_MAX = 1 << 18   /* 4 MB */
};

struct eg_dlog {
    uint64_t max;
    uint64_t step;          /* babies, g^0 to g^(step - 1); 0 where logarithms are counted up */
    eg_modp giant;          /* g^-step */
    uint64_t *fingerprints; /* by exponent: lowest limb of the baby */
    uint32_t *slots;        /* by fingerprint, linear probing: exponent + 1, or 0 */
    uint64_t mask;          /* slots - 1 */
};

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

/* Twice as many as babies, rounded up to a power of two. */
static uint64_t slots_for(uint64_t step)
{
    uint64_t slots = 1;
    while (slots < 2 * step) {
        slots *= 2;
    }
    return slots;
}

static eg_result allocate(eg_dlog **out, eg_dlog shape, eg_arena *arena, eg_error *err)
{
    uint64_t slots = slots_for(shape.step);
    EG_TRY(eg_arena_new(arena, 1, sizeof **out, out, err));
    EG_TRY(eg_arena_new(arena, (size_t)shape.step, sizeof(uint64_t), &shape.fingerprints, err));
    EG_TRY(eg_arena_new(arena, (size_t)slots, sizeof(uint32_t), &shape.slots, err));
    shape.mask = slots - 1;
    **out = shape;
    return EG_SUCCESS;
}

eg_result eg_dlog_begin(eg_dlog **out, uint64_t max, size_t lookups, eg_arena *arena, eg_error *err)
{
    uint64_t step = max <= STEP_BY_STEP_MAX ? 0 : best_step(max + 1, lookups);
    return allocate(out, (eg_dlog){.max = max, .step = step}, arena, err);
}

size_t eg_dlog_babies(const eg_dlog *table)
{
    return (size_t)table->step; /* at most BABIES_MAX */
}

static void power_of_g(eg_modp *out, uint64_t exponent)
{
    eg_modq e = eg_modq_from_u64(exponent);
    const eg_fixed_pow job = {eg_fixed_base_g(), &e, out};
    eg_fixed_pow_batch_vartime(&job, 1);
}

void eg_dlog_fill(eg_dlog *table, size_t first, size_t count)
{
    eg_modp power;
    if (count == 0) {
        return;
    }
    power_of_g(&power, first);
    for (size_t e = first; e < first + count; e++) {
        table->fingerprints[e] = power.limb[0];
        eg_modp_mul_g_if(&power, &power, true);
    }
}

void eg_dlog_finish(eg_dlog *table)
{
    if (table->step == 0) {
        return;
    }
    for (uint64_t e = 0; e < table->step; e++) {
        uint64_t slot = table->fingerprints[e] & table->mask;
        while (table->slots[slot] != 0) {
            slot = (slot + 1) & table->mask;
        }
        table->slots[slot] = (uint32_t)(e + 1);
    }
    power_of_g(&table->giant, table->step);
    (void)eg_modp_inverse_vartime(&table->giant, &table->giant); /* a power of g is not 0 */
}

eg_result eg_dlog_new(eg_dlog **out, uint64_t max, size_t lookups, eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_dlog_begin(out, max, lookups, arena, err));
    eg_dlog_fill(*out, 0, eg_dlog_babies(*out));
    eg_dlog_finish(*out);
    return EG_SUCCESS;
}

/* Every baby of that fingerprint is tried: equal lowest limbs prove nothing. */
static bool match(uint64_t *out, const eg_modp *value, const eg_dlog *table)
{
    uint64_t slot = value->limb[0] & table->mask;
    for (; table->slots[slot] != 0; slot = (slot + 1) & table->mask) {
        uint64_t e = table->slots[slot] - 1;
        eg_modp power;
        if (table->fingerprints[e] != value->limb[0]) {
            continue;
        }
        power_of_g(&power, e);
        if (eg_modp_equal(&power, value)) {
            *out = e;
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
    eg_arena arena;
    eg_dlog *table;
    eg_arena_init(&arena, NULL);
    bool made = !eg_failed(eg_dlog_new(&table, max, 1, &arena, NULL));
    bool found = made ? eg_dlog_find_vartime(out, table, x) : count_up(out, x, max);
    eg_arena_free(&arena);
    return found;
}
