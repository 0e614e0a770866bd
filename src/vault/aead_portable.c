/* AES-256-GCM where there is no OpenSSL: PQClean's AES, which works on bits of many bytes at once
 * and reads no table, and a GHASH that reads none either. Source: NIST SP 800-38D. */
#include "vault/aead.h"

#include "base/secret.h"

#include <aes.h>

enum {
    BLOCK_BYTES = AES_BLOCKBYTES,
    BLOCKS_TOGETHER = 4, /* what the AES takes at once */
    STACK_BYTES = 8 * 1024
};

/* Of the field, first bit on top. */
typedef struct element {
    uint64_t high, low;
} element;

typedef struct gcm {
    aes256ctx aes;
    element h, hash;
    uint8_t first[BLOCK_BYTES]; /* the block that is counted up from: J0 */
} gcm;

/* The frames of the AES held round keys and the key stream. */
static __attribute__((noinline)) void wipe_stack(void)
{
    uint8_t frames[STACK_BYTES];
    eg_wipe(frames, sizeof frames);
}

/* ---- GHASH ---- */

static uint64_t load(const uint8_t bytes[8])
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static void store(uint8_t out[8], uint64_t word)
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint8_t)(word >> (56 - 8 * i));
    }
}

/* x * y, bit by bit of x: a mask in place of every branch. */
static element product(element x, element y)
{
    static const uint64_t reduction = 0xe100000000000000U;
    element sum = {0, 0};
    for (unsigned i = 0; i < 128; i++) {
        const uint64_t taken = 0 - (x.high >> 63);
        const uint64_t carried = 0 - (y.low & 1);
        sum.high ^= y.high & taken;
        sum.low ^= y.low & taken;
        x.high = x.high << 1 | x.low >> 63;
        x.low <<= 1;
        y.low = y.low >> 1 | y.high << 63;
        y.high = y.high >> 1 ^ (reduction & carried);
    }
    return sum;
}

static void absorb_block(gcm *g, const uint8_t block[BLOCK_BYTES])
{
    g->hash.high ^= load(block);
    g->hash.low ^= load(block + 8);
    g->hash = product(g->hash, g->h);
}

/* A last block that is not whole is filled up with zeros. */
static void absorb(gcm *g, const uint8_t *bytes, size_t n)
{
    uint8_t rest[BLOCK_BYTES] = {0};
    for (; n >= BLOCK_BYTES; n -= BLOCK_BYTES, bytes += BLOCK_BYTES) {
        absorb_block(g, bytes);
    }
    if (n > 0) {
        memcpy(rest, bytes, n);
        absorb_block(g, rest);
    }
}

/* ---- the cipher ---- */

static void count_up(uint8_t block[BLOCK_BYTES], uint32_t by)
{
    uint8_t *end = block + EG_AEAD_NONCE_BYTES;
    const uint32_t count =
        (uint32_t)end[0] << 24 | (uint32_t)end[1] << 16 | (uint32_t)end[2] << 8 | (uint32_t)end[3];
    const uint32_t next = count + by;
    for (unsigned i = 0; i < 4; i++) {
        end[i] = (uint8_t)(next >> (24 - 8 * i));
    }
}

/* The text combined with the key stream, in either direction. */
static void apply_stream(const gcm *g, uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t blocks[BLOCKS_TOGETHER * BLOCK_BYTES], stream[sizeof blocks];
    for (uint32_t count = 1; n > 0; count += BLOCKS_TOGETHER) {
        const size_t some = n < sizeof stream ? n : sizeof stream;
        for (uint32_t i = 0; i < BLOCKS_TOGETHER; i++) {
            memcpy(blocks + i * BLOCK_BYTES, g->first, BLOCK_BYTES);
            count_up(blocks + i * BLOCK_BYTES, count + i);
        }
        aes256_ecb(stream, blocks, BLOCKS_TOGETHER, &g->aes);
        for (size_t i = 0; i < some; i++) {
            out[i] = in[i] ^ stream[i];
        }
        out += some;
        in += some;
        n -= some;
    }
    eg_wipe(stream, sizeof stream);
}

static void begin(gcm *g, const uint8_t *key, const uint8_t *nonce)
{
    uint8_t h[BLOCK_BYTES] = {0};
    memset(g, 0, sizeof *g);
    aes256_ecb_keyexp(&g->aes, key);
    aes256_ecb(h, h, 1, &g->aes);
    g->h = (element){load(h), load(h + 8)};
    memcpy(g->first, nonce, EG_AEAD_NONCE_BYTES);
    g->first[BLOCK_BYTES - 1] = 1;
    eg_wipe(h, sizeof h);
}

static void make_tag(gcm *g, uint8_t tag[EG_AEAD_TAG_BYTES], eg_str associated,
                     const uint8_t *sealed, size_t n)
{
    uint8_t block[BLOCK_BYTES], mask[BLOCK_BYTES];
    absorb(g, (const uint8_t *)associated.data, associated.len);
    absorb(g, sealed, n);
    store(block, 8 * (uint64_t)associated.len);
    store(block + 8, 8 * (uint64_t)n);
    absorb_block(g, block);
    store(block, g->hash.high);
    store(block + 8, g->hash.low);
    aes256_ecb(mask, g->first, 1, &g->aes);
    for (unsigned i = 0; i < EG_AEAD_TAG_BYTES; i++) {
        tag[i] = block[i] ^ mask[i];
    }
    eg_wipe(mask, sizeof mask);
}

static void end(gcm *g)
{
    aes256_ctx_release(&g->aes); /* which wipes it: pqclean_heap.h */
    eg_wipe(g, sizeof *g);
    wipe_stack();
}

eg_result eg_aead_seal(uint8_t *out, uint8_t tag[EG_AEAD_TAG_BYTES],
                       const uint8_t key[EG_AEAD_KEY_BYTES],
                       const uint8_t nonce[EG_AEAD_NONCE_BYTES], eg_str associated, eg_str plain,
                       eg_error *err)
{
    gcm g;
    EG_BUG_IF(err, plain.len > EG_AEAD_TEXT_MAX || associated.len > EG_AEAD_TEXT_MAX);
    begin(&g, key, nonce);
    apply_stream(&g, out, (const uint8_t *)plain.data, plain.len);
    make_tag(&g, tag, associated, out, plain.len);
    end(&g);
    return EG_SUCCESS;
}

eg_result eg_aead_open(uint8_t *out, bool *authentic, const uint8_t key[EG_AEAD_KEY_BYTES],
                       const uint8_t nonce[EG_AEAD_NONCE_BYTES],
                       const uint8_t tag[EG_AEAD_TAG_BYTES], eg_str associated,
                       const uint8_t *sealed, size_t n, eg_error *err)
{
    gcm g;
    uint8_t right[EG_AEAD_TAG_BYTES];
    *authentic = false;
    EG_BUG_IF(err, n > EG_AEAD_TEXT_MAX || associated.len > EG_AEAD_TEXT_MAX);
    begin(&g, key, nonce);
    make_tag(&g, right, associated, sealed, n);
    apply_stream(&g, out, sealed, n);
    end(&g);
    *authentic = eg_secret_equal(right, tag, sizeof right);
    eg_wipe(right, sizeof right);
    if (!*authentic) {
        eg_wipe(out, n);
    }
    return EG_SUCCESS;
}
