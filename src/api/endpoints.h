/* The endpoints, for the route table and for tests. */
#ifndef EG_API_ENDPOINTS_H
#define EG_API_ENDPOINTS_H

#include "api/endpoint.h"

/* Body limits (docs/api-contract.md 1.5): where ballots, tallies or shares travel in numbers, and
 * elsewhere. The server's settings may lower them. */
#define EG_BODY_LARGE ((size_t)512 * 1024 * 1024)
#define EG_BODY_SMALL ((size_t)16 * 1024 * 1024)

extern const eg_endpoint eg_endpoint_setup_guardians;
extern const eg_endpoint eg_endpoint_validate_manifest;
extern const eg_endpoint eg_endpoint_create_encrypted_ballot;
extern const eg_endpoint eg_endpoint_verify_ballots;
extern const eg_endpoint eg_endpoint_create_encrypted_tally;
extern const eg_endpoint eg_endpoint_create_partial_decryption;
extern const eg_endpoint eg_endpoint_create_compensated_decryption;
extern const eg_endpoint eg_endpoint_combine_decryption_shares;
extern const eg_endpoint eg_endpoint_generate_guardian_credentials;
extern const eg_endpoint eg_endpoint_generate_guardian_backup_shares;
extern const eg_endpoint eg_endpoint_combine_guardian_public_keys;
extern const eg_endpoint eg_endpoint_verify_guardian_key;
extern const eg_endpoint eg_endpoint_verify_guardian_backup;
extern const eg_endpoint eg_endpoint_benaloh_challenge;
extern const eg_endpoint eg_endpoint_publish_ballot;
extern const eg_endpoint eg_endpoint_ballots;
extern const eg_endpoint eg_endpoint_ballot;
extern const eg_endpoint eg_endpoint_ballot_nonces;
extern const eg_endpoint eg_endpoint_decode_artifact_to_json;
extern const eg_endpoint eg_endpoint_combine_encrypted_tallies;
extern const eg_endpoint eg_endpoint_api_encrypt;
extern const eg_endpoint eg_endpoint_api_decrypt;
extern const eg_endpoint eg_endpoint_api_health;
extern const eg_endpoint eg_endpoint_openapi;
extern const eg_endpoint eg_endpoint_home;
extern const eg_endpoint eg_endpoint_docs;
extern const eg_endpoint eg_endpoint_docs_file;
extern const eg_endpoint eg_endpoint_app;

#endif
