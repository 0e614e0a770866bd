/* Guardians: their keys and what they make with them. A guardian's secrets stay behind its handle.
 */
#include "guardian/guardian.h"

#include "module/handles.h"

static void release(void *object)
{
    eg_guardian_free(object);
}

static eg_result hand_out(const eg_operation_call *call, eg_guardian *guardian, eg_error *err)
{
    int64_t number;
    eg_result result = eg_handle_new(&number, EG_HANDLE_GUARDIAN, guardian, release, err);
    if (eg_failed(result)) {
        eg_guardian_free(guardian);
        return result;
    }
    eg_put_int(call->answer, "guardian", number);
    return EG_SUCCESS;
}

static eg_result guardian_of(eg_guardian **out, const eg_operation_call *call, eg_error *err)
{
    return eg_handle_read(out, call, "guardian", EG_HANDLE_GUARDIAN, err);
}

static eg_result order_of(uint32_t *out, const eg_operation_call *call, eg_error *err)
{
    return eg_read_count(call->request, NULL, "sequence_order", 1, EG_GUARDIANS_MAX, out, err);
}

/* What was made, if it was, as the member `text`; wiped. */
static eg_result hand_out_text(const eg_operation_call *call, eg_result made, eg_buf *text)
{
    if (!eg_failed(made)) {
        eg_put_str(call->answer, "text", eg_buf_str(text));
    }
    eg_buf_free(text);
    return made;
}

/* ---- its life ---- */

/* { id, sequence_order, number_of_guardians, quorum } -> { guardian (handle) } */
eg_result eg_op_guardian_new(const eg_operation_call *call, eg_error *err)
{
    eg_guardian *guardian;
    eg_str id;
    uint32_t order, count, quorum;
    EG_TRY(eg_read_str(call->request, NULL, "id", 1, EG_NAME_BYTES_MAX, &id, err));
    EG_TRY(order_of(&order, call, err));
    EG_TRY(eg_read_count(call->request, NULL, "number_of_guardians", 1, EG_GUARDIANS_MAX, &count,
                         err));
    EG_TRY(eg_read_count(call->request, NULL, "quorum", 1, EG_GUARDIANS_MAX, &quorum, err));
    EG_TRY(eg_guardian_new(&guardian, id, order, count, quorum, call->host->rng, err));
    return hand_out(call, guardian, err);
}

/* { key_file: text, pass_phrase: in normalisation form C } -> { guardian } */
eg_result eg_op_guardian_open(const eg_operation_call *call, eg_error *err)
{
    eg_guardian *guardian;
    eg_str file, phrase;
    eg_path at = eg_path_field(NULL, "key_file");
    EG_TRY(eg_read_str(call->request, NULL, "key_file", 0, EG_GUARDIAN_KEY_FILE_BYTES_MAX, &file,
                       err));
    EG_TRY(
        eg_read_str(call->request, NULL, "pass_phrase", 0, EG_PASS_PHRASE_BYTES_MAX, &phrase, err));
    EG_TRY(eg_guardian_open(&guardian, file, phrase, &at, err));
    return hand_out(call, guardian, err);
}

/* { guardian, pass_phrase } -> { text: a key file } */
eg_result eg_op_guardian_seal(const eg_operation_call *call, eg_error *err)
{
    eg_guardian *guardian;
    eg_str phrase;
    eg_buf text;
    EG_TRY(guardian_of(&guardian, call, err));
    EG_TRY(
        eg_read_str(call->request, NULL, "pass_phrase", 0, EG_PASS_PHRASE_BYTES_MAX, &phrase, err));
    eg_buf_init(&text, NULL);
    return hand_out_text(call, eg_guardian_seal(guardian, phrase, call->host->rng, &text, err),
                         &text);
}

/* ---- what is known ---- */

static eg_result write_known(const eg_guardian *guardian, uint32_t order, eg_writer *w,
                             eg_error *err)
{
    char fingerprint[EG_FINGERPRINT_CHARACTERS + 1];
    const eg_guardian_public *record = eg_guardian_known(guardian, order);
    if (record == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_guardian_fingerprint(fingerprint, record, err));
    eg_write_map(w);
    eg_put_int(w, "sequence_order", order);
    eg_put_str(w, "id", record->owner_id);
    eg_put_cstr(w, "fingerprint", fingerprint);
    eg_put_bool(w, "has_backup", eg_guardian_has_backup(guardian, order));
    eg_write_end(w);
    return EG_SUCCESS;
}

/* { guardian } -> { id, sequence_order, number_of_guardians, quorum, known: [ { sequence_order, id,
 * fingerprint, has_backup } ] }: known are the records taken, its own among them */
eg_result eg_op_guardian_about(const eg_operation_call *call, eg_error *err)
{
    eg_guardian *guardian;
    eg_guardian_info info;
    eg_writer *w = call->answer;
    EG_TRY(guardian_of(&guardian, call, err));
    eg_guardian_about(guardian, &info);
    eg_put_str(w, "id", info.id);
    eg_put_int(w, "sequence_order", info.sequence_order);
    eg_put_int(w, "number_of_guardians", info.number_of_guardians);
    eg_put_int(w, "quorum", info.quorum);
    eg_write_key(w, "known");
    eg_write_array(w, info.number_of_guardians);
    for (uint32_t i = 1; i <= info.number_of_guardians; i++) {
        EG_TRY(write_known(guardian, i, w, err));
    }
    eg_write_end(w);
    return EG_SUCCESS;
}

/* ---- the ceremony ---- */

/* { guardian } -> { text: its record, an ElectionPublicKey } */
eg_result eg_op_guardian_record(const eg_operation_call *call, eg_error *err)
{
    eg_guardian *guardian;
    eg_buf text;
    EG_TRY(guardian_of(&guardian, call, err));
    eg_buf_init(&text, NULL);
    return hand_out_text(call, eg_guardian_record(guardian, &text, err), &text);
}

/* { guardian, sequence_order } -> { text: a backup for that guardian, an ElectionPartialKeyBackup }
 */
eg_result eg_op_guardian_make_backup(const eg_operation_call *call, eg_error *err)
{
    eg_guardian *guardian;
    uint32_t order;
    eg_buf text;
    EG_TRY(guardian_of(&guardian, call, err));
    EG_TRY(order_of(&order, call, err));
    eg_buf_init(&text, NULL);
    return hand_out_text(
        call, eg_guardian_make_backup(guardian, order, call->host->rng, &text, err), &text);
}

typedef eg_result (*take)(eg_guardian *guardian, eg_str json, const eg_path *at, uint32_t *order,
                          eg_error *err);

static eg_result take_text(const eg_operation_call *call, take taken, eg_error *err)
{
    eg_guardian *guardian;
    eg_str text;
    uint32_t order;
    EG_TRY(guardian_of(&guardian, call, err));
    EG_TRY(eg_read_str(call->request, NULL, "text", 0, EG_GUARDIAN_TEXT_BYTES_MAX, &text, err));
    EG_TRY(taken(guardian, text, NULL, &order, err));
    eg_put_int(call->answer, "sequence_order", order);
    return EG_SUCCESS;
}

/* { guardian, text: another's record } -> { sequence_order: whose } */
eg_result eg_op_guardian_take_record(const eg_operation_call *call, eg_error *err)
{
    return take_text(call, eg_guardian_take_record, err);
}

/* { guardian, text: a backup from another } -> { sequence_order: whose } */
eg_result eg_op_guardian_take_backup(const eg_operation_call *call, eg_error *err)
{
    return take_text(call, eg_guardian_take_backup, err);
}
