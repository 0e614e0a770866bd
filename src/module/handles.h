/* Objects that stay between calls, by number. */
#ifndef EG_MODULE_HANDLES_H
#define EG_MODULE_HANDLES_H

#include "module/operation.h"

typedef enum eg_handle_kind {
    EG_HANDLE_NONE,
    EG_HANDLE_ELECTION,
    EG_HANDLE_GUARDIAN
} eg_handle_kind;

/* Takes the object, which `release` frees and wipes. EG_E_BUSY when there are too many. */
eg_result eg_handle_new(int64_t *out, eg_handle_kind kind, void *object, void (*release)(void *),
                        eg_error *err) EG_MUST_USE;

/* The object whose handle the request has in the member `name`: EG_E_NOT_FOUND when there is none
 * of that kind, as after it was freed. */
eg_result eg_handle_read(void *out_pointer, const eg_operation_call *call, const char *name,
                         eg_handle_kind kind, eg_error *err) EG_MUST_USE;

#endif
