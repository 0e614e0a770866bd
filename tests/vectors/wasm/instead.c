/* What stands in the WebAssembly runner for what is not in the module. */
#include "group/kernel.h"
#include "vectors/runner.h"

/* Browsers have no ML-KEM: credentials are the service's. */
const vector_op ops_ml_kem[] = {{NULL, NULL}};

#ifdef VECTORS_SIMD128
__attribute__((constructor)) static void offer_kernel(void)
{
    eg_kernel_offer(&eg_kernel_simd128);
}
#endif

/* What the host looks at: which kernel the answers are of. */
__attribute__((export_name("kernel_name"))) const char *vectors_kernel_name(void);
const char *vectors_kernel_name(void)
{
    return eg_kernel_active()->name;
}
