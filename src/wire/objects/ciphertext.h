/* Ciphertexts on the wire. Source: docs/crypto.md 18.
 *
 * All objects of this folder: the reader takes the map (artifact.h opens the other forms), at is
 * the object's path; arrays of the result live in arena, strings are borrowed from the node; out is
 * undefined after a failure. Elements are checked against the modulus, not for group membership.
 * Writers take the object through a void pointer, so that each is an eg_write_fn. */
#ifndef EG_WIRE_OBJECTS_CIPHERTEXT_H
#define EG_WIRE_OBJECTS_CIPHERTEXT_H

#include "crypto/hashed_elgamal.h"
#include "wire/artifact.h"
#include "wire/fields.h"

/* ElGamalCiphertext */
eg_result eg_ciphertext_read(eg_ciphertext *out, const eg_node *node, const eg_path *at,
                             eg_error *err) EG_MUST_USE;
void eg_ciphertext_write(eg_writer *w, const void *ciphertext);

/* HashedElGamalCiphertext of at most 512 bytes */
/* One that is to be opened: its mac must be written as the reference compares it. */
eg_result eg_hashed_ciphertext_read(eg_hashed_ciphertext *out, const eg_node *node,
                                    const eg_path *at, eg_error *err) EG_MUST_USE;
/* One that is only passed on: its mac in any spelling of the number. */
eg_result eg_hashed_ciphertext_read_any(eg_hashed_ciphertext *out, const eg_node *node,
                                        const eg_path *at, eg_error *err) EG_MUST_USE;
void eg_hashed_ciphertext_write(eg_writer *w, const void *hashed_ciphertext);

#endif
