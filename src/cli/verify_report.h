/* What `egserve verify` says of a published record: for people, and for programs. */
#ifndef EG_CLI_VERIFY_REPORT_H
#define EG_CLI_VERIFY_REPORT_H

#include "cli/outcome.h"
#include "record/audit.h"

/* A voter's question; ballot NULL: there is none. */
typedef struct eg_voter_question {
    const char *ballot;
    const char *code; /* NULL: whichever it has */
} eg_voter_question;

typedef enum eg_voter_answer {
    EG_VOTER_COUNTED,
    EG_VOTER_SPOILED,
    EG_VOTER_OTHER_CODE,
    EG_VOTER_NOT_FOUND
} eg_voter_answer;

eg_voter_answer eg_voter_ask(const eg_audit *audit, const eg_voter_question *question);

/* Faults on stderr; on stdout steps, results, what nothing vouches for, the answer, the verdict. */
void eg_verify_print(const char *command, const eg_audit *audit, const eg_voter_question *question);
void eg_verify_print_faults(const char *command, const eg_audit *audit);
/* Why the command failed, as `error` of the JSON object has it: the first line of those on stderr,
 * or the answer that a voter did not want. Nothing where all holds. */
void eg_verify_say_failure(eg_error *out, const eg_audit *audit, const eg_voter_question *question);
/* The members of a JSON object that is open. */
void eg_verify_put(eg_writer *w, const eg_audit *audit, const eg_voter_question *question);

#endif
