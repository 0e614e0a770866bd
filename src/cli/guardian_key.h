/* A guardian's key file as commands use it: opened with its pass phrase, held while it is at work,
 * and replaced whole. */
#ifndef EG_CLI_GUARDIAN_KEY_H
#define EG_CLI_GUARDIAN_KEY_H

#include "cli/options.h"
#include "guardian/guardian.h"

#include <limits.h>

/* The flags of every command that opens one. */
typedef struct eg_guardian_key_flags {
    const char *key;
    const char *descriptor;     /* that the pass phrase is read from; NULL: the terminal */
    const char *new_descriptor; /* that a new one is read from; NULL: where the other is */
} eg_guardian_key_flags;

#define EG_GUARDIAN_KEY_OPTION(flags)                                                              \
    {                                                                                              \
        "--key", EG_OPTION_TEXT, "FILE", &(flags)->key, "the guardian's sealed key file", 0, 0,    \
            true                                                                                   \
    }
#define EG_PASS_PHRASE_OPTION(flags)                                                               \
    {                                                                                              \
        "--passphrase-fd", EG_OPTION_TEXT, "N", &(flags)->descriptor,                              \
            "read the pass phrase from descriptor N, a line (default: ask)", 0, 0, false           \
    }

/* Whether the descriptors are numbers. */
bool eg_guardian_key_flags_are_good(const eg_guardian_key_flags *flags);

typedef struct eg_guardian_key {
    eg_guardian *guardian; /* owned */
    char path[PATH_MAX];   /* with symbolic links followed */
    int lock;              /* on the file that was read; or -1 */
    eg_str pass_phrase;    /* in arena */
    eg_arena arena;
} eg_guardian_key;

/* Close it whatever the result. The path of errors is the file's. EG_E_BUSY: another command has
 * it. */
eg_result eg_guardian_key_open(eg_guardian_key *out, const eg_guardian_key_flags *flags,
                               eg_error *err) EG_MUST_USE;
/* Seals the guardian as it is now and replaces the file. */
eg_result eg_guardian_key_save(eg_guardian_key *key, eg_error *err) EG_MUST_USE;
/* A pass phrase chosen anew, for the next _save. */
eg_result eg_guardian_key_choose(eg_guardian_key *key, const eg_guardian_key_flags *flags,
                                 eg_error *err) EG_MUST_USE;
/* A new guardian, not in a file yet: a pass phrase is chosen, and the file is made, never
 * replaced. Takes the guardian over. */
eg_result eg_guardian_key_create(eg_guardian_key *out, eg_guardian *guardian,
                                 const eg_guardian_key_flags *flags, eg_error *err) EG_MUST_USE;
void eg_guardian_key_close(eg_guardian_key *key);

#endif
