/* The published form of a ballot: what it would be had it never held a nonce. */
#include "support/seeded.h"

#include "wire/objects/ballot.h"

enum { SELECTIONS = 3 };

typedef struct made {
    eg_ballot ballot;
    eg_ballot_contest contest;
    eg_ballot_selection selections[SELECTIONS];
} made;

static void make(made *m)
{
    memset(m, 0, sizeof *m);
    for (size_t i = 0; i < SELECTIONS; i++) {
        m->selections[i].object_id = EG_STR("a \"selection\"");
        m->selections[i].ciphertext.pad.limb[0] = 7 + i;
        m->selections[i].nonce = (eg_opt_nonce){seeded_q(), true};
        m->selections[i].has_proof = true;
    }
    m->contest = (eg_ballot_contest){.object_id = EG_STR("contest"),
                                     .selections = m->selections,
                                     .selection_count = SELECTIONS,
                                     .nonce = {seeded_q(), true},
                                     .has_proof = true,
                                     .has_extended_data = true};
    m->ballot = (eg_ballot){.object_id = EG_STR("ballot"),
                            .style_id = EG_STR("style"),
                            .contests = &m->contest,
                            .contest_count = 1,
                            .nonce = {seeded_q(), true},
                            .state = EG_BALLOT_SPOILED};
}

static void write_to(eg_buf *out, eg_style style, eg_write_fn write, const eg_ballot *ballot)
{
    eg_writer w;
    eg_buf_init(out, NULL);
    eg_writer_init(&w, out, style);
    write(&w, ballot);
    assert_false(out->failed);
}

static void assert_missing(const eg_buf *text, const eg_modq *nonce)
{
    char hex[EG_Q_HEX_MAX];
    size_t n = eg_modq_to_hex(hex, nonce);
    assert_null(memmem(text->data, text->len, hex, n));
}

static void published_without_nonces_and_state(void **state)
{
    static const eg_style styles[] = {EG_STYLE_JSON, EG_STYLE_TEXT, EG_STYLE_MSGPACK};
    (void)state;
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        made full, stripped;
        eg_buf got, want;
        make(&full);
        stripped = full;
        stripped.ballot.contests = &stripped.contest;
        stripped.contest.selections = stripped.selections;
        eg_ballot_strip_nonces(&stripped.ballot, EG_BALLOT_NONE);
        write_to(&got, styles[i], eg_ballot_write_published, &full.ballot);
        write_to(&want, styles[i], eg_ballot_write, &stripped.ballot);
        assert_int_equal(got.len, want.len);
        assert_memory_equal(got.data, want.data, want.len);
        assert_missing(&got, &full.ballot.nonce.value);
        assert_missing(&got, &full.contest.nonce.value);
        for (size_t s = 0; s < SELECTIONS; s++) {
            assert_missing(&got, &full.selections[s].nonce.value);
        }
        eg_buf_free(&got);
        eg_buf_free(&want);
    }
}

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_without_nonces_and_state)};
    return cmocka_run_group_tests(tests, start, NULL);
}
