#include "cluster/blind.h"

#include "base/hex.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/sha256.h"

#include <stdio.h>

#define BLIND_FILE EG_RUN_PRIVATE "/blind"

static eg_result make(const eg_run_folder *folder, char secret[EG_BLIND_HEX], eg_error *err)
{
    uint8_t bytes[EG_BLIND_HEX / 2];
    EG_TRY(eg_rng_fill(eg_rng_system(), bytes, sizeof bytes, err));
    eg_hex_encode_lower(secret, bytes, sizeof bytes);
    eg_wipe(bytes, sizeof bytes);
    return eg_run_folder_write(folder, BLIND_FILE, (eg_str){secret, EG_BLIND_HEX}, err);
}

static eg_result load(const eg_run_folder *folder, char secret[EG_BLIND_HEX], eg_arena *arena,
                      eg_error *err)
{
    eg_path at = eg_path_field(NULL, BLIND_FILE);
    eg_str text = {0};
    bool found = false;
    EG_TRY(eg_run_folder_read(folder, BLIND_FILE, EG_BLIND_HEX, &text, &found, arena, err));
    if (!found) {
        return make(folder, secret, err);
    }
    if (text.len != EG_BLIND_HEX) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &at, "it must be %d characters", EG_BLIND_HEX);
    }
    memcpy(secret, text.data, EG_BLIND_HEX);
    return EG_SUCCESS;
}

eg_result eg_blind_of_chunk(char out[EG_BLIND_HEX + 1], const eg_run_folder *folder, size_t chunk,
                            eg_arena *arena, eg_error *err)
{
    char secret[EG_BLIND_HEX], number[32];
    uint8_t digest[EG_SHA256_BYTES];
    eg_sha256 hash;
    EG_TRY(load(folder, secret, arena, err));
    (void)snprintf(number, sizeof number, "|%zu", chunk);
    eg_sha256_init(&hash);
    eg_sha256_update(&hash, secret, sizeof secret);
    eg_sha256_update(&hash, number, strlen(number));
    eg_sha256_final(digest, &hash);
    eg_hex_encode_lower(out, digest, sizeof digest);
    out[EG_BLIND_HEX] = '\0';
    eg_wipe(secret, sizeof secret);
    return EG_SUCCESS;
}
