#include "api/routes.h"

#include "api/endpoints.h"

const eg_endpoint *const eg_routes[] = {
    &eg_endpoint_setup_guardians,
    &eg_endpoint_validate_manifest,
    &eg_endpoint_create_encrypted_ballot,
    &eg_endpoint_verify_ballots,
    &eg_endpoint_create_encrypted_tally,
    &eg_endpoint_combine_encrypted_tallies,
    &eg_endpoint_create_partial_decryption,
    &eg_endpoint_create_compensated_decryption,
    &eg_endpoint_combine_decryption_shares,
    &eg_endpoint_generate_guardian_credentials,
    &eg_endpoint_generate_guardian_backup_shares,
    &eg_endpoint_combine_guardian_public_keys,
    &eg_endpoint_verify_guardian_key,
    &eg_endpoint_verify_guardian_backup,
    &eg_endpoint_benaloh_challenge,
    &eg_endpoint_publish_ballot,
    &eg_endpoint_ballots,
    &eg_endpoint_ballot,
    &eg_endpoint_ballot_nonces,
    &eg_endpoint_decode_artifact_to_json,
    &eg_endpoint_api_encrypt,
    &eg_endpoint_api_decrypt,
    &eg_endpoint_api_health,
    &eg_endpoint_home,
    &eg_endpoint_openapi,
    &eg_endpoint_docs,
    &eg_endpoint_docs_file,
    NULL,
};
