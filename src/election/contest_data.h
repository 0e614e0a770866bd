/* What is encrypted beside a contest's selections: {error, error_data, write_ins}
 * (docs/crypto.md 7.4, 14.2). */
#ifndef EG_ELECTION_CONTEST_DATA_H
#define EG_ELECTION_CONTEST_DATA_H

#include "base/buf.h"
#include "crypto/hashed_elgamal.h"

typedef enum eg_contest_error {
    EG_CONTEST_GOOD,
    EG_CONTEST_NULLVOTE,
    EG_CONTEST_UNDERVOTE,
    EG_CONTEST_OVERVOTE
} eg_contest_error;

typedef struct eg_write_in {
    eg_str selection_id;
    eg_str text;
} eg_write_in;

typedef struct eg_contest_data {
    eg_contest_error error;
    const eg_str *error_ids; /* NULL: null */
    size_t error_id_count;
    const eg_write_in *write_ins; /* NULL: null */
    size_t write_in_count;
} eg_contest_data;

/* The JSON text, ASCII (docs/crypto.md 2.3). Secret. */
void eg_contest_data_text(eg_buf *out, const eg_contest_data *data);
/* Text padded to 512 bytes. EG_E_TOO_LARGE when it does not fit. */
eg_result eg_contest_data_pad(uint8_t out[EG_PADDED_BYTES], const eg_contest_data *data,
                              eg_error *err) EG_MUST_USE;

/* A selection that an overvote may list. */
typedef struct eg_hidden_choice {
    eg_str selection_id;
    unsigned chosen; /* secret: 0 or 1 */
    uint32_t place;  /* secret: the order of the list; equal ones by index */
} eg_hidden_choice;

/* The data of an overvote, by the same steps whatever was chosen and in whatever order. *fits is
 * secret: 0 when it is too large, and out is then of no use. */
eg_result eg_contest_data_pad_overvote(uint8_t out[EG_PADDED_BYTES], unsigned *fits,
                                       const eg_hidden_choice choices[], size_t count,
                                       const eg_write_in *write_ins, size_t write_in_count,
                                       eg_arena *scratch, eg_error *err) EG_MUST_USE;

#endif
