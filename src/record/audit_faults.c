#include "record/audit_parts.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name, *noun;
} steps[EG_AUDIT_STEP_COUNT] = {
    [EG_AUDIT_FORM] = {"form of the files", "files"},
    [EG_AUDIT_PARAMETERS] = {"parameters, manifest and base hash", "values"},
    [EG_AUDIT_GUARDIAN_KEYS] = {"guardians' public keys", "commitments"},
    [EG_AUDIT_ELECTION_KEY] = {"election's public key", "values"},
    [EG_AUDIT_SELECTIONS] = {"selections are 0 or 1", "selections"},
    [EG_AUDIT_VOTE_LIMITS] = {"limits of votes", "contests"},
    [EG_AUDIT_CODES] = {"confirmation codes", "ballots"},
    [EG_AUDIT_AGGREGATION] = {"tally is the product of the cast ballots", "selections"},
    [EG_AUDIT_SHARES] = {"guardians' shares of the tally", "shares"},
    [EG_AUDIT_SUBSTITUTES] = {"parts for missing guardians", "parts"},
    [EG_AUDIT_REPLACEMENTS] = {"shares of missing guardians", "shares"},
    [EG_AUDIT_TALLY] = {"counts", "selections"},
    [EG_AUDIT_SPOILED_SHARES] = {"spoiled ballots: guardians' shares", "shares"},
    [EG_AUDIT_SPOILED_SUBSTITUTES] = {"spoiled ballots: parts for missing guardians", "parts"},
    [EG_AUDIT_SPOILED_REPLACEMENTS] = {"spoiled ballots: shares of missing guardians", "shares"},
    [EG_AUDIT_SPOILED_DECRYPTION] = {"spoiled ballots: votes", "selections"},
    [EG_AUDIT_SPOILED_VOTES] = {"spoiled ballots: limits of votes", "contests"},
};

const char *eg_audit_step_name(eg_audit_step step)
{
    return steps[step].name;
}

const char *eg_audit_step_noun(eg_audit_step step)
{
    return steps[step].noun;
}

static int compare(const eg_audit_fault *a, const eg_audit_fault *b)
{
    int order = a->step < b->step ? -1 : a->step > b->step;
    order = order != 0 ? order : eg_str_compare(a->file, b->file);
    order = order != 0 ? order : strcmp(a->path, b->path);
    return order != 0 ? order : strcmp(a->text, b->text);
}

/* The first of all that there are stay, whichever thread finds them first. */
static void insert(eg_audit *out, const eg_audit_fault *fault)
{
    size_t at = out->fault_count;
    while (at > 0 && compare(fault, &out->faults[at - 1]) < 0) {
        at--;
    }
    if (at == EG_AUDIT_FAULTS_MAX) {
        return;
    }
    size_t behind = out->fault_count - at;
    if (out->fault_count == EG_AUDIT_FAULTS_MAX) {
        behind--;
    } else {
        out->fault_count++;
    }
    memmove(&out->faults[at + 1], &out->faults[at], behind * sizeof *fault);
    out->faults[at] = *fault;
}

void eg_audit_add_fault(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                        const eg_error *error)
{
    eg_audit_fault fault = {.step = step,
                            .is_unreadable = error->code == EG_E_UNAVAILABLE,
                            .file = file == NULL ? EG_STR("") : file->name};
    memcpy(fault.path, error->path, sizeof fault.path);
    memcpy(fault.text, error->text, sizeof fault.text);
    eg_lock_take(&s->lock);
    insert(s->out, &fault);
    s->out->fault_total++;
    s->out->steps[step].faults++;
    s->out->is_unreadable = s->out->is_unreadable || fault.is_unreadable;
    eg_lock_give(&s->lock);
}

eg_result eg_audit_note(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                        eg_result result, const eg_error *fault, eg_error *err)
{
    if (!eg_failed(result)) {
        return EG_SUCCESS;
    }
    /* a file that cannot be read is a fault of the record as well */
    if (eg_is_input_fault(result) || result.code == EG_E_UNAVAILABLE) {
        eg_audit_add_fault(s, step, file, fault);
        return EG_SUCCESS;
    }
    if (err != NULL) {
        *err = *fault;
    }
    return result;
}

void eg_audit_fault_at(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                       const eg_path *at, const char *format, ...)
{
    char text[EG_ERROR_TEXT_BYTES];
    eg_error fault = {0};
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)EG_FAIL(&fault, EG_E_PROOF_INVALID, at, "%s", text);
    eg_audit_add_fault(s, step, file, &fault);
}

void eg_audit_checked(eg_audit_state *s, eg_audit_step step, uint64_t count)
{
    eg_lock_take(&s->lock);
    s->out->steps[step].checked += count;
    eg_lock_give(&s->lock);
}

void eg_audit_watch_step(eg_audit_state *s, const char *name, size_t parts)
{
    if (s->watch != NULL) {
        eg_lock_take(&s->lock);
        s->watch->step(s->watch->context, name, parts);
        eg_lock_give(&s->lock);
    }
}

void eg_audit_watch_done(eg_audit_state *s, size_t parts)
{
    if (s->watch != NULL) {
        eg_lock_take(&s->lock);
        s->watch->done(s->watch->context, parts);
        eg_lock_give(&s->lock);
    }
}
