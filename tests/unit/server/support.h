/* What every test of the server includes. */
#ifndef EG_TESTS_SERVER_SUPPORT_H
#define EG_TESTS_SERVER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#endif
