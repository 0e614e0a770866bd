/* Jobs whose body or answer is coded. */
#include "queue_jobs.h"

#include <zstd.h>

enum { PLAIN_BYTES = 3 * 1024 * 1024 };

/* So many zeros, which take a few hundred bytes. */
static size_t zeros(char *to, size_t room, size_t n)
{
    void *plain = calloc(1, n);
    size_t made = ZSTD_compress(to, room, plain, n, 3);
    free(plain);
    assert_false(ZSTD_isError(made));
    return made;
}

static eg_job *coded_job(size_t limit_bytes, bool codes_answer)
{
    eg_job *job = new_job();
    assert_true(eg_job_set_codings(job, EG_CODING_ZSTD, limit_bytes, codes_answer));
    return job;
}

static void a_body_is_decoded_before_it_is_fed(void **context)
{
    char body[4096];
    (void)context;
    size_t n = zeros(body, sizeof body, 1000);
    eg_job *job = coded_job(1000, false);
    for (size_t i = 0; i < n; i++) {
        eg_queue_feed(&queue, job, body + i, 1);
        run_dry();
    }
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(last_state->fed_bytes, 1000);
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

/* Few bytes that stand for many are many units of work: others get their turn between them. */
static void a_bomb_takes_turns(void **context)
{
    char body[4096];
    (void)context;
    size_t n = zeros(body, sizeof body, PLAIN_BYTES);
    eg_job *job = coded_job(PLAIN_BYTES, false);
    eg_queue_feed(&queue, job, body, n);
    eg_queue_feed_end(&queue, job);
    size_t before = 0, units = 0;
    while (job->state == EG_JOB_READING) {
        assert_true(step());
        assert_true(last_state->fed_bytes - before <= 256 * 1024);
        before = last_state->fed_bytes;
        units++;
    }
    assert_true(units >= PLAIN_BYTES / (256 * 1024));
    run_dry();
    assert_int_equal(last_state->fed_bytes, PLAIN_BYTES);
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

static void what_comes_while_a_part_is_left_is_fed_behind_it(void **context)
{
    char body[4096];
    (void)context;
    size_t n = zeros(body, sizeof body, PLAIN_BYTES);
    eg_job *job = coded_job(2 * PLAIN_BYTES, false);
    eg_queue_feed(&queue, job, body, n);
    assert_true(step()); /* some of it */
    eg_queue_feed(&queue, job, body, n);
    assert_true(step());
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(last_state->fed_bytes, 2 * PLAIN_BYTES);
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

static void a_body_that_decodes_to_too_much_stops_at_the_limit(void **context)
{
    char body[4096];
    (void)context;
    size_t n = zeros(body, sizeof body, PLAIN_BYTES);
    eg_job *job = coded_job(PLAIN_BYTES / 2, false);
    eg_queue_feed(&queue, job, body, n);
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(job->state, EG_JOB_FAILED);
    assert_int_equal(job->error.code, EG_E_TOO_LARGE);
    assert_true(last_state->fed_bytes <= PLAIN_BYTES / 2);
    eg_queue_abandon(&queue, job);
}

static void expect_early_end(const char *body, size_t n)
{
    eg_job *job = coded_job(1000, false);
    if (n > 0) {
        eg_queue_feed(&queue, job, body, n);
    }
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(job->error.code, EG_E_BAD_ENCODING);
    eg_queue_abandon(&queue, job);
}

static void a_body_that_ends_early_fails(void **context)
{
    char body[4096];
    (void)context;
    expect_early_end(body, zeros(body, sizeof body, 1000) - 1);
}

static void a_body_that_does_not_begin_fails(void **context)
{
    (void)context;
    expect_early_end(NULL, 0);
}

static void an_answer_is_coded_part_by_part(void **context)
{
    char answer[4096], plain[64];
    (void)context;
    next_script.output_units = 3;
    eg_job *job = coded_job(0, true);
    char nothing[64];
    eg_queue_feed(&queue, job, nothing, zeros(nothing, sizeof nothing, 0));
    eg_queue_feed_end(&queue, job);
    run_dry();
    size_t n = take_output(job, answer, sizeof answer);
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    ZSTD_inBuffer in = {answer, n, 0};
    ZSTD_outBuffer out = {plain, sizeof plain, 0};
    while (in.pos < in.size) {
        assert_false(ZSTD_isError(ZSTD_decompressStream(zstd, &out, &in)));
    }
    (void)ZSTD_freeDCtx(zstd);
    assert_int_equal(out.pos, 5);
    assert_memory_equal(plain, "<012>", 5);
    eg_queue_abandon(&queue, job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_body_is_decoded_before_it_is_fed),
        QUEUE_TEST(a_bomb_takes_turns),
        QUEUE_TEST(what_comes_while_a_part_is_left_is_fed_behind_it),
        QUEUE_TEST(a_body_that_decodes_to_too_much_stops_at_the_limit),
        QUEUE_TEST(a_body_that_ends_early_fails),
        QUEUE_TEST(a_body_that_does_not_begin_fails),
        QUEUE_TEST(an_answer_is_coded_part_by_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
