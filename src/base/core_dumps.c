#include "base/core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void eg_forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}
