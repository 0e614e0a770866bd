/* Sealing and signing, with secrets undefined.
 *
 * Not here: opening a seal, since OpenSSL branches on whether the tag was right, which the answer
 * says; and scrypt, whose addresses depend on the password by its design. */
#include "ctime/vault.h"

#include "vault/aead.h"
#include "vault/kdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <valgrind/memcheck.h>

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "ctime: %s fails\n", what);
        exit(2);
    }
}

/* Under a secret key a secret text is sealed and signed. */
static void seal(void)
{
    static const uint8_t nonce[EG_AEAD_NONCE_BYTES] = {4};
    uint8_t key[EG_KEY_BYTES] = {5}, mac[32];
    char text[] = "a guardian's private key, longer than a block of the cipher";
    uint8_t sealed[sizeof text], tag[EG_AEAD_TAG_BYTES];
    (void)VALGRIND_MAKE_MEM_UNDEFINED(key, sizeof key);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(text, sizeof text);
    eg_hmac_sha256(mac, key, (eg_str){text, sizeof text});
    must(!eg_failed(eg_aead_seal(sealed, tag, key, nonce, EG_STR("beside it"),
                                 (eg_str){text, sizeof text}, NULL)),
         "sealing");
}

void ctime_vault(void)
{
    seal();
}
