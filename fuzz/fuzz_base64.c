/* Base64: what is decoded is encoded and decoded again to the same bytes. */
#include "common.h"

#include "base/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t *bytes = malloc(EG_BASE64_DECODED_MAX(n));
    size_t length = 0;
    CHECK(bytes != NULL);
    if (eg_base64_decode(bytes, &length, (const char *)data, n)) {
        size_t text_bytes = EG_BASE64_ENCODED_LEN(length);
        char *text = malloc(text_bytes + 1);
        uint8_t *again = malloc(EG_BASE64_DECODED_MAX(text_bytes));
        size_t again_length = 0;
        CHECK(text != NULL && again != NULL);
        eg_base64_encode(text, bytes, length);
        CHECK(eg_base64_decode(again, &again_length, text, text_bytes));
        CHECK(again_length == length && memcmp(again, bytes, length) == 0);
        free(text);
        free(again);
    }
    free(bytes);
    return 0;
}
