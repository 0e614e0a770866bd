/* Loops over bytes, compiled a second time for CPUs with AVX2 and chosen between when the program
 * is loaded: three times as fast there. Plain C stays the one source.
 * On static functions: what chooses would be exported with others. */
#ifndef EG_BASE_CLONES_H
#define EG_BASE_CLONES_H

/* Sanitizers are not ready when the choice is made. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define EG_BYTE_LOOP __attribute__((target_clones("avx2", "default")))
#else
#define EG_BYTE_LOOP
#endif

#endif
