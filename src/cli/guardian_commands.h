/* The commands of `egserve guardian`, and what they have in common. Private to cmd_guardian*.c. */
#ifndef EG_CLI_GUARDIAN_COMMANDS_H
#define EG_CLI_GUARDIAN_COMMANDS_H

#include "cli/guardian_files.h"
#include "cli/guardian_key.h"
#include "cli/outcome.h"

/* Each returns the exit status. */
int eg_guardian_cmd_new(int argc, char **argv);
int eg_guardian_cmd_record(int argc, char **argv);
int eg_guardian_cmd_backups(int argc, char **argv);
int eg_guardian_cmd_receive(int argc, char **argv);
int eg_guardian_cmd_share(int argc, char **argv);
int eg_guardian_cmd_compensate(int argc, char **argv);
int eg_guardian_cmd_passwd(int argc, char **argv);
int eg_guardian_cmd_show(int argc, char **argv);

/* eg_options_read, and the flags of the key held against what they may be. flags may be NULL. True
 * when the command is to run; else *status is what it ends with. */
bool eg_guardian_options_read(const eg_usage *usage, const eg_guardian_key_flags *flags, int argc,
                              char **argv, int *status);

/* An error on stderr, and the outcome as an object when it is asked for: who the guardian is, and
 * what put writes; put and guardian may be NULL. Returns the exit status. */
typedef void (*eg_guardian_put)(eg_writer *w, const void *context);
int eg_guardian_end(const char *command, const eg_output *output, const eg_guardian *guardian,
                    eg_guardian_put put, const void *context, eg_result result,
                    const eg_error *err);

/* A member that is a list of file names. */
typedef struct eg_guardian_written {
    char (*files)[PATH_MAX];
    size_t count;
} eg_guardian_written;
void eg_guardian_put_files(eg_writer *w, const eg_guardian_written *written);

#endif
