#include "client/answer_check.h"
#include "client/remote_parts.h"

/* The tally and, of the ballots, those that are opened. */
static void write_target(eg_writer *w, const eg_remote_target *target)
{
    eg_put_str(w, "ciphertext_tally", target->tally);
    eg_remote_write_strings(w, "submitted_ballots", target->spoiled.texts, target->spoiled.count);
}

/* Where a kind of share has its members, in answers and requests. */
typedef struct share_names {
    const char *tally, *ballots;
} share_names;
static const share_names own_names = {"tally_share", "ballot_shares"};
static const share_names compensated_names = {"compensated_tally_share",
                                              "compensated_ballot_shares"};

eg_result eg_kept_share_read(eg_kept_share *out, eg_str text, eg_arena *arena, eg_error *err)
{
    const eg_node *ballots = NULL;
    eg_path path = eg_path_field(NULL, own_names.ballots);
    eg_node map;
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_remote_read_text(&map, own_names.tally, &out->tally_share, err));
    EG_TRY(eg_field(&ballots, &map, NULL, own_names.ballots, err));
    EG_TRY(eg_need_map(ballots, &path, err));
    out->ballot_shares = *ballots;
    return EG_SUCCESS;
}

static eg_result text_of_ballot(eg_str *out, const eg_node *shares, eg_str ballot_id,
                                const eg_path *at, eg_error *err)
{
    eg_path path = eg_path_key(at, ballot_id.data, ballot_id.len);
    for (size_t i = 0; i < shares->as.map.count; i++) {
        const eg_member *m = &shares->as.map.members[i];
        if (eg_str_equal(m->key, ballot_id)) {
            return eg_node_str(out, &m->value, &path, 1, EG_REMOTE_TEXT_BYTES_MAX, err);
        }
    }
    return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "there is no share of this spoiled ballot");
}

eg_result eg_kept_share_of_ballot(eg_str *out, const eg_kept_share *share, eg_str ballot_id,
                                  eg_error *err)
{
    eg_path at = eg_path_field(NULL, own_names.ballots);
    return text_of_ballot(out, &share->ballot_shares, ballot_id, &at, err);
}

/* Of an answer: the shares of the tally and of every spoiled ballot, each the guardian's, as they
 * are kept. */
static eg_result take_shares(eg_str *out, const eg_node *answer, const share_names *names,
                             const eg_spoiled_ballots *spoiled, eg_str guardian,
                             const eg_str *missing, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, names->ballots);
    eg_node ballots;
    eg_str text;
    eg_buf kept;
    eg_writer w;
    EG_TRY(eg_remote_read_text(answer, names->ballots, &text, err));
    EG_TRY(eg_tree_parse(&ballots, EG_JSON, text, 0, arena, &path, err));
    EG_TRY(eg_need_map(&ballots, &path, err));
    EG_TRY(eg_remote_read_text(answer, names->tally, &text, err));
    EG_TRY(eg_answer_share_check(text, guardian, missing, err));
    for (size_t i = 0; i < spoiled->count; i++) {
        eg_str share;
        EG_TRY(text_of_ballot(&share, &ballots, spoiled->ids[i], &path, err));
        EG_TRY(eg_answer_share_check(share, guardian, missing, err));
    }
    eg_buf_init(&kept, NULL);
    eg_writer_init(&w, &kept, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_str(&w, own_names.tally, text);
    eg_write_key(&w, own_names.ballots);
    eg_write_node(&w, &ballots);
    eg_write_end(&w);
    eg_result result = eg_buf_check(&kept, err);
    result = eg_failed(result) ? result : eg_arena_copy_str(arena, eg_buf_str(&kept), out, err);
    eg_buf_free(&kept);
    return result;
}

eg_result eg_remote_share(eg_remote *remote, size_t guardian, const eg_remote_target *target,
                          eg_str *share, eg_arena *arena, eg_error *err)
{
    const eg_ceremony *c = &remote->ceremony;
    eg_buf body;
    eg_writer w;
    eg_node answer;
    eg_remote_begin_body(&w, &body, remote->spec, &remote->ceremony);
    eg_put_str(&w, "guardian_id", c->ids[guardian]);
    eg_put_str(&w, "guardian_data", c->data[guardian]);
    eg_put_str(&w, "private_key", c->private_keys[guardian]);
    eg_put_str(&w, "public_key", c->public_keys[guardian]);
    eg_put_str(&w, "polynomial", c->polynomials[guardian]);
    write_target(&w, target);
    eg_write_end(&w);
    EG_TRY(eg_remote_post(remote, "/create_partial_decryption", EG_REMOTE_TEXTS, &body, &answer,
                          arena, err));
    return take_shares(share, &answer, &own_names, &target->spoiled, c->ids[guardian], NULL, arena,
                       err);
}

eg_result eg_remote_compensate(eg_remote *remote, size_t available, size_t missing,
                               const eg_remote_target *target, eg_str *share, eg_arena *arena,
                               eg_error *err)
{
    const eg_ceremony *c = &remote->ceremony;
    eg_buf body;
    eg_writer w;
    eg_node answer;
    eg_remote_begin_body(&w, &body, remote->spec, &remote->ceremony);
    eg_put_str(&w, "available_guardian_id", c->ids[available]);
    eg_put_str(&w, "missing_guardian_id", c->ids[missing]);
    eg_put_str(&w, "available_guardian_data", c->data[available]);
    eg_put_str(&w, "missing_guardian_data", c->data[missing]);
    eg_put_str(&w, "available_private_key", c->private_keys[available]);
    eg_put_str(&w, "available_public_key", c->public_keys[available]);
    eg_put_str(&w, "available_polynomial", c->polynomials[available]);
    write_target(&w, target);
    eg_write_end(&w);
    EG_TRY(eg_remote_post(remote, "/create_compensated_decryption", EG_REMOTE_TEXTS, &body, &answer,
                          arena, err));
    return take_shares(share, &answer, &compensated_names, &target->spoiled, c->ids[available],
                       &c->ids[missing], arena, err);
}

/* Two parallel lists: of the tally, and of the spoiled ballots. */
static void write_shares(eg_writer *w, const char *tally, const char *ballots,
                         const eg_kept_share shares[], size_t count)
{
    eg_write_key(w, tally);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_str(w, shares[i].tally_share);
    }
    eg_write_end(w);
    eg_write_key(w, ballots);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_node(w, &shares[i].ballot_shares);
    }
    eg_write_end(w);
}

static void write_compensations(eg_writer *w, const eg_remote *r, const eg_kept_share compensated[])
{
    const size_t available = eg_spec_available(r->spec);
    const size_t pairs = available * r->spec->missing;
    eg_write_key(w, "missing_guardian_ids");
    eg_write_array(w, pairs);
    for (size_t i = 0; i < pairs; i++) {
        eg_write_str(w, r->ceremony.ids[available + i / available]);
    }
    eg_write_end(w);
    eg_write_key(w, "compensating_guardian_ids");
    eg_write_array(w, pairs);
    for (size_t i = 0; i < pairs; i++) {
        eg_write_str(w, r->ceremony.ids[i % available]);
    }
    eg_write_end(w);
    write_shares(w, "compensated_tally_shares", "compensated_ballot_shares", compensated, pairs);
}

static eg_result read_kept(eg_kept_share **out, const eg_str texts[], size_t count, eg_arena *arena,
                           eg_error *err)
{
    EG_TRY(eg_arena_new(arena, count, sizeof **out, out, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_kept_share_read(&(*out)[i], texts[i], arena, err));
    }
    return EG_SUCCESS;
}

eg_result eg_remote_combine(eg_remote *remote, const eg_remote_target *target,
                            const eg_str shares[], const eg_str compensated[], eg_str *results,
                            eg_arena *arena, eg_error *err)
{
    const eg_ceremony *c = &remote->ceremony;
    const size_t available = eg_spec_available(remote->spec);
    eg_kept_share *own = NULL;
    eg_kept_share *others = NULL;
    eg_buf body;
    eg_writer w;
    eg_node answer;
    EG_TRY(read_kept(&own, shares, available, arena, err));
    EG_TRY(read_kept(&others, compensated, available * remote->spec->missing, arena, err));
    eg_remote_begin_body(&w, &body, remote->spec, &remote->ceremony);
    write_target(&w, target);
    eg_remote_write_strings(&w, "guardian_data", c->data, remote->spec->guardians);
    eg_remote_write_strings(&w, "available_guardian_ids", c->ids, available);
    eg_remote_write_strings(&w, "available_guardian_public_keys", c->records, available);
    write_shares(&w, "available_tally_shares", "available_ballot_shares", own, available);
    write_compensations(&w, remote, others);
    eg_write_end(&w);
    EG_TRY(eg_remote_post(remote, "/combine_decryption_shares", EG_REMOTE_OBJECTS, &body, &answer,
                          arena, err));
    return eg_remote_map_text(&answer, "results", results, arena, err);
}
