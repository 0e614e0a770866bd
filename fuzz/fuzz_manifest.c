/* Manifests: whatever is wrong with one is said; what is taken stays the same, and has the same
 * hash, when it is written and read again. */
#include "common.h"

#include "group/group.h"
#include "wire/objects/manifest.h"

static void take(eg_manifest *out, eg_problems *problems, const eg_node *node, eg_arena *arena)
{
    eg_error error = {.code = EG_OK};
    CHECK(!eg_failed(eg_problems_init(problems, EG_PROBLEMS_MAX, arena, &error)));
    CHECK(!eg_failed(eg_manifest_take(out, node, NULL, arena, problems, &error)));
    CHECK(problems->count <= EG_PROBLEMS_MAX);
    CHECK(problems->count <= problems->faults + problems->warnings);
    for (size_t i = 0; i < problems->count; i++) {
        fuzz_check_error(&problems->list[i].error);
    }
    CHECK(eg_failed(eg_problems_first(problems, &error)) == (problems->faults > 0));
}

static void check_parts(const eg_manifest *m)
{
    size_t selections = 0;
    CHECK(m->contest_count <= EG_CONTESTS_MAX);
    for (size_t i = 0; i < m->contest_count; i++) {
        const eg_contest_description *c = &m->contests[i];
        CHECK(c->selection_count >= 1 && c->selection_count <= EG_CANDIDATES_MAX);
        CHECK(c->number_elected <= c->selection_count);
        CHECK(c->placeholder_count == c->number_elected);
        selections += c->selection_count;
    }
    CHECK(selections <= EG_SELECTIONS_OF_MANIFEST_MAX);
    for (size_t i = 0; i < m->style_count; i++) {
        const eg_ballot_style *style = &m->styles[i];
        CHECK(style->contest_count <= m->contest_count);
        for (size_t k = 0; k < style->contest_count; k++) {
            CHECK(style->contests[k] < m->contest_count);
            CHECK(k == 0 || style->contests[k - 1] < style->contests[k]);
            CHECK(eg_style_has_contest(style, &m->contests[style->contests[k]]));
        }
    }
}

static void check_again(const eg_manifest *m, eg_style style, eg_encoding encoding, eg_arena *arena)
{
    eg_buf text;
    eg_writer w;
    eg_node node;
    eg_manifest again;
    eg_problems problems;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, style);
    eg_manifest_write(&w, m);
    CHECK(!text.failed && !text.misused);
    CHECK(fuzz_parse(&node, encoding, eg_buf_str(&text), arena));
    take(&again, &problems, &node, arena);
    CHECK(problems.faults == 0);
    CHECK(eg_modq_equal(&m->hash, &again.hash));
    CHECK(m->contest_count == again.contest_count && m->style_count == again.style_count);
    eg_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    eg_arena arena;
    eg_node node;
    eg_arena_init(&arena, NULL);
    if (fuzz_parse(&node, fuzz_encoding_of(data, n), (eg_str){(const char *)data, n}, &arena)) {
        eg_manifest m;
        eg_problems problems;
        take(&m, &problems, &node, &arena);
        if (problems.faults == 0) {
            check_parts(&m);
            check_again(&m, EG_STYLE_TEXT, EG_JSON, &arena);
            check_again(&m, EG_STYLE_MSGPACK, EG_MSGPACK, &arena);
        }
    }
    eg_arena_free(&arena);
    return 0;
}
