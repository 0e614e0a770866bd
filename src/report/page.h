/* The report of an election: one HTML page for people that needs nothing beside it and asks no
 * host. What it says comes from the audit of the record; equal records give equal pages.
 * Source: docs/record.md, the report. */
#ifndef EG_REPORT_PAGE_H
#define EG_REPORT_PAGE_H

#include "base/buf.h"
#include "record/audit.h"
#include "report/digest.h"

/* Appends the page. The source is the one that was audited: spoiled ballots' votes are read from it
 * again. Fails when a file cannot be read any more, or memory is short. */
eg_result eg_report_page(eg_buf *out, const eg_audit *audit, const eg_source *source,
                         const eg_digest *digest, eg_error *err) EG_MUST_USE;

#endif
