/* Ballots in clear, against a manifest of two contests and two styles: what is taken has every
 * contest of its style, fills each up to its seats, and has contest data that opens again. */
#include "common.h"

#include "election/ballot_fill.h"
#include "election/plain_contest.h"
#include "wire/objects/manifest.h"
#include "wire/objects/plain_ballot.h"

static const char manifest_text[] =
    "{\"election_scope_id\":\"e\",\"spec_version\":\"1.0\",\"type\":\"general\","
    "\"start_date\":\"2024-02-29\",\"end_date\":\"2024-03-01\",\"geopolitical_units\":["
    "{\"object_id\":\"u\",\"name\":\"U\",\"type\":\"county\"},"
    "{\"object_id\":\"v\",\"name\":\"V\",\"type\":\"city\"}],\"parties\":[],\"candidates\":[],"
    "\"contests\":[{\"object_id\":\"k\",\"sequence_order\":0,\"electoral_district_id\":\"u\","
    "\"vote_variation\":\"n_of_m\",\"number_elected\":2,\"votes_allowed\":2,\"name\":\"K\","
    "\"ballot_selections\":[{\"object_id\":\"a\",\"sequence_order\":0,\"candidate_id\":\"a\"},"
    "{\"object_id\":\"b\",\"sequence_order\":1,\"candidate_id\":\"b\"},"
    "{\"object_id\":\"c\",\"sequence_order\":2,\"candidate_id\":\"c\"}]},"
    "{\"object_id\":\"l\",\"sequence_order\":1,\"electoral_district_id\":\"v\","
    "\"vote_variation\":\"one_of_m\",\"number_elected\":1,\"name\":\"L\","
    "\"ballot_selections\":[{\"object_id\":\"a\",\"sequence_order\":0,\"candidate_id\":\"a\"},"
    "{\"object_id\":\"b\",\"sequence_order\":1,\"candidate_id\":\"b\"}]}],"
    "\"ballot_styles\":[{\"object_id\":\"s\",\"geopolitical_unit_ids\":[\"u\",\"v\"]},"
    "{\"object_id\":\"t\",\"geopolitical_unit_ids\":[\"v\"]}]}";

static const eg_manifest_index *the_index(void)
{
    static eg_arena arena;
    static eg_manifest manifest;
    static eg_manifest_index index;
    if (index.manifest == NULL) {
        eg_node node;
        eg_problems problems;
        eg_arena_init(&arena, NULL);
        CHECK(fuzz_parse(&node, EG_JSON, eg_str_from(manifest_text), &arena));
        CHECK(!eg_failed(eg_problems_init(&problems, 1, &arena, NULL)));
        CHECK(!eg_failed(eg_manifest_take(&manifest, &node, NULL, &arena, &problems, NULL)));
        CHECK(problems.faults == 0);
        CHECK(!eg_failed(eg_manifest_index_init(&index, &manifest, &arena, NULL)));
    }
    return &index;
}

static void check_contest(const eg_plain_contest *plain, const eg_contest_description *description,
                          eg_arena *arena)
{
    bool votes[8];
    uint8_t data[EG_PADDED_BYTES];
    eg_str text;
    eg_node node;
    size_t sum = 0, count = description->selection_count + description->placeholder_count;
    CHECK(count <= sizeof votes / sizeof *votes);
    CHECK(plain->selection_count == description->selection_count);
    CHECK(!eg_failed(eg_plain_contest_judge(votes, data, plain, description, arena, NULL)));
    for (size_t i = 0; i < count; i++) {
        sum += votes[i] ? 1 : 0;
    }
    CHECK(sum == description->number_elected);
    CHECK(!eg_failed(eg_padding_remove(&text, data, NULL)));
    CHECK(fuzz_parse(&node, EG_JSON, text, arena) && node.kind == EG_MAP);
}

static eg_result read_whole(eg_plain_ballot *filled, const eg_node *node, eg_arena *arena,
                            eg_error *error)
{
    eg_plain_ballot ballot = {.contest_count = 0};
    EG_TRY(eg_plain_ballot_read(&ballot, node, NULL, arena, error));
    EG_TRY(eg_plain_ballot_fill(filled, &ballot, the_index(), arena, NULL, error));
    return eg_plain_ballot_judge(filled, &ballot, the_index(), arena, NULL, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const eg_manifest *m = the_index()->manifest;
    eg_arena arena;
    eg_node node;
    eg_plain_ballot filled = {.contest_count = 0};
    eg_error error = {.code = EG_OK};
    eg_arena_init(&arena, NULL);
    if (fuzz_parse(&node, fuzz_encoding_of(data, n), (eg_str){(const char *)data, n}, &arena)) {
        if (eg_failed(read_whole(&filled, &node, &arena, &error))) {
            fuzz_check_error(&error);
        } else {
            const eg_ballot_style *style = eg_manifest_style(m, filled.style_id);
            CHECK(style != NULL && filled.contest_count == style->contest_count);
            for (size_t i = 0; i < filled.contest_count; i++) {
                check_contest(&filled.contests[i], &m->contests[style->contests[i]], &arena);
            }
        }
    }
    eg_arena_free(&arena);
    return 0;
}
