#include "ctime/trace/cases.h"

#include "ctime/trace/secrets.h"

static eg_modq a, b, c, result;
static uint8_t bytes[EG_Q_BYTES], written[EG_Q_BYTES];
static bool answer;

static void set(unsigned secret)
{
    secret_exponent(&a, secret, 0);
    secret_exponent(&b, secret, 1);
    secret_exponent(&c, secret, 2);
    eg_modq_to_bytes(bytes, &a);
}

static void run_add(void)
{
    eg_modq_add(&result, &a, &b);
}

static void run_sub(void)
{
    eg_modq_sub(&result, &a, &b);
}

static void run_neg(void)
{
    eg_modq_neg(&result, &a);
}

static void run_mul(void)
{
    eg_modq_mul(&result, &a, &b);
}

static void run_add_mul(void)
{
    eg_modq_add_mul(&result, &a, &b, &c);
}

static void run_inverse(void)
{
    eg_modq_inverse(&result, &a);
}

static void run_pow(void)
{
    eg_modq_pow(&result, &a, &b);
}

static void run_select(void)
{
    eg_modq_select(&result, &a, &b, (c.limb[0] & 1) != 0);
}

static void run_equal(void)
{
    answer = eg_modq_equal(&a, &b);
}

static void run_is_zero(void)
{
    answer = eg_modq_is_zero(&a);
}

static void run_to_bytes(void)
{
    eg_modq_to_bytes(written, &a);
}

static void run_from_digest(void)
{
    eg_modq_from_digest(&result, bytes);
}

static void run_from_bytes(void)
{
    answer = eg_modq_from_bytes(&result, bytes, sizeof bytes);
}

case_list cases_modq(void)
{
    static const trace_case row[] = {
        {"add", set, run_add, &result, sizeof result},
        {"sub", set, run_sub, &result, sizeof result},
        {"neg", set, run_neg, &result, sizeof result},
        {"mul", set, run_mul, &result, sizeof result},
        {"add_mul", set, run_add_mul, &result, sizeof result},
        {"inverse", set, run_inverse, &result, sizeof result},
        {"pow", set, run_pow, &result, sizeof result},
        {"select", set, run_select, &result, sizeof result},
        {"equal", set, run_equal, &answer, sizeof answer},
        {"is_zero", set, run_is_zero, &answer, sizeof answer},
        {"to_bytes", set, run_to_bytes, written, sizeof written},
        {"from_digest", set, run_from_digest, &result, sizeof result},
        {"from_bytes", set, run_from_bytes, &result, sizeof result},
    };
    return (case_list){row, sizeof row / sizeof row[0], SECRETS};
}
