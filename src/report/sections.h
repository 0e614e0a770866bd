/* The parts of the page, in their order. Private to this folder. */
#ifndef EG_REPORT_SECTIONS_H
#define EG_REPORT_SECTIONS_H

#include "record/audit.h"
#include "report/html.h"

/* Contest by contest: selections with bars, and what was not used of the votes. */
void eg_report_results(eg_buf *out, const eg_audit *audit);
/* Ballots cast and spoiled of each style. */
void eg_report_turnout(eg_buf *out, const eg_audit *audit);
/* Each spoiled ballot and what it was opened to. */
eg_result eg_report_spoiled(eg_buf *out, const eg_audit *audit, const eg_source *source,
                            eg_error *err) EG_MUST_USE;
/* The steps of the specification, the faults, and what nothing vouches for. */
void eg_report_checks(eg_buf *out, const eg_audit *audit);
/* Every confirmation code, to be searched. */
void eg_report_codes(eg_buf *out, const eg_audit *audit);

#endif
