#include "report/page.h"

#include "base/base64.h"
#include "base/embed.h"
#include "base/sha256.h"
#include "report/sections.h"

#include <inttypes.h>

EG_EMBED(eg_report_style, EG_FILE_BYTES("src/report/page/style.css"));
EG_EMBED(eg_report_script, EG_FILE_BYTES("src/report/page/search.js"));

static eg_str style(void)
{
    return (eg_str){eg_report_style, (size_t)(eg_report_style_end - eg_report_style)};
}

static eg_str script(void)
{
    return (eg_str){eg_report_script, (size_t)(eg_report_script_end - eg_report_script)};
}

/* ---- the frame ---- */

/* Nothing may be loaded, and no script run but the one that is here. */
static void policy(eg_buf *out)
{
    uint8_t digest[EG_SHA256_BYTES];
    char text[EG_BASE64_ENCODED_LEN(EG_SHA256_BYTES)];
    eg_sha256_of(digest, script().data, script().len);
    eg_base64_encode(text, digest, sizeof digest);
    eg_html_raw(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'; script-src 'sha256-");
    eg_buf_append(out, text, sizeof text);
    eg_html_raw(out, "'\">\n");
}

static void name_of(eg_buf *out, const eg_audit *audit)
{
    if (audit->has_election) {
        eg_html_languages(out, &audit->manifest.name, audit->manifest.election_scope_id);
    } else {
        eg_html_raw(out, "An election");
    }
}

/* A title holds text alone. */
static void title(eg_buf *out, const eg_audit *audit)
{
    const eg_text *name = &audit->manifest.name;
    eg_html_raw(out, "<title>Report: ");
    if (audit->has_election && name->kind == EG_TEXT_LANGUAGES && name->language_count > 0) {
        eg_html_text(out, name->languages[0].value);
    } else if (audit->has_election) {
        eg_html_text(out, audit->manifest.election_scope_id);
    }
    eg_html_raw(out, "</title>\n");
}

static void head(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    policy(out);
    title(out, audit);
    eg_html_raw(out, "<style>\n");
    eg_buf_append_str(out, style());
    eg_html_raw(out, "</style>\n</head>\n<body>\n");
}

/* ---- what is said first ---- */

static void verdict(eg_buf *out, const eg_audit *audit)
{
    if (audit->is_verified) {
        eg_html_raw(out, "<p class=\"verdict good\">✓ Verified: every proof, hash, code, share and "
                         "count of this record holds.</p>\n");
        return;
    }
    eg_html_raw(out, "<p class=\"verdict bad\">✗ NOT VERIFIED: ");
    eg_html_counted(out, audit->fault_total, "fault");
    eg_html_raw(out,
                ". Nothing below can be relied on. <a href=\"#checks\">Which faults</a></p>\n");
}

static void figure(eg_buf *out, uint64_t count, const char *what)
{
    eg_html_raw(out, "<div><dd>");
    eg_html_count(out, count);
    eg_html_raw(out, "</dd><dt>");
    eg_html_raw(out, what);
    eg_html_raw(out, "</dt></div>\n");
}

static void dates(eg_buf *out, const eg_manifest *manifest)
{
    const eg_str from = {manifest->start_date.data,
                         manifest->start_date.len < 10 ? manifest->start_date.len : 10};
    const eg_str to = {manifest->end_date.data,
                       manifest->end_date.len < 10 ? manifest->end_date.len : 10};
    eg_html_raw(out, "<p class=\"about\">");
    eg_html_text(out, from);
    if (!eg_str_equal(from, to)) {
        eg_html_raw(out, " to ");
        eg_html_text(out, to);
    }
    eg_html_raw(out, " · ");
    eg_html_name(out, manifest->type);
    eg_html_raw(out, " election</p>\n");
}

static void figures(eg_buf *out, const eg_audit *audit)
{
    const uint32_t guardians = audit->context.number_of_guardians;
    eg_html_raw(out, "<dl class=\"figures\">\n");
    figure(out, audit->cast_count, "ballots counted");
    figure(out, audit->spoiled_count, "ballots spoiled");
    figure(out, audit->manifest.contest_count, "contests");
    figure(out, guardians, "guardians");
    eg_html_raw(out, "</dl>\n<p class=\"about\">");
    eg_buf_printf(out, "Any %" PRIu32 " of the %" PRIu32 " guardians can decrypt the election; ",
                  audit->context.quorum, guardians);
    eg_buf_printf(out,
                  audit->missing_guardians == 0 ? "all took part.</p>\n"
                                                : "%" PRIu32 " did not take part.</p>\n",
                  audit->missing_guardians);
}

static void top(eg_buf *out, const eg_audit *audit)
{
    eg_html_raw(out, "<header><h1>");
    name_of(out, audit);
    eg_html_raw(out, "</h1>\n");
    if (audit->has_election) {
        dates(out, &audit->manifest);
    }
    verdict(out, audit);
    if (audit->has_election) {
        figures(out, audit);
    }
    eg_html_raw(out, "<nav><a href=\"#results\">Results</a> <a href=\"#turnout\">Ballots by "
                     "style</a> <a href=\"#spoiled\">Spoiled ballots</a> <a href=\"#checks\">What "
                     "was verified</a> <a href=\"#codes\">Find your code</a></nav></header>\n");
}

/* ---- the end ---- */

static void foot(eg_buf *out, const eg_audit *audit, const eg_digest *digest)
{
    eg_html_raw(out, "<footer><h2>The record</h2>\n<dl class=\"facts\"><dt>SHA-256</dt><dd><code>");
    eg_html_text(out, eg_str_from(digest->hex));
    eg_html_raw(out,
                digest->of == EG_DIGEST_OF_ZIP
                    ? "</code><br>of the zip file</dd>\n"
                    : "</code><br>of what <code>sha256sum</code> prints of its files, in order "
                      "of their names</dd>\n");
    if (audit->has_election) {
        char hex[EG_Q_HEX_MAX];
        size_t n = eg_modq_to_hex(hex, &audit->manifest.hash);
        eg_html_raw(out, "<dt>Manifest</dt><dd><code>");
        eg_buf_append(out, hex, n);
        eg_html_raw(out, "</code><br>its hash, on which every ballot and proof rests</dd>\n");
    }
    eg_html_raw(out, "</dl>\n<p>Anybody who has the record can verify it again: "
                     "<code>egserve verify</code>, or another verifier for ElectionGuard 1.4. "
                     "This page proves nothing by itself.</p>\n<p>Made by egserve " EG_VERSION
                     ".</p></footer>\n<script>");
    eg_buf_append_str(out, script());
    eg_html_raw(out, "</script>\n</body>\n</html>\n");
}

eg_result eg_report_page(eg_buf *out, const eg_audit *audit, const eg_source *source,
                         const eg_digest *digest, eg_error *err)
{
    head(out, audit);
    top(out, audit);
    eg_html_raw(out, "<main>\n");
    if (audit->has_election) {
        eg_report_results(out, audit);
        eg_report_turnout(out, audit);
        EG_TRY(eg_report_spoiled(out, audit, source, err));
    }
    eg_report_checks(out, audit);
    eg_report_codes(out, audit);
    eg_html_raw(out, "</main>\n");
    foot(out, audit, digest);
    return eg_buf_check(out, err);
}
