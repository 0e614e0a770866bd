/* The fields that name an election in a request, and the election built from them.
 * Source: docs/api-contract.md 4 "Election fields". */
#ifndef EG_API_FIELDS_ELECTION_FIELDS_H
#define EG_API_FIELDS_ELECTION_FIELDS_H

#include "api/endpoint.h"
#include "api/fields/key_cache.h"
#include "election/context.h"
#include "wire/tree.h"

typedef struct eg_names {
    eg_str *parties; /* arena; strings borrowed from the request */
    size_t party_count;
    eg_str *candidates; /* distinct, none empty or reserved */
    size_t candidate_count;
} eg_names;

typedef struct eg_election_fields {
    eg_names names;     /* empty where `manifest` is given */
    bool from_manifest; /* not from names */
    eg_manifest manifest;
    eg_context context;
    eg_election election; /* of the two above; key is NULL unless asked for */
    eg_key_entry *key;    /* released by eg_election_fields_release */
    bool ready;
    const char *follows; /* the artifact whose manifest hash is the election's; static, or NULL */
} eg_election_fields;

typedef struct eg_election_wants {
    bool key_table;           /* the endpoint raises the joint key to powers */
    uint32_t default_count;   /* of guardians and quorum when absent; 0: they are required */
    uint32_t default_choices; /* max_choices when absent; 0 means 1 */
} eg_election_wants;

/* number_of_guardians and quorum. */
eg_result eg_counts_read(const eg_node *fields, uint32_t default_count, uint32_t *guardians,
                         uint32_t *quorum, eg_error *err) EG_MUST_USE;

/* party_names and candidate_names. */
eg_result eg_names_read(eg_names *out, const eg_node *fields, eg_arena *arena,
                        eg_error *err) EG_MUST_USE;

/* The fields' manifest; max_choices is clamped. */
eg_result eg_names_manifest(eg_manifest *out, const eg_names *names, uint32_t max_choices,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;

/* What is voted on, by itself: `manifest`, or names and max_choices as given. names: empty where
 * there is a manifest. */
eg_result eg_voted_on_read(eg_manifest *out, eg_names *names, const eg_node *fields,
                           uint32_t max_choices, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* All of them. out is in place for good: its parts point at each other. */
eg_result eg_election_fields_read(eg_election_fields *out, const eg_node *fields,
                                  const eg_election_wants *wants, const eg_call *call,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_election_fields_release(eg_election_fields *fields);

/* The election is that of the artifact: its manifest hash takes the place of the one made from the
 * request's names, whose parties are decoration (docs/decisions/0020-parties-are-decoration.md).
 * name: the artifact's path, static. Nothing changes under `strict_manifest`, nor where the request
 * has a manifest, of which no part is decoration. Contests and
 * selections are still to be held against the names. Serial, before anything is computed. */
eg_result eg_election_follow(eg_election_fields *election, const eg_modq *manifest_hash,
                             const char *name, const eg_call *call, eg_error *err) EG_MUST_USE;
/* The hash of a further artifact; path is the artifact's. Else EG_E_WRONG_ELECTION. */
eg_result eg_election_same_manifest(const eg_election_fields *election,
                                    const eg_modq *manifest_hash, const eg_path *path,
                                    eg_error *err) EG_MUST_USE;

/* Every field is there, max_choices too: the election can be built before the body has ended. */
bool eg_election_fields_present(const eg_node *fields);
/* Of an election that was built so, once the body has ended: no field has come since that would
 * have had it refused. */
eg_result eg_election_fields_settled(const eg_node *fields, eg_error *err) EG_MUST_USE;

#endif
