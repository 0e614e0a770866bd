/* Numbers of the fma kernel to and from tables. */
#include "group/kernels/x86_fma.h"

#include "base/secret.h"

/* four limbs of one lane to one limb of four lanes, and back */
static inline void transpose(__m256d v[LANES])
{
    __m256d low01 = _mm256_unpacklo_pd(v[0], v[1]), high01 = _mm256_unpackhi_pd(v[0], v[1]);
    __m256d low23 = _mm256_unpacklo_pd(v[2], v[3]), high23 = _mm256_unpackhi_pd(v[2], v[3]);
    v[0] = _mm256_permute2f128_pd(low01, low23, 0x20);
    v[1] = _mm256_permute2f128_pd(high01, high23, 0x20);
    v[2] = _mm256_permute2f128_pd(low01, low23, 0x31);
    v[3] = _mm256_permute2f128_pd(high01, high23, 0x31);
}

void eg_fma_to_entries(uint64_t *const entry[], const eg_block *a)
{
    for (size_t i = 0; i < N; i += LANES) {
        __m256d v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = limb_of(a, i + l);
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            if (entry[l] != NULL) {
                _mm256_store_si256((__m256i *)(entry[l] + i), _mm256_castpd_si256(v[l]));
            }
        }
    }
}

void eg_fma_from_entries_vartime(eg_block *r, const uint64_t *const entry[])
{
    for (size_t i = 0; i < N; i += LANES) {
        __m256d v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = _mm256_castsi256_pd(_mm256_load_si256((const __m256i *)(entry[l] + i)));
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            set_limb(r, i + l, v[l]);
        }
    }
}

/* ---- windows ---------------------------------------------------------------------------------
 * Limb after limb, each of all the numbers, their low 32 bits before their high ones: so eight
 * numbers' halves of a limb fill a register out of which eight lanes, those of two blocks, pick
 * their own. */

enum { PICK = 8, PICKS_MAX = 256 / PICK, CHUNK = 8, PAIRS_MAX = EG_SELECT_BLOCKS_MAX / 2 };

/* The halves of eight numbers' limbs, lane after lane in a and b, to their places in a window. */
static inline void put_halves(uint64_t *limb, size_t room, unsigned digit, __m256d a, __m256d b)
{
    enum { LOW = 0x88, HIGH = 0xdd, IN_ORDER = 0xd8 };
    __m256 x = _mm256_castpd_ps(a), y = _mm256_castpd_ps(b);
    __m256d low = _mm256_castps_pd(_mm256_shuffle_ps(x, y, LOW));
    __m256d high = _mm256_castps_pd(_mm256_shuffle_ps(x, y, HIGH));
    double *to = (double *)limb + digit / 2;
    _mm256_store_pd(to, _mm256_permute4x64_pd(low, IN_ORDER));
    _mm256_store_pd(to + room / 2, _mm256_permute4x64_pd(high, IN_ORDER));
}

void eg_fma_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP])
{
    for (size_t i = 0; i < N; i++) {
        __m256d v[EG_WINDOW_STEP];
        for (size_t k = 0; k < EG_WINDOW_STEP; k++) {
            v[k] = limb_of(&a[k], i);
        }
        transpose(v);
        transpose(v + LANES);
        for (size_t l = 0; l < LANES; l++) {
            if (window[l] != NULL) {
                size_t room = eg_window_room_52(count[l]);
                put_halves(window[l] + i * room, room, digit, v[l], v[LANES + l]);
            }
        }
    }
}

/* The digits of two blocks in the order in which halves unpack to lanes of the one and the other,
 * and the lanes whose number is among the c-th eight. */
typedef struct chooser {
    __m256i digit;
    __m256i take[PICKS_MAX];
} chooser;

static void set_chooser(chooser *by, const uint32_t first[LANES], const uint32_t second[LANES],
                        unsigned count)
{
    __m128i a = _mm_loadu_si128((const __m128i *)first);
    __m128i b = _mm_loadu_si128((const __m128i *)second);
    by->digit = _mm256_set_m128i(_mm_unpackhi_epi64(a, b), _mm_unpacklo_epi64(a, b));
    /* signed, and a digit is at most UINT16_MAX */
    __m256i within = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), by->digit);
    __m256i pick = _mm256_srli_epi32(by->digit, 3);
    for (unsigned c = 0; c < eg_window_room_52(count) / PICK; c++) {
        __m256i is_c = _mm256_cmpeq_epi32(pick, _mm256_set1_epi32((int)c));
        by->take[c] = _mm256_and_si256(within, is_c);
    }
}

/* CHUNK limbs of each lane's number. */
static inline void choose(eg_block *first, eg_block *second, size_t at, const uint64_t *window,
                          size_t room, const chooser *by)
{
    for (size_t i = at; i < at + CHUNK; i++) {
        const __m256i *low = (const __m256i *)(window + i * room), *high = low + room / PICK;
        __m256i lows = _mm256_setzero_si256(), highs = lows;
        for (size_t c = 0; c < room / PICK; c++) {
            __m256i x = _mm256_permutevar8x32_epi32(low[c], by->digit);
            __m256i y = _mm256_permutevar8x32_epi32(high[c], by->digit);
            lows = _mm256_or_si256(lows, _mm256_and_si256(x, by->take[c]));
            highs = _mm256_or_si256(highs, _mm256_and_si256(y, by->take[c]));
        }
        __m256i *to = (__m256i *)&first->word[i * LANES],
                *to2 = (__m256i *)&second->word[i * LANES];
        _mm256_store_si256(to, _mm256_unpacklo_epi32(lows, highs));
        _mm256_store_si256(to2, _mm256_unpackhi_epi32(lows, highs));
    }
}

/* A chunk of limbs of all blocks, then the next: it stays in the first cache meanwhile. */
void eg_fma_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                   const uint32_t digit[])
{
    const size_t room = eg_window_room_52(count), last = n - n % 2;
    eg_block spare;
    chooser by[PAIRS_MAX];
    for (size_t b = 0; b < n; b += 2) {
        const uint32_t *first = digit + b * LANES;
        set_chooser(&by[b / 2], first, b < last ? first + LANES : first, count);
    }
    for (size_t at = 0; at < N; at += CHUNK) {
        for (size_t b = 0; b < n; b += 2) {
            choose(&r[b], b < last ? &r[b + 1] : &spare, at, window, room, &by[b / 2]);
        }
    }
    eg_wipe(&spare, sizeof spare);
    eg_wipe(by, sizeof by);
}

static inline __m256i load_digits(const uint32_t digit[])
{
    return _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)digit));
}

/* Selections of blocks sum up eight limbs at a time, so that the sums stay in registers. */
enum { PART = 8 };

/* all ones in the lanes whose digit is e */
static inline __m256i lanes_of(__m256i digit, unsigned e)
{
    return _mm256_cmpeq_epi64(digit, splat(e));
}

void eg_fma_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                          const uint32_t digit[])
{
    const __m256i digits = load_digits(digit);
    for (size_t at = 0; at < N; at += PART) {
        __m256i sum[PART];
        for (size_t i = 0; i < PART; i++) {
            sum[i] = _mm256_setzero_si256();
        }
        for (unsigned e = 0; e < count; e++) {
            __m256i take = lanes_of(digits, e);
            const __m256i *limb = (const __m256i *)blocks[e].word + at;
            for (size_t i = 0; i < PART; i++) {
                sum[i] = _mm256_or_si256(sum[i], _mm256_and_si256(take, limb[i]));
            }
        }
        for (size_t i = 0; i < PART; i++) {
            _mm256_store_si256((__m256i *)&r->word[(at + i) * LANES], sum[i]);
        }
    }
}
