/* Maxima of an election's parts. Everything from outside is held against these before it sizes
 * anything. */
#ifndef EG_ELECTION_LIMITS_H
#define EG_ELECTION_LIMITS_H

enum {
    EG_GUARDIANS_MAX = 100,    /* far above any real ceremony; bounds n * (n - 1) backups */
    EG_CANDIDATES_MAX = 1000,  /* also parties */
    EG_NAME_BYTES_MAX = 1024,  /* names, ids */
    EG_BALLOTS_MAX = 100000,   /* in one request */
    EG_COUNTED_MAX = 10000000, /* in one tally, which may be of many chunks; bounds the counts */
    EG_CONTESTS_MAX = 1000,    /* general manifests; the service's has one */
    EG_SELECTIONS_MAX = 2000,  /* of one contest, placeholders included */
};

#endif
