/* Whole requests through every stage of every endpoint.
 *
 * Byte 0 chooses the endpoint, byte 1 how the request comes: bit 0 MessagePack, bit 1 in pieces of
 * 13 bytes, bit 2 items after the body, bit 3 the answer in MessagePack. The rest is the body. */
#include "common.h"

#include "api/frame/negotiation.h"
#include "api/routes.h"
#include "support/call_driver.h"

enum { MEMORY_MAX = 256 * 1024 * 1024, FEW_GUARDIANS = 5 };

/* The order is the corpus's: new paths go to the end. */
static const char *const paths[] = {
    "/setup_guardians",
    "/create_encrypted_ballot",
    "/create_encrypted_tally",
    "/combine_encrypted_tallies",
    "/create_partial_decryption",
    "/create_compensated_decryption",
    "/combine_decryption_shares",
    "/generate_guardian_credentials",
    "/generate_guardian_backup_shares",
    "/combine_guardian_public_keys",
    "/verify_guardian_key",
    "/verify_guardian_backup",
    "/benaloh_challenge",
    "/publish_ballot",
    "/ballots",
    "/ballots/{id}",
    "/ballots/{id}/nonces",
    "/decode_artifact_to_json",
    "/api/encrypt",
    "/api/decrypt",
    "/validate_manifest",
    "/verify_ballots",
};
enum { PATH_COUNT = sizeof paths / sizeof paths[0] };

static const eg_endpoint *endpoint_of(const char *path)
{
    for (size_t i = 0; eg_routes[i] != NULL; i++) {
        if (strcmp(eg_routes[i]->path, path) == 0) {
            return eg_routes[i];
        }
    }
    return NULL;
}

/* An endpoint that takes a body and is missing above would never be tried. */
static void check_paths(void)
{
    for (size_t i = 0; eg_routes[i] != NULL; i++) {
        size_t j = 0;
        if (strcmp(eg_routes[i]->method, "POST") != 0) {
            continue;
        }
        while (j < PATH_COUNT && strcmp(paths[j], eg_routes[i]->path) != 0) {
            j++;
        }
        CHECK(j < PATH_COUNT);
    }
}

/* A hundred guardians are a lawful request and take their time: not here. */
static bool is_long_work(const uint8_t *body, size_t n, eg_encoding encoding)
{
    eg_arena arena;
    eg_node map;
    eg_error error;
    bool found = false;
    eg_arena_init(&arena, NULL);
    eg_result r =
        eg_tree_parse(&map, encoding, (eg_str){(const char *)body, n}, 0, &arena, NULL, &error);
    if (!eg_failed(r) && map.kind == EG_MAP) {
        const eg_node *count = eg_map_find(&map, "number_of_guardians");
        found = count != NULL && (count->kind != EG_INT || count->as.integer > FEW_GUARDIANS);
    }
    eg_arena_free(&arena);
    return found;
}

static void check_answer(const driven *d)
{
    eg_arena arena;
    eg_node body;
    bool is_msgpack = strcmp(d->content_type, "application/msgpack") == 0;
    CHECK(is_msgpack || strcmp(d->content_type, "application/json") == 0);
    CHECK(d->left_bytes == 0);
    eg_arena_init(&arena, NULL);
    CHECK(fuzz_parse(&body, is_msgpack ? EG_MSGPACK : EG_JSON, eg_buf_str(&d->body), &arena));
    CHECK(body.kind == EG_MAP);
    if (!d->ok) {
        fuzz_check_error(&d->error);
        CHECK(eg_map_find(&body, "message") != NULL && eg_map_find(&body, "code") != NULL);
    }
    eg_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool checked;
    if (!checked) {
        check_paths();
        checked = true;
    }
    const eg_endpoint *endpoint = n < 2 ? NULL : endpoint_of(paths[data[0] % PATH_COUNT]);
    if (endpoint == NULL) {
        return 0;
    }
    eg_encoding encoding = (data[1] & 1) != 0 ? EG_MSGPACK : EG_JSON;
    if (is_long_work(data + 2, n - 2, encoding)) {
        return 0;
    }
    static const eg_api_settings settings = {
        .verify_ballots_default = true, .has_master_key = true, .key_table_cache = 4};
    drive_options options = {
        .settings = &settings,
        .content_type = eg_encoding_media_type(encoding),
        .accept = (data[1] & 8) != 0 ? "application/msgpack" : "*/*",
        .path_tail = "b-1",
        .feed_bytes = (data[1] & 2) != 0 ? 13 : 0,
        .items_last = (data[1] & 4) != 0,
        .memory_limit = MEMORY_MAX,
        .error_body = eg_error_body,
    };
    driven d;
    drive(&d, endpoint, data + 2, n - 2, &options);
    check_answer(&d);
    driven_free(&d);
    return 0;
}
