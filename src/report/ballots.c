#include "record/candidate_name.h"
#include "record/layout.h"
#include "record/load.h"
#include "record/opened_tally.h"
#include "report/sections.h"
#include "wire/tree.h"

#include <stdio.h>

/* ---- turnout ---- */

typedef struct turnout {
    uint64_t cast, spoiled;
} turnout;

static turnout turnout_of(const eg_audit *audit, const eg_ballot_style *style)
{
    turnout found = {0, 0};
    for (size_t i = 0; i < audit->ballot_count; i++) {
        const eg_audit_ballot *ballot = &audit->ballots[i];
        if (ballot->style == style) {
            found.cast += ballot->state == EG_BALLOT_CAST;
            found.spoiled += ballot->state == EG_BALLOT_SPOILED;
        }
    }
    return found;
}

static void turnout_row(eg_buf *out, const eg_audit *audit, const eg_ballot_style *style)
{
    const turnout found = turnout_of(audit, style);
    eg_html_raw(out, "<tr><th scope=\"row\">");
    eg_html_name(out, style->object_id);
    eg_html_raw(out, "</th><td class=\"wide\">");
    eg_html_bar(out, found.cast, audit->cast_count);
    eg_html_raw(out, "</td><td class=\"n\">");
    eg_html_count(out, found.cast);
    eg_html_raw(out, "</td><td class=\"n\">");
    eg_html_share(out, found.cast, audit->cast_count);
    eg_html_raw(out, "</td><td class=\"n\">");
    eg_html_count(out, found.spoiled);
    eg_html_raw(out, "</td></tr>\n");
}

void eg_report_turnout(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out, "<section id=\"turnout\"><h2>Ballots by style</h2>\n"
                     "<table><thead><tr><th scope=\"col\">Style</th><td></td><th scope=\"col\" "
                     "class=\"n\">Cast</th><th scope=\"col\" class=\"n\">Of all cast</th><th "
                     "scope=\"col\" class=\"n\">Spoiled</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < audit->manifest.style_count; i++) {
        turnout_row(out, audit, &audit->manifest.styles[i]);
    }
    eg_html_raw(out, "</tbody></table></section>\n");
}

/* ---- spoiled ballots ---- */

static void code(eg_buf *out, const eg_audit_ballot *ballot)
{
    char hex[EG_Q_HEX_MAX];
    size_t n = eg_modq_to_hex(hex, &ballot->code);
    eg_html_raw(out, "<code>");
    eg_buf_append(out, hex, n);
    eg_html_raw(out, "</code>");
}

static void chosen(eg_buf *out, const eg_manifest *manifest, const eg_contest_description *contest,
                   const eg_opened_contest *opened)
{
    size_t count = 0;
    eg_html_raw(out, "<dt>");
    eg_html_name(out, contest->name);
    eg_html_raw(out, "</dt><dd>");
    for (size_t i = 0; i < contest->selection_count; i++) {
        const eg_selection_description *selection = &contest->selections[i];
        for (size_t j = 0; j < opened->selection_count; j++) {
            if (opened->selections[j].tally > 0 &&
                eg_str_equal(opened->selections[j].object_id, selection->object_id)) {
                eg_html_raw(out, count++ > 0 ? ", " : "");
                eg_html_name(out, eg_candidate_name(manifest, selection));
            }
        }
    }
    eg_html_raw(out, count == 0 ? "<i>nothing</i></dd>\n" : "</dd>\n");
}

static void votes(eg_buf *out, const eg_manifest *manifest, const eg_opened_tally *opened)
{
    eg_html_raw(out, "<dl>\n");
    for (size_t i = 0; i < manifest->contest_count; i++) {
        for (size_t j = 0; j < opened->contest_count; j++) {
            if (eg_str_equal(opened->contests[j].object_id, manifest->contests[i].object_id)) {
                chosen(out, manifest, &manifest->contests[i], &opened->contests[j]);
            }
        }
    }
    eg_html_raw(out, "</dl>\n");
}

/* The audit has judged the file; where it found it wrong, the report says so elsewhere. */
static eg_result read_votes(eg_opened_tally *opened, bool *found, const eg_audit_ballot *ballot,
                            const eg_source *source, eg_arena *arena, eg_error *err)
{
    char name[EG_SOURCE_NAME_BYTES_MAX];
    eg_node node;
    eg_error fault;
    const eg_str prefix = eg_record_class_prefix(EG_RECORD_CLASS_SPOILED_BALLOT);
    int n = snprintf(name, sizeof name, "%.*s%.*s.json", (int)prefix.len, prefix.data,
                     (int)ballot->id.len, ballot->id.data);
    const eg_source_file *file =
        n > 0 && (size_t)n < sizeof name ? eg_source_find(source, (eg_str){name, (size_t)n}) : NULL;
    *found = false;
    if (file == NULL) {
        return EG_SUCCESS;
    }
    eg_result result = eg_record_load(&node, source, file, arena, &fault);
    if (!eg_failed(result)) {
        result = eg_opened_tally_read(opened, &node, arena, &fault);
    }
    *found = !eg_failed(result);
    return eg_failed(result) && !eg_is_input_fault(result)
               ? EG_FAIL(err, result.code, NULL, "%s", fault.text)
               : EG_SUCCESS;
}

static eg_result spoiled_ballot(eg_buf *out, const eg_audit *audit, const eg_audit_ballot *ballot,
                                const eg_source *source, eg_arena *scratch, eg_error *err)
{
    eg_opened_tally opened;
    bool found;
    eg_html_raw(out, "<details open><summary>");
    eg_html_name(out, ballot->id);
    eg_html_raw(out, "</summary>\n<p>");
    code(out, ballot);
    eg_html_raw(out, "</p>\n");
    EG_TRY(read_votes(&opened, &found, ballot, source, scratch, err));
    if (found) {
        votes(out, &audit->manifest, &opened);
    } else {
        eg_html_raw(out, "<p>The record does not say what it was opened to.</p>\n");
    }
    eg_html_raw(out, "</details>\n");
    return EG_SUCCESS;
}

eg_result eg_report_spoiled(eg_buf *out, const eg_audit *audit, const eg_source *source,
                            eg_error *err)
{
    eg_result result = EG_SUCCESS;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    eg_html_raw(out, "<section id=\"spoiled\"><h2>Spoiled ballots</h2>\n"
                     "<p>They are not counted. Voters had them opened to see that the machine "
                     "encrypted what was chosen.</p>\n");
    if (audit->spoiled_count == 0) {
        eg_html_raw(out, "<p>There are none.</p>\n");
    }
    for (size_t i = 0; i < audit->ballot_count && !eg_failed(result); i++) {
        if (audit->ballots[i].style != NULL && audit->ballots[i].state == EG_BALLOT_SPOILED) {
            result = spoiled_ballot(out, audit, &audit->ballots[i], source, &scratch, err);
            eg_arena_reset(&scratch);
        }
    }
    eg_html_raw(out, "</section>\n");
    eg_arena_free(&scratch);
    return result;
}

/* ---- confirmation codes ---- */

/* Lines in blocks: a browser lays out the blocks that are seen, of a million lines too. */
enum { BLOCK_LINES = 200 };

static void code_line(eg_buf *out, const eg_audit_ballot *ballot)
{
    eg_html_raw(out, "<p>");
    eg_html_name(out, ballot->id);
    eg_html_raw(out, " ");
    if (ballot->style == NULL) {
        eg_html_raw(out, "<b>cannot be read</b></p>\n");
        return;
    }
    code(out, ballot);
    eg_html_raw(out, ballot->state == EG_BALLOT_CAST ? " <b>counted</b></p>\n"
                                                     : " <b>spoiled</b></p>\n");
}

void eg_report_codes(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out,
                "<section id=\"codes\"><h2>Confirmation codes</h2>\n"
                "<p>Whoever voted has a code. It must be here, and say <b>counted</b>.</p>\n"
                "<p class=\"search\" hidden><label>Find a code or a ballot <input type=\"search\" "
                "id=\"find\" autocomplete=\"off\" spellcheck=\"false\"></label> "
                "<output id=\"found\" for=\"find\"></output></p>\n<div id=\"lines\">\n");
    for (size_t i = 0; i < audit->ballot_count; i++) {
        eg_html_raw(out, i % BLOCK_LINES == 0 ? "<div class=\"block\">\n" : "");
        code_line(out, &audit->ballots[i]);
        bool is_last = (i + 1) % BLOCK_LINES == 0 || i + 1 == audit->ballot_count;
        eg_html_raw(out, is_last ? "</div>\n" : "");
    }
    eg_html_raw(out, "</div></section>\n");
}
