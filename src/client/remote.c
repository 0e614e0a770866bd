#include "client/remote.h"

#include "base/clock.h"
#include "client/answer_check.h"
#include "client/interrupt.h"
#include "wire/fields.h"
#include "wire/writer.h"

#include <stdio.h>

#define OBJECTS "application/json; artifacts=objects"
#define TEXTS   "application/json; artifacts=texts"

enum { WAIT_MAX_S = 30, RECONNECT_WAIT_MAX_S = 8, FIRST_PATIENCE_S = 5, TEXT_BYTES_MAX = 1 << 30 };

void eg_remote_init(eg_remote *remote, eg_http_client *http, const eg_election_spec *spec,
                    eg_progress *progress, uint64_t patience_s)
{
    *remote =
        (eg_remote){.http = http, .spec = spec, .progress = progress, .patience_s = patience_s};
    eg_http_answer_init(&remote->answer);
}

void eg_remote_free(eg_remote *remote)
{
    eg_http_answer_free(&remote->answer);
}

/* ---- requests and answers ---- */

static eg_result refused(const eg_http_answer *answer, const char *path, eg_arena *arena,
                         eg_error *err)
{
    eg_node body;
    char message[160] = "no reason given";
    eg_result parsed =
        eg_tree_parse(&body, EG_JSON, eg_buf_str(&answer->body), 0, arena, NULL, err);
    if (!eg_failed(parsed) && body.kind == EG_MAP) {
        const eg_node *found = eg_map_find(&body, "message");
        if (found != NULL && found->kind == EG_STRING) {
            eg_str shown = found->as.str;
            (void)snprintf(message, sizeof message, "%.*s",
                           (int)(shown.len < sizeof message ? shown.len : sizeof message - 1),
                           shown.data);
        }
    }
    return EG_FAIL(err, answer->status == 503 ? EG_E_BUSY : EG_E_INTERNAL, NULL,
                   "%s answered %u: %s", path, answer->status, message);
}

/* Seconds until a request is worth another try; 0: it is not. tries: so many were made. A balancer
 * whose services are all away answers 502 or 503. */
static unsigned worth_another(const eg_remote *r, bool failed, unsigned tries)
{
    const eg_http_answer *answer = &r->answer;
    if (failed) {
        unsigned wait_s = tries < 4 ? 1u << (tries - 1) : RECONNECT_WAIT_MAX_S;
        return answer->may_pass ? wait_s : 0;
    }
    if (answer->status != 503 && answer->status != 502) {
        return 0;
    }
    return answer->retry_after_s == 0           ? 1
           : answer->retry_after_s > WAIT_MAX_S ? WAIT_MAX_S
                                                : answer->retry_after_s;
}

static eg_result wait_for(eg_remote *r, unsigned seconds, eg_error *err)
{
    for (unsigned i = 0; i < seconds; i++) {
        if (!eg_interrupt_wait_ms(1000)) {
            return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
        }
        eg_progress_tick(r->progress);
    }
    return EG_SUCCESS;
}

/* Sends it, again and again while the service is away or full and patience lasts. No harm in a
 * second time: services keep nothing. */
static eg_result send_patiently(eg_remote *r, const eg_http_request *request, eg_error *err)
{
    uint64_t first_ns = 0; /* of the failures */
    for (unsigned tries = 1;; tries++) {
        eg_result result = eg_interrupted()
                               ? EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted")
                               : eg_http_client_send(r->http, request, &r->answer, err);
        const bool failed = eg_failed(result);
        const uint64_t now_ns = eg_clock_monotonic_ns();
        first_ns = tries == 1 ? now_ns : first_ns;
        const uint64_t spent_s = (now_ns - first_ns) / 1000000000u;
        r->reached = r->reached || !failed;
        const bool is_hasty = !r->reached && r->patience_s > FIRST_PATIENCE_S;
        const unsigned wait_s = eg_interrupted() ? 0 : worth_another(r, failed, tries);
        if (wait_s == 0 || spent_s + wait_s > (is_hasty ? FIRST_PATIENCE_S : r->patience_s)) {
            return result;
        }
        if (failed) {
            eg_progress_note(r->progress, "%s; asking again in %u s", err->text, wait_s);
        } else {
            eg_progress_note(r->progress, "the service is full (%u); asking again in %u s",
                             r->answer.status, wait_s);
        }
        EG_TRY(wait_for(r, wait_s, err));
    }
}

/* body is released. The answer is a map. */
static eg_result post(eg_remote *r, const char *path, const char *accept, eg_buf *body,
                      eg_node *answer, eg_arena *arena, eg_error *err)
{
    const eg_http_request request = {
        .method = "POST", .path = path, .accept = accept, .body = eg_buf_str(body)};
    eg_result result = body->failed ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                                    : send_patiently(r, &request, err);
    eg_buf_free(body);
    EG_TRY(result);
    if (r->answer.status != 200) {
        return refused(&r->answer, path, arena, err);
    }
    EG_TRY(eg_tree_parse(answer, EG_JSON, eg_buf_str(&r->answer.body), 0, arena, NULL, err));
    return eg_need_map(answer, NULL, err);
}

static void write_strings(eg_writer *w, const char *name, const eg_str items[], size_t count)
{
    eg_write_key(w, name);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_str(w, items[i]);
    }
    eg_write_end(w);
}

size_t eg_spec_count_count(const eg_election_spec *spec)
{
    size_t count = 0;
    if (eg_spec_is_from_names(spec)) {
        return spec->candidate_count;
    }
    for (size_t i = 0; i < spec->manifest->contest_count; i++) {
        count += spec->manifest->contests[i].selection_count;
    }
    return count;
}

/* What is voted on. */
static void write_contests(eg_writer *w, const eg_election_spec *spec)
{
    if (eg_spec_is_from_names(spec)) {
        write_strings(w, "party_names", spec->parties, spec->candidate_count);
        write_strings(w, "candidate_names", spec->candidates, spec->candidate_count);
    } else {
        eg_put_str(w, "manifest", spec->manifest_text);
    }
}

/* Opens the body's map and writes the fields that say which election this is. */
static void begin_body(eg_writer *w, eg_buf *body, const eg_remote *r)
{
    const eg_election_spec *spec = r->spec;
    eg_buf_init(body, NULL);
    eg_writer_init(w, body, EG_STYLE_JSON);
    eg_write_map(w);
    write_contests(w, spec);
    eg_put_str(w, "joint_public_key", r->ceremony.joint_public_key);
    eg_put_str(w, "commitment_hash", r->ceremony.commitment_hash);
    eg_put_int(w, "number_of_guardians", spec->guardians);
    eg_put_int(w, "quorum", spec->quorum);
    if (eg_spec_is_from_names(spec)) {
        eg_put_int(w, "max_choices", spec->max_choices);
    }
}

static eg_result read_text(const eg_node *map, const char *name, eg_str *out, eg_error *err)
{
    return eg_read_str(map, NULL, name, 1, TEXT_BYTES_MAX, out, err);
}

/* A map of the answer as its JSON text. */
static eg_result map_text(const eg_node *answer, const char *name, eg_str *out, eg_arena *arena,
                          eg_error *err)
{
    const eg_node *node = NULL;
    eg_path path = eg_path_field(NULL, name);
    eg_buf text;
    eg_writer w;
    EG_TRY(eg_field(&node, answer, NULL, name, err));
    EG_TRY(eg_need_map(node, &path, err));
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_node(&w, node);
    eg_result result = text.failed ? EG_FAIL(err, EG_E_TOO_LARGE, &path,
                                             "the answer is too large or nested too deeply")
                                   : eg_arena_copy_str(arena, eg_buf_str(&text), out, err);
    eg_buf_free(&text);
    return result;
}

/* ---- guardians ---- */

eg_result eg_remote_setup(eg_remote *remote, eg_str *answer, eg_arena *arena, eg_error *err)
{
    const eg_election_spec *spec = remote->spec;
    eg_buf body;
    eg_writer w;
    eg_node node;
    eg_buf_init(&body, NULL);
    eg_writer_init(&w, &body, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_int(&w, "number_of_guardians", spec->guardians);
    eg_put_int(&w, "quorum", spec->quorum);
    write_contests(&w, spec);
    eg_write_end(&w);
    EG_TRY(post(remote, "/setup_guardians", TEXTS, &body, &node, arena, err));
    *answer = eg_buf_str(&remote->answer.body);
    return EG_SUCCESS;
}

/* A list of texts, one for each guardian. */
static eg_result read_texts(const eg_node *map, const char *name, size_t count, const eg_str **out,
                            eg_arena *arena, eg_error *err)
{
    const eg_node *list = NULL;
    eg_str *texts = NULL;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&list, map, NULL, name, err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_INTERNAL, &path, "'%s' must have an entry for each guardian",
                       name);
    }
    EG_TRY(eg_arena_new(arena, count, sizeof *texts, &texts, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_node_str(&texts[i], &list->as.array.items[i], &at, 1, TEXT_BYTES_MAX, err));
    }
    *out = texts;
    return EG_SUCCESS;
}

/* Ids and public records stand inside the guardians' data. */
static eg_result read_records(eg_ceremony *c, size_t count, eg_arena *arena, eg_error *err)
{
    eg_str *ids = NULL;
    eg_str *records = NULL;
    eg_path list = eg_path_field(NULL, "guardian_data");
    EG_TRY(eg_arena_new(arena, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *records, &records, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&list, i);
        eg_node data;
        EG_TRY(eg_tree_parse(&data, EG_JSON, c->data[i], 0, arena, &at, err));
        EG_TRY(eg_need_map(&data, &at, err));
        EG_TRY(eg_read_id(&data, &at, "id", arena, &ids[i], err));
        EG_TRY(eg_read_str(&data, &at, "election_public_key", 1, TEXT_BYTES_MAX, &records[i], err));
    }
    c->ids = ids;
    c->records = records;
    return EG_SUCCESS;
}

eg_result eg_ceremony_read(eg_ceremony *out, eg_str answer, const eg_election_spec *spec,
                           eg_arena *arena, eg_error *err)
{
    const size_t count = spec->guardians;
    eg_node map;
    *out = (eg_ceremony){0};
    EG_TRY(eg_tree_parse(&map, EG_JSON, answer, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(read_text(&map, "joint_public_key", &out->joint_public_key, err));
    EG_TRY(read_text(&map, "commitment_hash", &out->commitment_hash, err));
    EG_TRY(read_texts(&map, "guardian_data", count, &out->data, arena, err));
    EG_TRY(read_texts(&map, "private_keys", count, &out->private_keys, arena, err));
    EG_TRY(read_texts(&map, "public_keys", count, &out->public_keys, arena, err));
    EG_TRY(read_texts(&map, "polynomials", count, &out->polynomials, arena, err));
    return read_records(out, count, arena, err);
}

/* ---- ballots and tallies ---- */

static void write_vote(eg_writer *w, const eg_vote *vote)
{
    if (vote->plain.len > 0) {
        eg_put_str(w, "ballot", vote->plain);
    } else {
        eg_put_str(w, "ballot_id", vote->ballot_id);
        write_strings(w, "candidate_names_to_vote", vote->choices, vote->choice_count);
    }
}

/* The published ballot of one answer, which must be about this vote. */
static eg_result read_published(const eg_node *answer, const eg_vote *vote, eg_str *out,
                                eg_error *err)
{
    eg_str id;
    EG_TRY(read_text(answer, "ballot_id", &id, err));
    if (!eg_str_equal(id, vote->ballot_id)) {
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "the service answered with another ballot");
    }
    EG_TRY(read_text(answer, "encrypted_ballot", out, err));
    return eg_answer_ballot_check(*out, id, err);
}

eg_result eg_remote_encrypt(eg_remote *remote, const eg_vote *vote, eg_str *published,
                            eg_arena *arena, eg_error *err)
{
    eg_buf body;
    eg_writer w;
    eg_node answer;
    begin_body(&w, &body, remote);
    write_vote(&w, vote);
    eg_write_end(&w);
    EG_TRY(post(remote, "/create_encrypted_ballot", OBJECTS, &body, &answer, arena, err));
    return read_published(&answer, vote, published, err);
}

eg_result eg_remote_encrypt_chunk(eg_remote *remote, const eg_vote votes[], size_t count,
                                  eg_str published[], eg_arena *arena, eg_error *err)
{
    eg_buf body;
    eg_writer w;
    eg_node answer;
    const eg_node *list = NULL;
    eg_path path = eg_path_field(NULL, "ballots");
    begin_body(&w, &body, remote);
    eg_write_key(&w, "ballots");
    eg_write_array(&w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(&w);
        write_vote(&w, &votes[i]);
        eg_write_end(&w);
    }
    eg_write_end(&w);
    eg_write_end(&w);
    EG_TRY(post(remote, "/create_encrypted_ballot", OBJECTS, &body, &answer, arena, err));
    EG_TRY(eg_field(&list, &answer, NULL, "ballots", err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_INTERNAL, &path, "the service answered with too few ballots");
    }
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_need_map(&list->as.array.items[i], &at, err));
        EG_TRY(read_published(&list->as.array.items[i], &votes[i], &published[i], err));
    }
    return EG_SUCCESS;
}

eg_result eg_remote_tally(eg_remote *remote, const eg_str ballots[], size_t count, eg_str *tally,
                          eg_arena *arena, eg_error *err)
{
    eg_buf body;
    eg_writer w;
    eg_node answer;
    begin_body(&w, &body, remote);
    eg_put_bool(&w, "include_submitted_ballots", false);
    write_strings(&w, "encrypted_ballots", ballots, count);
    eg_write_end(&w);
    EG_TRY(post(remote, "/create_encrypted_tally", OBJECTS, &body, &answer, arena, err));
    EG_TRY(map_text(&answer, "ciphertext_tally", tally, arena, err));
    return eg_answer_tally_check(*tally, count, err);
}

eg_result eg_remote_combine_tallies(eg_remote *remote, const eg_str tallies[], size_t count,
                                    size_t ballot_count, eg_str *tally, eg_arena *arena,
                                    eg_error *err)
{
    eg_buf body;
    eg_writer w;
    eg_node answer;
    begin_body(&w, &body, remote);
    write_strings(&w, "ciphertext_tallies", tallies, count);
    eg_write_end(&w);
    EG_TRY(post(remote, "/combine_encrypted_tallies", OBJECTS, &body, &answer, arena, err));
    EG_TRY(map_text(&answer, "ciphertext_tally", tally, arena, err));
    return eg_answer_tally_check(*tally, ballot_count, err);
}

/* ---- shares and results ---- */

/* The tally and, of the ballots, those that are opened. */
static void write_target(eg_writer *w, const eg_remote_target *target)
{
    eg_put_str(w, "ciphertext_tally", target->tally);
    write_strings(w, "submitted_ballots", target->spoiled.texts, target->spoiled.count);
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
    EG_TRY(read_text(&map, own_names.tally, &out->tally_share, err));
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
            return eg_node_str(out, &m->value, &path, 1, TEXT_BYTES_MAX, err);
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
    EG_TRY(read_text(answer, names->ballots, &text, err));
    EG_TRY(eg_tree_parse(&ballots, EG_JSON, text, 0, arena, &path, err));
    EG_TRY(eg_need_map(&ballots, &path, err));
    EG_TRY(read_text(answer, names->tally, &text, err));
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
    begin_body(&w, &body, remote);
    eg_put_str(&w, "guardian_id", c->ids[guardian]);
    eg_put_str(&w, "guardian_data", c->data[guardian]);
    eg_put_str(&w, "private_key", c->private_keys[guardian]);
    eg_put_str(&w, "public_key", c->public_keys[guardian]);
    eg_put_str(&w, "polynomial", c->polynomials[guardian]);
    write_target(&w, target);
    eg_write_end(&w);
    EG_TRY(post(remote, "/create_partial_decryption", TEXTS, &body, &answer, arena, err));
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
    begin_body(&w, &body, remote);
    eg_put_str(&w, "available_guardian_id", c->ids[available]);
    eg_put_str(&w, "missing_guardian_id", c->ids[missing]);
    eg_put_str(&w, "available_guardian_data", c->data[available]);
    eg_put_str(&w, "missing_guardian_data", c->data[missing]);
    eg_put_str(&w, "available_private_key", c->private_keys[available]);
    eg_put_str(&w, "available_public_key", c->public_keys[available]);
    eg_put_str(&w, "available_polynomial", c->polynomials[available]);
    write_target(&w, target);
    eg_write_end(&w);
    EG_TRY(post(remote, "/create_compensated_decryption", TEXTS, &body, &answer, arena, err));
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
    begin_body(&w, &body, remote);
    write_target(&w, target);
    write_strings(&w, "guardian_data", c->data, remote->spec->guardians);
    write_strings(&w, "available_guardian_ids", c->ids, available);
    write_strings(&w, "available_guardian_public_keys", c->records, available);
    write_shares(&w, "available_tally_shares", "available_ballot_shares", own, available);
    write_compensations(&w, remote, others);
    eg_write_end(&w);
    EG_TRY(post(remote, "/combine_decryption_shares", OBJECTS, &body, &answer, arena, err));
    return map_text(&answer, "results", results, arena, err);
}

static eg_result parse_votes(uint64_t *out, eg_str text, eg_error *err)
{
    uint64_t value = 0;
    bool good = text.len > 0 && text.len <= 18;
    for (size_t i = 0; good && i < text.len; i++) {
        good = text.data[i] >= '0' && text.data[i] <= '9';
        value = 10 * value + (uint64_t)(text.data[i] - '0');
    }
    if (!good) {
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "'votes' must be a number");
    }
    *out = value;
    return EG_SUCCESS;
}

static eg_result other_results(eg_error *err)
{
    return EG_FAIL(err, EG_E_INTERNAL, NULL, "the results are about other candidates");
}

/* One count, of what must have this id. */
static eg_result read_votes(uint64_t *out, const eg_node *entry, eg_str id, eg_str right_id,
                            eg_error *err)
{
    eg_str votes;
    if (!eg_str_equal(id, right_id)) {
        return other_results(err);
    }
    EG_TRY(eg_need_map(entry, NULL, err));
    EG_TRY(read_text(entry, "votes", &votes, err));
    return parse_votes(out, votes, err);
}

static eg_result count_candidates(uint64_t counts[], const eg_node *results,
                                  const eg_election_spec *spec, eg_error *err)
{
    const eg_node *candidates = NULL;
    EG_TRY(eg_field(&candidates, results, NULL, "candidates", err));
    EG_TRY(eg_need_map(candidates, NULL, err));
    if (candidates->as.map.count != spec->candidate_count) {
        return other_results(err);
    }
    for (size_t i = 0; i < spec->candidate_count; i++) {
        const eg_member *m = &candidates->as.map.members[i];
        EG_TRY(read_votes(&counts[i], &m->value, m->key, spec->candidates[i], err));
    }
    return EG_SUCCESS;
}

/* A list of so many maps. */
static eg_result need_list(const eg_node **out, const eg_node *map, const char *name, size_t count,
                           eg_error *err)
{
    const eg_node *list = NULL;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_need_map(map, NULL, err));
    EG_TRY(eg_field(&list, map, NULL, name, err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return other_results(err);
    }
    for (size_t i = 0; i < count; i++) {
        eg_path each = eg_path_index(&path, i);
        EG_TRY(eg_need_map(&list->as.array.items[i], &each, err));
    }
    *out = list->as.array.items;
    return EG_SUCCESS;
}

static eg_result count_contest(uint64_t counts[], const eg_node *contest,
                               const eg_contest_description *description, eg_error *err)
{
    const eg_node *selections = NULL;
    EG_TRY(need_list(&selections, contest, "selections", description->selection_count, err));
    for (size_t i = 0; i < description->selection_count; i++) {
        eg_str id;
        EG_TRY(read_text(&selections[i], "id", &id, err));
        EG_TRY(
            read_votes(&counts[i], &selections[i], id, description->selections[i].object_id, err));
    }
    return EG_SUCCESS;
}

static eg_result count_contests(uint64_t counts[], const eg_node *results,
                                const eg_manifest *manifest, eg_error *err)
{
    const eg_node *contests = NULL;
    EG_TRY(need_list(&contests, results, "contests", manifest->contest_count, err));
    for (size_t i = 0; i < manifest->contest_count; i++) {
        const eg_contest_description *description = &manifest->contests[i];
        EG_TRY(count_contest(counts, &contests[i], description, err));
        counts += description->selection_count;
    }
    return EG_SUCCESS;
}

eg_result eg_results_counts(uint64_t counts[], eg_str results, const eg_election_spec *spec,
                            eg_arena *arena, eg_error *err)
{
    eg_node map;
    const eg_node *inner = NULL;
    EG_TRY(eg_tree_parse(&map, EG_JSON, results, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_field(&inner, &map, NULL, "results", err));
    EG_TRY(eg_need_map(inner, NULL, err));
    return eg_spec_is_from_names(spec) ? count_candidates(counts, inner, spec, err)
                                       : count_contests(counts, inner, spec->manifest, err);
}
