#include "module/operation.h"

#include "group/group.h"

/* {} -> { version, kernel } */
eg_result eg_op_info(const eg_operation_call *call, eg_error *err)
{
    (void)err;
    eg_put_cstr(call->answer, "version", EG_VERSION);
    eg_put_cstr(call->answer, "kernel", eg_group_kernel_name());
    return EG_SUCCESS;
}
