#include "cluster/objects.h"

#include <stdio.h>

eg_stem eg_chunk_stem(const char *election, const char *kind, const char *chunk)
{
    eg_stem stem;
    (void)snprintf(stem.text, sizeof stem.text, "%s/%s/%s", election, kind, chunk);
    return stem;
}

eg_stem eg_chunk_object_name(const char *election, const char *kind, const char *chunk,
                             const char *sha256)
{
    eg_stem name;
    (void)snprintf(name.text, sizeof name.text, "%s/%s/%s-%s", election, kind, chunk, sha256);
    return name;
}

/* Below a folder of their own: an election's folder has its digest for a name, which the stem of
 * this object cannot hold. */
static const char ELECTIONS[] = "elections/election";

eg_result eg_election_object_put(eg_store *store, eg_str lines, char election[EG_DIGEST_HEX + 1],
                                 eg_error *err)
{
    eg_object_ref ref;
    EG_TRY(eg_object_write(&ref, store, ELECTIONS, lines, err));
    memcpy(election, ref.sha256, EG_DIGEST_HEX + 1);
    return EG_SUCCESS;
}

/* The error as it is, with the member of the task that it is about. */
static eg_result get(eg_str *lines, eg_store *store, const char *name, const char *sha256,
                     const char *member, eg_arena *arena, eg_error *err)
{
    const eg_path path = eg_path_field(NULL, member);
    eg_error why = {0};
    eg_result result = eg_object_read(lines, store, name, sha256, EG_OBJECT_BYTES_MAX, arena, &why);
    return eg_failed(result) ? EG_FAIL(err, why.code, &path, "%s", why.text) : result;
}

eg_result eg_chunk_object_get(eg_str *lines, eg_store *store, const char *name, const char *sha256,
                              eg_arena *arena, eg_error *err)
{
    return get(lines, store, name, sha256, "object", arena, err);
}

eg_result eg_election_object_get(eg_str *lines, eg_store *store, const char *election,
                                 eg_arena *arena, eg_error *err)
{
    eg_stem name;
    (void)snprintf(name.text, sizeof name.text, "%s-%s", ELECTIONS, election);
    return get(lines, store, name.text, election, "election", arena, err);
}
