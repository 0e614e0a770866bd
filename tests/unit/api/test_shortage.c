/* A shortage of memory at each allocation in turn, while a backup is verified and while a tally is
 * made: it is said as what it is, and never read as a verdict on what was sent. */
#include "elections.h"

#include <stdatomic.h>
#include <sys/mman.h>

/* The program is linked so that these stand before the real ones. Not malloc: but for buffers, only
 * yajl calls it, which does not look whether it got something (json_parser.c). */
bool __real_eg_buf_grow(eg_buf *buf, size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void *__real_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset);
bool __wrap_eg_buf_grow(eg_buf *buf, size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset);

/* The allocation that fails, counted from now; beyond it none. Negative: no count. */
static atomic_long fails_at = -1;

static bool fails(void)
{
    return atomic_load(&fails_at) >= 0 && atomic_fetch_sub(&fails_at, 1) == 0;
}

bool __wrap_eg_buf_grow(eg_buf *buf, size_t n)
{
    buf->failed = buf->failed || fails();
    return !buf->failed && __real_eg_buf_grow(buf, n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
    return fails() ? MAP_FAILED : __real_mmap(at, n, protection, flags, fd, offset);
}

enum { ALLOCATIONS_MOST = 4000, VOTES = 9 };

static ran_election base;
static eg_buf body;

static int start(void **s)
{
    static const size_t choices[VOTES] = {0, 1, 1, 0, 1, 0, 0, 1, 1};
    (void)s;
    eg_arena_init(&test_arena, NULL);
    eg_buf_init(&body, NULL);
    test_form = (wire_form){.encoding = EG_JSON};
    if (!eg_api_init(NULL)) {
        return 1;
    }
    base = (ran_election){.guardians = 3, .quorum = 2};
    setup(&base, 2);
    vote_chunk(&base, choices, VOTES);
    return 0;
}

static int stop(void **s)
{
    (void)s;
    eg_buf_free(&body);
    eg_arena_free(&test_arena);
    return 0;
}

static void write_body(const request *r)
{
    eg_node map = map_of(r);
    eg_writer w;
    eg_buf_clear(&body);
    eg_writer_init(&w, &body, EG_STYLE_JSON);
    eg_write_node(&w, &map);
    assert_false(body.failed);
}

/* With the n-th allocation failing; whether that allocation was asked for. */
static bool run_short(driven *d, const eg_endpoint *endpoint, long n)
{
    const drive_options options = {.now_unix_s = 1764000000};
    atomic_store(&fails_at, n);
    drive(d, endpoint, body.data, body.len, &options);
    bool reached = atomic_load(&fails_at) < 0;
    atomic_store(&fails_at, -1);
    assert_int_equal(d->left_bytes, 0);
    return reached;
}

/* Every answer is the whole one's, or says that memory was short. At least `several` did. */
static void every_shortage_is_said(const eg_endpoint *endpoint, void (*check)(const eg_node *),
                                   long several)
{
    long said = 0, n = 0;
    bool reached = true;
    for (; reached && n < ALLOCATIONS_MOST; n++) {
        driven d;
        reached = run_short(&d, endpoint, n);
        if (d.ok) {
            eg_node answer = answer_of(&d);
            check(&answer);
            continue;
        }
        if (d.error.code != EG_E_NO_MEMORY) {
            fail_msg("allocation %ld: code %d, %s (%s)", n, d.error.code, d.error.text,
                     d.error.where);
        }
        said++;
        driven_free(&d);
    }
    assert_false(reached);
    assert_true(said >= several);
}

static request backup_request(void)
{
    eg_node sender = setup_entry(&base, "guardian_data", 0);
    eg_node recipient = setup_entry(&base, "guardian_data", 1);
    eg_node backups = opened(get(&recipient, "backups"));
    request r = {.count = 0};
    put(&r, "number_of_guardians", number((int64_t)base.guardians));
    put(&r, "quorum", number((int64_t)base.quorum));
    put(&r, "guardian_id", *get(&recipient, "id"));
    put(&r, "sequence_order", *get(&recipient, "sequence_order"));
    put(&r, "private_key", *at(get(&base.setup, "private_keys"), 1));
    put(&r, "backup", backups.as.map.members[0].value);
    put(&r, "sender_election_public_key", *get(&sender, "election_public_key"));
    return r;
}

static void is_verified(const eg_node *answer)
{
    assert_true(get(answer, "verified")->as.boolean);
}

static void is_not_verified(const eg_node *answer)
{
    assert_false(get(answer, "verified")->as.boolean);
}

static void a_backup(void **s)
{
    (void)s;
    request r = backup_request();
    write_body(&r);
    every_shortage_is_said(&eg_endpoint_verify_guardian_backup, is_verified, 5);
}

static void a_false_backup(void **s)
{
    (void)s;
    request r = backup_request();
    eg_node other = setup_entry(&base, "guardian_data", 2);
    eg_node mine = setup_entry(&base, "guardian_data", 0);
    eg_node key = opened(get(&other, "election_public_key"));
    eg_node renamed = with(&key, "owner_id", get(&mine, "id"));
    set(&r, "sender_election_public_key", renamed);
    write_body(&r);
    every_shortage_is_said(&eg_endpoint_verify_guardian_backup, is_not_verified, 5);
}

static void is_a_tally(const eg_node *answer)
{
    assert_int_equal(length(get(answer, "submitted_ballots")), VOTES);
}

static void a_tally(void **s)
{
    (void)s;
    request r = tally_request(&base, VOTES);
    write_body(&r);
    every_shortage_is_said(&eg_endpoint_create_encrypted_tally, is_a_tally, 20);
}

static void are_verified(const eg_node *answer)
{
    assert_int_equal(get(answer, "verified_count")->as.integer, VOTES);
}

/* No ballot is false because memory is short. */
static void ballots_one_by_one(void **s)
{
    (void)s;
    request r = tally_request(&base, VOTES);
    eg_node answer = call(&eg_endpoint_create_encrypted_tally, &r);
    set(&r, "encrypted_ballots", *get(&answer, "submitted_ballots"));
    write_body(&r);
    every_shortage_is_said(&eg_endpoint_verify_ballots, are_verified, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backup, start, stop),
        cmocka_unit_test_setup_teardown(a_false_backup, start, stop),
        cmocka_unit_test_setup_teardown(a_tally, start, stop),
        cmocka_unit_test_setup_teardown(ballots_one_by_one, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
