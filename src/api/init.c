#include "api/routes.h"

#include "group/group.h"

bool eg_api_init(const char *kernel)
{
    return eg_group_init(kernel);
}

const char *eg_api_kernel(void)
{
    return eg_group_kernel_name();
}
