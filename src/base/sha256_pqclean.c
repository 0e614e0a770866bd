/* The compression function is PQClean's; its own streaming functions would allocate for each hash.
 */
#include "base/secret.h"
#include "base/sha256.h"

#include <sha2.h>
#include <string.h>

/* What sha256_inc_blocks works on: eight words, then the number of bytes, all big-endian. */
typedef struct eg_sha256_state {
    uint8_t context[PQC_SHA256CTX_BYTES];
    uint8_t block[EG_SHA256_BLOCK_BYTES]; /* begun */
    uint8_t used;                         /* bytes of it, below its size */
} eg_sha256_state;

enum { LENGTH_BYTES = 8 };

_Static_assert(sizeof(eg_sha256_state) <= sizeof(((eg_sha256 *)0)->state),
               "room for the state of SHA-256");

static const uint8_t initial[PQC_SHA256CTX_BYTES] = {
    0x6a, 0x09, 0xe6, 0x67, 0xbb, 0x67, 0xae, 0x85, 0x3c, 0x6e, 0xf3, 0x72, 0xa5, 0x4f, 0xf5, 0x3a,
    0x51, 0x0e, 0x52, 0x7f, 0x9b, 0x05, 0x68, 0x8c, 0x1f, 0x83, 0xd9, 0xab, 0x5b, 0xe0, 0xcd, 0x19,
};

static eg_sha256_state *state_of(eg_sha256 *hash)
{
    return (eg_sha256_state *)(void *)hash->state;
}

static void absorb(eg_sha256_state *s, const uint8_t *blocks, size_t count)
{
    sha256ctx context = {s->context};
    sha256_inc_blocks(&context, blocks, count);
}

void eg_sha256_init(eg_sha256 *hash)
{
    eg_sha256_state *s = state_of(hash);
    memcpy(s->context, initial, sizeof initial);
    s->used = 0;
}

void eg_sha256_update(eg_sha256 *hash, const void *data, size_t bytes)
{
    eg_sha256_state *s = state_of(hash);
    const uint8_t *from = data;
    if (s->used > 0) {
        size_t taken = sizeof s->block - s->used;
        taken = taken < bytes ? taken : bytes;
        if (taken > 0) {
            memcpy(s->block + s->used, from, taken);
            from += taken;
            bytes -= taken;
            s->used = (uint8_t)(s->used + taken);
        }
        if (s->used < sizeof s->block) {
            return;
        }
        absorb(s, s->block, 1);
        s->used = 0;
    }
    absorb(s, from, bytes / sizeof s->block);
    if (bytes % sizeof s->block > 0) {
        s->used = (uint8_t)(bytes % sizeof s->block);
        memcpy(s->block, from + bytes - s->used, s->used);
    }
}

static uint64_t bytes_absorbed(const eg_sha256_state *s)
{
    uint64_t bytes = 0;
    for (size_t i = sizeof s->context - LENGTH_BYTES; i < sizeof s->context; i++) {
        bytes = bytes << 8 | s->context[i];
    }
    return bytes;
}

void eg_sha256_final(uint8_t digest[EG_SHA256_BYTES], eg_sha256 *hash)
{
    eg_sha256_state *s = state_of(hash);
    const uint64_t bits = 8 * (bytes_absorbed(s) + s->used);
    uint8_t end[2 * EG_SHA256_BLOCK_BYTES] = {0};
    const size_t blocks = s->used + 1 + LENGTH_BYTES > EG_SHA256_BLOCK_BYTES ? 2 : 1;
    memcpy(end, s->block, s->used);
    end[s->used] = 0x80;
    for (size_t i = 0; i < LENGTH_BYTES; i++) {
        end[blocks * EG_SHA256_BLOCK_BYTES - 1 - i] = (uint8_t)(bits >> 8 * i);
    }
    absorb(s, end, blocks);
    memcpy(digest, s->context, EG_SHA256_BYTES);
    eg_wipe(end, sizeof end);
    eg_wipe(hash, sizeof *hash);
}
