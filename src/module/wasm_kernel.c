/* The kernel with SIMD as a module of its own: its memory is a part of the other module's. */
#include "group/kernel.h"

/* Its function pointers are numbers in this module's table; who loads it puts the functions into
 * the other's table, and their numbers there into the struct. */
__attribute__((export_name("kernel"))) const eg_kernel *eg_module_kernel(void);
const eg_kernel *eg_module_kernel(void)
{
    return &eg_kernel_simd128;
}
