/* Pass phrases: from the terminal without echo, or from a descriptor; never from arguments or the
 * environment. */
#ifndef EG_CLI_PASS_PHRASE_H
#define EG_CLI_PASS_PHRASE_H

#include "base/arena.h"

enum { EG_NO_DESCRIPTOR = UINT32_MAX };

/* A line of a pass phrase, in normalisation form C, in arena, which wipes it. Fails with
 * EG_E_BAD_ENCODING (no UTF-8, or a NUL), EG_E_TOO_LARGE, EG_E_UNAVAILABLE (no terminal, nothing to
 * read). Interrupted at the terminal (SIGINT, SIGTERM, SIGHUP) the terminal is put back, and the
 * process ends by that signal. */

/* prompt: "pass phrase of guardian-1.key". */
eg_result eg_pass_phrase_ask(eg_str *out, const char *prompt, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;
/* Twice, which must be the same, and of at least so many bytes: else it is asked for again, and
 * after three times EG_E_OUT_OF_RANGE. */
eg_result eg_pass_phrase_choose(eg_str *out, const char *prompt, size_t least_bytes,
                                eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The next line of an open descriptor, which nothing is read behind. */
eg_result eg_pass_phrase_read(eg_str *out, int descriptor, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;

#endif
