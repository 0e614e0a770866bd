/* What is kept in memory of a ballot that was encrypted elsewhere. */
#ifndef EG_CLIENT_ENCRYPTED_BALLOT_H
#define EG_CLIENT_ENCRYPTED_BALLOT_H

#include "base/sha256.h"

enum { EG_ENCRYPTED_BALLOT_BYTES_MAX = 4 << 20 };

/* Where a ballot stands; what it was, to know it again. */
typedef struct eg_encrypted_ballot {
    uint64_t offset; /* in a file of lines */
    size_t bytes;
    uint8_t digest[EG_SHA256_BYTES];
} eg_encrypted_ballot;

#endif
