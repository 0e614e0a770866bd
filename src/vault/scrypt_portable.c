/* scrypt where there is no OpenSSL. Source: RFC 7914. */
#include "vault/kdf.h"

#include "base/arena.h"
#include "base/hmac.h"
#include "base/secret.h"

enum { WORDS = 16, WORD_BYTES = 4, BLOCK_BYTES = WORDS * WORD_BYTES, ROUNDS = 8 };

/* Blocks of 64 bytes, as words of a little-endian machine. */
typedef uint32_t block[WORDS];

/* ---- PBKDF2-HMAC-SHA-256 of one iteration ---- */

static void pbkdf2(uint8_t *out, size_t n, eg_str password, eg_bytes salt)
{
    eg_hmac_key key;
    uint8_t mac[EG_SHA256_BYTES];
    eg_hmac_key_init(&key, (eg_bytes){(const uint8_t *)password.data, password.len});
    for (uint32_t i = 1; n > 0; i++) {
        const uint8_t number[] = {(uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
                                  (uint8_t)i};
        const eg_bytes parts[] = {salt, {number, sizeof number}};
        const size_t some = n < sizeof mac ? n : sizeof mac;
        eg_hmac_of(mac, &key, parts, 2);
        memcpy(out, mac, some);
        out += some;
        n -= some;
    }
    eg_wipe(&key, sizeof key);
    eg_wipe(mac, sizeof mac);
}

/* ---- Salsa20/8 and the mixing of blocks ---- */

static inline uint32_t rotated(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static inline void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *b ^= rotated(*a + *d, 7);
    *c ^= rotated(*b + *a, 9);
    *d ^= rotated(*c + *b, 13);
    *a ^= rotated(*d + *c, 18);
}

static void salsa(block x)
{
    block z;
    memcpy(z, x, sizeof z);
    for (unsigned i = 0; i < ROUNDS; i += 2) {
        quarter(&z[0], &z[4], &z[8], &z[12]);
        quarter(&z[5], &z[9], &z[13], &z[1]);
        quarter(&z[10], &z[14], &z[2], &z[6]);
        quarter(&z[15], &z[3], &z[7], &z[11]);
        quarter(&z[0], &z[1], &z[2], &z[3]);
        quarter(&z[5], &z[6], &z[7], &z[4]);
        quarter(&z[10], &z[11], &z[8], &z[9]);
        quarter(&z[15], &z[12], &z[13], &z[14]);
    }
    for (unsigned i = 0; i < WORDS; i++) {
        x[i] += z[i];
    }
}

static inline void combine(block to, const block with)
{
    for (unsigned i = 0; i < WORDS; i++) {
        to[i] ^= with[i];
    }
}

/* scryptBlockMix of 2 * r blocks: even ones to the first half of out, odd ones to the second. */
static void mix_blocks(block *out, block *in, size_t r)
{
    block x;
    memcpy(x, in[2 * r - 1], sizeof x);
    for (size_t i = 0; i < 2 * r; i++) {
        combine(x, in[i]);
        salsa(x);
        memcpy(out[i / 2 + (i % 2) * r], x, sizeof x);
    }
    eg_wipe(x, sizeof x);
}

/* scryptROMix: b holds 2 * r blocks, v n times as many, spare as many as b. */
static void mix_memory(block *b, size_t r, size_t n, block *v, block *spare)
{
    const size_t blocks = 2 * r;
    for (size_t i = 0; i < n; i++) {
        memcpy(v[i * blocks], b, blocks * sizeof *b);
        mix_blocks(spare, b, r);
        memcpy(b, spare, blocks * sizeof *b);
    }
    for (size_t i = 0; i < n; i++) {
        const size_t at = b[blocks - 1][0] & (n - 1);
        for (size_t k = 0; k < blocks; k++) {
            combine(b[k], v[at * blocks + k]);
        }
        mix_blocks(spare, b, r);
        memcpy(b, spare, blocks * sizeof *b);
    }
}

/* ---- bytes ---- */

static void load(block *out, const uint8_t *bytes, size_t blocks)
{
    for (size_t i = 0; i < blocks * WORDS; i++, bytes += WORD_BYTES) {
        out[i / WORDS][i % WORDS] = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                                    (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    }
}

static void store(uint8_t *out, block *in, size_t blocks)
{
    for (size_t i = 0; i < blocks * WORDS; i++, out += WORD_BYTES) {
        const uint32_t word = in[i / WORDS][i % WORDS];
        for (unsigned k = 0; k < WORD_BYTES; k++) {
            out[k] = (uint8_t)(word >> 8 * k);
        }
    }
}

/* bytes: of p times 2 * r blocks, which are mixed one after the other. */
static bool mix_all(uint8_t *bytes, const eg_scrypt_cost *cost, eg_arena *arena)
{
    const size_t blocks = 2 * (size_t)cost->r;
    block *v = eg_arena_alloc_array(arena, cost->n, blocks * sizeof *v);
    block *b = eg_arena_alloc_array(arena, 2 * blocks, sizeof *b);
    if (v == NULL || b == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < cost->p; i++) {
        uint8_t *each = bytes + i * blocks * BLOCK_BYTES;
        load(b, each, blocks);
        mix_memory(b, cost->r, cost->n, v, b + blocks);
        store(each, b, blocks);
    }
    return true;
}

static bool is_possible(const eg_scrypt_cost *cost)
{
    const uint64_t rows = (uint64_t)cost->n + cost->p;
    return cost->n > 1 && (cost->n & (cost->n - 1)) == 0 && cost->r > 0 && cost->p > 0 &&
           rows <= EG_SCRYPT_MEMORY_BYTES && cost->r <= EG_SCRYPT_MEMORY_BYTES &&
           rows * cost->r <= EG_SCRYPT_MEMORY_BYTES / (2 * BLOCK_BYTES);
}

bool eg_scrypt_of(uint8_t *out, size_t n, eg_str password, eg_bytes salt,
                  const eg_scrypt_cost *cost)
{
    eg_arena arena;
    if (!is_possible(cost)) {
        return false;
    }
    eg_arena_init(&arena, NULL);
    const size_t size = (size_t)cost->p * cost->r * 2 * BLOCK_BYTES;
    uint8_t *bytes = eg_arena_alloc(&arena, size);
    bool done = bytes != NULL;
    if (done) {
        pbkdf2(bytes, size, password, salt);
        done = mix_all(bytes, cost, &arena);
    }
    if (done) {
        pbkdf2(out, n, password, (eg_bytes){bytes, size});
    }
    eg_arena_free(&arena); /* which wipes it */
    return done;
}
