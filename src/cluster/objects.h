/* Where in the store the objects of an election are: ELECTION/KIND/CHUNK-SHA256. */
#ifndef EG_CLUSTER_OBJECTS_H
#define EG_CLUSTER_OBJECTS_H

#include "cluster/task.h"
#include "store/object.h"

#define EG_OBJECT_VOTES   "votes"   /* to be encrypted; secret */
#define EG_OBJECT_BALLOTS "ballots" /* encrypted, of a chunk */
#define EG_OBJECT_CAST    "cast"    /* of these, those that are counted, where not all are */
#define EG_OBJECT_TALLIES "tallies" /* of a chunk, or a sum */
#define EG_OBJECT_PARTS   "parts"   /* tallies that are to become one */

typedef struct eg_stem {
    char text[EG_STORE_NAME_BYTES + 1];
} eg_stem;

/* The stem of an object's name, for store/object.h. */
eg_stem eg_chunk_stem(const char *election, const char *kind, const char *chunk);
/* The name of an object of that digest. */
eg_stem eg_chunk_object_name(const char *election, const char *kind, const char *chunk,
                             const char *sha256);

/* The election's own object; its digest is the election's name. lines: one, with its end. */
eg_result eg_election_object_put(eg_store *store, eg_str lines, char election[EG_DIGEST_HEX + 1],
                                 eg_error *err) EG_MUST_USE;

/* The lines of an object, in arena. Errors of object.h at the path "object". */
eg_result eg_chunk_object_get(eg_str *lines, eg_store *store, const char *name, const char *sha256,
                              eg_arena *arena, eg_error *err) EG_MUST_USE;
eg_result eg_election_object_get(eg_str *lines, eg_store *store, const char *election,
                                 eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
