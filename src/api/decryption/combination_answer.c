/* The answer of /combine_decryption_shares. Field order: docs/api-contract.md 5. */
#include "api/decryption/combination.h"

#include "base/hex.h"
#include "base/sha256.h"

#include <stdio.h>

/* ---- election ---- */

static void put_text(eg_writer *w, const char *name, const eg_text *text)
{
    eg_put_str(w, name, eg_text_shown(text));
}

/* `type` with the name of upstream's enumeration before it. */
static void put_typed(eg_writer *w, const char *enumeration, eg_str value)
{
    char text[96];
    int n = snprintf(text, sizeof text, "%s.%.*s", enumeration, (int)value.len, value.data);
    eg_write_key(w, "type");
    eg_write_str(w, (eg_str){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}

static void write_units(eg_writer *w, const eg_manifest *manifest)
{
    eg_write_key(w, "geopolitical_units");
    eg_write_array(w, manifest->unit_count);
    for (size_t i = 0; i < manifest->unit_count; i++) {
        const eg_unit *unit = &manifest->units[i];
        eg_write_map(w);
        eg_put_str(w, "id", unit->object_id);
        eg_put_str(w, "name", unit->name);
        put_typed(w, "ReportingUnitType", unit->type);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_parties(eg_writer *w, const eg_manifest *manifest)
{
    eg_write_key(w, "parties");
    eg_write_array(w, manifest->party_count);
    for (size_t i = 0; i < manifest->party_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "id", manifest->parties[i].object_id);
        put_text(w, "name", &manifest->parties[i].name);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_candidates(eg_writer *w, const eg_manifest *manifest)
{
    eg_write_key(w, "candidates");
    eg_write_array(w, manifest->candidate_count);
    for (size_t i = 0; i < manifest->candidate_count; i++) {
        const eg_candidate *candidate = &manifest->candidates[i];
        eg_write_map(w);
        eg_put_str(w, "id", candidate->object_id);
        put_text(w, "name", &candidate->name);
        eg_put_str(w, "party_id", candidate->party_id.value);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_contests(eg_writer *w, const eg_manifest *manifest)
{
    eg_write_key(w, "contests");
    eg_write_array(w, manifest->contest_count);
    for (size_t i = 0; i < manifest->contest_count; i++) {
        const eg_contest_description *contest = &manifest->contests[i];
        eg_write_map(w);
        eg_put_str(w, "id", contest->object_id);
        eg_put_str(w, "name", contest->name);
        eg_write_key(w, "selections");
        eg_write_array(w, contest->selection_count);
        for (size_t s = 0; s < contest->selection_count; s++) {
            eg_write_map(w);
            eg_put_str(w, "id", contest->selections[s].object_id);
            eg_put_str(w, "candidate_id", contest->selections[s].candidate_id);
            eg_write_end(w);
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_election(eg_writer *w, const eg_combination *c)
{
    const eg_manifest *manifest = &c->request.election.manifest;
    const eg_context *context = &c->request.election.context;
    eg_write_key(w, "election");
    eg_write_map(w);
    put_text(w, "name", &manifest->name);
    eg_put_str(w, "scope_id", manifest->election_scope_id);
    put_typed(w, "ElectionType", manifest->type);
    eg_put_str(w, "start_date", manifest->start_date);
    eg_put_str(w, "end_date", manifest->end_date);
    eg_put_int(w, "number_of_guardians", context->number_of_guardians);
    eg_put_int(w, "quorum", context->quorum);
    write_units(w, manifest);
    write_parties(w, manifest);
    write_candidates(w, manifest);
    write_contests(w, manifest);
    eg_write_end(w);
}

/* ---- spoiled ballots ---- */

/* SHA-256, lower case, of the JSON text of what the ballot holds, as answered. */
static void put_decrypted_hash(eg_writer *w, const eg_combination *c, size_t target)
{
    uint8_t digest[EG_SHA256_BYTES];
    char text[2 * EG_SHA256_BYTES];
    eg_buf buf;
    eg_writer inner;
    eg_buf_init(&buf, w->out->budget);
    eg_writer_init(&inner, &buf, EG_STYLE_TEXT);
    eg_combination_write_opened(&inner, c, target);
    eg_sha256_of(digest, buf.data, buf.len);
    w->out->failed = w->out->failed || buf.failed;
    eg_buf_free(&buf);
    eg_hex_encode_lower(text, digest, sizeof digest);
    eg_put_str(w, "decrypted_hash", (eg_str){text, sizeof text});
}

static void write_spoiled(eg_writer *w, const eg_combination *c)
{
    const eg_tally_request *r = &c->request;
    eg_write_key(w, "spoiled_ballots");
    eg_write_array(w, r->target_count - r->tally_count);
    for (size_t i = r->tally_count; i < r->target_count; i++) {
        const eg_submitted *ballot = r->targets[i].submitted;
        eg_write_map(w);
        eg_put_str(w, "ballot_id", ballot->id);
        eg_put_q(w, "initial_hash", &ballot->crypto_hash);
        put_decrypted_hash(w, c, i);
        eg_put_cstr(w, "status", "spoiled");
        if (r->election.from_manifest) {
            eg_put_str(w, "style_id", ballot->style_id);
        }
        eg_write_key(w, eg_combination_opened_name(c));
        eg_combination_write_opened(w, c, i);
        eg_write_end(w);
    }
    eg_write_end(w);
}

/* ---- counts ---- */

/* All that were submitted. A client may send only the spoiled ones: then the cast ones are those of
 * the tally. */
static size_t ballots_submitted(const eg_combination *c)
{
    const eg_tally_request *r = &c->request;
    size_t spoiled = r->target_count - r->tally_count;
    return r->submitted_count > spoiled ? r->submitted_count
                                        : r->targets[0].tally->cast_count + spoiled;
}

static void write_results(eg_writer *w, const eg_combination *c)
{
    const eg_tally_request *r = &c->request;
    eg_write_key(w, "results");
    eg_write_map(w);
    eg_put_int(w, "total_ballots_cast", (int64_t)ballots_submitted(c));
    eg_put_int(w, "total_valid_ballots", (int64_t)r->targets[0].tally->cast_count);
    eg_put_int(w, "total_spoiled_ballots", (int64_t)(r->target_count - r->tally_count));
    eg_combination_write_counts(w, c);
    write_spoiled(w, c);
    eg_write_end(w);
}

/* ---- verification ---- */

static void write_ballots(eg_writer *w, const eg_combination *c)
{
    const eg_tally_request *r = &c->request;
    size_t target = r->tally_count;
    eg_write_key(w, "ballots");
    eg_write_array(w, r->submitted_count);
    for (size_t i = 0; i < r->submitted_count; i++) {
        const eg_submitted *ballot = r->submitted[i];
        bool spoiled = ballot->state == EG_BALLOT_SPOILED;
        eg_write_map(w);
        eg_put_str(w, "ballot_id", ballot->id);
        eg_put_q(w, "initial_hash", &ballot->crypto_hash);
        eg_put_cstr(w, "status", spoiled ? "spoiled" : "cast");
        if (spoiled) {
            put_decrypted_hash(w, c, target++);
        } else {
            eg_put_q(w, "decrypted_hash", &ballot->crypto_hash);
        }
        eg_put_cstr(w, "verification", "success");
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_guardian(eg_writer *w, const eg_guardian_data *g, const char *status)
{
    eg_write_map(w);
    eg_put_str(w, "id", g->id);
    eg_put_count(w, "sequence_order", g->sequence_order);
    eg_put_p(w, "public_key", &g->record.key);
    eg_put_cstr(w, "status", status);
    eg_write_end(w);
}

static void write_guardians(eg_writer *w, const eg_combination *c)
{
    eg_write_key(w, "guardians");
    eg_write_array(w, c->guardian_count);
    for (size_t i = 0; i < c->available_count; i++) {
        write_guardian(w, &c->guardians[c->available[i]], "available");
    }
    for (size_t i = 0; i < c->missing_count; i++) {
        write_guardian(w, &c->guardians[c->missing[i].guardian], "missing (compensated)");
    }
    eg_write_end(w);
}

void eg_combination_write(eg_writer *w, const void *combination)
{
    const eg_combination *c = combination;
    eg_write_map(w);
    write_election(w, c);
    write_results(w, c);
    eg_write_key(w, "verification");
    eg_write_map(w);
    write_ballots(w, c);
    write_guardians(w, c);
    eg_write_end(w);
    eg_write_end(w);
}
