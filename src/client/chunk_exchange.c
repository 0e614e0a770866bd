#include "client/chunk_exchange.h"

#include "client/answer_check.h"
#include "client/remote_parts.h"

#include <stdio.h>

/* ---- requests ---- */

void eg_encrypt_request_write(eg_buf *body, const eg_election_spec *spec,
                              const eg_ceremony *ceremony, const eg_vote votes[], size_t count)
{
    eg_writer w;
    eg_remote_begin_body(&w, body, spec, ceremony);
    eg_write_key(&w, "ballots");
    eg_write_array(&w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(&w);
        eg_remote_write_vote(&w, &votes[i]);
        eg_write_end(&w);
    }
    eg_write_end(&w);
    eg_write_end(&w);
}

void eg_verify_request_write(eg_buf *body, const eg_election_spec *spec,
                             const eg_ceremony *ceremony, const eg_str ballots[], size_t count)
{
    eg_writer w;
    eg_remote_begin_body(&w, body, spec, ceremony);
    eg_remote_write_strings(&w, "encrypted_ballots", ballots, count);
    eg_write_end(&w);
}

void eg_tally_request_write(eg_buf *body, const eg_election_spec *spec, const eg_ceremony *ceremony,
                            const eg_str ballots[], size_t count)
{
    eg_writer w;
    eg_remote_begin_body(&w, body, spec, ceremony);
    eg_put_bool(&w, "include_submitted_ballots", false);
    eg_remote_write_strings(&w, "encrypted_ballots", ballots, count);
    eg_write_end(&w);
}

void eg_sum_request_write(eg_buf *body, const eg_election_spec *spec, const eg_ceremony *ceremony,
                          const eg_str tallies[], size_t count)
{
    eg_writer w;
    eg_remote_begin_body(&w, body, spec, ceremony);
    eg_remote_write_strings(&w, "ciphertext_tallies", tallies, count);
    eg_write_end(&w);
}

/* ---- answers ---- */

eg_result eg_encrypt_answer_read(eg_str published[], const eg_node *answer, const eg_vote votes[],
                                 size_t count, eg_error *err)
{
    const eg_node *list = NULL;
    eg_path path = eg_path_field(NULL, "ballots");
    EG_TRY(eg_field(&list, answer, NULL, "ballots", err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_INTERNAL, &path, "the service answered with too few ballots");
    }
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_need_map(&list->as.array.items[i], &at, err));
        EG_TRY(eg_remote_read_published(&list->as.array.items[i], &votes[i], &published[i], err));
    }
    return EG_SUCCESS;
}

/* What the service has against a ballot, in its words. */
static eg_result not_good(const eg_node *ballot, const eg_vote *vote, eg_error *err)
{
    const eg_node *error = eg_map_find(ballot, "error");
    eg_str field = EG_STR(""), message = EG_STR("");
    char place[160];
    if (error != NULL && error->kind == EG_MAP) {
        EG_TRY(eg_remote_read_text(error, "field", &field, err));
        EG_TRY(eg_remote_read_text(error, "message", &message, err));
    }
    if (vote->file == NULL) {
        (void)snprintf(place, sizeof place, "the ballot in line %zu", vote->line);
    } else {
        (void)snprintf(place, sizeof place, "the ballot in '%.100s'", vote->file);
    }
    eg_path at = eg_path_key(NULL, vote->ballot_id.data, vote->ballot_id.len);
    return EG_FAIL(err, EG_E_PROOF_INVALID, &at, "%s is not good: %.*s (%.*s)", place,
                   (int)(message.len < 100 ? message.len : 100), message.data,
                   (int)(field.len < 60 ? field.len : 60), field.data);
}

eg_result eg_verify_answer_check(const eg_node *answer, const eg_vote votes[], size_t count,
                                 eg_error *err)
{
    const eg_node *list = NULL;
    eg_path path = eg_path_field(NULL, "ballots");
    EG_TRY(eg_field(&list, answer, NULL, "ballots", err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_INTERNAL, &path, "the service answered about too few ballots");
    }
    for (size_t i = 0; i < count; i++) {
        const eg_node *ballot = &list->as.array.items[i];
        eg_path at = eg_path_index(&path, i);
        bool verified;
        eg_str id;
        EG_TRY(eg_need_map(ballot, &at, err));
        EG_TRY(eg_read_bool(ballot, &at, "verified", &verified, err));
        if (!verified) {
            return not_good(ballot, &votes[i], err);
        }
        EG_TRY(eg_remote_read_text(ballot, "object_id", &id, err));
        if (!eg_str_equal(id, votes[i].ballot_id)) {
            return EG_FAIL(err, EG_E_INTERNAL, &at, "the service answered about another ballot");
        }
    }
    return EG_SUCCESS;
}

eg_result eg_tally_answer_read(eg_str *tally, const eg_node *answer, size_t ballot_count,
                               eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_remote_map_text(answer, "ciphertext_tally", tally, arena, err));
    return eg_answer_tally_check(*tally, ballot_count, err);
}
