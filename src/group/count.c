/* How much arithmetic a thread has done, and how much of it one unit of work should have. */
#include "group/internal.h"

#include "group/group.h"

enum { SINGLE_LANE_POWERS = 8, POWERS_OF_LANE = 4 };

static _Thread_local uint64_t products;

/* A product of the scalar kernel takes as long as so many lanes of the one in use. */
static unsigned lanes_of_scalar(void)
{
    enum { IFMA_LANES = 8, OF_IFMA = 6, OF_FMA = 2 };
    size_t lanes = eg_group_lanes();
    return lanes == 1 ? 1 : lanes == IFMA_LANES ? OF_IFMA : OF_FMA;
}

void eg_count_products(const eg_kernel *kernel, uint64_t blocks)
{
    products += blocks * (kernel->lanes == 1 ? lanes_of_scalar() : kernel->lanes);
}

uint64_t eg_group_products(void)
{
    return products;
}

size_t eg_group_lanes(void)
{
    return eg_kernel_active()->lanes;
}

size_t eg_group_powers_of_unit(void)
{
    size_t lanes = eg_group_lanes();
    return lanes == 1 ? SINGLE_LANE_POWERS : POWERS_OF_LANE * lanes;
}
