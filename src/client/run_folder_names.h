/* Names of the files that a run keeps. See docs/election-run.md. */
#ifndef EG_CLIENT_RUN_FOLDER_NAMES_H
#define EG_CLIENT_RUN_FOLDER_NAMES_H

#include "client/run_folder.h"

#include <stdio.h>

#define EG_RUN_ELECTION EG_RUN_PRIVATE "/election.json"
#define EG_RUN_TALLY    EG_RUN_PRIVATE "/tally.json"
#define EG_RUN_RESULTS  EG_RUN_PRIVATE "/results.json"
#define EG_RUN_SETUP    EG_RUN_PRIVATE "/setup.json"
#define EG_RUN_INPUT    EG_RUN_PRIVATE "/input.sha256"
/* of guardians who made their keys themselves */
#define EG_RUN_GUARDIANS EG_RUN_PRIVATE "/guardians.json"   /* the election file */
#define EG_RUN_OFFERED   EG_RUN_PRIVATE "/tally.zip.sha256" /* the record before its decryption */
#define EG_RUN_PRESENT   EG_RUN_PRIVATE "/present.json"     /* who is, by order, once settled */
#define EG_RUN_UNOPENED  EG_RUN_PRIVATE "/unopened"         /* that record's files, for a while */

enum { EG_RUN_FILE_BYTES_MAX = 1 << 30 };

typedef struct eg_run_name {
    char text[EG_RUN_NAME_BYTES];
} eg_run_name;

/* Chunks are numbered from 1. */
static inline eg_run_name eg_run_ballots(size_t chunk)
{
    eg_run_name name;
    (void)snprintf(name.text, sizeof name.text, EG_RUN_PRIVATE "/ballots/%06zu.jsonl", chunk);
    return name;
}

static inline eg_run_name eg_run_chunk_tally(size_t chunk)
{
    eg_run_name name;
    (void)snprintf(name.text, sizeof name.text, EG_RUN_PRIVATE "/tallies/%06zu.json", chunk);
    return name;
}

/* Sums of tallies, by their level above the chunks. */
static inline eg_run_name eg_run_sum(unsigned level, size_t number)
{
    eg_run_name name;
    (void)snprintf(name.text, sizeof name.text, EG_RUN_PRIVATE "/tallies/sum-%u-%06zu.json", level,
                   number);
    return name;
}

/* Guardians by their position from 0; in names, as everywhere else, they count from 1. */
static inline eg_run_name eg_run_share(size_t guardian)
{
    eg_run_name name;
    (void)snprintf(name.text, sizeof name.text, EG_RUN_PRIVATE "/shares/guardian-%zu.json",
                   guardian + 1);
    return name;
}

static inline eg_run_name eg_run_compensated(size_t missing, size_t available)
{
    eg_run_name name;
    (void)snprintf(name.text, sizeof name.text, EG_RUN_PRIVATE "/shares/guardian-%zu-by-%zu.json",
                   missing + 1, available + 1);
    return name;
}

#endif
