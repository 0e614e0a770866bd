#include "api/fields/noted.h"

#include "crypto/hash.h"

static void note(const eg_call *call, char *out, const eg_modq *digest)
{
    char hex[EG_Q_HEX_MAX];
    const size_t n = eg_modq_to_hex(hex, digest);
    (void)pthread_mutex_lock(call->arena_lock);
    memcpy(out, hex, n);
    out[n] = '\0';
    (void)pthread_mutex_unlock(call->arena_lock);
}

void eg_note_election(const eg_call *call, const eg_modq *commitment_hash)
{
    if (call->noted != NULL) {
        note(call, call->noted->election, commitment_hash);
    }
}

void eg_note_ballot(const eg_call *call, const eg_modq *crypto_hash)
{
    if (call->noted != NULL) {
        note(call, call->noted->ballot, crypto_hash);
    }
}
