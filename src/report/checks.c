#include "report/sections.h"

static void step_row(eg_buf *out, const eg_audit *audit, eg_audit_step step)
{
    const uint64_t faults = audit->steps[step].faults;
    eg_html_raw(out, faults > 0 ? "<tr class=\"bad\"><td class=\"n\">" : "<tr><td class=\"n\">");
    if (step != EG_AUDIT_FORM) {
        eg_html_count(out, step);
    }
    eg_html_raw(out, "</td><th scope=\"row\">");
    eg_html_raw(out, eg_audit_step_name(step));
    eg_html_raw(out, "</th><td class=\"n\">");
    eg_html_count(out, audit->steps[step].checked);
    eg_html_raw(out, "</td><td>");
    eg_html_raw(out, eg_audit_step_noun(step));
    eg_html_raw(out, "</td><td>");
    if (faults > 0) {
        eg_html_raw(out, "✗ ");
        eg_html_counted(out, faults, "fault");
    } else {
        eg_html_raw(out, audit->steps[step].checked > 0 ? "✓ good" : "nothing to check");
    }
    eg_html_raw(out, "</td></tr>\n");
}

static void steps(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out,
                "<p>The numbers are those of the verification steps in the ElectionGuard "
                "specification. 17 to 19 are about contest data, which no record holds "
                "decrypted.</p>\n<table class=\"steps\"><thead><tr><th scope=\"col\">Step</th>"
                "<th scope=\"col\">What</th><th scope=\"col\" class=\"n\">Checked</th><td></td>"
                "<th scope=\"col\">Outcome</th></tr></thead><tbody>\n");
    for (int i = 0; i < EG_AUDIT_STEP_COUNT; i++) {
        step_row(out, audit, (eg_audit_step)i);
    }
    eg_html_raw(out, "</tbody></table>\n");
}

static void faults(eg_buf *out, const eg_audit *audit)
{
    if (audit->fault_total == 0) {
        return;
    }
    eg_html_raw(out, "<h3>Faults</h3>\n<ol>\n");
    for (size_t i = 0; i < audit->fault_count; i++) {
        const eg_audit_fault *fault = &audit->faults[i];
        eg_html_raw(out, "<li><b>");
        eg_html_name(out, fault->file.len > 0 ? fault->file : EG_STR("the record"));
        eg_html_raw(out, "</b> ");
        eg_html_name(out, eg_str_from(fault->path));
        eg_html_raw(out, ": ");
        eg_html_text(out, eg_str_from(fault->text));
        eg_html_raw(out, "</li>\n");
    }
    eg_html_raw(out, "</ol>\n");
    if (audit->fault_total > audit->fault_count) {
        eg_html_raw(out, "<p>And ");
        eg_html_count(out, audit->fault_total - audit->fault_count);
        eg_html_raw(out, " more.</p>\n");
    }
}

static void codes(eg_buf *out, const eg_audit *audit)
{
    if (audit->unchained > 0) {
        eg_html_raw(out, "<p>");
        eg_html_counted(out, audit->unchained, "ballot");
        eg_html_raw(out, audit->unchained == 1 ? " was" : " were");
        eg_html_raw(out, " encrypted one by one or in chunks: their codes do not chain, and a gap "
                         "among them would not show.</p>\n");
    }
}

static void uncovered(eg_buf *out)
{
    size_t count;
    const eg_record_uncovered *fields = eg_record_uncovered_fields(&count);
    eg_html_raw(out, "<h3>What nothing vouches for</h3>\n"
                     "<p>No hash and no proof covers these; who publishes the record could have "
                     "changed them.</p>\n<ul>\n");
    for (size_t i = 0; i < count; i++) {
        eg_html_raw(out, "<li><b>");
        eg_html_text(out, eg_str_from(fields[i].file));
        eg_html_raw(out, "</b> ");
        eg_html_text(out, eg_str_from(fields[i].fields));
        eg_html_raw(out, ": ");
        eg_html_text(out, eg_str_from(fields[i].why));
        eg_html_raw(out, "</li>\n");
    }
    eg_html_raw(out, "</ul>\n");
}

void eg_report_checks(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out, "<section id=\"checks\"><h2>What was verified</h2>\n");
    faults(out, audit);
    steps(out, audit);
    codes(out, audit);
    uncovered(out);
    eg_html_raw(out, "</section>\n");
}
