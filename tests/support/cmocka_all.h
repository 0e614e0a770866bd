/* cmocka with the headers that it asks to be included before it. */
#ifndef EG_TESTS_CMOCKA_ALL_H
#define EG_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* For tests of what qemu-user does not do as a kernel does: limits of memory, /proc. */
static inline void skip_if_emulated(void)
{
    if (getenv("EG_EMULATED") != NULL) {
        skip();
    }
}

/* For what takes half a minute there and is run in a smaller size as well. */
static inline void skip_if_sanitized(void)
{
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
}

#endif
