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
    EG_SELECTIONS_MAX = 2000,  /* of one contest, placeholders included */
    /* of a manifest */
    EG_CONTESTS_MAX = 500,
    EG_SELECTIONS_OF_MANIFEST_MAX = 5000, /* of all contests; of one: EG_CANDIDATES_MAX */
    EG_CANDIDATES_OF_MANIFEST_MAX = 10000,
    EG_UNITS_MAX = 10000,
    EG_STYLES_MAX = 5000,
    EG_STYLE_UNITS_MAX = 200000,   /* of all styles, parties too */
    EG_LANGUAGES_MAX = 1000,       /* of one text; also lines of a contact */
    EG_TEXT_BYTES_MAX = 64 * 1024, /* of what is read by people: a referendum's question */
    EG_SEQUENCE_ORDER_MAX = 0x7fffffff,
};

#endif
