/* What travels through the broker: tasks and their results. References and digests alone: no vote,
 * no key, no text that a service made of one. docs/cluster.md has the format. */
#ifndef EG_CLUSTER_TASK_H
#define EG_CLUSTER_TASK_H

#include "base/buf.h"

typedef enum eg_stage { EG_STAGE_ENCRYPT, EG_STAGE_TALLY, EG_STAGE_COMBINE } eg_stage;
enum { EG_STAGE_COUNT = 3 };

/* "encrypt", "tally", "combine": in messages, and in the queues' names. */
extern const char *const eg_stage_names[EG_STAGE_COUNT];

enum {
    EG_DIGEST_HEX = 64, /* of SHA-256 */
    EG_CHUNK_NAME_BYTES = 32,
    EG_OBJECT_NAME_BYTES = 256,
    EG_TASK_BYTES_MAX = 4096, /* of a message */
    EG_TASK_COUNT_MAX = 20000000,
    EG_TASK_TRIES = 3, /* then it is given up on */
    EG_FAULT_CODE_BYTES = 40
};

typedef struct eg_chunk_task {
    char election[EG_DIGEST_HEX + 1]; /* the digest of the election's object */
    eg_stage stage;
    char chunk[EG_CHUNK_NAME_BYTES];   /* "17"; of a sum "LEVEL.NUMBER" */
    char object[EG_OBJECT_NAME_BYTES]; /* its name in the store, below the election's */
    char sha256[EG_DIGEST_HEX + 1];    /* of the object's lines */
    uint32_t count; /* lines to encrypt or to tally; of a sum the ballots in all its tallies */
} eg_chunk_task;

/* What a task cannot be done for. */
typedef struct eg_fault {
    char code[EG_FAULT_CODE_BYTES];  /* a word: "not_found", or the service's own */
    char field[EG_ERROR_PATH_BYTES]; /* of the task, or of the request made of it */
} eg_fault;

typedef struct eg_chunk_result {
    eg_chunk_task task;         /* object, sha256 and count are those of the result */
    char of[EG_DIGEST_HEX + 1]; /* the digest of the object that the task was about */
    bool is_failed;             /* given up on: there is no object, but a fault; of a task that
                                   could not be read chunk and of are empty */
    eg_fault fault;
} eg_chunk_result;

/* out is initialised by the caller. */
void eg_chunk_task_write(eg_buf *out, const eg_chunk_task *task);
void eg_chunk_result_write(eg_buf *out, const eg_chunk_result *result);

/* Whatever may come out of a queue. Errors name the member; what was read before it is in out: the
 * election, if anything. */
eg_result eg_chunk_task_read(eg_chunk_task *out, eg_str text, eg_error *err) EG_MUST_USE;
eg_result eg_chunk_result_read(eg_chunk_result *out, eg_str text, eg_error *err) EG_MUST_USE;

/* A word and a place that may go into a message: letters, digits and _ . [ ] -, cut to fit; others
 * become '?'. */
void eg_fault_set(eg_fault *out, eg_str code, eg_str field);
/* An error of ours. Its text stays behind. */
void eg_fault_from_error(eg_fault *out, const eg_error *error);

#endif
