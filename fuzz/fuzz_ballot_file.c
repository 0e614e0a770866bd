/* Files of ballots: what is taken is sound, and the same when it is written and read again. */
#include "common.h"

#include "base/buf.h"
#include "client/ballot_file.h"

static const eg_str names[] = {EG_STR("A"), EG_STR("B,\"b\""), EG_STR("\xC3\x9C")};
static const eg_election_spec spec = {.max_choices = 2, .candidates = names, .candidate_count = 3};

static void read_file(eg_ballot_file *out, eg_str text, eg_arena *arena)
{
    CHECK(!eg_failed(eg_ballot_file_read(out, text, &spec, arena, NULL)));
    CHECK(out->fault_count > 0 || out->count > 0);
    for (size_t i = 0; i < out->fault_count && i < EG_BALLOT_FILE_FAULTS_SHOWN; i++) {
        CHECK(out->faults[i].line > 0 && out->faults[i].reason != NULL);
    }
}

static void check_vote(const eg_vote *vote)
{
    CHECK(vote->ballot_id.len > 0 && vote->ballot_id.len <= EG_CSV_FIELD_BYTES_MAX);
    CHECK(vote->choice_count <= spec.max_choices);
    for (size_t i = 0; i < vote->choice_count; i++) {
        bool is_known = false;
        for (size_t c = 0; c < spec.candidate_count; c++) {
            is_known = is_known || eg_str_equal(vote->choices[i], names[c]);
        }
        CHECK(is_known && (i == 0 || !eg_str_equal(vote->choices[i], vote->choices[0])));
    }
}

static void quote(eg_buf *out, eg_str field)
{
    eg_buf_append_char(out, '"');
    for (size_t i = 0; i < field.len; i++) {
        eg_buf_append(out, "\"\"", field.data[i] == '"');
        eg_buf_append_char(out, field.data[i]);
    }
    eg_buf_append_char(out, '"');
}

static void write_file(eg_buf *out, const eg_ballot_file *file)
{
    eg_buf_append_str(out, EG_STR("ballot_id,1,2\n"));
    for (size_t i = 0; i < file->count; i++) {
        quote(out, file->votes[i].ballot_id);
        for (size_t j = 0; j < file->votes[i].choice_count; j++) {
            eg_buf_append_char(out, ',');
            quote(out, file->votes[i].choices[j]);
        }
        eg_buf_append_char(out, '\n');
    }
    CHECK(!out->failed);
}

static void check_same(const eg_ballot_file *a, const eg_ballot_file *b)
{
    CHECK(b->fault_count == 0 && a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        const eg_vote *x = &a->votes[i];
        const eg_vote *y = &b->votes[i];
        CHECK(eg_str_equal(x->ballot_id, y->ballot_id) && x->choice_count == y->choice_count);
        for (size_t j = 0; j < x->choice_count; j++) {
            CHECK(eg_str_equal(x->choices[j], y->choices[j]));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    eg_ballot_file file;
    eg_ballot_file again;
    eg_arena arena;
    eg_buf text;
    eg_arena_init(&arena, NULL);
    eg_buf_init(&text, NULL);
    read_file(&file, (eg_str){(const char *)data, n}, &arena);
    for (size_t i = 0; i < file.count; i++) {
        check_vote(&file.votes[i]);
    }
    if (file.fault_count == 0) {
        write_file(&text, &file);
        read_file(&again, eg_buf_str(&text), &arena);
        check_same(&file, &again);
    }
    eg_buf_free(&text);
    eg_arena_free(&arena);
    return 0;
}
