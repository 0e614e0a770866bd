/* Members with their keys, and whole trees, from the pieces of writer.c. */
#include "wire/writer.h"

void eg_put_str(eg_writer *w, const char *name, eg_str value)
{
    eg_write_key(w, name);
    eg_write_str(w, value);
}

void eg_put_cstr(eg_writer *w, const char *name, const char *value)
{
    eg_write_key(w, name);
    eg_write_cstr(w, value);
}

void eg_put_int(eg_writer *w, const char *name, int64_t value)
{
    eg_write_key(w, name);
    eg_write_int(w, value);
}

void eg_put_bool(eg_writer *w, const char *name, bool value)
{
    eg_write_key(w, name);
    eg_write_bool(w, value);
}

void eg_put_null(eg_writer *w, const char *name)
{
    eg_write_key(w, name);
    eg_write_null(w);
}

void eg_put_p(eg_writer *w, const char *name, const eg_modp *value)
{
    eg_write_key(w, name);
    eg_write_p(w, value);
}

void eg_put_q(eg_writer *w, const char *name, const eg_modq *value)
{
    eg_write_key(w, name);
    eg_write_q(w, value);
}

static void write_container(eg_writer *w, const eg_node *node)
{
    if (node->kind == EG_ARRAY) {
        eg_write_array(w, node->as.array.count);
        for (size_t i = 0; i < node->as.array.count; i++) {
            eg_write_node(w, &node->as.array.items[i]);
        }
    } else {
        eg_write_map_of(w, node->as.map.count);
        for (size_t i = 0; i < node->as.map.count; i++) {
            eg_write_key_str(w, node->as.map.members[i].key);
            eg_write_node(w, &node->as.map.members[i].value);
        }
    }
    eg_write_end(w);
}

void eg_write_node(eg_writer *w, const eg_node *node)
{
    switch (node->kind) {
    case EG_NULL:
        eg_write_null(w);
        break;
    case EG_BOOL:
        eg_write_bool(w, node->as.boolean);
        break;
    case EG_INT:
        eg_write_int(w, node->as.integer);
        break;
    case EG_FLOAT:
        eg_write_double(w, node->as.real);
        break;
    case EG_BIGINT:
        eg_write_bigint(w, node->as.str);
        break;
    case EG_STRING:
    case EG_BYTES:
        eg_write_str(w, node->as.str);
        break;
    case EG_ARRAY:
    case EG_MAP:
        write_container(w, node);
        break;
    }
}
