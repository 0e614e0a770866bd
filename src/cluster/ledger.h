/* Which result counts: the first of each chunk and stage, in a file of the run's folder to which
 * lines are added, each on the disk before its message is acknowledged. A line is a result as it
 * came (task.h); a failed one takes back what was written before it. docs/cluster.md. */
#ifndef EG_CLUSTER_LEDGER_H
#define EG_CLUSTER_LEDGER_H

#include "client/run_task.h"
#include "cluster/task.h"

#define EG_LEDGER_FILE EG_RUN_PRIVATE "/chunks.jsonl"

typedef enum eg_entry_state { EG_ENTRY_NONE, EG_ENTRY_DONE, EG_ENTRY_FAILED } eg_entry_state;

typedef struct eg_entry {
    eg_entry_state state;
    uint8_t of[EG_DIGEST_HEX / 2];     /* the digest of what the task was about */
    uint8_t sha256[EG_DIGEST_HEX / 2]; /* of its result, when done */
} eg_entry;

typedef struct eg_ledger {
    const eg_run_plan *plan;
    const char *election; /* borrowed: whose results it holds */
    int file;
    eg_entry *entries;
    size_t count;
} eg_ledger;

/* Reads what there is; a last line without its end, of a coordinator that was killed, is cut off.
 * Errors: EG_E_UNAVAILABLE; EG_E_BAD_ENCODING at the file and line. */
eg_result eg_ledger_open(eg_ledger *out, const eg_run_plan *plan, const char *election,
                         eg_error *err) EG_MUST_USE;
void eg_ledger_close(eg_ledger *ledger); /* also one that did not open */

/* As messages name it. False: the plan has no such chunk. */
void eg_chunk_name_of(char out[EG_CHUNK_NAME_BYTES], const eg_task *task);
bool eg_task_of_chunk_name(eg_task *out, const eg_run_plan *plan, eg_stage stage, const char *name);

/* NULL: the plan has no such chunk. */
eg_entry *eg_ledger_entry(const eg_ledger *ledger, const eg_task *task);

/* Adds a line and changes the entry, both or neither. task: what the result is of, in the plan. */
eg_result eg_ledger_record(eg_ledger *ledger, const eg_task *task, const eg_chunk_result *result,
                           eg_error *err) EG_MUST_USE;

#endif
