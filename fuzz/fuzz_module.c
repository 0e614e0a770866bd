/* Calls of the WebAssembly module by name: any request is answered with a map, or refused with a
 * code and a sentence.
 *
 * Byte 0 chooses the operation; the rest is the request. Handles 1 and 2 are guardians, of one and
 * of two, and 3 an election of the first; what a request makes is freed behind it. The files of a
 * record are those of a good one, by their names. Key files are sealed and opened by the target
 * key_file: scrypt would take all the time here. */
#include "record_files.h"

#include "module/module.h"

#include <string.h>

/* The order is the corpus's: new operations go to the end. */
static const char *const operations[] = {
    "info",
    "manifest.check",
    "election.new",
    "election.open",
    "ballot.encrypt",
    "ballot.verify",
    "ballot.challenge",
    "guardian.new",
    "guardian.about",
    "guardian.record",
    "guardian.make_backup",
    "guardian.take_record",
    "guardian.take_backup",
    "guardian.share",
    "tally.make",
    "shares.combine",
    "record.verify",
    "nothing",
};
enum { OPERATION_COUNT = sizeof operations / sizeof operations[0], FEW_GUARDIANS = 5 };

static int64_t handles; /* that stay */

/* ---- the host ---- */

static const eg_node *files; /* of the request at hand; NULL: none */

/* Of the good record the one whose name the request has in that place. */
static bool read_file(uint64_t entry, char *out, size_t bytes)
{
    record_files good = *record_good();
    CHECK(files != NULL && entry < files->as.array.count);
    const eg_node *name = eg_map_find(&files->as.array.items[entry], "name");
    CHECK(name != NULL && name->kind == EG_STRING);
    const record_file *file = record_find(&good, name->as.str);
    if (file == NULL || file->text.len != bytes) {
        return false;
    }
    memcpy(out, file->text.data, bytes);
    return true;
}

static void progress(eg_str name, size_t parts)
{
    CHECK(name.len < 100 && parts < SIZE_MAX);
}

/* ---- calls ---- */

static bool call(eg_node *answer, eg_str name, eg_str request, eg_arena *arena)
{
    eg_buf out;
    eg_str copy = {NULL, 0};
    eg_buf_init(&out, NULL);
    const bool good = eg_module_call(name, request, &out);
    CHECK(!eg_failed(eg_arena_copy_str(arena, eg_buf_str(&out), &copy, NULL)));
    eg_buf_free(&out);
    CHECK(fuzz_parse(answer, EG_JSON, copy, arena));
    CHECK(answer->kind == EG_MAP);
    return good;
}

static eg_str text_of(const eg_node *map, const char *name)
{
    const eg_node *node = eg_map_find(map, name);
    CHECK(node != NULL && node->kind == EG_STRING);
    return node->as.str;
}

static void check_failure(const eg_node *answer)
{
    const eg_str code = text_of(answer, "code");
    (void)text_of(answer, "path");
    CHECK(text_of(answer, "message").len > 0);
    CHECK(code.len > 0 && !eg_str_equal(code, EG_STR("internal")) &&
          !eg_str_equal(code, EG_STR("busy")));
}

/* ---- what is there ---- */

static void make(eg_arena *arena, const char *name, const char *request)
{
    eg_node answer;
    CHECK(call(&answer, eg_str_from(name), eg_str_from(request), arena));
}

static void make_election(eg_arena *arena)
{
    enum { ROOM = 32768 };
    static char request[ROOM];
    eg_node answer;
    CHECK(call(&answer, EG_STR("guardian.record"), EG_STR("{\"guardian\":1}"), arena));
    const eg_str record = text_of(&answer, "text");
    int n = snprintf(request, ROOM,
                     "{\"party_names\":[\"p\"],\"candidate_names\":[\"a\"],\"quorum\":1,"
                     "\"guardians\":[%.*s]}",
                     (int)record.len, record.data);
    CHECK(n > 0 && n < ROOM);
    eg_buf out;
    eg_buf_init(&out, NULL);
    CHECK(eg_module_call(EG_STR("election.new"), (eg_str){request, (size_t)n}, &out));
    /* { "file": ... } */
    const eg_str file = {out.data + strlen("{\"file\":"), out.len - strlen("{\"file\":") - 1};
    CHECK(call(&answer, EG_STR("election.open"), file, arena));
    eg_buf_free(&out);
}

static void begin(void)
{
    static eg_module_host host = {.read_file = read_file, .progress = progress};
    eg_arena arena;
    host.rng = eg_rng_system();
    eg_module_init(&host);
    eg_arena_init(&arena, NULL);
    make(&arena, "guardian.new",
         "{\"id\":\"1\",\"sequence_order\":1,\"number_of_guardians\":1,\"quorum\":1}");
    make(&arena, "guardian.new",
         "{\"id\":\"1\",\"sequence_order\":1,\"number_of_guardians\":2,\"quorum\":2}");
    make_election(&arena);
    handles = 3;
    eg_arena_free(&arena);
}

/* A handle that is new goes. */
static void free_made(const eg_node *answer, eg_arena *arena)
{
    static const char *const names[] = {"guardian", "election"};
    for (size_t i = 0; i < 2; i++) {
        const eg_node *made = eg_map_find(answer, names[i]);
        if (made != NULL && made->kind == EG_INT) {
            char request[64];
            eg_node nothing;
            CHECK(made->as.integer > handles);
            int n =
                snprintf(request, sizeof request, "{\"handle\":%lld}", (long long)made->as.integer);
            CHECK(call(&nothing, EG_STR("handle.free"), (eg_str){request, (size_t)n}, arena));
        }
    }
}

/* A hundred guardians are a lawful request and take their time: not here. */
static bool is_long_work(const eg_node *request)
{
    const eg_node *count = eg_map_find(request, "number_of_guardians");
    return count != NULL && (count->kind != EG_INT || count->as.integer > FEW_GUARDIANS);
}

static void try_call(eg_str name, eg_str request, eg_arena *arena)
{
    eg_node map, answer;
    files = NULL;
    if (fuzz_parse(&map, EG_JSON, request, arena) && map.kind == EG_MAP) {
        files = eg_map_find(&map, "files");
        if (is_long_work(&map)) {
            return;
        }
    }
    if (call(&answer, name, request, arena)) {
        free_made(&answer, arena);
    } else {
        check_failure(&answer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    eg_arena arena;
    if (handles == 0) {
        begin();
    }
    if (n > 0) {
        eg_arena_init(&arena, NULL);
        try_call(eg_str_from(operations[data[0] % OPERATION_COUNT]),
                 (eg_str){(const char *)data + 1, n - 1}, &arena);
        eg_arena_free(&arena);
    }
    return 0;
}
