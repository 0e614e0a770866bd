/* The classes of a published record, as docs/crypto.md 18 lists them. */
#include "record/shape.h"

#define MEMBERS(list) .members = (list), .count = sizeof(list) / sizeof *(list)
#define OBJECT(list)                                                                               \
    {                                                                                              \
        .kind = EG_SHAPE_OBJECT, MEMBERS(list)                                                     \
    }
#define EACH(how, shape)                                                                           \
    {                                                                                              \
        .kind = (how), .of = (shape)                                                               \
    }

static const eg_shape p = {.kind = EG_SHAPE_P};
static const eg_shape q = {.kind = EG_SHAPE_Q};
static const eg_shape hex = {.kind = EG_SHAPE_HEX};
static const eg_shape integer = {.kind = EG_SHAPE_INT};
static const eg_shape string = {.kind = EG_SHAPE_STRING};
static const eg_shape boolean = {.kind = EG_SHAPE_BOOL};
static const eg_shape null = {.kind = EG_SHAPE_NULL};
static const eg_shape strings = EACH(EG_SHAPE_LIST, &string);
static const eg_shape string_map = EACH(EG_SHAPE_MAP, &string);
static const eg_shape p_list = EACH(EG_SHAPE_LIST, &p);
static const eg_shape q_map = EACH(EG_SHAPE_MAP, &q);

/* ---- ciphertexts and proofs ---- */

static const eg_shape_member ciphertext_members[] = {{"pad", &p, false}, {"data", &p, false}};
static const eg_shape ciphertext = OBJECT(ciphertext_members);

static const eg_shape_member hashed_members[] = {
    {"pad", &p, false}, {"data", &hex, false}, {"mac", &hex, false}};
static const eg_shape hashed_ciphertext = OBJECT(hashed_members);

static const eg_shape_member schnorr_members[] = {{"public_key", &p, false},
                                                  {"commitment", &p, false},
                                                  {"challenge", &q, false},
                                                  {"response", &q, false},
                                                  {"usage", &string, false}};
static const eg_shape schnorr_proof = OBJECT(schnorr_members);
static const eg_shape schnorr_proofs = EACH(EG_SHAPE_LIST, &schnorr_proof);

static const eg_shape_member generic_members[] = {{"pad", &p, false},
                                                  {"data", &p, false},
                                                  {"challenge", &q, false},
                                                  {"response", &q, false},
                                                  {"usage", &string, false}};
static const eg_shape generic_proof = OBJECT(generic_members);

static const eg_shape_member constant_members[] = {
    {"pad", &p, false},      {"data", &p, false},           {"challenge", &q, false},
    {"response", &q, false}, {"constant", &integer, false}, {"usage", &string, false}};
static const eg_shape constant_proof = OBJECT(constant_members);

static const eg_shape_member disjunctive_members[] = {{"proof_zero_pad", &p, false},
                                                      {"proof_zero_data", &p, false},
                                                      {"proof_one_pad", &p, false},
                                                      {"proof_one_data", &p, false},
                                                      {"proof_zero_challenge", &q, false},
                                                      {"proof_one_challenge", &q, false},
                                                      {"challenge", &q, false},
                                                      {"proof_zero_response", &q, false},
                                                      {"proof_one_response", &q, false},
                                                      {"usage", &string, false}};
static const eg_shape disjunctive_proof = OBJECT(disjunctive_members);

/* ---- the manifest ---- */

static const eg_shape_member language_members[] = {{"value", &string, false},
                                                   {"language", &string, false}};
static const eg_shape language = OBJECT(language_members);
static const eg_shape languages = EACH(EG_SHAPE_LIST, &language);
static const eg_shape_member text_members[] = {{"text", &languages, false}};
/* the service's manifest has plain strings (docs/crypto.md 11.1) */
static const eg_shape text = {.kind = EG_SHAPE_TEXT, MEMBERS(text_members)};

static const eg_shape_member annotated_members[] = {{"annotation", &string, false},
                                                    {"value", &string, false}};
static const eg_shape annotated = OBJECT(annotated_members);
static const eg_shape annotated_list = EACH(EG_SHAPE_LIST, &annotated);
static const eg_shape_member contact_members[] = {{"address_line", &strings, true},
                                                  {"email", &annotated_list, true},
                                                  {"phone", &annotated_list, true},
                                                  {"name", &string, true}};
static const eg_shape contact = OBJECT(contact_members);

static const eg_shape_member unit_members[] = {{"object_id", &string, false},
                                               {"name", &string, false},
                                               {"type", &string, false},
                                               {"contact_information", &contact, true}};
static const eg_shape unit = OBJECT(unit_members);
static const eg_shape units = EACH(EG_SHAPE_LIST, &unit);

static const eg_shape_member party_members[] = {{"object_id", &string, false},
                                                {"name", &text, false},
                                                {"abbreviation", &string, true},
                                                {"color", &string, true},
                                                {"logo_uri", &string, true}};
static const eg_shape party = OBJECT(party_members);
static const eg_shape parties = EACH(EG_SHAPE_LIST, &party);

static const eg_shape_member candidate_members[] = {{"object_id", &string, false},
                                                    {"name", &text, false},
                                                    {"party_id", &string, true},
                                                    {"image_uri", &string, true},
                                                    {"is_write_in", &boolean, true}};
static const eg_shape candidate = OBJECT(candidate_members);
static const eg_shape candidates = EACH(EG_SHAPE_LIST, &candidate);

static const eg_shape_member description_members[] = {
    {"object_id", &string, false},
    {"sequence_order", &integer, false},
    {"candidate_id", &string, false},
};
static const eg_shape description = OBJECT(description_members);
static const eg_shape descriptions = EACH(EG_SHAPE_LIST, &description);

static const eg_shape_member contest_members[] = {{"object_id", &string, false},
                                                  {"sequence_order", &integer, false},
                                                  {"electoral_district_id", &string, false},
                                                  {"vote_variation", &string, false},
                                                  {"number_elected", &integer, false},
                                                  {"votes_allowed", &integer, true},
                                                  {"name", &string, false},
                                                  {"ballot_selections", &descriptions, false},
                                                  {"ballot_title", &text, true},
                                                  {"ballot_subtitle", &text, true}};
static const eg_shape contest = OBJECT(contest_members);
static const eg_shape contests = EACH(EG_SHAPE_LIST, &contest);

static const eg_shape_member style_members[] = {{"object_id", &string, false},
                                                {"geopolitical_unit_ids", &strings, true},
                                                {"party_ids", &strings, true},
                                                {"image_uri", &string, true}};
static const eg_shape style = OBJECT(style_members);
static const eg_shape styles = EACH(EG_SHAPE_LIST, &style);

static const eg_shape_member manifest_members[] = {{"election_scope_id", &string, false},
                                                   {"spec_version", &string, false},
                                                   {"type", &string, false},
                                                   {"start_date", &string, false},
                                                   {"end_date", &string, false},
                                                   {"geopolitical_units", &units, false},
                                                   {"parties", &parties, false},
                                                   {"candidates", &candidates, false},
                                                   {"contests", &contests, false},
                                                   {"ballot_styles", &styles, false},
                                                   {"name", &text, true},
                                                   {"contact_information", &contact, true}};
const eg_shape eg_shape_manifest = OBJECT(manifest_members);

/* ---- the election ---- */

static const eg_shape_member configuration_members[] = {{"allow_overvotes", &boolean, false},
                                                        {"max_votes", &integer, false}};
static const eg_shape configuration = OBJECT(configuration_members);

static const eg_shape_member context_members[] = {{"number_of_guardians", &integer, false},
                                                  {"quorum", &integer, false},
                                                  {"elgamal_public_key", &p, false},
                                                  {"commitment_hash", &q, false},
                                                  {"manifest_hash", &q, false},
                                                  {"crypto_base_hash", &q, false},
                                                  {"crypto_extended_base_hash", &q, false},
                                                  {"extended_data", &string_map, true},
                                                  {"configuration", &configuration, false}};
const eg_shape eg_shape_context = OBJECT(context_members);

static const eg_shape_member constants_members[] = {{"large_prime", &hex, false},
                                                    {"small_prime", &hex, false},
                                                    {"cofactor", &hex, false},
                                                    {"generator", &hex, false}};
const eg_shape eg_shape_constants = OBJECT(constants_members);

static const eg_shape_member coefficients_members[] = {{"coefficients", &q_map, false}};
const eg_shape eg_shape_coefficients = OBJECT(coefficients_members);

static const eg_shape_member device_members[] = {{"device_id", &integer, false},
                                                 {"session_id", &integer, false},
                                                 {"launch_code", &integer, false},
                                                 {"location", &string, false}};
const eg_shape eg_shape_device = OBJECT(device_members);

static const eg_shape_member guardian_members[] = {{"guardian_id", &string, false},
                                                   {"sequence_order", &integer, false},
                                                   {"election_public_key", &p, false},
                                                   {"election_commitments", &p_list, false},
                                                   {"election_proofs", &schnorr_proofs, false}};
const eg_shape eg_shape_guardian = OBJECT(guardian_members);

/* ---- ballots ---- */

static const eg_shape_member ballot_selection_members[] = {
    {"object_id", &string, false},   {"sequence_order", &integer, false},
    {"description_hash", &q, false}, {"ciphertext", &ciphertext, false},
    {"crypto_hash", &q, false},      {"is_placeholder_selection", &boolean, false},
    {"nonce", &null, false},         {"proof", &disjunctive_proof, false},
};
static const eg_shape ballot_selection = OBJECT(ballot_selection_members);
static const eg_shape ballot_selections = EACH(EG_SHAPE_LIST, &ballot_selection);

static const eg_shape_member ballot_contest_members[] = {
    {"object_id", &string, false},
    {"sequence_order", &integer, false},
    {"description_hash", &q, false},
    {"ballot_selections", &ballot_selections, false},
    {"ciphertext_accumulation", &ciphertext, false},
    {"crypto_hash", &q, false},
    {"nonce", &null, false},
    {"proof", &constant_proof, false},
    {"extended_data", &hashed_ciphertext, true},
};
static const eg_shape ballot_contest = OBJECT(ballot_contest_members);
static const eg_shape ballot_contests = EACH(EG_SHAPE_LIST, &ballot_contest);

static const eg_shape_member ballot_members[] = {
    {"object_id", &string, false},
    {"style_id", &string, false},
    {"manifest_hash", &q, false},
    {"code_seed", &q, false},
    {"code", &q, false},
    {"contests", &ballot_contests, false},
    {"timestamp", &integer, false},
    {"crypto_hash", &q, false},
    {"nonce", &null, false},
    {"state", &integer, false},
};
const eg_shape eg_shape_submitted_ballot = OBJECT(ballot_members);

/* ---- tallies ---- */

static const eg_shape_member tally_selection_members[] = {{"object_id", &string, false},
                                                          {"sequence_order", &integer, false},
                                                          {"description_hash", &q, false},
                                                          {"ciphertext", &ciphertext, false}};
static const eg_shape tally_selection = OBJECT(tally_selection_members);
static const eg_shape tally_selections = EACH(EG_SHAPE_ID_MAP, &tally_selection);
static const eg_shape_member tally_contest_members[] = {{"object_id", &string, false},
                                                        {"sequence_order", &integer, false},
                                                        {"description_hash", &q, false},
                                                        {"selections", &tally_selections, false}};
static const eg_shape tally_contest = OBJECT(tally_contest_members);
static const eg_shape tally_contests = EACH(EG_SHAPE_ID_MAP, &tally_contest);
static const eg_shape_member encrypted_tally_members[] = {{"object_id", &string, false},
                                                          {"contests", &tally_contests, false}};
const eg_shape eg_shape_encrypted_tally = OBJECT(encrypted_tally_members);

static const eg_shape_member part_members[] = {
    {"object_id", &string, false}, {"guardian_id", &string, false},
    {"share", &p, false},          {"missing_guardian_id", &string, false},
    {"recovery_key", &p, false},   {"proof", &generic_proof, false}};
static const eg_shape part = OBJECT(part_members);
static const eg_shape parts = EACH(EG_SHAPE_MAP, &part);
static const eg_shape_member share_members[] = {{"object_id", &string, false},
                                                {"guardian_id", &string, false},
                                                {"share", &p, false},
                                                {"proof", &generic_proof, true},
                                                {"recovered_parts", &parts, true}};
static const eg_shape share = OBJECT(share_members);
static const eg_shape shares = EACH(EG_SHAPE_LIST, &share);
static const eg_shape_member plain_selection_members[] = {{"object_id", &string, false},
                                                          {"tally", &integer, false},
                                                          {"value", &p, false},
                                                          {"message", &ciphertext, false},
                                                          {"shares", &shares, false}};
static const eg_shape plain_selection = OBJECT(plain_selection_members);
static const eg_shape plain_selections = EACH(EG_SHAPE_ID_MAP, &plain_selection);
static const eg_shape_member plain_contest_members[] = {{"object_id", &string, false},
                                                        {"selections", &plain_selections, false}};
static const eg_shape plain_contest = OBJECT(plain_contest_members);
static const eg_shape plain_contests = EACH(EG_SHAPE_ID_MAP, &plain_contest);
static const eg_shape_member plain_tally_members[] = {{"object_id", &string, false},
                                                      {"contests", &plain_contests, false}};
const eg_shape eg_shape_plain_tally = OBJECT(plain_tally_members);
