#include "cli/verify_report.h"

#include "cli/report.h"
#include "cli/screen_text.h"
#include "record/candidate_name.h"

#include <inttypes.h>
#include <stdio.h>

static void print_text(FILE *to, eg_str text)
{
    eg_buf line;
    eg_buf_init(&line, NULL);
    eg_screen_append(&line, text);
    if (line.len > 0) {
        (void)fwrite(line.data, 1, line.len, to);
    }
    eg_buf_free(&line);
}

/* ---- a voter's question ---- */

/* Codes are read out and copied by hand: case, white space and dashes are no difference. */
static bool same_code(const char *given, const eg_modq *code)
{
    char digits[EG_Q_HEX_MAX];
    eg_modq read;
    size_t n = 0;
    for (; *given != '\0'; given++) {
        if (*given == ' ' || *given == '-') {
            continue;
        }
        if (n == sizeof digits) {
            return false;
        }
        digits[n++] = *given;
    }
    return n > 0 && eg_modq_from_hex(&read, (eg_str){digits, n}) && eg_modq_equal(&read, code);
}

eg_voter_answer eg_voter_ask(const eg_audit *audit, const eg_voter_question *question)
{
    const eg_audit_ballot *ballot = eg_audit_find_ballot(audit, eg_str_from(question->ballot));
    if (ballot == NULL || ballot->style == NULL) {
        return EG_VOTER_NOT_FOUND;
    }
    if (question->code != NULL && !same_code(question->code, &ballot->code)) {
        return EG_VOTER_OTHER_CODE;
    }
    return ballot->state == EG_BALLOT_CAST ? EG_VOTER_COUNTED : EG_VOTER_SPOILED;
}

static const char *answer_name(eg_voter_answer answer)
{
    static const char *const names[] = {[EG_VOTER_COUNTED] = "counted",
                                        [EG_VOTER_SPOILED] = "spoiled",
                                        [EG_VOTER_OTHER_CODE] = "other code",
                                        [EG_VOTER_NOT_FOUND] = "not found"};
    return names[answer];
}

static void print_answer(const eg_audit *audit, const eg_voter_question *question)
{
    static const char *const sentences[] = {
        [EG_VOTER_COUNTED] = "is in the record and counted",
        [EG_VOTER_SPOILED] = "is in the record as spoiled: it was opened and is not counted",
        [EG_VOTER_OTHER_CODE] = "is in the record with ANOTHER CODE",
        [EG_VOTER_NOT_FOUND] = "is NOT in the record",
    };
    const eg_audit_ballot *ballot = eg_audit_find_ballot(audit, eg_str_from(question->ballot));
    char code[EG_Q_HEX_MAX];
    printf("ballot ");
    print_text(stdout, eg_str_from(question->ballot));
    printf(" %s", sentences[eg_voter_ask(audit, question)]);
    if (ballot != NULL && ballot->style != NULL) {
        int n = (int)eg_modq_to_hex(code, &ballot->code);
        printf(", code %.*s", n, code);
    }
    printf("\n");
}

/* ---- for people ---- */

void eg_verify_print_faults(const char *command, const eg_audit *audit)
{
    for (size_t i = 0; i < audit->fault_count; i++) {
        const eg_audit_fault *fault = &audit->faults[i];
        fprintf(stderr, "%s: ", command);
        print_text(stderr, fault->file);
        fputs(fault->file.len > 0 ? ": " : "", stderr);
        print_text(stderr, eg_str_from(fault->path));
        fputs(fault->path[0] != '\0' ? ": " : "", stderr);
        print_text(stderr, eg_str_from(fault->text));
        fputs("\n", stderr);
    }
    if (audit->fault_total > audit->fault_count) {
        fprintf(stderr, "%s: and %" PRIu64 " more\n", command,
                audit->fault_total - audit->fault_count);
    }
}

static void print_steps(const eg_audit *audit)
{
    puts("step  of the specification                            checked");
    for (int i = 0; i < EG_AUDIT_STEP_COUNT; i++) {
        const eg_audit_step step = (eg_audit_step)i;
        char number[8] = "-";
        if (i > 0) {
            (void)snprintf(number, sizeof number, "%d", i);
        }
        printf("%4s  %-46s %8" PRIu64 " %s", number, eg_audit_step_name(step),
               audit->steps[i].checked, eg_audit_step_noun(step));
        if (audit->steps[i].faults > 0) {
            printf(", %s", eg_counted_of(audit->steps[i].faults, "fault").text);
        }
        printf("\n");
    }
    puts("17-19 are about contest data, which no record holds decrypted.");
}

static void print_count(const eg_audit *audit, const eg_audit_count *count)
{
    enum { COLUMNS = 52 };
    eg_str name = eg_candidate_name(&audit->manifest, count->selection);
    eg_buf line;
    eg_buf_init(&line, NULL);
    eg_screen_append_padded(&line, name, COLUMNS);
    printf("  %.*s %12" PRIu64 "\n", (int)line.len, line.data, count->votes);
    eg_buf_free(&line);
}

static void print_counts(const eg_audit *audit)
{
    const eg_contest_description *contest = NULL;
    for (size_t i = 0; i < audit->count_count; i++) {
        const eg_audit_count *count = &audit->counts[i];
        if (count->contest != contest) {
            contest = count->contest;
            const uint64_t ballots = audit->contest_ballots[contest - audit->manifest.contests];
            printf("\n");
            print_text(stdout, contest->name);
            printf(" (%s)\n", eg_counted_of(ballots, "ballot").text);
        }
        print_count(audit, count);
    }
}

static void print_uncovered(void)
{
    size_t count;
    const eg_record_uncovered *fields = eg_record_uncovered_fields(&count);
    puts("\nNothing in a record vouches for:");
    for (size_t i = 0; i < count; i++) {
        printf("  %s: %s: %s\n", fields[i].file, fields[i].fields, fields[i].why);
    }
}

/* One that begins at a device alone counts as a chain: there are two at least. */
static void print_codes(const eg_audit *audit)
{
    if (audit->unchained > 0) {
        printf(
            "\n%s %s encrypted one by one or in chunks: their codes do not chain, and a gap among "
            "them would not show.\n",
            eg_counted_of(audit->unchained, "ballot").text, audit->unchained == 1 ? "was" : "were");
    }
}

static void print_verdict(const eg_audit *audit)
{
    const uint32_t guardians = audit->context.number_of_guardians;
    if (!audit->is_verified) {
        printf("NOT VERIFIED: %s\n", eg_counted_of(audit->fault_total, "fault").text);
        return;
    }
    printf("verified: %s (%zu cast, %zu spoiled), %s of whom %" PRIu32 " %s missing, and the "
           "counts\n",
           eg_counted_of(audit->ballot_count, "ballot").text, audit->cast_count,
           audit->spoiled_count, eg_counted_of(guardians, "guardian").text,
           audit->missing_guardians, audit->missing_guardians == 1 ? "was" : "were");
}

void eg_verify_print(const char *command, const eg_audit *audit, const eg_voter_question *question)
{
    eg_verify_print_faults(command, audit);
    print_steps(audit);
    print_counts(audit);
    print_codes(audit);
    print_uncovered();
    printf("\n");
    if (question->ballot != NULL) {
        print_answer(audit, question);
    }
    print_verdict(audit);
}

/* ---- for programs ---- */

/* "tally.json: contests.a.selections.b", cut to the room that errors have. */
static void put_place(char path[EG_ERROR_PATH_BYTES], const eg_audit_fault *fault)
{
    eg_buf place;
    eg_buf_init(&place, NULL);
    eg_buf_append_str(&place, fault->file);
    eg_buf_append_str(&place, place.len > 0 && fault->path[0] != '\0' ? EG_STR(": ") : EG_STR(""));
    eg_buf_append_str(&place, eg_str_from(fault->path));
    const size_t n = place.len < EG_ERROR_PATH_BYTES ? place.len : EG_ERROR_PATH_BYTES - 1;
    if (n > 0) {
        memcpy(path, place.data, n);
    }
    path[n] = '\0';
    eg_buf_free(&place);
}

void eg_verify_say_failure(eg_error *out, const eg_audit *audit, const eg_voter_question *question)
{
    if (audit->fault_count > 0) {
        const eg_audit_fault *fault = &audit->faults[0];
        put_place(out->path, fault);
        memcpy(out->text, fault->text, sizeof out->text);
    } else if (question->ballot != NULL && eg_voter_ask(audit, question) > EG_VOTER_SPOILED) {
        (void)snprintf(out->text, sizeof out->text, "the ballot: %s",
                       answer_name(eg_voter_ask(audit, question)));
    }
}

static void put_steps(eg_writer *w, const eg_audit *audit)
{
    eg_write_key(w, "steps");
    eg_write_array(w, EG_AUDIT_STEP_COUNT);
    for (int i = 0; i < EG_AUDIT_STEP_COUNT; i++) {
        eg_write_map(w);
        eg_put_int(w, "step", i);
        eg_put_cstr(w, "name", eg_audit_step_name((eg_audit_step)i));
        eg_put_int(w, "checked", (int64_t)audit->steps[i].checked);
        eg_put_cstr(w, "of", eg_audit_step_noun((eg_audit_step)i));
        eg_put_int(w, "faults", (int64_t)audit->steps[i].faults);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_faults(eg_writer *w, const eg_audit *audit)
{
    eg_put_int(w, "fault_count", (int64_t)audit->fault_total);
    eg_write_key(w, "faults");
    eg_write_array(w, audit->fault_count);
    for (size_t i = 0; i < audit->fault_count; i++) {
        const eg_audit_fault *fault = &audit->faults[i];
        eg_write_map(w);
        eg_put_int(w, "step", fault->step);
        eg_put_str(w, "file", fault->file);
        eg_put_cstr(w, "path", fault->path);
        eg_put_cstr(w, "text", fault->text);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_selections(eg_writer *w, const eg_audit *audit, size_t *at)
{
    const eg_contest_description *contest = audit->counts[*at].contest;
    eg_write_key(w, "selections");
    eg_write_array(w, contest->selection_count);
    for (; *at < audit->count_count && audit->counts[*at].contest == contest; ++*at) {
        const eg_audit_count *count = &audit->counts[*at];
        eg_write_map(w);
        eg_put_str(w, "id", count->selection->object_id);
        eg_put_str(w, "candidate", eg_candidate_name(&audit->manifest, count->selection));
        eg_put_int(w, "votes", (int64_t)count->votes);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_contests(eg_writer *w, const eg_audit *audit)
{
    eg_write_key(w, "contests");
    eg_write_array(w, audit->count_count > 0 ? audit->manifest.contest_count : 0);
    for (size_t i = 0; i < audit->count_count;) {
        const eg_contest_description *contest = audit->counts[i].contest;
        eg_write_map(w);
        eg_put_str(w, "id", contest->object_id);
        eg_put_str(w, "name", contest->name);
        eg_put_int(w, "votes_allowed", contest->number_elected);
        eg_put_int(w, "ballots",
                   (int64_t)audit->contest_ballots[contest - audit->manifest.contests]);
        put_selections(w, audit, &i);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_uncovered(eg_writer *w)
{
    size_t count;
    const eg_record_uncovered *fields = eg_record_uncovered_fields(&count);
    eg_write_key(w, "not_covered");
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(w);
        eg_put_cstr(w, "file", fields[i].file);
        eg_put_cstr(w, "fields", fields[i].fields);
        eg_put_cstr(w, "why", fields[i].why);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_answer(eg_writer *w, const eg_audit *audit, const eg_voter_question *question)
{
    const eg_audit_ballot *ballot = eg_audit_find_ballot(audit, eg_str_from(question->ballot));
    eg_write_key(w, "ballot");
    eg_write_map(w);
    eg_put_cstr(w, "id", question->ballot);
    eg_put_cstr(w, "answer", answer_name(eg_voter_ask(audit, question)));
    if (ballot != NULL && ballot->style != NULL) {
        eg_put_q(w, "code", &ballot->code);
    } else {
        eg_put_null(w, "code");
    }
    eg_write_end(w);
}

void eg_verify_put(eg_writer *w, const eg_audit *audit, const eg_voter_question *question)
{
    eg_put_bool(w, "verified", audit->is_verified);
    eg_put_int(w, "ballots", (int64_t)audit->ballot_count);
    eg_put_int(w, "cast", (int64_t)audit->cast_count);
    eg_put_int(w, "spoiled", (int64_t)audit->spoiled_count);
    eg_put_int(w, "chained", (int64_t)audit->chained);
    eg_put_int(w, "unchained", (int64_t)audit->unchained);
    eg_put_int(w, "guardians", audit->context.number_of_guardians);
    eg_put_int(w, "quorum", audit->context.quorum);
    eg_put_int(w, "missing", audit->missing_guardians);
    put_contests(w, audit);
    put_steps(w, audit);
    put_faults(w, audit);
    put_uncovered(w);
    if (question->ballot != NULL) {
        put_answer(w, audit, question);
    }
}
