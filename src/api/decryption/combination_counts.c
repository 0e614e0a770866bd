/* Counts, in both forms of the results: by candidate for elections from names, by contest for those
 * from a manifest. Source: docs/api-contract.md 5. */
#include "api/decryption/combination.h"

#include <stdio.h>

void eg_put_count(eg_writer *w, const char *name, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    eg_put_cstr(w, name, text);
}

/* votes / cast in percent, rounded to two decimals (to even on the exact binary value), in the
 * shortest text that reads back, at least one decimal. */
static void put_percentage(eg_writer *w, uint64_t votes, uint64_t cast)
{
    char text[64];
    if (cast == 0) {
        eg_put_cstr(w, "percentage", "0");
        return;
    }
    int n = snprintf(text, sizeof text, "%.2f", (double)votes / (double)cast * 100.0);
    if (text[n - 1] == '0') {
        text[n - 1] = '\0';
    }
    eg_put_cstr(w, "percentage", text);
}

/* ---- from names ---- */

static void write_candidates(eg_writer *w, const eg_combination *c)
{
    const eg_combined_target *tally = &c->combined[0];
    uint64_t cast = c->request.targets[0].tally->cast_count;
    eg_write_key(w, "candidates");
    eg_write_map_of(w, tally->result_count);
    for (size_t i = 0; i < tally->result_count; i++) {
        eg_write_key_str(w, tally->results[i].object_id);
        eg_write_map(w);
        eg_put_count(w, "votes", tally->results[i].tally);
        put_percentage(w, tally->results[i].tally, cast);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_selections(eg_writer *w, const eg_combined_target *combined)
{
    eg_write_array(w, combined->result_count);
    for (size_t i = 0; i < combined->result_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "contest_id", combined->results[i].contest_id);
        eg_put_str(w, "selection_id", combined->results[i].object_id);
        eg_put_count(w, "vote", combined->results[i].tally);
        eg_write_end(w);
    }
    eg_write_end(w);
}

/* ---- from a manifest ---- */

/* As a record's verification calls it: by the id where there is no name. */
static eg_str name_of(const eg_combination *c, eg_str candidate_id)
{
    size_t i;
    if (!eg_str_index_find(&c->candidates, candidate_id, &i)) {
        return candidate_id;
    }
    eg_str name = eg_text_shown(&c->request.election.manifest.candidates[i].name);
    return name.len > 0 ? name : candidate_id;
}

static void write_selection(eg_writer *w, const eg_combination *c, size_t contest, size_t i,
                            uint64_t votes)
{
    const eg_selection_description *s =
        &c->request.election.manifest.contests[contest].selections[i];
    eg_write_map(w);
    eg_put_str(w, "id", s->object_id);
    eg_put_str(w, "candidate_id", s->candidate_id);
    eg_put_str(w, "candidate_name", name_of(c, s->candidate_id));
    eg_put_count(w, "votes", votes);
    if (c->ballots_of == NULL) {
        eg_put_null(w, "percentage");
    } else {
        put_percentage(w, votes, c->ballots_of[contest]);
    }
    eg_write_end(w);
}

/* How many votes a ballot has is what its proofs are about: the seats. */
static void write_contest(eg_writer *w, const eg_combination *c, size_t contest,
                          const eg_plain_result results[])
{
    const eg_contest_description *d = &c->request.election.manifest.contests[contest];
    eg_write_map(w);
    eg_put_str(w, "id", d->object_id);
    eg_put_str(w, "name", d->name);
    eg_put_int(w, "votes_allowed", d->number_elected);
    if (c->ballots_of == NULL) {
        eg_put_null(w, "ballots_counted");
    } else {
        eg_put_int(w, "ballots_counted", (int64_t)c->ballots_of[contest]);
    }
    eg_write_key(w, "selections");
    eg_write_array(w, d->selection_count);
    for (size_t i = 0; i < d->selection_count; i++) {
        write_selection(w, c, contest, i, results[i].tally);
    }
    eg_write_end(w);
    if (c->ballots_of == NULL) {
        eg_put_null(w, "undervotes");
    } else {
        eg_put_count(w, "undervotes",
                     d->number_elected * c->ballots_of[contest] -
                         eg_results_votes(results, d->selection_count));
    }
    eg_write_end(w);
}

static void write_contests(eg_writer *w, const eg_combination *c)
{
    const eg_manifest *m = &c->request.election.manifest;
    const eg_plain_result *results = c->combined[0].results;
    eg_write_key(w, "contests");
    eg_write_array(w, m->contest_count);
    for (size_t i = 0; i < m->contest_count; i++) {
        write_contest(w, c, i, results);
        results += m->contests[i].selection_count;
    }
    eg_write_end(w);
}

static void write_opened_contest(eg_writer *w, const eg_contest_description *d,
                                 const eg_plain_result results[])
{
    eg_write_map(w);
    eg_put_str(w, "id", d->object_id);
    eg_write_key(w, "selections");
    eg_write_array(w, d->selection_count);
    for (size_t i = 0; i < d->selection_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "id", d->selections[i].object_id);
        eg_put_count(w, "votes", results[i].tally);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_put_count(w, "undervotes",
                 d->number_elected - eg_results_votes(results, d->selection_count));
    eg_write_end(w);
}

/* The ballot was held against its style: it has exactly these contests. */
static void write_ballot_contests(eg_writer *w, const eg_combination *c, size_t target)
{
    const eg_manifest *m = &c->request.election.manifest;
    const eg_plain_result *results = c->combined[target].results;
    const eg_ballot_style *style =
        eg_manifest_style(m, c->request.targets[target].submitted->ballot.style_id);
    eg_write_array(w, style->contest_count);
    for (size_t i = 0; i < style->contest_count; i++) {
        const eg_contest_description *d = &m->contests[style->contests[i]];
        write_opened_contest(w, d, results);
        results += d->selection_count;
    }
    eg_write_end(w);
}

/* ---- either ---- */

void eg_combination_write_counts(eg_writer *w, const eg_combination *c)
{
    if (c->request.election.from_manifest) {
        write_contests(w, c);
    } else {
        write_candidates(w, c);
    }
}

const char *eg_combination_opened_name(const eg_combination *c)
{
    return c->request.election.from_manifest ? "contests" : "selections";
}

void eg_combination_write_opened(eg_writer *w, const eg_combination *c, size_t target)
{
    if (c->request.election.from_manifest) {
        write_ballot_contests(w, c, target);
    } else {
        write_selections(w, &c->combined[target]);
    }
}
