#include "record/published.h"

#include "wire/objects/ciphertext.h"
#include "wire/objects/decryption.h"
#include "wire/objects/proofs.h"
#include "wire/objects/tally.h"

#include <stdlib.h>

/* ---- constants ---- */

static void put_prime(eg_writer *w, const char *name, const uint64_t limbs[], size_t count)
{
    uint8_t bytes[EG_P_BYTES];
    for (size_t i = 0; i < 8 * count; i++) {
        bytes[8 * count - 1 - i] = (uint8_t)(limbs[i / 8] >> (i % 8 * 8));
    }
    eg_write_key(w, name);
    eg_write_bytes_hex(w, bytes, 8 * count);
}

void eg_published_constants_write(eg_writer *w)
{
    eg_write_map(w);
    put_prime(w, "large_prime", eg_p_limbs, EG_P_LIMBS);
    put_prime(w, "small_prime", eg_q_limbs, EG_Q_LIMBS);
    eg_put_p(w, "cofactor", &eg_modp_cofactor);
    eg_put_p(w, "generator", &eg_modp_g);
    eg_write_end(w);
}

/* ---- the election ---- */

void eg_published_coefficients_write(eg_writer *w, const eg_str ids[], const eg_modq coefficients[],
                                     size_t count)
{
    eg_write_map(w);
    eg_write_key(w, "coefficients");
    eg_write_map_of(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_key_str(w, ids[i]);
        eg_write_q(w, &coefficients[i]);
    }
    eg_write_end(w);
    eg_write_end(w);
}

void eg_published_device_write(eg_writer *w, const eg_published_device *device)
{
    eg_write_map(w);
    eg_put_int(w, "device_id", device->device_id);
    eg_put_int(w, "session_id", device->session_id);
    eg_put_int(w, "launch_code", device->launch_code);
    eg_put_str(w, "location", device->location);
    eg_write_end(w);
}

void eg_published_guardian_write(eg_writer *w, const eg_guardian_public *guardian)
{
    eg_write_map(w);
    eg_put_str(w, "guardian_id", guardian->owner_id);
    eg_put_int(w, "sequence_order", guardian->sequence_order);
    eg_put_p(w, "election_public_key", &guardian->key);
    eg_write_key(w, "election_commitments");
    eg_write_array(w, guardian->commitment_count);
    for (size_t i = 0; i < guardian->commitment_count; i++) {
        eg_write_p(w, &guardian->commitments[i]);
    }
    eg_write_end(w);
    eg_write_key(w, "election_proofs");
    eg_write_array(w, guardian->proof_count);
    for (size_t i = 0; i < guardian->proof_count; i++) {
        eg_schnorr_proof_write(w, &guardian->proofs[i]);
    }
    eg_write_end(w);
    eg_write_end(w);
}

/* ---- the encrypted tally ---- */

void eg_published_tally_write(eg_writer *w, eg_str object_id, const eg_tally *tally)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", object_id);
    eg_write_key(w, "contests");
    eg_write_map_of(w, tally->contest_count);
    for (size_t i = 0; i < tally->contest_count; i++) {
        eg_write_key_str(w, tally->contests[i].object_id);
        eg_tally_contest_write(w, &tally->contests[i]);
    }
    eg_write_end(w);
    eg_write_end(w);
}

/* ---- what was opened ---- */

static void write_opened_selection(eg_writer *w, const eg_published_opening *o, size_t contest,
                                   size_t selection, const eg_plain_result *result)
{
    const eg_target_selection *target = &o->target->contests[contest].selections[selection];
    eg_write_key_str(w, target->object_id);
    eg_write_map(w);
    eg_put_str(w, "object_id", target->object_id);
    eg_put_int(w, "tally", (int64_t)result->tally);
    eg_put_p(w, "value", &result->value);
    eg_write_key(w, "message");
    eg_ciphertext_write(w, target->ciphertext);
    eg_write_key(w, "shares");
    eg_write_array(w, o->share_count);
    for (size_t i = 0; i < o->share_count; i++) {
        eg_decryption_selection_write(w, &o->shares[i]->contests[contest].selections[selection]);
    }
    eg_write_end(w);
    eg_write_end(w);
}

void eg_published_opening_write(eg_writer *w, const eg_published_opening *opening)
{
    const eg_target *target = opening->target;
    const eg_plain_result *result = opening->results;
    eg_write_map(w);
    eg_put_str(w, "object_id", opening->object_id);
    eg_write_key(w, "contests");
    eg_write_map_of(w, target->contest_count);
    for (size_t i = 0; i < target->contest_count; i++) {
        const eg_target_contest *contest = &target->contests[i];
        eg_write_key_str(w, contest->object_id);
        eg_write_map(w);
        eg_put_str(w, "object_id", contest->object_id);
        eg_write_key(w, "selections");
        eg_write_map_of(w, contest->selection_count);
        for (size_t j = 0; j < contest->selection_count; j++) {
            if (!contest->selections[j].is_placeholder) {
                write_opened_selection(w, opening, i, j, result++);
            }
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}
