#include "record/shape.h"

#include "crypto/hash.h"

/* Upper case, whole bytes, no leading zero byte, "00" for zero. */
static bool is_canonical_hex(eg_str text)
{
    if (text.len < 2 || text.len % 2 != 0) {
        return false;
    }
    if (text.len > 2 && text.data[0] == '0' && text.data[1] == '0') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) {
            return false;
        }
    }
    return true;
}

static eg_result check_hex(const eg_shape *shape, const eg_node *node, const eg_path *at,
                           eg_error *err)
{
    eg_modp p;
    eg_modq q;
    if (node->kind != EG_STRING || !is_canonical_hex(node->as.str)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, at,
                       "it must be a number in hexadecimal: upper case, whole bytes, none of them "
                       "a leading zero");
    }
    bool is_below = shape->kind == EG_SHAPE_P   ? eg_modp_from_hex(&p, node->as.str)
                    : shape->kind == EG_SHAPE_Q ? eg_modq_from_hex(&q, node->as.str)
                                                : true;
    if (!is_below) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, at, "it must be below the modulus");
    }
    return EG_SUCCESS;
}

static const eg_shape_member *member_of(const eg_shape *shape, eg_str name)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (eg_str_equal(name, eg_str_from(shape->members[i].name))) {
            return &shape->members[i];
        }
    }
    return NULL;
}

static eg_result check_members(const eg_shape *shape, const eg_node *node, const eg_path *at,
                               eg_error *err)
{
    for (size_t i = 0; i < node->as.map.count; i++) {
        const eg_member *found = &node->as.map.members[i];
        const eg_shape_member *member = member_of(shape, found->key);
        eg_path path = eg_path_key(at, found->key.data, found->key.len);
        if (member == NULL) {
            return EG_FAIL(err, EG_E_BAD_TYPE, &path, "there is no such member in this object");
        }
        if (member->nullable && found->value.kind == EG_NULL) {
            continue;
        }
        EG_TRY(eg_shape_check(member->shape, &found->value, &path, err));
    }
    return EG_SUCCESS;
}

/* Names in a map are distinct: as many as there are to be, and none besides, are all of them. */
static eg_result check_object(const eg_shape *shape, const eg_node *node, const eg_path *at,
                              eg_error *err)
{
    if (node->kind != EG_MAP) {
        return EG_FAIL(err, EG_E_BAD_TYPE, at, "it must be an object");
    }
    EG_TRY(check_members(shape, node, at, err));
    for (size_t i = 0; i < shape->count && node->as.map.count < shape->count; i++) {
        if (eg_map_member(node, shape->members[i].name) == NULL) {
            eg_path path = eg_path_field(at, shape->members[i].name);
            return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "it is missing");
        }
    }
    return EG_SUCCESS;
}

static eg_result check_id(const eg_member *member, const eg_path *at, eg_error *err)
{
    const eg_node *id = eg_map_member(&member->value, "object_id");
    eg_path path = eg_path_field(at, "object_id");
    if (id == NULL || !eg_str_equal(id->as.str, member->key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "it is not the name that it stands under");
    }
    return EG_SUCCESS;
}

static eg_result check_map(const eg_shape *shape, const eg_node *node, const eg_path *at,
                           eg_error *err)
{
    if (node->kind != EG_MAP) {
        return EG_FAIL(err, EG_E_BAD_TYPE, at, "it must be an object");
    }
    for (size_t i = 0; i < node->as.map.count; i++) {
        const eg_member *member = &node->as.map.members[i];
        eg_path path = eg_path_key(at, member->key.data, member->key.len);
        EG_TRY(eg_shape_check(shape->of, &member->value, &path, err));
        if (shape->kind == EG_SHAPE_ID_MAP) {
            EG_TRY(check_id(member, &path, err));
        }
    }
    return EG_SUCCESS;
}

static eg_result check_list(const eg_shape *shape, const eg_node *node, const eg_path *at,
                            eg_error *err)
{
    if (node->kind != EG_ARRAY) {
        return EG_FAIL(err, EG_E_BAD_TYPE, at, "it must be a list");
    }
    for (size_t i = 0; i < node->as.array.count; i++) {
        eg_path path = eg_path_index(at, i);
        EG_TRY(eg_shape_check(shape->of, &node->as.array.items[i], &path, err));
    }
    return EG_SUCCESS;
}

static eg_result check_kind(const eg_node *node, eg_kind kind, const char *what, const eg_path *at,
                            eg_error *err)
{
    return node->kind == kind ? EG_SUCCESS : EG_FAIL(err, EG_E_BAD_TYPE, at, "it must be %s", what);
}

static eg_result check_int(const eg_node *node, const eg_path *at, eg_error *err)
{
    EG_TRY(check_kind(node, EG_INT, "an integer", at, err));
    return node->as.integer >= 0 ? EG_SUCCESS
                                 : EG_FAIL(err, EG_E_OUT_OF_RANGE, at, "it must not be negative");
}

eg_result eg_shape_check(const eg_shape *shape, const eg_node *node, const eg_path *at,
                         eg_error *err)
{
    switch (shape->kind) {
    case EG_SHAPE_P:
    case EG_SHAPE_Q:
    case EG_SHAPE_HEX:
        return check_hex(shape, node, at, err);
    case EG_SHAPE_INT:
        return check_int(node, at, err);
    case EG_SHAPE_STRING:
        return check_kind(node, EG_STRING, "a string", at, err);
    case EG_SHAPE_BOOL:
        return check_kind(node, EG_BOOL, "true or false", at, err);
    case EG_SHAPE_NULL:
        return check_kind(node, EG_NULL, "null: whoever knows it can open the ballot", at, err);
    case EG_SHAPE_OBJECT:
        return check_object(shape, node, at, err);
    case EG_SHAPE_LIST:
        return check_list(shape, node, at, err);
    case EG_SHAPE_MAP:
    case EG_SHAPE_ID_MAP:
        return check_map(shape, node, at, err);
    case EG_SHAPE_TEXT:
        break;
    }
    return node->kind == EG_STRING ? EG_SUCCESS : check_object(shape, node, at, err);
}
