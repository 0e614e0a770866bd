/* Records that are nearly right. The bytes are a program: each instruction changes a good record,
 * a value within a file or the files themselves. What is then verified must differ from the good
 * one in nothing but what nothing vouches for. */
#include "record_changes.h"

enum { CHANGES_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    record_files files = *record_good();
    eg_arena arena;
    eg_audit *audit;
    bool is_changed = n >= RECORD_CHANGE_BYTES;
    eg_arena_init(&arena, NULL);
    for (size_t i = 0; i < CHANGES_MAX && n >= RECORD_CHANGE_BYTES; i++) {
        record_change(&files, data, &arena);
        data += RECORD_CHANGE_BYTES;
        n -= RECORD_CHANGE_BYTES;
    }
    record_audit(&audit, &files, &arena);
    bool same = record_differs_uncovered(&files, record_good(), &arena);
    CHECK(same || !audit->is_verified);
    CHECK(audit->is_verified || is_changed);
    eg_arena_free(&arena);
    return 0;
}
