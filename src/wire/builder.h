/* Events to a tree of nodes. Private to this folder. */
#ifndef EG_WIRE_BUILDER_H
#define EG_WIRE_BUILDER_H

#include "wire/events.h"

typedef struct eg_builder_level {
    bool is_map;
    size_t first; /* of its members in `pending` */
    eg_str key;   /* of the member being read */
    bool has_key;
} eg_builder_level;

typedef struct eg_builder {
    eg_arena *arena;     /* borrowed: where nodes go */
    eg_budget *budget;   /* borrowed: charged for `pending` */
    unsigned base_depth; /* containers around the value */
    unsigned depth;      /* open containers of the value */
    eg_builder_level level[EG_NESTING_MAX + 1];
    eg_member *pending; /* malloc'ed: children of open containers; elements use value alone */
    size_t pending_count, pending_capacity;
    eg_node root;
    bool complete; /* root is whole */
} eg_builder;

void eg_builder_init(eg_builder *b, eg_arena *arena, unsigned base_depth);
void eg_builder_free(eg_builder *b);
/* Ready for the next value, into the same arena. */
void eg_builder_restart(eg_builder *b);
/* at: path of the value, for errors. */
eg_result eg_builder_event(eg_builder *b, const eg_event *event, const eg_path *at,
                           eg_error *err) EG_MUST_USE;
/* The place reached, as a path below at; steps holds EG_NESTING_MAX + 1 and outlives the result. */
const eg_path *eg_builder_place(const eg_builder *b, const eg_path *at,
                                eg_path steps[EG_NESTING_MAX + 1]);

#endif
