#include "api/fields/manifest_field.h"

#include "wire/artifact.h"
#include "wire/fields.h"
#include "wire/objects/manifest.h"

static const char name[] = "manifest";

eg_result eg_manifest_field_alone(const eg_node *fields, eg_error *err)
{
    static const char *const replaced[] = {"party_names", "candidate_names", "max_choices"};
    for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++) {
        if (eg_map_find(fields, name) != NULL && eg_map_find(fields, replaced[i]) != NULL) {
            eg_path path = eg_path_field(NULL, replaced[i]);
            return EG_FAIL(err, EG_E_DUPLICATE, &path,
                           "'%s' must not be given beside 'manifest', which takes its place",
                           replaced[i]);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_manifest_field_open(eg_node *out, const eg_node *fields, eg_arena *arena,
                                 eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&node, fields, NULL, name, err));
    if (node->kind == EG_STRING && node->as.str.len > EG_MANIFEST_TEXT_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, &path, "'manifest' may have at most %d bytes",
                       EG_MANIFEST_TEXT_MAX);
    }
    EG_TRY(eg_artifact_open(out, NULL, node, &path, arena, err));
    return eg_need_map(out, &path, err);
}

eg_result eg_manifest_field_read(eg_manifest *out, bool *given, const eg_node *fields,
                                 eg_arena *arena, eg_error *err)
{
    eg_node map;
    eg_problems problems;
    eg_path path = eg_path_field(NULL, name);
    *given = eg_map_find(fields, name) != NULL;
    if (!*given) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_manifest_field_alone(fields, err));
    EG_TRY(eg_manifest_field_open(&map, fields, arena, err));
    EG_TRY(eg_problems_init(&problems, 1, arena, err));
    EG_TRY(eg_manifest_take(out, &map, &path, arena, &problems, err));
    return eg_problems_first(&problems, err);
}
