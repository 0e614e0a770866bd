/* hash_elems: SHA-256 over rendered arguments, reduced mod q. Source: docs/crypto.md 3. */
#ifndef EG_CRYPTO_HASH_H
#define EG_CRYPTO_HASH_H

#include "base/sha256.h"
#include "base/str.h"
#include "group/numbers.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Canonical text of an element: upper case, whole bytes, no leading zero byte, "00" for zero
 * (crypto.md 2.1). Returns the number of characters written (even, at least 2), no NUL. */
enum { EG_P_HEX_MAX = 1024, EG_Q_HEX_MAX = 64 };
size_t eg_modp_to_hex(char out[EG_P_HEX_MAX], const eg_modp *a);
size_t eg_modq_to_hex(char out[EG_Q_HEX_MAX], const eg_modq *a);

/* Reading such text (crypto.md 2.2): either case, surplus leading zeros allowed, an odd count only
 * when the first digit is 0, empty reads as 0. False when it is no such text or the value is not
 * below the modulus. */
bool eg_modp_from_hex(eg_modp *out, eg_str text);
bool eg_modq_from_hex(eg_modq *out, eg_str text);

/* A hash in progress: eg_hash_init, any number of arguments, eg_hash_final. On the stack; holds no
 * memory of its own. Wiped by final. */
typedef struct eg_hash {
    eg_sha256 sha256;
} eg_hash;

void eg_hash_init(eg_hash *h);
void eg_hash_p(eg_hash *h, const eg_modp *a);
void eg_hash_q(eg_hash *h, const eg_modq *a);
void eg_hash_str(eg_hash *h, eg_str s);
void eg_hash_int(eg_hash *h, int64_t i);
void eg_hash_null(eg_hash *h); /* also an empty list */
void eg_hash_raw_hex(eg_hash *h,
                     eg_str canonical_hex); /* an element whose canonical text is at hand */
void eg_hash_p_modulus(eg_hash *h);         /* p, q themselves, for the base hash */
void eg_hash_q_modulus(eg_hash *h);
void eg_hash_final(eg_modq *out, eg_hash *h);
/* A non-empty list is one argument: finish a hash of its elements and pass the result to eg_hash_q.
 */

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
