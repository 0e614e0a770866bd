/* The scoreboard: slots, counters that outlive their worker, memory that a dead one held. */
#include "support/cmocka_all.h"

#include "server/board/scoreboard.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static eg_scoreboard *board;

static int make(void **state)
{
    (void)state;
    board = eg_scoreboard_new(1000);
    return board == NULL ? -1 : 0;
}

static int drop(void **state)
{
    (void)state;
    eg_scoreboard_free(board);
    return 0;
}

static void slots_are_taken_and_given_back(void **state)
{
    (void)state;
    eg_slot *first = eg_slot_take(board);
    eg_slot *second = eg_slot_take(board);
    assert_non_null(first);
    assert_ptr_not_equal(first, second);
    assert_int_equal(eg_slots_used(board), 2);
    assert_true(eg_slot_lives(first));
    assert_false(eg_slot_serves(first));
    atomic_store(&first->state, EG_SLOT_READY);
    assert_true(eg_slot_serves(first));
    eg_slot_release(board, first);
    assert_false(eg_slot_lives(first));
    assert_ptr_equal(eg_slot_take(board), first);
    assert_int_equal(eg_slots_used(board), 2);
}

static void there_is_an_end_to_slots(void **state)
{
    (void)state;
    for (size_t i = 0; i < EG_SLOTS_MAX; i++) {
        assert_non_null(eg_slot_take(board));
    }
    assert_null(eg_slot_take(board));
}

static void counts_outlive_their_worker(void **state)
{
    (void)state;
    size_t row = eg_score_endpoint("/health");
    eg_slot *slot = eg_slot_take(board);
    eg_slot *other = eg_slot_take(board);
    eg_score_request(slot, row, 200, 3000000);
    eg_score_request(slot, row, 418, 400ull * 1000000000);
    eg_score_request(other, row, 200, 1000000);
    eg_counters *sum = calloc(1, sizeof *sum);
    for (int round = 0; round < 2; round++) {
        eg_scoreboard_sum(board, sum);
        assert_int_equal(atomic_load(&sum->requests[row][0]), 2);
        assert_int_equal(atomic_load(&sum->requests[row][EG_STATUSES - 1]), 1); /* "other" */
        assert_int_equal(atomic_load(&sum->latency[row].bucket[0]), 1);         /* up to 1 ms */
        assert_int_equal(atomic_load(&sum->latency[row].bucket[2]), 1);         /* 2 to 5 ms */
        assert_int_equal(atomic_load(&sum->latency[row].bucket[EG_LATENCY_BUCKETS - 1]), 1);
        if (round == 0) {
            eg_slot_release(board, slot);
            slot = eg_slot_take(board);
        }
    }
    free(sum);
}

static void every_path_has_a_row(void **state)
{
    (void)state;
    const char *name;
    size_t rows = 0;
    while ((name = eg_score_endpoint_name(rows)) != NULL) {
        assert_int_equal(eg_score_endpoint(name), rows);
        rows++;
    }
    assert_true(rows > 4 && rows <= EG_ENDPOINTS_MAX);
    assert_int_equal(eg_score_endpoint("/no/such/path"), rows - 1);
    assert_string_equal(eg_score_endpoint_name(rows - 1), "other");
}

static void flights(void **state)
{
    (void)state;
    eg_slot *slot = eg_slot_take(board);
    eg_flight *first = eg_flight_begin(slot, "one", 3, 10, 20);
    eg_flight *second = eg_flight_begin(slot, "two", 4, 11, 21);
    assert_string_equal(first->id, "one");
    assert_int_equal(atomic_load(&second->deadline_ns), 21);
    assert_int_equal(atomic_load(&slot->flights_high), 2);
    eg_flight_end(first);
    assert_ptr_equal(eg_flight_begin(slot, "three", 3, 12, 22), first);
    for (size_t i = 2; i < EG_FLIGHTS_MAX; i++) {
        assert_non_null(eg_flight_begin(slot, "more", 3, 12, 22));
    }
    assert_null(eg_flight_begin(slot, "too many", 3, 12, 22));
    eg_flight_end(NULL);
}

/* The budget is one for all workers: what one holds, the other cannot have. */
static void memory_is_shared(void **state)
{
    (void)state;
    eg_slot *first = eg_slot_take(board);
    eg_slot *second = eg_slot_take(board);
    assert_true(eg_budget_take(&first->memory, 600));
    assert_false(eg_budget_take(&second->memory, 500));
    assert_int_equal(eg_budget_used(&second->memory), 0);
    assert_int_equal(eg_budget_wanted(&second->memory), 500);
    assert_true(eg_budget_take(&second->memory, 400));
    eg_budget_give(&first->memory, 600);
    assert_int_equal(eg_budget_used(&board->memory), 400);
}

static void a_dead_workers_memory_comes_back(void **state)
{
    (void)state;
    eg_memory_looks looks = {0};
    eg_slot *dead = eg_slot_take(board);
    eg_slot *alive = eg_slot_take(board);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(eg_budget_take(&dead->memory, 700) ? 0 : 1);
    }
    int status = -1;
    (void)waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_true(eg_budget_take(&alive->memory, 200));
    eg_slot_release(board, dead);
    assert_int_equal(eg_budget_used(&board->memory), 900);
    for (int i = 0; i < 10; i++) {
        eg_scoreboard_settle_memory(board, &looks);
    }
    assert_int_equal(eg_budget_used(&board->memory), 200);
    /* killed between charging itself and charging the service: the other way round */
    alive->memory.used_bytes += 50;
    for (int i = 0; i < 10; i++) {
        eg_scoreboard_settle_memory(board, &looks);
    }
    assert_int_equal(eg_budget_used(&board->memory), 250);
}

/* A difference that moves is a worker between its two charges, not a dead one. */
static void what_moves_is_not_settled(void **state)
{
    (void)state;
    eg_memory_looks looks = {0};
    (void)eg_slot_take(board);
    for (size_t i = 1; i < 20; i++) {
        board->memory.used_bytes = i;
        eg_scoreboard_settle_memory(board, &looks);
        assert_int_equal(eg_budget_used(&board->memory), i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slots_are_taken_and_given_back, make, drop),
        cmocka_unit_test_setup_teardown(there_is_an_end_to_slots, make, drop),
        cmocka_unit_test_setup_teardown(counts_outlive_their_worker, make, drop),
        cmocka_unit_test_setup_teardown(every_path_has_a_row, make, drop),
        cmocka_unit_test_setup_teardown(flights, make, drop),
        cmocka_unit_test_setup_teardown(memory_is_shared, make, drop),
        cmocka_unit_test_setup_teardown(a_dead_workers_memory_comes_back, make, drop),
        cmocka_unit_test_setup_teardown(what_moves_is_not_settled, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
