/* A general manifest from its JSON: the service never reads one, so this stands with the tests. */
#ifndef VECTORS_MANIFEST_JSON_H
#define VECTORS_MANIFEST_JSON_H

#include "election/decryption.h"
#include "vectors/runner.h"

void manifest_of(eg_manifest *out, const vec *v, const json_t *json);

/* The election of a vector (party_names, candidate_names, ... or joint key alone). False when it is
 * refused. */
typedef struct vec_election {
    eg_manifest manifest;
    eg_context context;
    eg_election election;
} vec_election;
bool service_manifest_of(eg_manifest *out, const vec *v);
bool service_election_of(vec_election *out, const vec *v);

#endif
