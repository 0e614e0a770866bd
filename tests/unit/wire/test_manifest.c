/* Manifests: those of electionguard-python with the hashes that it published, and what is wrong
 * with others, each fault with its path and code. */
#include "support/cmocka_all.h"

#include "wire/objects/manifest.h"

#include "base/hex.h"
#include "group/group.h"

#include <stdio.h>
#include <stdlib.h>

static eg_arena arena;

static int make_arena(void **state)
{
    (void)state;
    eg_arena_init(&arena, NULL);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    eg_arena_free(&arena);
    return 0;
}

static eg_str file_text(const char *name, const char *what)
{
    char path[128];
    (void)snprintf(path, sizeof path, "tests/data/manifests/%s.%s.json", name, what);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = eg_arena_alloc(&arena, 1 << 20);
    size_t n = fread(bytes, 1, 1 << 20, f);
    assert_int_equal(fclose(f), 0);
    return (eg_str){bytes, n};
}

static eg_node parsed(eg_str text)
{
    eg_node out;
    eg_error err = {.code = EG_OK};
    assert_int_equal(eg_tree_parse(&out, EG_JSON, text, 0, &arena, NULL, &err).code, EG_OK);
    return out;
}

/* Everything that is wrong is in problems. */
static eg_manifest taken(eg_str text, eg_problems *problems)
{
    eg_manifest m;
    eg_node node = parsed(text);
    assert_int_equal(eg_problems_init(problems, EG_PROBLEMS_MAX, &arena, NULL).code, EG_OK);
    assert_int_equal(eg_manifest_take(&m, &node, NULL, &arena, problems, NULL).code, EG_OK);
    return m;
}

static void assert_hex(const eg_modq *value, const eg_node *want)
{
    eg_modq q;
    assert_non_null(want);
    assert_true(eg_modq_from_hex(&q, want->as.str));
    assert_true(eg_modq_equal(value, &q));
}

static const eg_node *member(const eg_node *map, eg_str key)
{
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (eg_str_equal(map->as.map.members[i].key, key)) {
            return &map->as.map.members[i].value;
        }
    }
    return NULL;
}

static size_t check_selections(const eg_contest_description *c,
                               const eg_selection_description *list, size_t count,
                               const eg_node *want)
{
    for (size_t i = 0; i < count; i++) {
        char key[256];
        int n = snprintf(key, sizeof key, "%.*s/%.*s", (int)c->object_id.len, c->object_id.data,
                         (int)list[i].object_id.len, list[i].object_id.data);
        assert_hex(&list[i].hash, member(want, (eg_str){key, (size_t)n}));
    }
    return count;
}

static void check_styles(const eg_manifest *m, const eg_node *want)
{
    for (size_t i = 0; i < want->as.map.count; i++) {
        const eg_node *contests = &want->as.map.members[i].value;
        const eg_ballot_style *style = eg_manifest_style(m, want->as.map.members[i].key);
        assert_non_null(style);
        assert_int_equal(style->contest_count, contests->as.array.count);
        for (size_t k = 0; k < style->contest_count; k++) {
            assert_true(eg_str_equal(m->contests[style->contests[k]].object_id,
                                     contests->as.array.items[k].as.str));
        }
    }
}

static const char *const recorded[] = {"minimal", "small", "full", "hamilton"};
enum { RECORDED = sizeof recorded / sizeof *recorded };

static void recorded_hashes_are_found(void **state)
{
    (void)state;
    for (size_t r = 0; r < RECORDED; r++) {
        eg_problems problems;
        eg_manifest m = taken(file_text(recorded[r], "manifest"), &problems);
        eg_node want = parsed(file_text(recorded[r], "hashes"));
        const eg_node *contests = eg_map_find(&want, "contests");
        const eg_node *selections = eg_map_find(&want, "selections");
        size_t seen = 0;
        assert_int_equal(problems.faults, 0);
        assert_hex(&m.hash, eg_map_find(&want, "manifest_hash"));
        assert_int_equal(m.contest_count, contests->as.map.count);
        for (size_t i = 0; i < m.contest_count; i++) {
            const eg_contest_description *c = &m.contests[i];
            assert_hex(&c->hash, member(contests, c->object_id));
            seen += check_selections(c, c->selections, c->selection_count, selections);
            seen += check_selections(c, c->placeholders, c->placeholder_count, selections);
        }
        assert_int_equal(seen, selections->as.map.count);
        check_styles(&m, eg_map_find(&want, "styles"));
    }
}

/* The county's manifest names candidates that it does not list: said, not refused. */
static void unlisted_candidates_are_said(void **state)
{
    eg_problems problems;
    (void)state;
    (void)taken(file_text("hamilton", "manifest"), &problems);
    assert_int_equal(problems.faults, 0);
    assert_int_equal(problems.warnings, 6);
    assert_int_equal(problems.count, 6);
    assert_true(problems.list[0].is_warning);
    assert_string_equal(problems.list[0].error.path,
                        "contests[0].ballot_selections[6].candidate_id");
}

static bool same_tree(const eg_node *a, const eg_node *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind == EG_ARRAY) {
        for (size_t i = 0; a->as.array.count == b->as.array.count && i < a->as.array.count; i++) {
            if (!same_tree(&a->as.array.items[i], &b->as.array.items[i])) {
                return false;
            }
        }
        return a->as.array.count == b->as.array.count;
    }
    if (a->kind == EG_MAP) {
        for (size_t i = 0; a->as.map.count == b->as.map.count && i < a->as.map.count; i++) {
            const eg_member *x = &a->as.map.members[i], *y = &b->as.map.members[i];
            if (!eg_str_equal(x->key, y->key) || !same_tree(&x->value, &y->value)) {
                return false;
            }
        }
        return a->as.map.count == b->as.map.count;
    }
    if (a->kind == EG_STRING) {
        return eg_str_equal(a->as.str, b->as.str);
    }
    return a->kind == EG_NULL || (a->kind == EG_BOOL && a->as.boolean == b->as.boolean) ||
           (a->kind == EG_INT && a->as.integer == b->as.integer);
}

static void what_was_read_is_written_again(void **state)
{
    (void)state;
    for (size_t r = 0; r < RECORDED; r++) {
        eg_problems problems;
        eg_str text = file_text(recorded[r], "manifest");
        eg_manifest m = taken(text, &problems);
        eg_buf out;
        eg_writer w;
        eg_buf_init(&out, NULL);
        eg_writer_init(&w, &out, EG_STYLE_JSON);
        eg_manifest_write(&w, &m);
        eg_node before = parsed(text), after = parsed(eg_buf_str(&out));
        assert_true(same_tree(&before, &after));
        eg_buf_free(&out);
    }
}

/* ---- faults ---- */

static const char good[] =
    "{\"election_scope_id\":\"e\",\"spec_version\":\"1.0\",\"type\":\"general\","
    "\"start_date\":\"2024-02-29T08:00:00-05:00\",\"end_date\":\"2024-03-01T20:00:00Z\","
    "\"geopolitical_units\":[{\"object_id\":\"u1\",\"name\":\"One\",\"type\":\"county\"},"
    "{\"object_id\":\"u2\",\"name\":\"Two\",\"type\":\"city\"}],"
    "\"parties\":[{\"object_id\":\"p1\"},{\"object_id\":\"p2\",\"name\":{\"text\":[]}}],"
    "\"candidates\":[{\"object_id\":\"c1\",\"party_id\":\"p1\"},{\"object_id\":\"c2\"}],"
    "\"contests\":[{\"object_id\":\"k1\",\"sequence_order\":7,\"electoral_district_id\":\"u1\","
    "\"vote_variation\":\"one_of_m\",\"number_elected\":1,\"votes_allowed\":1,\"name\":\"K\","
    "\"ballot_selections\":[{\"object_id\":\"s1\",\"sequence_order\":3,\"candidate_id\":\"c1\"},"
    "{\"object_id\":\"s2\",\"sequence_order\":5,\"candidate_id\":\"c2\"}]},"
    "{\"object_id\":\"k2\",\"sequence_order\":2,\"electoral_district_id\":\"u2\","
    "\"vote_variation\":\"n_of_m\",\"number_elected\":1,\"name\":\"L\","
    "\"ballot_selections\":[{\"object_id\":\"s3\",\"sequence_order\":0,\"candidate_id\":\"c1\"}]}],"
    "\"ballot_styles\":[{\"object_id\":\"b1\",\"geopolitical_unit_ids\":[\"u1\"]},"
    "{\"object_id\":\"b2\",\"geopolitical_unit_ids\":[\"u2\",\"u1\"],\"party_ids\":[\"p2\"]}]}";

/* The first `from` in good replaced. */
static eg_str replaced(const char *from, const char *to)
{
    const char *at = strstr(good, from);
    assert_non_null(at);
    size_t head = (size_t)(at - good), n = strlen(good) - strlen(from) + strlen(to);
    char *text = eg_arena_alloc(&arena, n + 1);
    (void)snprintf(text, n + 1, "%.*s%s%s", (int)head, good, to, at + strlen(from));
    return (eg_str){text, n};
}

typedef struct fault {
    const char *from, *to;
    const char *path;
    eg_code code;
} fault;

static const fault faults[] = {
    {"\"election_scope_id\":\"e\",", "", "election_scope_id", EG_E_MISSING_FIELD},
    {"\"election_scope_id\":\"e\"", "\"election_scope_id\":5", "election_scope_id", EG_E_BAD_TYPE},
    {"\"1.0\"", "\"2.0\"", "spec_version", EG_E_OUT_OF_RANGE},
    {"\"1.0\"", "\"\"", "spec_version", EG_E_OUT_OF_RANGE},
    {"\"general\"", "\"genral\"", "type", EG_E_OUT_OF_RANGE},
    {"\"general\"", "null", "type", EG_E_BAD_TYPE},
    {"2024-02-29T", "2023-02-29T", "start_date", EG_E_BAD_ENCODING},
    {"20:00:00Z", "20:00:61Z", "end_date", EG_E_BAD_ENCODING},
    {"\"2024-03-01T20:00:00Z\"", "1709323200", "end_date", EG_E_BAD_TYPE},
    {"\"u2\"", "\"u1\"", "geopolitical_units[1].object_id", EG_E_DUPLICATE},
    {"\"u1\"", "\" \"", "geopolitical_units[0].object_id", EG_E_OUT_OF_RANGE},
    {"\"u1\"", "\"u\\u00001\"", "geopolitical_units[0].object_id", EG_E_OUT_OF_RANGE},
    {"\"name\":\"One\",", "", "geopolitical_units[0].name", EG_E_MISSING_FIELD},
    {"\"county\"", "\"countie\"", "geopolitical_units[0].type", EG_E_OUT_OF_RANGE},
    {"\"type\":\"county\"", "\"type\":\"county\",\"contact_information\":[]",
     "geopolitical_units[0].contact_information", EG_E_BAD_TYPE},
    {"\"type\":\"county\"", "\"type\":\"county\",\"contact_information\":{\"email\":[5]}",
     "geopolitical_units[0].contact_information.email[0]", EG_E_BAD_TYPE},
    {"{\"object_id\":\"p1\"}", "5", "parties[0]", EG_E_BAD_TYPE},
    {"{\"object_id\":\"p1\"}", "{\"object_id\":\"p2\"}", "parties[1].object_id", EG_E_DUPLICATE},
    {"{\"text\":[]}", "{\"text\":[{\"language\":\"en\"}]}", "parties[1].name.text[0].value",
     EG_E_MISSING_FIELD},
    {"{\"text\":[]}", "{\"text\":\"x\"}", "parties[1].name.text", EG_E_BAD_TYPE},
    {"{\"text\":[]}", "5", "parties[1].name", EG_E_BAD_TYPE},
    {"\"party_id\":\"p1\"", "\"party_id\":\"p3\"", "candidates[0].party_id", EG_E_OUT_OF_RANGE},
    {"\"party_id\":\"p1\"", "\"party_id\":1", "candidates[0].party_id", EG_E_BAD_TYPE},
    {"\"party_id\":\"p1\"", "\"is_write_in\":\"yes\"", "candidates[0].is_write_in", EG_E_BAD_TYPE},
    {"{\"object_id\":\"c2\"}", "{\"object_id\":\"c1\"}", "candidates[1].object_id", EG_E_DUPLICATE},
    {"{\"object_id\":\"k2\"", "{\"object_id\":\"k1\"", "contests[1].object_id", EG_E_DUPLICATE},
    {"{\"object_id\":\"k2\"", "{\"object_id\":\"ballot\"", "contests[1].object_id", EG_E_DUPLICATE},
    {"\"sequence_order\":2", "\"sequence_order\":7", "contests[1].sequence_order", EG_E_DUPLICATE},
    {"\"sequence_order\":2", "\"sequence_order\":-1", "contests[1].sequence_order",
     EG_E_OUT_OF_RANGE},
    {"\"sequence_order\":2", "\"sequence_order\":4294967295", "contests[1].sequence_order",
     EG_E_OUT_OF_RANGE},
    {"\"electoral_district_id\":\"u2\"", "\"electoral_district_id\":\"u3\"",
     "contests[1].electoral_district_id", EG_E_OUT_OF_RANGE},
    {"\"n_of_m\"", "\"rcv\"", "contests[1].vote_variation", EG_E_OUT_OF_RANGE},
    {"\"n_of_m\"", "\"m_of_n\"", "contests[1].vote_variation", EG_E_OUT_OF_RANGE},
    {"\"number_elected\":1,\"name\":\"L\"", "\"number_elected\":2,\"name\":\"L\"",
     "contests[1].number_elected", EG_E_OUT_OF_RANGE},
    {"\"number_elected\":1,\"name\":\"L\"", "\"number_elected\":true,\"name\":\"L\"",
     "contests[1].number_elected", EG_E_BAD_TYPE},
    {"\"votes_allowed\":1", "\"votes_allowed\":0", "contests[0].votes_allowed", EG_E_OUT_OF_RANGE},
    {"\"votes_allowed\":1", "\"votes_allowed\":\"x\"", "contests[0].votes_allowed", EG_E_BAD_TYPE},
    {",\"name\":\"K\"", "", "contests[0].name", EG_E_MISSING_FIELD},
    {"[{\"object_id\":\"s3\",\"sequence_order\":0,\"candidate_id\":\"c1\"}]", "[]",
     "contests[1].ballot_selections", EG_E_OUT_OF_RANGE},
    {"[{\"object_id\":\"s3\",\"sequence_order\":0,\"candidate_id\":\"c1\"}]", "null",
     "contests[1].ballot_selections", EG_E_OUT_OF_RANGE},
    {"\"s2\"", "\"s1\"", "contests[0].ballot_selections[1].object_id", EG_E_DUPLICATE},
    {"\"s2\"", "\"k1-6-placeholder\"", "contests[0].ballot_selections[1].object_id",
     EG_E_DUPLICATE},
    {"\"sequence_order\":5", "\"sequence_order\":3",
     "contests[0].ballot_selections[1].sequence_order", EG_E_DUPLICATE},
    {"\"candidate_id\":\"c2\"", "\"candidate_id\":\"c1\"",
     "contests[0].ballot_selections[1].candidate_id", EG_E_DUPLICATE},
    {",\"candidate_id\":\"c2\"", "", "contests[0].ballot_selections[1].candidate_id",
     EG_E_MISSING_FIELD},
    {"{\"object_id\":\"b2\"", "{\"object_id\":\"b1\"", "ballot_styles[1].object_id",
     EG_E_DUPLICATE},
    {"[\"u2\",\"u1\"]", "[\"u2\",\"u4\"]", "ballot_styles[1].geopolitical_unit_ids[1]",
     EG_E_OUT_OF_RANGE},
    {"[\"u2\",\"u1\"]", "null", "ballot_styles[1].geopolitical_unit_ids", EG_E_MISSING_FIELD},
    {"[\"u2\",\"u1\"]", "{}", "ballot_styles[1].geopolitical_unit_ids", EG_E_BAD_TYPE},
    {"[\"p2\"]", "[\"p3\"]", "ballot_styles[1].party_ids[0]", EG_E_OUT_OF_RANGE},
    {"[{\"object_id\":\"b1\"", "5,\"x\":[{\"object_id\":\"b1\"", "ballot_styles", EG_E_BAD_TYPE},
};

static void each_fault_has_its_path_and_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        eg_problems problems;
        const fault *f = &faults[i];
        (void)taken(replaced(f->from, f->to), &problems);
        if (problems.faults < 1 || strcmp(problems.list[0].error.path, f->path) != 0 ||
            problems.list[0].error.code != f->code) {
            fail_msg("%s: %zu faults, first %d at %s (%s)", f->to, problems.faults,
                     (int)problems.list[0].error.code, problems.list[0].error.path,
                     problems.list[0].error.text);
        }
    }
}

static void a_good_one_has_none(void **state)
{
    eg_problems problems;
    (void)state;
    eg_manifest m = taken(eg_str_from(good), &problems);
    assert_int_equal(problems.count, 0);
    assert_int_equal(m.styles[0].contest_count, 1);
    assert_int_equal(m.styles[1].contest_count, 2);
    assert_int_equal(m.contests[0].placeholders[0].sequence_order, 6);
    assert_false(m.contests[1].has_votes_allowed);
}

/* What a field's fault hides is not judged: one fault, one problem. */
static void an_unread_field_is_said_once(void **state)
{
    eg_problems problems;
    (void)state;
    (void)taken(replaced("\"geopolitical_units\":[", "\"geopolitical_units\":5,\"x\":["),
                &problems);
    assert_int_equal(problems.faults, 1);
    (void)taken(replaced("{\"object_id\":\"s2\",\"sequence_order\":5", "{\"sequence_order\":3"),
                &problems);
    assert_int_equal(problems.faults, 1);
    (void)taken(replaced("\"vote_variation\":\"one_of_m\",", ""), &problems);
    assert_int_equal(problems.faults, 1);
    (void)taken(replaced("\"number_elected\":1", "\"number_elected\":-1"), &problems);
    assert_int_equal(problems.faults, 1);
}

static void plain_strings_stand_for_texts(void **state)
{
    eg_problems problems;
    (void)state;
    eg_manifest m = taken(replaced("{\"text\":[]}", "\"Blue\""), &problems);
    assert_int_equal(problems.count, 0);
    assert_int_equal(m.parties[1].name.kind, EG_TEXT_PLAIN);
    assert_int_equal(m.parties[0].name.kind, EG_TEXT_LANGUAGES); /* missing: no text, not null */
    assert_int_equal(m.name.kind, EG_TEXT_NULL);
}

/* The names under which ballots list their nonces: contest/selection and contest_nonce. */
static void names_of_nonces_are_distinct(void **state)
{
    static const struct {
        const char *selection, *contest;
        size_t faults;
    } cases[] = {
        {"s2", "k1/s3", 0},  {"s2", "k1/s2", 0},  {"x/s3", "k1/x", 1},     {"x_nonce", "k1/x", 1},
        {"x/s3", "k1-x", 0}, {"x/s4", "k1/x", 0}, {"x/y/s3", "k1/x/y", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eg_problems problems;
        char contest[64], text[4096], *at;
        eg_str one = replaced("\"s2\"", "\"@\"");
        (void)snprintf(contest, sizeof contest, "\"%s\"", cases[i].contest);
        at = strstr(one.data, "\"@\"");
        (void)snprintf(text, sizeof text, "%.*s\"%s\"%s", (int)(at - one.data), one.data,
                       cases[i].selection, at + 3);
        at = strstr(text, "\"k2\"");
        char *whole = eg_arena_alloc(&arena, 4096);
        (void)snprintf(whole, 4096, "%.*s%s%s", (int)(at - text), text, contest, at + 4);
        (void)taken(eg_str_from(whole), &problems);
        assert_int_equal(problems.faults, cases[i].faults);
    }
}

/* ---- hostile ---- */

/* The pattern so many times, each `#` in it replaced by the number. */
static eg_str repeated(const char *head, const char *pattern, size_t count, const char *tail)
{
    size_t room = strlen(head) + count * (strlen(pattern) + 32) + strlen(tail) + 1;
    char *text = eg_arena_alloc(&arena, room);
    size_t n = (size_t)snprintf(text, room, "%s", head);
    for (size_t i = 0; i < count; i++) {
        n += (size_t)snprintf(text + n, room - n, i == 0 ? "" : ",");
        for (const char *p = pattern; *p != '\0'; p++) {
            n += *p == '#' ? (size_t)snprintf(text + n, room - n, "%zu", i)
                           : (size_t)snprintf(text + n, room - n, "%c", *p);
        }
    }
    n += (size_t)snprintf(text + n, room - n, "%s", tail);
    return (eg_str){text, n};
}

static void assert_first(eg_str text, const char *path, eg_code code)
{
    eg_problems problems;
    (void)taken(text, &problems);
    for (size_t i = 0; i < problems.count; i++) {
        if (strcmp(problems.list[i].error.path, path) == 0) {
            assert_int_equal(problems.list[i].error.code, code);
            return;
        }
    }
    fail_msg("no problem at %s", path);
}

static void too_many_of_anything_is_refused(void **state)
{
    (void)state;
    assert_first(repeated("{\"contests\":[", "{\"object_id\":\"k#\"}", 10000, "]}"), "contests",
                 EG_E_OUT_OF_RANGE);
    assert_first(
        repeated("{\"contests\":[{\"ballot_selections\":[", "{\"object_id\":\"s#\"}", 1001, "]}]}"),
        "contests[0].ballot_selections", EG_E_OUT_OF_RANGE);
    assert_first(repeated("{\"ballot_styles\":[", "{\"object_id\":\"s#\"}", 5001, "]}"),
                 "ballot_styles", EG_E_OUT_OF_RANGE);
    assert_first(repeated("{\"geopolitical_units\":[", "{\"object_id\":\"s#\"}", 10001, "]}"),
                 "geopolitical_units", EG_E_OUT_OF_RANGE);
}

static void selections_are_counted_over_all_contests(void **state)
{
    (void)state;
    eg_str list = repeated(
        "[", "{\"object_id\":\"s#\",\"sequence_order\":#,\"candidate_id\":\"c#\"}", 1000, "]");
    char *contest = eg_arena_alloc(&arena, list.len + 64);
    (void)snprintf(contest, list.len + 64, "{\"object_id\":\"k#\",\"ballot_selections\":%.*s}",
                   (int)list.len, list.data);
    assert_first(repeated("{\"contests\":[", contest, 6, "]}"), "contests", EG_E_OUT_OF_RANGE);
}

static void the_first_hundred_are_listed_and_all_are_counted(void **state)
{
    eg_problems problems;
    (void)state;
    (void)taken(repeated("{\"candidates\":[", "{\"object_id\":#}", 1000, "]}"), &problems);
    assert_int_equal(problems.count, EG_PROBLEMS_MAX);
    assert_int_equal(problems.faults, 1000 + 9);
}

static void an_id_of_a_megabyte_is_refused(void **state)
{
    enum { BYTES = 1 << 20 };
    (void)state;
    char *text = eg_arena_alloc(&arena, BYTES + 64);
    int n = snprintf(text, 64, "{\"contests\":[{\"object_id\":\"");
    memset(text + n, 'a', BYTES);
    (void)snprintf(text + n + BYTES, 8, "\"}]}");
    assert_first(eg_str_from(text), "contests[0].object_id", EG_E_OUT_OF_RANGE);
}

static void anything_but_a_map_is_a_fault(void **state)
{
    eg_problems problems;
    (void)state;
    (void)taken(EG_STR("[]"), &problems);
    assert_int_equal(problems.faults, 1);
    assert_int_equal(problems.list[0].error.code, EG_E_BAD_TYPE);
    (void)taken(EG_STR("{}"), &problems);
    assert_int_equal(problems.faults, 10);
}

static void texts_are_shown_in_the_first_language_that_has_one(void **state)
{
    static const eg_language languages[] = {
        {EG_STR(""), EG_STR("en")}, {EG_STR("uno"), EG_STR("es")}, {EG_STR("un"), EG_STR("fr")}};
    const eg_text plain = {.kind = EG_TEXT_PLAIN, .plain = EG_STR("one")}, none = {EG_TEXT_NULL};
    const eg_text some = {.kind = EG_TEXT_LANGUAGES, .languages = languages, .language_count = 3};
    const eg_text empty = {.kind = EG_TEXT_LANGUAGES, .languages = languages, .language_count = 1};
    (void)state;
    assert_true(eg_str_equal(eg_text_shown(&plain), EG_STR("one")));
    assert_true(eg_str_equal(eg_text_shown(&some), EG_STR("uno")));
    assert_int_equal(eg_text_shown(&empty).len, 0);
    assert_int_equal(eg_text_shown(&none).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(recorded_hashes_are_found, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(unlisted_candidates_are_said, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(what_was_read_is_written_again, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(each_fault_has_its_path_and_code, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(a_good_one_has_none, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(an_unread_field_is_said_once, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(plain_strings_stand_for_texts, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(names_of_nonces_are_distinct, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(too_many_of_anything_is_refused, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(selections_are_counted_over_all_contests, make_arena,
                                        drop_arena),
        cmocka_unit_test_setup_teardown(the_first_hundred_are_listed_and_all_are_counted,
                                        make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(an_id_of_a_megabyte_is_refused, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(anything_but_a_map_is_a_fault, make_arena, drop_arena),
        cmocka_unit_test(texts_are_shown_in_the_first_language_that_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
