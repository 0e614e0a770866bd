/* An object of the store, whoever may have written it: what unpacks has the digest that was asked
 * for and is within the bound. The input begins with that digest. */
#include "base/hex.h"
#include "base/sha256.h"
#include "common.h"
#include "store/object.h"

enum { MOST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char hex[EG_OBJECT_DIGEST_HEX + 1] = {0};
    uint8_t digest[EG_SHA256_BYTES];
    eg_budget budget;
    eg_arena arena;
    eg_error err;
    eg_str lines;
    if (n < EG_SHA256_BYTES) {
        return 0;
    }
    eg_hex_encode_lower(hex, data, EG_SHA256_BYTES);
    eg_budget_init(&budget, 0, NULL);
    eg_arena_init(&arena, &budget);
    const eg_str packed = {(const char *)data + EG_SHA256_BYTES, n - EG_SHA256_BYTES};
    if (eg_failed(eg_object_unpack(&lines, packed, hex, MOST, &arena, &err))) {
        fuzz_check_error(&err);
    } else {
        eg_sha256_of(digest, lines.data, lines.len);
        CHECK(lines.len <= MOST && memcmp(digest, data, sizeof digest) == 0);
    }
    CHECK(eg_budget_peak(&budget) < 1024 * 1024);
    eg_arena_free(&arena);
    return 0;
}
