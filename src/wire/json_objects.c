#include "wire/json_objects.h"

#include "wire/objects/ballot.h"
#include "wire/objects/manifest.h"
#include "wire/objects/plain_ballot.h"

static eg_result parse(eg_node *out, eg_str text, eg_arena *arena, eg_error *err)
{
    return eg_tree_parse(out, EG_JSON, text, 0, arena, NULL, err);
}

eg_result eg_manifest_from_json(eg_manifest *out, eg_str text, eg_arena *arena, eg_error *err)
{
    eg_problems problems;
    eg_manifest read;
    eg_node node;
    EG_TRY(parse(&node, text, arena, err));
    EG_TRY(eg_problems_init(&problems, 1, arena, err));
    EG_TRY(eg_manifest_take(&read, &node, NULL, arena, &problems, err));
    EG_TRY(eg_problems_first(&problems, err));
    *out = read;
    return EG_SUCCESS;
}

eg_result eg_plain_ballot_from_json(eg_plain_ballot *out, eg_str text, eg_arena *arena,
                                    eg_error *err)
{
    eg_plain_ballot read = {0};
    eg_node node;
    EG_TRY(parse(&node, text, arena, err));
    EG_TRY(eg_plain_ballot_read(&read, &node, NULL, arena, err));
    *out = read;
    return EG_SUCCESS;
}

eg_result eg_ballot_from_json(eg_ballot *out, eg_str text, eg_arena *arena, eg_error *err)
{
    eg_ballot read = {0};
    eg_node node;
    EG_TRY(parse(&node, text, arena, err));
    EG_TRY(eg_ballot_read(&read, &node, NULL, arena, err));
    *out = read;
    return EG_SUCCESS;
}
