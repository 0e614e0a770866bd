/* Ballots: encrypted, verified, challenged. */
#include "base/secret.h"
#include "crypto/elgamal.h"
#include "election/ballot_encrypt.h"
#include "election/ballot_verify.h"
#include "election/challenge.h"
#include "module/handles.h"
#include "module/op_election.h"
#include "wire/objects/ballot.h"
#include "wire/objects/plain_ballot.h"

static eg_result open_ballot(const eg_open_election **election, const eg_node **ballot,
                             const eg_operation_call *call, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "ballot");
    EG_TRY(eg_handle_read(election, call, "election", EG_HANDLE_ELECTION, err));
    EG_TRY(eg_field(ballot, call->request, NULL, "ballot", err));
    return eg_need_map(*ballot, &at, err);
}

/* ---- encrypting ---- */

static eg_result read_plain(eg_plain_ballot *out, const eg_open_election *open, const eg_node *node,
                            eg_arena *arena, eg_error *err)
{
    eg_plain_ballot ballot;
    eg_path at = eg_path_field(NULL, "ballot");
    EG_TRY(eg_plain_ballot_read(&ballot, node, &at, arena, err));
    EG_TRY(eg_plain_ballot_fill(out, &ballot, &open->index, arena, &at, err));
    return eg_plain_ballot_judge(out, &ballot, &open->index, arena, &at, err);
}

static eg_result encrypt(eg_ballot *out, const eg_open_election *open, const eg_plain_ballot *plain,
                         int64_t timestamp, const eg_operation_call *call, eg_error *err)
{
    size_t failed = 0;
    eg_modq nonce;
    EG_TRY(eg_random_q(&nonce, call->host->rng, 1, err));
    const eg_encrypt_input input = {plain, &open->device_hash, &nonce, timestamp};
    eg_result result =
        eg_ballots_encrypt(out, &input, 1, &open->election, call->arena, &failed, err);
    eg_wipe(&nonce, sizeof nonce);
    return result;
}

/* { election, ballot: PlaintextBallot, timestamp: seconds since 1970, keep_nonces: bool }
 *   -> { code, ballot: CiphertextBallot, every nonce null; with_nonces?: the same with them } */
eg_result eg_op_ballot_encrypt(const eg_operation_call *call, eg_error *err)
{
    const eg_open_election *open;
    const eg_node *node;
    eg_plain_ballot plain = {.contest_count = 0};
    eg_ballot ballot;
    int64_t timestamp;
    bool keep;
    EG_TRY(open_ballot(&open, &node, call, err));
    EG_TRY(eg_read_int64(call->request, NULL, "timestamp", &timestamp, err));
    EG_TRY(eg_read_bool(call->request, NULL, "keep_nonces", &keep, err));
    EG_TRY(read_plain(&plain, open, node, call->arena, err));
    EG_TRY(encrypt(&ballot, open, &plain, timestamp, call, err));
    eg_put_q(call->answer, "code", &ballot.code);
    eg_write_key(call->answer, "ballot");
    eg_ballot_write_published(call->answer, &ballot);
    if (keep) {
        eg_write_key(call->answer, "with_nonces");
        eg_ballot_write(call->answer, &ballot);
    }
    return EG_SUCCESS;
}

/* ---- verifying ---- */

/* { election, ballot: CiphertextBallot or SubmittedBallot } -> { code, state } of a good one */
eg_result eg_op_ballot_verify(const eg_operation_call *call, eg_error *err)
{
    const eg_open_election *open;
    const eg_node *node;
    eg_ballot ballot;
    eg_path at = eg_path_field(NULL, "ballot");
    EG_TRY(open_ballot(&open, &node, call, err));
    EG_TRY(eg_ballot_read(&ballot, node, &at, call->arena, err));
    EG_TRY(eg_ballot_check_structure(&ballot, &open->election, call->arena, &at, err));
    EG_TRY(eg_ballot_verify_proofs(&ballot, &open->election, call->arena, &at, err));
    eg_put_q(call->answer, "code", &ballot.code);
    eg_put_int(call->answer, "state", ballot.state);
    return EG_SUCCESS;
}

/* ---- challenging ---- */

static void write_votes(eg_writer *w, const eg_plain_ballot *plain)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", plain->object_id);
    eg_put_str(w, "style_id", plain->style_id);
    eg_write_key(w, "contests");
    eg_write_array(w, plain->contest_count);
    for (size_t i = 0; i < plain->contest_count; i++) {
        const eg_plain_contest *contest = &plain->contests[i];
        eg_write_map(w);
        eg_put_str(w, "object_id", contest->object_id);
        eg_write_key(w, "ballot_selections");
        eg_write_array(w, contest->selection_count);
        for (size_t s = 0; s < contest->selection_count; s++) {
            eg_write_map(w);
            eg_put_str(w, "object_id", contest->selections[s].object_id);
            eg_put_int(w, "vote", contest->selections[s].vote);
            eg_write_end(w);
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

/* { election, ballot: CiphertextBallot with every nonce } -> { code, ballot: PlaintextBallot, what
 * it holds }; fails where the nonces do not make exactly this ballot */
eg_result eg_op_ballot_challenge(const eg_operation_call *call, eg_error *err)
{
    const eg_open_election *open;
    const eg_node *node;
    eg_ballot ballot;
    eg_plain_ballot plain = {.contest_count = 0};
    eg_path at = eg_path_field(NULL, "ballot");
    EG_TRY(open_ballot(&open, &node, call, err));
    EG_TRY(eg_ballot_read(&ballot, node, &at, call->arena, err));
    EG_TRY(eg_ballot_challenge(&plain, &ballot, &open->election, call->arena, &at, err));
    eg_put_q(call->answer, "code", &ballot.code);
    eg_write_key(call->answer, "ballot");
    write_votes(call->answer, &plain);
    return EG_SUCCESS;
}
