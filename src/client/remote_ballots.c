#include "client/answer_check.h"
#include "client/chunk_exchange.h"
#include "client/remote_parts.h"

void eg_remote_write_vote(eg_writer *w, const eg_vote *vote)
{
    if (vote->plain.len > 0) {
        eg_put_str(w, "ballot", vote->plain);
    } else {
        eg_put_str(w, "ballot_id", vote->ballot_id);
        eg_remote_write_strings(w, "candidate_names_to_vote", vote->choices, vote->choice_count);
    }
}

eg_result eg_remote_read_published(const eg_node *answer, const eg_vote *vote, eg_str *out,
                                   eg_error *err)
{
    eg_str id;
    EG_TRY(eg_remote_read_text(answer, "ballot_id", &id, err));
    if (!eg_str_equal(id, vote->ballot_id)) {
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "the service answered with another ballot");
    }
    EG_TRY(eg_remote_read_text(answer, "encrypted_ballot", out, err));
    return eg_answer_ballot_check(*out, id, err);
}

eg_result eg_remote_encrypt(eg_remote *remote, const eg_vote *vote, eg_str *published,
                            eg_arena *arena, eg_error *err)
{
    eg_buf body;
    eg_writer w;
    eg_node answer;
    eg_remote_begin_body(&w, &body, remote->spec, &remote->ceremony);
    eg_remote_write_vote(&w, vote);
    eg_write_end(&w);
    EG_TRY(eg_remote_post(remote, EG_PATH_ENCRYPT, EG_REMOTE_OBJECTS, &body, &answer, arena, err));
    return eg_remote_read_published(&answer, vote, published, err);
}

eg_result eg_remote_encrypt_chunk(eg_remote *remote, const eg_vote votes[], size_t count,
                                  eg_str published[], eg_arena *arena, eg_error *err)
{
    eg_buf body;
    eg_node answer;
    eg_encrypt_request_write(&body, remote->spec, &remote->ceremony, votes, count);
    EG_TRY(eg_remote_post(remote, EG_PATH_ENCRYPT, EG_CHUNK_ACCEPT, &body, &answer, arena, err));
    return eg_encrypt_answer_read(published, &answer, votes, count, err);
}

eg_result eg_remote_tally(eg_remote *remote, const eg_str ballots[], size_t count, eg_str *tally,
                          eg_arena *arena, eg_error *err)
{
    eg_buf body;
    eg_node answer;
    eg_tally_request_write(&body, remote->spec, &remote->ceremony, ballots, count);
    EG_TRY(eg_remote_post(remote, EG_PATH_TALLY, EG_CHUNK_ACCEPT, &body, &answer, arena, err));
    return eg_tally_answer_read(tally, &answer, count, arena, err);
}
