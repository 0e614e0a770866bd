#include "api/tally/ballot_store.h"

#include "api/frame/intake.h"

/* A block that is filled from the front; structs first, strings behind them. */
typedef struct packer {
    char *structs;
    char *strings;
} packer;

static size_t contest_bytes(const eg_ballot_contest *contest)
{
    return sizeof *contest + contest->selection_count * sizeof contest->selections[0];
}

static size_t struct_bytes(const eg_ballot *ballot)
{
    size_t n = 0;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        n += contest_bytes(&ballot->contests[c]);
    }
    return n;
}

static size_t string_bytes(const eg_ballot *ballot)
{
    size_t n = ballot->object_id.len + ballot->style_id.len;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        n += contest->object_id.len;
        for (size_t s = 0; s < contest->selection_count; s++) {
            n += contest->selections[s].object_id.len;
        }
    }
    return n;
}

static void pack_string(packer *p, eg_str *s)
{
    if (s->len > 0) {
        memcpy(p->strings, s->data, s->len);
    }
    s->data = p->strings;
    p->strings += s->len;
}

static void *pack_structs(packer *p, const void *from, size_t bytes)
{
    void *to = p->structs;
    if (bytes > 0) {
        memcpy(to, from, bytes);
    }
    p->structs += bytes;
    return to;
}

static void pack_contest(packer *p, eg_ballot_contest *contest)
{
    contest->selections = pack_structs(p, contest->selections,
                                       contest->selection_count * sizeof contest->selections[0]);
    pack_string(p, &contest->object_id);
    for (size_t s = 0; s < contest->selection_count; s++) {
        pack_string(p, &contest->selections[s].object_id);
    }
}

eg_result eg_ballot_store(eg_ballot *out, const eg_ballot *ballot, eg_ballot_state state,
                          const eg_call *call, eg_error *err)
{
    size_t structs = struct_bytes(ballot);
    packer p;
    EG_TRY(eg_call_new(call, 1, structs + string_bytes(ballot), &p.structs, err));
    p.strings = p.structs + structs;
    *out = *ballot;
    pack_string(&p, &out->object_id);
    pack_string(&p, &out->style_id);
    out->contests =
        pack_structs(&p, ballot->contests, ballot->contest_count * sizeof ballot->contests[0]);
    for (size_t c = 0; c < out->contest_count; c++) {
        pack_contest(&p, &out->contests[c]);
    }
    eg_ballot_strip_nonces(out, state);
    return EG_SUCCESS;
}
