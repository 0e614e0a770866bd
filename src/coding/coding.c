#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_customMem */
#include "coding/coding.h"

#include "base/secret.h"

#include <stdlib.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
    ZSTD_LEVEL = 1,             /* digits and base64: higher ones save two parts in a hundred */
    GZIP_WINDOW_BITS = 15 + 16, /* gzip alone, its largest window */
    BLOCK_HEAD = 16             /* before each allocation: its size; keeps malloc's alignment */
};

struct eg_decoder {
    eg_coding coding;
    eg_budget *budget;
    ZSTD_DCtx *zstd;
    z_stream gzip;
    bool whole;
};

/* ---- names ---- */

static bool is_named(eg_str text, const char *name)
{
    return text.len == strlen(name) && strncasecmp(text.data, name, text.len) == 0;
}

bool eg_coding_read(eg_coding *out, eg_str content_encoding)
{
    if (content_encoding.len == 0 || is_named(content_encoding, "identity")) {
        *out = EG_CODING_IDENTITY;
    } else if (is_named(content_encoding, "zstd")) {
        *out = EG_CODING_ZSTD;
    } else if (is_named(content_encoding, "gzip") || is_named(content_encoding, "x-gzip")) {
        *out = EG_CODING_GZIP;
    } else {
        return false;
    }
    return true;
}

const char *eg_coding_name(eg_coding coding)
{
    static const char *const names[] = {"identity", "gzip", "zstd"};
    return names[coding];
}

/* ---- the libraries' memory ---- */

static void *take_block(void *budget, size_t bytes)
{
    size_t all;
    if (__builtin_add_overflow(bytes, (size_t)BLOCK_HEAD, &all) || !eg_budget_take(budget, all)) {
        return NULL;
    }
    char *block = malloc(all);
    if (block == NULL) {
        eg_budget_give(budget, all);
        return NULL;
    }
    memcpy(block, &all, sizeof all);
    return block + BLOCK_HEAD;
}

static void give_block(void *budget, void *memory)
{
    if (memory == NULL) {
        return;
    }
    char *block = (char *)memory - BLOCK_HEAD;
    size_t all;
    memcpy(&all, block, sizeof all);
    eg_wipe(block, all);
    free(block);
    eg_budget_give(budget, all);
}

static void *take_items(void *budget, unsigned count, unsigned bytes)
{
    return take_block(budget, (size_t)count * bytes);
}

static ZSTD_customMem memory_of(eg_budget *budget)
{
    return (ZSTD_customMem){take_block, give_block, budget};
}

/* ---- in ---- */

static bool start(eg_decoder *d)
{
    if (d->coding == EG_CODING_GZIP) {
        d->gzip = (z_stream){.zalloc = take_items, .zfree = give_block, .opaque = d->budget};
        return inflateInit2(&d->gzip, GZIP_WINDOW_BITS) == Z_OK;
    }
    d->zstd = ZSTD_createDCtx_advanced(memory_of(d->budget));
    return d->zstd != NULL &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, EG_ZSTD_WINDOW_LOG));
}

eg_decoder *eg_decoder_new(eg_coding coding, eg_budget *budget)
{
    eg_decoder *d = take_block(budget, sizeof *d);
    if (d == NULL) {
        return NULL;
    }
    *d = (eg_decoder){.coding = coding, .budget = budget};
    if (!start(d)) {
        eg_decoder_free(d);
        return NULL;
    }
    return d;
}

void eg_decoder_free(eg_decoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
    if (decoder->coding == EG_CODING_GZIP) {
        (void)inflateEnd(&decoder->gzip);
    }
    (void)ZSTD_freeDCtx(decoder->zstd);
    give_block(decoder->budget, decoder);
}

static eg_result zstd_error(size_t result, eg_error *err)
{
    ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    if (code == ZSTD_error_memory_allocation) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to decode the body");
    }
    if (code == ZSTD_error_frameParameter_windowTooLarge) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL,
                       "the body's zstd frame needs a window above 8 MiB (RFC 9659)");
    }
    if (code == ZSTD_error_dictionary_wrong) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "the body's zstd frame needs a dictionary");
    }
    return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "the body is not zstd, or damaged");
}

static eg_result run_zstd(eg_decoder *d, const char *in, size_t *in_bytes, char *out,
                          size_t *out_bytes, eg_error *err)
{
    ZSTD_inBuffer from = {in, *in_bytes, 0};
    ZSTD_outBuffer to = {out, *out_bytes, 0};
    while (to.pos < to.size) {
        size_t made = to.pos, taken = from.pos;
        if (d->whole && from.pos == from.size) {
            break; /* between frames */
        }
        size_t result = ZSTD_decompressStream(d->zstd, &to, &from);
        if (ZSTD_isError(result)) {
            return zstd_error(result, err);
        }
        d->whole = result == 0;
        if (to.pos == made && from.pos == taken) {
            break;
        }
    }
    *in_bytes = from.pos;
    *out_bytes = to.pos;
    return EG_SUCCESS;
}

/* A member that ended: another one may follow (RFC 1952, 2.2). */
static bool begin_member(eg_decoder *d)
{
    if (d->whole) {
        d->whole = false;
        return inflateReset(&d->gzip) == Z_OK;
    }
    return true;
}

static eg_result run_gzip(eg_decoder *d, const char *in, size_t *in_bytes, char *out,
                          size_t *out_bytes, eg_error *err)
{
    z_stream *z = &d->gzip;
    z->next_in = (Bytef *)(uintptr_t)in;
    z->avail_in = (uInt)*in_bytes;
    z->next_out = (Bytef *)out;
    z->avail_out = (uInt)*out_bytes;
    int result = Z_OK;
    while (result == Z_OK && z->avail_out > 0 && !(d->whole && z->avail_in == 0)) {
        result = begin_member(d) ? inflate(z, Z_NO_FLUSH) : Z_STREAM_ERROR;
        d->whole = result == Z_STREAM_END;
        result = d->whole ? Z_OK : result;
    }
    if (result == Z_MEM_ERROR) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to decode the body");
    }
    if (result != Z_OK && result != Z_BUF_ERROR) { /* the latter: more is needed */
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "the body is not gzip, or damaged");
    }
    *in_bytes -= z->avail_in;
    *out_bytes -= z->avail_out;
    return EG_SUCCESS;
}

eg_result eg_decoder_run(eg_decoder *decoder, const char *in, size_t *in_bytes, char *out,
                         size_t *out_bytes, eg_error *err)
{
    return decoder->coding == EG_CODING_GZIP ? run_gzip(decoder, in, in_bytes, out, out_bytes, err)
                                             : run_zstd(decoder, in, in_bytes, out, out_bytes, err);
}

bool eg_decoder_is_whole(const eg_decoder *decoder)
{
    return decoder->whole;
}

/* ---- out ---- */

eg_result eg_frame_write(eg_buf *out, eg_str content, eg_error *err)
{
    EG_TRY(eg_buf_check(out, err));
    ZSTD_CCtx *zstd = ZSTD_createCCtx_advanced(memory_of(out->budget));
    size_t room = ZSTD_compressBound(content.len);
    char *to = zstd == NULL ? NULL : eg_buf_reserve(out, room);
    size_t bytes =
        to == NULL ? 0 : ZSTD_compressCCtx(zstd, to, room, content.data, content.len, ZSTD_LEVEL);
    (void)ZSTD_freeCCtx(zstd);
    if (to == NULL || ZSTD_isError(bytes)) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to pack what goes out");
    }
    out->len += bytes;
    return EG_SUCCESS;
}

eg_result eg_encode_frame(eg_buf *content, eg_error *err)
{
    EG_TRY(eg_buf_check(content, err));
    if (content->len == 0) {
        return EG_SUCCESS;
    }
    eg_buf frame;
    eg_buf_init(&frame, content->budget);
    eg_result written = eg_frame_write(&frame, eg_buf_str(content), err);
    if (eg_failed(written)) {
        eg_buf_free(&frame);
        return written;
    }
    eg_buf_free(content);
    *content = frame;
    return EG_SUCCESS;
}

/* ---- one frame as a whole ---- */

size_t eg_frame_bytes_max(size_t content_bytes)
{
    return ZSTD_compressBound(content_bytes);
}

eg_result eg_frame_content_bytes(size_t *out, eg_str frame, size_t max_bytes, eg_error *err)
{
    const unsigned long long bytes = ZSTD_getFrameContentSize(frame.data, frame.len);
    if (bytes == ZSTD_CONTENTSIZE_UNKNOWN || bytes == ZSTD_CONTENTSIZE_ERROR ||
        ZSTD_isSkippableFrame(frame.data, frame.len) != 0 ||
        ZSTD_findFrameCompressedSize(frame.data, frame.len) != frame.len) {
        return EG_FAIL(err, EG_E_TAMPERED, NULL,
                       "it is cut, or not one zstd frame that says how long its content is");
    }
    if (bytes > max_bytes) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "it unpacks to more than the %zu bytes allowed",
                       max_bytes);
    }
    *out = (size_t)bytes;
    return EG_SUCCESS;
}

eg_result eg_frame_read(char *out, size_t bytes, eg_str frame, eg_budget *budget, eg_error *err)
{
    ZSTD_DCtx *zstd = ZSTD_createDCtx_advanced(memory_of(budget));
    if (zstd == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to unpack what came");
    }
    const size_t made = ZSTD_decompressDCtx(zstd, out, bytes, frame.data, frame.len);
    (void)ZSTD_freeDCtx(zstd);
    return !ZSTD_isError(made) && made == bytes
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_TAMPERED, NULL, "its zstd frame is damaged");
}
