/* cmocka with the headers that it asks to be included before it. */
#ifndef EG_TESTS_CMOCKA_ALL_H
#define EG_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#endif
