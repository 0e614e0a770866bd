/* A statement as a request to /combine_decryption_shares. */
#include "statement.h"

#include "api/endpoints.h"
#include "api/frame/negotiation.h"
#include "api/routes.h"
#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"
#include "wire/objects/tally.h"

static void put_numbers(statement *s)
{
    for (size_t i = 0; i < SHARES; i++) {
        for (size_t k = 0; k < CANDIDATES; k++) {
            const entry *e = &s->shares[i][k];
            eg_decryption_share *share = i < GUARDIANS ? &s->own[i] : &s->parts[i - GUARDIANS];
            eg_decryption_selection *to = &share->contests[0].selections[k];
            to->share = e->share;
            to->proof = e->proof;
            to->has_proof = e->has_proof;
        }
    }
}

static void put_object(eg_writer *w, eg_write_fn write, const void *object)
{
    eg_artifact_write(w, EG_FORM_MAP, write, object);
}

static void put_fields(eg_writer *w, const statement *s)
{
    const eg_tally_object tally = {&s->tally, &the.context, &the.manifest, false};
    for (int both = 0; both < 2; both++) {
        eg_write_key(w, both == 0 ? "party_names" : "candidate_names");
        eg_write_array(w, CANDIDATES);
        for (size_t k = 0; k < CANDIDATES; k++) {
            eg_write_str(w, the.names[k]);
        }
        eg_write_end(w);
    }
    eg_write_key(w, "joint_public_key");
    eg_write_p_decimal(w, &the.context.public_key);
    eg_write_key(w, "commitment_hash");
    eg_write_q_decimal(w, &the.context.commitment_hash);
    eg_put_int(w, "number_of_guardians", s->guardians);
    eg_put_int(w, "quorum", s->quorum);
    eg_write_key(w, "ciphertext_tally");
    put_object(w, eg_tally_object_write, &tally);
    eg_write_key(w, "submitted_ballots");
    eg_write_array(w, 0);
    eg_write_end(w);
    eg_write_key(w, "guardian_data");
    eg_write_array(w, GUARDIANS);
    for (size_t i = 0; i < GUARDIANS; i++) {
        eg_write_map(w);
        eg_put_str(w, "id", the.ids[i]);
        eg_put_int(w, "sequence_order", (int64_t)i + 1);
        eg_write_key(w, "election_public_key");
        put_object(w, eg_guardian_public_write, &the.records[i]);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_no_ballots(eg_writer *w, const char *name, size_t count)
{
    eg_write_key(w, name);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(w);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_available(eg_writer *w, const statement *s)
{
    eg_write_key(w, "available_guardian_ids");
    eg_write_array(w, s->available_count);
    for (size_t i = 0; i < s->available_count; i++) {
        eg_write_str(w, the.ids[s->available[i]]);
    }
    eg_write_end(w);
    eg_write_key(w, "available_guardian_public_keys");
    eg_write_array(w, s->available_count);
    for (size_t i = 0; i < s->available_count; i++) {
        put_object(w, eg_guardian_public_write, &the.records[s->available[i]]);
    }
    eg_write_end(w);
    eg_write_key(w, "available_tally_shares");
    eg_write_array(w, s->available_count);
    for (size_t i = 0; i < s->available_count; i++) {
        put_object(w, eg_decryption_share_write, &s->own[s->own_of[i]]);
    }
    eg_write_end(w);
    put_no_ballots(w, "available_ballot_shares", s->available_count);
}

static void put_pairs(eg_writer *w, const statement *s)
{
    for (int missing = 1; missing >= 0; missing--) {
        eg_write_key(w, missing != 0 ? "missing_guardian_ids" : "compensating_guardian_ids");
        eg_write_array(w, s->pair_count);
        for (size_t i = 0; i < s->pair_count; i++) {
            eg_write_str(w, the.ids[missing != 0 ? s->pairs[i].missing : s->pairs[i].by]);
        }
        eg_write_end(w);
    }
    eg_write_key(w, "compensated_tally_shares");
    eg_write_array(w, s->pair_count);
    for (size_t i = 0; i < s->pair_count; i++) {
        put_object(w, eg_decryption_share_write, &s->parts[s->pairs[i].part]);
    }
    eg_write_end(w);
    put_no_ballots(w, "compensated_ballot_shares", s->pair_count);
}

void statement_ask(driven *d, statement *s)
{
    static const eg_api_settings settings = {.verify_ballots_default = true, .key_table_cache = 4};
    const drive_options options = {.settings = &settings,
                                   .content_type = eg_encoding_media_type(EG_MSGPACK),
                                   .error_body = eg_error_body};
    eg_buf body;
    eg_writer w;
    put_numbers(s);
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, EG_STYLE_MSGPACK);
    eg_write_map_of(&w, 20);
    put_fields(&w, s);
    put_available(&w, s);
    put_pairs(&w, s);
    eg_write_end(&w);
    CHECK(!body.failed);
    drive(d, &eg_endpoint_combine_decryption_shares, body.data, body.len, &options);
    eg_buf_free(&body);
}
