/* Verifies the folder of `egserve election run`, which is not the layout of a published record. */
#ifndef EG_CLI_VERIFY_OWN_H
#define EG_CLI_VERIFY_OWN_H

#include "cli/outcome.h"

/* Prints what it finds; the exit status. */
int eg_verify_own(const char *folder, const eg_output *output);

#endif
