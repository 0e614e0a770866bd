/* What the operations share. Private to this folder. */
#ifndef EG_MODULE_OPERATION_H
#define EG_MODULE_OPERATION_H

#include "module/host.h"
#include "wire/fields.h"
#include "wire/writer.h"

typedef struct eg_operation_call {
    const eg_module_host *host;
    const eg_node *request; /* a map */
    eg_arena *arena;        /* of the call: wiped behind it */
    eg_writer *answer;      /* in an open map: the operation puts members */
} eg_operation_call;

typedef eg_result (*eg_operation)(const eg_operation_call *call, eg_error *err);

/* Each with the members of its request and of its answer where it is defined. */
eg_result eg_op_info(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_handle_free(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_election_open(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_election_new(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_manifest_check(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_ballot_encrypt(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_ballot_verify(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_ballot_challenge(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_new(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_open(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_seal(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_about(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_record(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_make_backup(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_take_record(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_take_backup(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_guardian_share(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_tally_make(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_shares_combine(const eg_operation_call *call, eg_error *err) EG_MUST_USE;
eg_result eg_op_record_verify(const eg_operation_call *call, eg_error *err) EG_MUST_USE;

#endif
