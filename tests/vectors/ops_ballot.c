#include "vectors/runner.h"

const vector_op ops_ballot[] = {{NULL, NULL}};
