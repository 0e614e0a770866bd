/* Required fields of a map that hold big decimals. Source: docs/api-contract.md 3. */
#ifndef EG_API_FIELDS_DECIMAL_FIELDS_H
#define EG_API_FIELDS_DECIMAL_FIELDS_H

#include "wire/fields.h"

static inline eg_result eg_decimal_p_read(const eg_node *map, const eg_path *at, const char *name,
                                          eg_modp *out, eg_error *err)
{
    const eg_node *node;
    EG_TRY(eg_field(&node, map, at, name, err));
    eg_path path = eg_path_field(at, name);
    return eg_node_p_decimal(out, node, &path, err);
}

static inline eg_result eg_decimal_q_read(const eg_node *map, const eg_path *at, const char *name,
                                          eg_modq *out, eg_error *err)
{
    const eg_node *node;
    EG_TRY(eg_field(&node, map, at, name, err));
    eg_path path = eg_path_field(at, name);
    return eg_node_q_decimal(out, node, &path, err);
}

#endif
