/* What frames requests: bytes in one piece and in pieces are read alike, and nothing is passed on
 * from the head of a request that has a fault. */
#include "common.h"

#include "server/http/framing.h"

static size_t read_pieces(eg_framing *f, const char *bytes, size_t n, size_t piece)
{
    size_t passed = 0;
    for (size_t at = 0; at < n && f->fault == NULL && !f->over; at += piece) {
        size_t size = n - at < piece ? n - at : piece;
        size_t good = eg_framing_read(f, bytes + at, size);
        CHECK(good <= size);
        passed += good;
    }
    return passed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *bytes = (const char *)data + 1;
    eg_framing whole = {0}, pieces = {0};
    if (n < 2) {
        return 0;
    }
    size_t passed = read_pieces(&whole, bytes, n - 1, n - 1);
    size_t in_pieces = read_pieces(&pieces, bytes, n - 1, 1 + data[0] % 16u);
    CHECK(whole.heads == pieces.heads && whole.fault == pieces.fault && whole.over == pieces.over);
    CHECK(whole.fault_in_head == pieces.fault_in_head);
    CHECK(passed <= in_pieces); /* of a head that came in pieces the first were passed on */
    CHECK(whole.fault_in_head || passed == in_pieces);
    return 0;
}
