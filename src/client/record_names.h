/* Names of the files in an election's folder. See docs/election-run.md. */
#ifndef EG_CLIENT_RECORD_NAMES_H
#define EG_CLIENT_RECORD_NAMES_H

#include "client/record.h"

#include <stdio.h>

#define EG_RECORD_ELECTION  "election.json"
#define EG_RECORD_GUARDIANS "guardians.json"
#define EG_RECORD_TALLY     "tally.json"
#define EG_RECORD_RESULTS   "results.json"
#define EG_RECORD_SETUP     "private/setup.json"
#define EG_RECORD_INPUT     "private/input.sha256"

enum { EG_RECORD_FILE_BYTES_MAX = 1 << 30 };

typedef struct eg_record_name {
    char text[EG_RECORD_NAME_BYTES];
} eg_record_name;

/* Chunks are numbered from 1. */
static inline eg_record_name eg_record_ballots(size_t chunk)
{
    eg_record_name name;
    (void)snprintf(name.text, sizeof name.text, "ballots/%06zu.jsonl", chunk);
    return name;
}

static inline eg_record_name eg_record_chunk_tally(size_t chunk)
{
    eg_record_name name;
    (void)snprintf(name.text, sizeof name.text, "tallies/%06zu.json", chunk);
    return name;
}

/* The product of the tallies of chunks 1 to `chunk`. */
static inline eg_record_name eg_record_sum(size_t chunk)
{
    eg_record_name name;
    (void)snprintf(name.text, sizeof name.text, "tallies/1-to-%06zu.json", chunk);
    return name;
}

/* Guardians by their position from 0; in names, as everywhere else, they count from 1. */
static inline eg_record_name eg_record_share(size_t guardian)
{
    eg_record_name name;
    (void)snprintf(name.text, sizeof name.text, "shares/guardian-%zu.json", guardian + 1);
    return name;
}

static inline eg_record_name eg_record_compensated(size_t missing, size_t available)
{
    eg_record_name name;
    (void)snprintf(name.text, sizeof name.text, "shares/guardian-%zu-by-%zu.json", missing + 1,
                   available + 1);
    return name;
}

#endif
