#include "api/routes.h"

#include "group/group.h"

bool eg_api_init(const char *kernel)
{
    return eg_group_init(kernel);
}
