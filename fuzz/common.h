/* What the fuzz targets share: one program each, by libFuzzer. A target aborts when what it checks
 * does not hold; memory is AddressSanitizer's business. */
#ifndef EG_FUZZ_COMMON_H
#define EG_FUZZ_COMMON_H

#include "wire/artifact.h"
#include "wire/tree.h"
#include "wire/writer.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* JSON when it begins like a JSON map or list, else MessagePack. */
eg_encoding fuzz_encoding_of(const uint8_t *data, size_t n);

/* The tree, or false: then the error is complete. */
bool fuzz_parse(eg_node *out, eg_encoding encoding, eg_str bytes, eg_arena *arena);

/* Bytes that are no text, and numbers beyond a double, are read and cannot be written again. */
bool fuzz_cannot_be_written(const eg_node *node);

/* A tree in one piece and in several is read alike, and is written stably. */
void fuzz_tree(eg_encoding encoding, const uint8_t *data, size_t n);

/* A refusal has a code of its own and a sentence; nothing that came in may be an internal error. */
void fuzz_check_error(const eg_error *error);

typedef eg_result (*fuzz_read_fn)(void *object, const eg_node *node, eg_arena *arena,
                                  eg_error *err);

/* Reads an object; what can be read must stay the same when it is written, read and written again,
 * as JSON text and as MessagePack. `bytes` is the object's size. */
void fuzz_object(const uint8_t *data, size_t n, size_t bytes, fuzz_read_fn read, eg_write_fn write);

#endif
