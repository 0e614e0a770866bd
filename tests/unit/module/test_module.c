/* Calls of the module by name: what is taken, what is refused, and how that is said. */
#include "support/cmocka_all.h"

#include "module/module.h"
#include "wire/tree.h"

#include <stdio.h>

static eg_arena arena;
static eg_buf answer;

static bool no_file(uint64_t entry, char *out, size_t bytes)
{
    (void)entry;
    (void)out;
    (void)bytes;
    return false;
}

static void no_progress(eg_str name, size_t parts)
{
    (void)name;
    (void)parts;
}

static int start(void **state)
{
    static eg_module_host host = {.read_file = no_file, .progress = no_progress};
    (void)state;
    host.rng = eg_rng_system();
    eg_module_init(&host);
    eg_arena_init(&arena, NULL);
    eg_buf_init(&answer, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    eg_buf_free(&answer);
    eg_arena_free(&arena);
    return 0;
}

static eg_node call(const char *name, const char *request, bool good)
{
    eg_node map;
    eg_error err;
    eg_buf_clear(&answer);
    assert_int_equal(eg_module_call(eg_str_from(name), eg_str_from(request), &answer), good);
    assert_int_equal(eg_tree_parse(&map, EG_JSON, eg_buf_str(&answer), 0, &arena, NULL, &err).code,
                     EG_OK);
    return map;
}

static void assert_member(const eg_node *map, const char *name, const char *want)
{
    const eg_node *node = eg_map_find(map, name);
    assert_non_null(node);
    assert_int_equal(node->kind, EG_STRING);
    assert_true(eg_str_equal(node->as.str, eg_str_from(want)));
}

static void assert_failure(const char *name, const char *request, const char *code,
                           const char *path)
{
    const eg_node map = call(name, request, false);
    assert_member(&map, "code", code);
    assert_member(&map, "path", path);
    assert_true(eg_map_find(&map, "message")->as.str.len > 0);
}

static void info_says_which_kernel_works(void **state)
{
    (void)state;
    const eg_node map = call("info", "{}", true);
    assert_member(&map, "version", EG_VERSION);
    assert_true(eg_map_find(&map, "kernel")->as.str.len > 0);
}

static void unknown_operation_is_not_found(void **state)
{
    (void)state;
    assert_failure("ballot.sell", "{}", "not_found", "");
}

static void requests_are_maps_in_json(void **state)
{
    (void)state;
    assert_failure("info", "{", "bad_encoding", "");
    assert_failure("info", "[]", "bad_type", "");
    assert_failure("info", "{\"a\":1,\"a\":2}", "duplicate", "");
    assert_failure("info", "", "bad_encoding", "");
}

static void handles_of_nothing_are_not_found(void **state)
{
    (void)state;
    assert_failure("handle.free", "{\"handle\":1}", "not_found", "handle");
    assert_failure("handle.free", "{}", "missing_field", "handle");
    assert_failure("ballot.verify", "{\"election\":7,\"ballot\":{}}", "not_found", "election");
}

static void manifests_from_names_are_those_of_the_service(void **state)
{
    (void)state;
    const eg_node map = call(
        "manifest.check", "{\"party_names\":[\"P\"],\"candidate_names\":[\"Ann\",\"Bob\"]}", true);
    const eg_node *contests = eg_map_find(eg_map_find(&map, "manifest"), "contests");
    assert_int_equal(contests->as.array.count, 1);
    assert_failure("manifest.check", "{\"manifest\":{}}", "missing_field",
                   "manifest.election_scope_id");
    assert_failure("manifest.check",
                   "{\"party_names\":[\"P\"],\"candidate_names\":[\"Ann\",\"Ann\"]}", "duplicate",
                   "candidate_names");
}

static void election_files_of_other_formats_are_refused(void **state)
{
    (void)state;
    assert_failure("election.open", "{\"format\":\"something else\"}", "wrong_election", "format");
    assert_failure("election.open", "{\"format\":\"egserve election 1\"}", "missing_field",
                   "context");
}

static void guardians_are_held_by_their_handles(void **state)
{
    (void)state;
    const eg_node made = call("guardian.new",
                              "{\"id\":\"g-1\",\"sequence_order\":1,\"number_of_guardians\":1,"
                              "\"quorum\":1}",
                              true);
    char request[64];
    const long long number = (long long)eg_map_find(&made, "guardian")->as.integer;
    (void)snprintf(request, sizeof request, "{\"guardian\":%lld}", number);
    const eg_node about = call("guardian.about", request, true);
    assert_member(&about, "id", "g-1");
    assert_int_equal(eg_map_find(&about, "known")->as.array.count, 1);
    (void)call("guardian.record", request, true);
    (void)snprintf(request, sizeof request, "{\"election\":%lld,\"ballot\":{}}", number);
    assert_failure("ballot.verify", request, "not_found", "election");
    (void)snprintf(request, sizeof request, "{\"handle\":%lld}", number);
    (void)call("handle.free", request, true);
    (void)snprintf(request, sizeof request, "{\"guardian\":%lld}", number);
    assert_failure("guardian.about", request, "not_found", "guardian");
}

static void record_without_files_is_no_good_one(void **state)
{
    (void)state;
    const eg_node map = call("record.verify", "{\"files\":[]}", true);
    assert_int_equal(eg_map_find(&map, "verified")->as.boolean, false);
    assert_failure("record.verify", "{\"files\":[{\"name\":\"../x\",\"bytes\":1}]}", "out_of_range",
                   "../x");
    assert_failure("record.verify", "{\"files\":[{\"name\":\"x\",\"bytes\":-1}]}", "too_large",
                   "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_says_which_kernel_works),
        cmocka_unit_test(unknown_operation_is_not_found),
        cmocka_unit_test(requests_are_maps_in_json),
        cmocka_unit_test(handles_of_nothing_are_not_found),
        cmocka_unit_test(manifests_from_names_are_those_of_the_service),
        cmocka_unit_test(election_files_of_other_formats_are_refused),
        cmocka_unit_test(guardians_are_held_by_their_handles),
        cmocka_unit_test(record_without_files_is_no_good_one),
    };
    return cmocka_run_group_tests(tests, start, end);
}
