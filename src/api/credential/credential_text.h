/* The text form of a credential: compact JSON in base64, with a MAC over the JSON of all the other
 * fields. Source: docs/api-contract.md 5, POST /api/encrypt, steps 7 to 9. */
#ifndef EG_API_CREDENTIAL_CREDENTIAL_TEXT_H
#define EG_API_CREDENTIAL_CREDENTIAL_TEXT_H

#include "base/buf.h"
#include "vault/credential.h"

enum {
    EG_SECRET_CHARACTERS_MAX = 100000,
    EG_SECRET_BYTES_MAX = 4 * EG_SECRET_CHARACTERS_MAX,
    EG_PASSWORD_CHARACTERS_MIN = 32,
    EG_PASSWORD_CHARACTERS_MAX = 1024,
    /* of credentials that are read: the service that made them may have had no limit */
    EG_PASSWORD_BYTES_MAX = 1024 * 1024
};

/* The base64 text of the credential, signed. */
eg_result eg_credential_text_write(eg_buf *out, const eg_credential *credential,
                                   const uint8_t mac_key[EG_KEY_BYTES], eg_error *err) EG_MUST_USE;

/* A credential as it came. Everything is in the arena. */
typedef struct eg_read_credential {
    eg_credential credential;
    uint8_t mac[EG_CREDENTIAL_MAC_BYTES];
    eg_str signed_text; /* the fields but the MAC, in the order received, written compactly */
} eg_read_credential;

/* path: of the text in the request. What is malformed is refused with one sentence, that which the
 * service before us had, and the path of the field. */
eg_result eg_credential_text_read(eg_read_credential *out, eg_str text, const eg_path *path,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Gives the sentence `Decryption failed` to a failure that is about the request's form. */
eg_result eg_decryption_failed(eg_result result, eg_error *err);

#endif
