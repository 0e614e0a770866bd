#include "vectors/runner.h"

const vector_op ops_decryption[] = {{NULL, NULL}};
