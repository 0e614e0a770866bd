/* One file of a record as any bytes. The first byte chooses which file of a good record the others
 * take the place of. What has the right shape is verified with the rest of that record: refused
 * with a sentence, or differing in what nothing vouches for. */
#include "record_files.h"

#include "record/shape.h"

static const eg_shape *shape_of(eg_str name)
{
    static const eg_shape *const shapes[EG_RECORD_CLASS_COUNT] = {
        [EG_RECORD_CLASS_MANIFEST] = &eg_shape_manifest,
        [EG_RECORD_CLASS_CONTEXT] = &eg_shape_context,
        [EG_RECORD_CLASS_CONSTANTS] = &eg_shape_constants,
        [EG_RECORD_CLASS_COEFFICIENTS] = &eg_shape_coefficients,
        [EG_RECORD_CLASS_ENCRYPTED_TALLY] = &eg_shape_encrypted_tally,
        [EG_RECORD_CLASS_TALLY] = &eg_shape_plain_tally,
        [EG_RECORD_CLASS_DEVICE] = &eg_shape_device,
        [EG_RECORD_CLASS_GUARDIAN] = &eg_shape_guardian,
        [EG_RECORD_CLASS_SUBMITTED_BALLOT] = &eg_shape_submitted_ballot,
        [EG_RECORD_CLASS_SPOILED_BALLOT] = &eg_shape_plain_tally,
    };
    eg_str id;
    return shapes[eg_record_classify(name, &id)];
}

static bool has_shape(eg_str name, eg_str text, eg_arena *arena)
{
    eg_node node;
    eg_error error = {.code = EG_OK};
    if (!fuzz_parse(&node, EG_JSON, text, arena)) {
        return false;
    }
    if (eg_failed(eg_shape_check(shape_of(name), &node, NULL, &error))) {
        fuzz_check_error(&error);
        return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    record_files files = *record_good();
    eg_arena arena;
    eg_audit *audit;
    if (n == 0) {
        return 0;
    }
    eg_arena_init(&arena, NULL);
    record_file *file = &files.files[data[0] % files.count];
    file->text = (eg_str){(const char *)data + 1, n - 1};
    if (has_shape(file->name, file->text, &arena)) {
        record_audit(&audit, &files, &arena);
        CHECK(!audit->is_verified || record_differs_uncovered(&files, record_good(), &arena));
    }
    eg_arena_free(&arena);
    return 0;
}
