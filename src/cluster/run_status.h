/* How far a run is, from what its folder holds: whoever can read the folder can tell, whether the
 * run is at work or not. */
#ifndef EG_CLUSTER_RUN_STATUS_H
#define EG_CLUSTER_RUN_STATUS_H

#include "cluster/task.h"

enum { EG_STATUS_FAILED_SHOWN = 20 };

typedef struct eg_failed_chunk {
    eg_stage stage;
    char chunk[EG_CHUNK_NAME_BYTES];
    eg_fault fault;
} eg_failed_chunk;

typedef struct eg_run_status {
    uint64_t ballots, chunks;
    uint64_t encrypted, tallied; /* chunks */
    uint64_t sums;               /* of tallies, so far */
    bool has_tally, has_results, has_record;
    bool is_running; /* somebody has the folder's lock */
    /* of the last ten minutes in which anything was done; 0: nothing to tell it from */
    double ballots_per_second;
    double seconds_left; /* of encryption and tallies at that rate; below 0: not known */
    int64_t changed_s;   /* when the latest result came, in seconds since 1970; 0: never */
    eg_failed_chunk failed[EG_STATUS_FAILED_SHOWN]; /* given up on, and not done since */
    size_t failed_count;
} eg_run_status;

/* EG_E_NOT_FOUND: there is no run in it. */
eg_result eg_run_status_read(eg_run_status *out, const char *folder, eg_error *err) EG_MUST_USE;

#endif
