#include "report/sections.h"

#include <inttypes.h>

static const eg_candidate *candidate_of(const eg_manifest *manifest, eg_str id)
{
    for (size_t i = 0; i < manifest->candidate_count; i++) {
        if (eg_str_equal(manifest->candidates[i].object_id, id)) {
            return &manifest->candidates[i];
        }
    }
    return NULL;
}

static const eg_party *party_of(const eg_manifest *manifest, const eg_candidate *candidate)
{
    for (size_t i = 0; candidate->party_id.present && i < manifest->party_count; i++) {
        if (eg_str_equal(manifest->parties[i].object_id, candidate->party_id.value)) {
            return &manifest->parties[i];
        }
    }
    return NULL;
}

static void selection_name(eg_buf *out, const eg_manifest *manifest,
                           const eg_selection_description *selection)
{
    const eg_candidate *candidate = candidate_of(manifest, selection->candidate_id);
    if (candidate == NULL) {
        eg_html_name(out, selection->candidate_id);
        return;
    }
    const eg_party *party = party_of(manifest, candidate);
    eg_html_languages(out, &candidate->name, candidate->object_id);
    if (party != NULL) {
        eg_html_raw(out, " <span class=\"party\">");
        eg_html_languages(out, &party->name, party->object_id);
        eg_html_raw(out, "</span>");
    }
    if (candidate->is_write_in == EG_TRISTATE_TRUE) {
        eg_html_raw(out, " <span class=\"party\">write-in</span>");
    }
}

static void row_end(eg_buf *out, uint64_t votes, uint64_t of, bool has_bar)
{
    eg_html_raw(out, "</th><td class=\"wide\">");
    if (has_bar) {
        eg_html_bar(out, votes, of);
    }
    eg_html_raw(out, "</td><td class=\"n\">");
    eg_html_count(out, votes);
    eg_html_raw(out, "</td><td class=\"n\">");
    eg_html_share(out, votes, of);
    eg_html_raw(out, "</td></tr>\n");
}

static void district(eg_buf *out, const eg_manifest *manifest, eg_str id)
{
    for (size_t i = 0; i < manifest->unit_count; i++) {
        if (eg_str_equal(manifest->units[i].object_id, id)) {
            eg_html_name(out, manifest->units[i].name);
            return;
        }
    }
    eg_html_name(out, id);
}

static void contest_head(eg_buf *out, const eg_audit *audit, const eg_contest_description *contest,
                         uint64_t ballots)
{
    eg_html_raw(out, "<article class=\"contest\"><h3>");
    eg_html_languages(out, &contest->ballot_title, contest->name);
    eg_html_raw(out, "</h3>\n<p class=\"about\">");
    if (contest->ballot_subtitle.kind != EG_TEXT_NULL) {
        eg_html_languages(out, &contest->ballot_subtitle, EG_STR(""));
        eg_html_raw(out, "<br>");
    }
    district(out, &audit->manifest, contest->electoral_district_id);
    eg_buf_printf(out, " · %s ", contest->number_elected == 1 ? "one vote of" : "votes of");
    eg_html_counted(out, ballots, "ballot");
    if (contest->number_elected > 1) {
        eg_buf_printf(out, ", up to %" PRIu32 " each", contest->number_elected);
    }
    eg_html_raw(out,
                "</p>\n<table class=\"results\"><thead><tr><th scope=\"col\">Choice</th>"
                "<td></td><th scope=\"col\" class=\"n\">Votes</th><th scope=\"col\" class=\"n\">"
                "Of ballots</th></tr></thead><tbody>\n");
}

/* Returns the number of the count behind the contest's last. */
static size_t contest(eg_buf *out, const eg_audit *audit, size_t at)
{
    const eg_contest_description *described = audit->counts[at].contest;
    const uint64_t ballots = audit->contest_ballots[described - audit->manifest.contests];
    uint64_t used = 0;
    contest_head(out, audit, described, ballots);
    for (; at < audit->count_count && audit->counts[at].contest == described; at++) {
        eg_html_raw(out, "<tr><th scope=\"row\">");
        selection_name(out, &audit->manifest, audit->counts[at].selection);
        row_end(out, audit->counts[at].votes, ballots, true);
        used += audit->counts[at].votes;
    }
    const uint64_t allowed = ballots * described->number_elected;
    eg_html_raw(out, "<tr class=\"rest\"><th scope=\"row\">Votes not used");
    row_end(out, allowed > used ? allowed - used : 0, 0, false);
    eg_html_raw(out, "</tbody></table></article>\n");
    return at;
}

void eg_report_results(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out, "<section id=\"results\"><h2>Results</h2>\n");
    if (audit->count_count == 0) {
        eg_html_raw(out, "<p>Nothing could be counted from this record.</p>\n");
    }
    for (size_t i = 0; i < audit->count_count;) {
        i = contest(out, audit, i);
    }
    eg_html_raw(out, "</section>\n");
}
