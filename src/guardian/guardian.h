/* A guardian: its key, what it knows of the others, and what it makes for them. Bytes in, bytes
 * out: no file, terminal, clock or generator of its own, so that the command and the page do the
 * same with the same functions.
 *
 * The ceremony, of each guardian: eg_guardian_new; its record to the others (eg_guardian_record);
 * theirs taken (eg_guardian_take_record); a backup for each (eg_guardian_make_backup); theirs taken
 * (eg_guardian_take_backup). After each change it is sealed into its key file (eg_guardian_seal)
 * before anything made from the change is handed out. Shares of a tally: guardian/shares.h.
 *
 * Texts are JSON; what is written is compact, with one line end behind it. Objects are those of
 * docs/crypto.md 18, the key file is docs/guardian-key.md. A guardian may be used by one thread at
 * a time. */
#ifndef EG_GUARDIAN_GUARDIAN_H
#define EG_GUARDIAN_GUARDIAN_H

#include "base/buf.h"
#include "base/rng.h"
#include "election/context.h"
#include "election/key_ceremony.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

enum {
    EG_GUARDIAN_TEXT_BYTES_MAX = 1 << 20,       /* of a record or backup: a hundred coefficients */
    EG_GUARDIAN_KEY_FILE_BYTES_MAX = 128 << 20, /* a hundred such records, and base64 of them */
    EG_PASS_PHRASE_BYTES_MIN = 12,              /* of a new one */
    EG_PASS_PHRASE_BYTES_MAX = 1024
};

/* Owns its memory, which is wiped when it goes. */
typedef struct eg_guardian eg_guardian;

/* A new key from fresh randomness: guardian number sequence_order of so many, quorum of whom can
 * decrypt. The id names a file of the record: EG_E_BAD_ENCODING at `id` when it cannot;
 * EG_E_OUT_OF_RANGE at `sequence_order`, `number_of_guardians`, `quorum`. *out is NULL on failure.
 */
eg_result eg_guardian_new(eg_guardian **out, eg_str id, uint32_t sequence_order,
                          uint32_t number_of_guardians, uint32_t quorum, const eg_rng *rng,
                          eg_error *err) EG_MUST_USE;
/* NULL is fine. */
void eg_guardian_free(eg_guardian *guardian);

/* ---- what is known ---- */

typedef struct eg_guardian_info {
    eg_str id; /* of the guardian, as all below */
    uint32_t sequence_order;
    uint32_t number_of_guardians;
    uint32_t quorum;
    size_t records;                   /* of others, taken; all are number_of_guardians - 1 */
    size_t backups;                   /* from others, taken and found good */
    const eg_guardian_public *record; /* its own */
} eg_guardian_info;
void eg_guardian_about(const eg_guardian *guardian, eg_guardian_info *out);

/* The record of guardian number sequence_order, its own too; NULL while it was not taken. */
const eg_guardian_public *eg_guardian_known(const eg_guardian *guardian, uint32_t sequence_order);
/* Whether that guardian's backup was taken. */
bool eg_guardian_has_backup(const eg_guardian *guardian, uint32_t sequence_order);

enum { EG_FINGERPRINT_CHARACTERS = 39 }; /* eight groups of four digits, and spaces */
/* What people read to one another to know that they hold the same record: of the SHA-256 of its
 * text as eg_guardian_record writes it, the first 16 bytes in upper-case hexadecimal digits, and a
 * NUL. EG_E_NO_MEMORY. */
eg_result eg_guardian_fingerprint(char out[EG_FINGERPRINT_CHARACTERS + 1],
                                  const eg_guardian_public *record, eg_error *err) EG_MUST_USE;

/* ---- the ceremony ---- */

/* Its public record, an ElectionPublicKey, appended to out. */
eg_result eg_guardian_record(const eg_guardian *guardian, eg_buf *out, eg_error *err) EG_MUST_USE;

/* Another guardian's record, an ElectionPublicKey: its proofs and the quorum are checked, and from
 * then on it is that guardian's record for good. Taking the same again, or its own, changes
 * nothing. *sequence_order is whose it is; may be NULL.
 *
 * Errors lead to the fault below `at` (NULL: the text itself) and change nothing: EG_E_DUPLICATE, a
 * different one was taken for this order, an id is used twice, or its own was altered; EG_E_QUORUM;
 * EG_E_OUT_OF_RANGE, an order that this election has not; eg_guardian_public_check's; those of a
 * text that is no record. */
eg_result eg_guardian_take_record(eg_guardian *guardian, eg_str json, const eg_path *at,
                                  uint32_t *sequence_order, eg_error *err) EG_MUST_USE;

/* A backup for guardian number sequence_order, whose record was taken, an ElectionPartialKeyBackup,
 * appended to out. EG_E_NOT_FOUND when it was not; EG_E_OUT_OF_RANGE when it is the guardian
 * itself or nobody. */
eg_result eg_guardian_make_backup(const eg_guardian *guardian, uint32_t sequence_order,
                                  const eg_rng *rng, eg_buf *out, eg_error *err) EG_MUST_USE;

/* A backup from another guardian for this one: opened, held against the commitments of its sender,
 * whose record was taken, and kept. *sequence_order is the sender's; may be NULL. Errors change
 * nothing; what is wrong with the backup names the sender: EG_E_TAMPERED, EG_E_BAD_ENCODING,
 * EG_E_NOT_IN_GROUP and EG_E_PROOF_INVALID as eg_backup_check; EG_E_NOT_FOUND, the sender's record
 * was not taken; EG_E_WRONG_ELECTION, it is meant for another guardian; those of a text that is no
 * backup. */
eg_result eg_guardian_take_backup(eg_guardian *guardian, eg_str json, const eg_path *at,
                                  uint32_t *sequence_order, eg_error *err) EG_MUST_USE;

/* Whether the context is that of this guardian's own election: made of its own and the taken
 * records, all of which must be there (EG_E_NOT_FOUND), number and quorum. EG_E_WRONG_ELECTION,
 * with the field below `at`. */
eg_result eg_guardian_check_context(const eg_guardian *guardian, const eg_context *context,
                                    const eg_path *at, eg_error *err) EG_MUST_USE;

/* ---- the key file ---- */

/* All of it, sealed under the pass phrase with a fresh salt and nonce, appended to out. The pass
 * phrase is UTF-8 in normalisation form C, which is the caller's work, of EG_PASS_PHRASE_BYTES_MIN
 * to _MAX bytes: EG_E_OUT_OF_RANGE at `pass_phrase`. Takes 65 MiB for the length of the call;
 * EG_E_NO_MEMORY. */
eg_result eg_guardian_seal(const eg_guardian *guardian, eg_str pass_phrase, const eg_rng *rng,
                           eg_buf *out, eg_error *err) EG_MUST_USE;

/* A guardian from its key file. EG_E_TAMPERED: the pass phrase is not the right one, or the file
 * was changed; which of them nobody can tell, by the answer or by the time it took. What is no key
 * file, or asks for other parameters than the documented ones, is refused before any work:
 * EG_E_BAD_ENCODING, EG_E_MISSING_FIELD, EG_E_OUT_OF_RANGE and EG_E_TOO_LARGE, below `at`. *out is
 * NULL on failure. */
eg_result eg_guardian_open(eg_guardian **out, eg_str key_file, eg_str pass_phrase,
                           const eg_path *at, eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
