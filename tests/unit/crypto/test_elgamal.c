/* ElGamal, discrete logarithms, drawing numbers, polynomials. */
#include "support/seeded.h"

#include "crypto/dlog.h"
#include "crypto/elgamal.h"
#include "crypto/polynomial.h"

static eg_modq secret;
static eg_fixed_base *key;

static int start(void **state)
{
    eg_modp value;
    (void)state;
    seed_from_environment();
    secret = seeded_q();
    eg_public_key(&value, &secret);
    key = eg_fixed_base_new(&value);
    return key == NULL;
}

static int stop(void **state)
{
    (void)state;
    eg_fixed_base_free(key);
    return 0;
}

/* data / pad^secret */
static eg_modp decrypted(const eg_ciphertext *c)
{
    eg_modp mask;
    eg_pow_batch(&(eg_pow){&c->pad, &secret, &mask}, 1);
    assert_true(eg_modp_inverse_vartime(&mask, &mask));
    eg_modp_mul(&mask, &mask, &c->data);
    return mask;
}

static void sums_decrypt_to_sums(void **state)
{
    eg_ciphertext sum = {eg_modp_one, eg_modp_one};
    uint64_t total = 0, found;
    (void)state;
    for (size_t i = 0; i < 12; i++) {
        eg_ciphertext c;
        eg_modq nonce = seeded_q();
        uint64_t message = seeded_below(2);
        if (i % 2 == 0) {
            eg_elgamal_encrypt(&c, message == 1, &nonce, key);
        } else {
            message = seeded_below(1000);
            eg_elgamal_encrypt_u64_vartime(&c, message, &nonce, key);
        }
        eg_ciphertext_add(&sum, &sum, &c);
        total += message;
        eg_modp plain = decrypted(&sum);
        assert_true(eg_discrete_log_vartime(&found, &plain, total + seeded_below(50)));
        assert_int_equal(found, total);
    }
}

static eg_modp power_of_g(uint64_t exponent)
{
    eg_modq e = eg_modq_from_u64(exponent);
    eg_modp out;
    eg_public_key(&out, &e);
    return out;
}

static void logarithms_stay_in_bounds(void **state)
{
    static const uint64_t maxima[] = {0, 1, 2, 63, 64, 65, 66, 100, 1000, 4096, 9999};
    (void)state;
    for (size_t i = 0; i < sizeof maxima / sizeof *maxima; i++) {
        uint64_t max = maxima[i], found;
        const uint64_t tried[] = {0, max, max / 2, seeded_below(max + 1)};
        for (size_t k = 0; k < sizeof tried / sizeof *tried; k++) {
            eg_modp x = power_of_g(tried[k]);
            assert_true(eg_discrete_log_vartime(&found, &x, max));
            assert_int_equal(found, tried[k]);
        }
        eg_modp beyond = power_of_g(max + 1), other = seeded_member(), zero = eg_modp_zero;
        assert_false(eg_discrete_log_vartime(&found, &beyond, max));
        assert_false(eg_discrete_log_vartime(&found, &other, max));
        assert_false(eg_discrete_log_vartime(&found, &zero, max));
    }
}

/* At once, or in parts from the last to the first. */
static eg_dlog *made_table(uint64_t max, size_t lookups, bool at_once, eg_arena *arena)
{
    enum { PART = 7 };
    eg_dlog *table;
    if (at_once) {
        assert_false(eg_failed(eg_dlog_new(&table, max, lookups, arena, NULL)));
        return table;
    }
    assert_false(eg_failed(eg_dlog_begin(&table, max, lookups, arena, NULL)));
    size_t left = eg_dlog_babies(table);
    while (left > 0) {
        size_t count = left < PART ? left : PART;
        left -= count;
        eg_dlog_fill(table, left, count);
    }
    eg_dlog_finish(table);
    return table;
}

static void a_table_is_within_its_budget(void **state)
{
    enum { LIMIT = 256 * 1024 };
    eg_budget budget;
    eg_arena arena;
    eg_dlog *table;
    eg_error error = {0};
    (void)state;
    eg_budget_init(&budget, LIMIT, NULL);
    eg_arena_init(&arena, &budget);
    assert_true(eg_failed(eg_dlog_begin(&table, 1000000000, 100, &arena, &error)));
    assert_int_equal(error.code, EG_E_NO_MEMORY);
    eg_arena_free(&arena);
    assert_int_equal(budget.used_bytes, 0);
}

/* One table, several lookups: the bound holds and every number below it is found. */
static void tables_serve_many_lookups(void **state)
{
    static const struct {
        uint64_t max;
        size_t lookups;
    } sizes[] = {{0, 4}, {1, 5}, {16, 1}, {17, 1}, {17, 1000}, {128, 4}, {500, 3}, {4000, 10}};
    eg_arena arena;
    (void)state;
    eg_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        eg_dlog *table = made_table(sizes[i].max, sizes[i].lookups, i % 2 == 0, &arena);
        for (uint64_t e = 0; e <= sizes[i].max; e += 1 + seeded_below(1 + sizes[i].max / 8)) {
            uint64_t found = UINT64_MAX;
            eg_modp x = power_of_g(e);
            assert_true(eg_dlog_find_vartime(&found, table, &x));
            assert_int_equal(found, e);
        }
        uint64_t found = 77;
        eg_modp beyond = power_of_g(sizes[i].max + 1), other = seeded_member();
        assert_false(eg_dlog_find_vartime(&found, table, &beyond));
        assert_false(eg_dlog_find_vartime(&found, table, &other));
        assert_int_equal(found, 77);
        eg_arena_reset(&arena);
    }
    eg_arena_free(&arena);
}

/* ---- drawing ---- */

typedef struct script {
    const uint8_t (*draws)[EG_Q_BYTES];
    size_t count, next;
} script;

static eg_result play(void *context, uint8_t *out, size_t n, eg_error *err)
{
    script *s = context;
    (void)err;
    assert_int_equal(n, EG_Q_BYTES);
    memcpy(out, s->draws[s->next < s->count ? s->next : s->count - 1], n);
    s->next++;
    return EG_SUCCESS;
}

static void draws_are_in_range(void **state)
{
    uint8_t draws[4][EG_Q_BYTES] = {{0}};
    (void)state;
    memset(draws[0], 0xff, EG_Q_BYTES); /* above q */
    memset(draws[1], 0xff, EG_Q_BYTES);
    draws[1][EG_Q_BYTES - 1] = 0x43; /* q itself */
    draws[2][EG_Q_BYTES - 1] = 1;    /* too small */
    draws[3][EG_Q_BYTES - 1] = 2;
    script s = {.draws = (const uint8_t(*)[EG_Q_BYTES])draws, .count = 4};
    const eg_rng rng = {.fill = play, .context = &s};
    eg_modq x, two = eg_modq_from_u64(2);
    assert_false(eg_failed(eg_random_q(&x, &rng, 2, NULL)));
    assert_int_equal(s.next, 4);
    assert_true(eg_modq_equal(&x, &two));
    s.next = 0;
    assert_false(eg_failed(eg_random_q(&x, &rng, 1, NULL)));
    assert_int_equal(s.next, 3);
}

static void bad_generators_are_errors(void **state)
{
    uint8_t draws[1][EG_Q_BYTES] = {{0}};
    script s = {.draws = (const uint8_t(*)[EG_Q_BYTES])draws, .count = 1};
    const eg_rng stuck = {.fill = play, .context = &s};
    eg_error err = {.code = EG_OK};
    eg_modq x;
    (void)state;
    assert_true(eg_failed(eg_random_q(&x, &broken_rng, 0, &err)));
    assert_int_equal(err.code, EG_E_INTERNAL);
    err.code = EG_OK;
    assert_true(eg_failed(eg_random_q(&x, &stuck, 1, &err))); /* ends, though never satisfied */
    assert_int_equal(err.code, EG_E_INTERNAL);
}

/* ---- polynomials ---- */

enum { DEGREE_MAX = 6 };

static void any_quorum_recovers_the_secret(void **state)
{
    (void)state;
    for (size_t quorum = 1; quorum <= DEGREE_MAX; quorum++) {
        eg_modq coefficients[DEGREE_MAX], sum = eg_modq_zero;
        eg_modp commitments[DEGREE_MAX];
        uint64_t at[DEGREE_MAX];
        for (size_t j = 0; j < quorum; j++) {
            coefficients[j] = seeded_q();
            eg_public_key(&commitments[j], &coefficients[j]);
            at[j] = (j == 0 ? 0 : at[j - 1]) + 1 + seeded_below(9);
        }
        for (size_t j = 0; j < quorum; j++) {
            eg_modq value, weight;
            uint64_t others[DEGREE_MAX];
            size_t count = 0;
            for (size_t k = 0; k < quorum; k++) {
                if (k != j) {
                    others[count++] = at[k];
                }
            }
            eg_polynomial_value(&value, coefficients, quorum, at[j]);
            assert_true(eg_coordinate_verify(&value, at[j], commitments, quorum));
            assert_false(eg_failed(eg_lagrange(&weight, at[j], others, count, NULL)));
            eg_modq_add_mul(&sum, &sum, &weight, &value);
            eg_modq_add(&value, &value, &eg_modq_one);
            assert_false(eg_coordinate_verify(&value, at[j], commitments, quorum));
        }
        assert_true(eg_modq_equal(&sum, &coefficients[0]));
    }
}

static void equal_orders_are_refused(void **state)
{
    const uint64_t others[] = {1, 3};
    eg_error err = {.code = EG_OK};
    eg_modq weight;
    (void)state;
    assert_true(eg_failed(eg_lagrange(&weight, 3, others, 2, &err)));
    assert_int_equal(err.code, EG_E_DUPLICATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_decrypt_to_sums),
        cmocka_unit_test(logarithms_stay_in_bounds),
        cmocka_unit_test(tables_serve_many_lookups),
        cmocka_unit_test(a_table_is_within_its_budget),
        cmocka_unit_test(draws_are_in_range),
        cmocka_unit_test(bad_generators_are_errors),
        cmocka_unit_test(any_quorum_recovers_the_secret),
        cmocka_unit_test(equal_orders_are_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
