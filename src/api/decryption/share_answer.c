/* The answer with a guardian's shares: whole, or with several tallies in pieces. */
#include "api/decryption/share_making.h"

#include "api/frame/pieces.h"
#include "wire/objects/decryption.h"

/* Map of ballot id to share: what `ballot_shares` holds, or the JSON text of it. */
static void write_ballot_shares(eg_writer *w, const void *making)
{
    const eg_share_making *m = making;
    const eg_tally_request *r = &m->request;
    eg_write_map_of(w, r->target_count - r->tally_count);
    for (size_t i = r->tally_count; i < r->target_count; i++) {
        eg_write_key_str(w, r->targets[i].submitted->id);
        eg_artifact_write(w, eg_form_inner(r->form), eg_decryption_share_write, &m->shares[i]);
    }
    eg_write_end(w);
}

eg_result eg_share_making_finish(eg_call *call, eg_error *err)
{
    enum { OF_SELECTION = 5 * 1024, GROWING = 3, OF_TAIL = 4096 };
    const eg_tally_request *r = call->state;
    (void)err;
    call->output_units = r->several ? r->tally_count : 0;
    call->output_unit_bytes =
        r->tally_count == 0
            ? 0
            : GROWING * OF_SELECTION * eg_target_selection_count(&r->targets[0].target);
    call->tail_bytes = OF_TAIL;
    return EG_SUCCESS;
}

static void write_begin(eg_writer *w, const eg_share_making *m)
{
    eg_put_cstr(w, "status", "success");
    if (m->kind->write_lead != NULL) {
        m->kind->write_lead(w, m);
    }
}

static void write_ballots(eg_writer *w, const eg_share_making *m)
{
    eg_write_key(w, m->kind->ballot_shares);
    eg_artifact_write(w, eg_form_outer(m->request.form), write_ballot_shares, m);
}

static void write_whole(eg_writer *w, const eg_share_making *m)
{
    eg_write_map(w);
    write_begin(w, m);
    eg_write_key(w, m->kind->tally_share);
    eg_artifact_write(w, eg_form_inner(m->request.form), eg_decryption_share_write, &m->shares[0]);
    write_ballots(w, m);
    eg_write_end(w);
}

/* Up to the list of shares, whose elements are the output. The map's length goes ahead of it: by
 * the time it is closed its first bytes have been sent. */
static void write_first_piece(eg_writer *w, const eg_share_making *m)
{
    eg_write_map_of(w, m->kind->write_lead != NULL ? 5 : 4);
    write_begin(w, m);
    write_ballots(w, m);
    eg_put_int(w, "count", (int64_t)m->request.tally_count);
    eg_write_key(w, m->kind->tally_shares);
    eg_write_array(w, m->request.tally_count);
}

eg_result eg_share_making_head(eg_call *call, eg_buf *out, eg_error *err)
{
    eg_share_making *m = eg_share_making_of(call);
    (void)err;
    eg_writer_init(&m->writer, out, eg_form_style(m->request.form));
    if (m->request.several) {
        write_first_piece(&m->writer, m);
    } else {
        write_whole(&m->writer, m);
    }
    return EG_SUCCESS;
}

/* One tally's share each. */
eg_result eg_share_making_output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out,
                                 eg_error *err)
{
    const eg_share_making *m = call->state;
    eg_writer w;
    (void)scratch;
    (void)err;
    eg_writer_init_elements(&w, out, eg_form_style(m->request.form), unit == 0);
    eg_artifact_write(&w, eg_form_inner(m->request.form), eg_decryption_share_write,
                      &m->shares[unit]);
    return EG_SUCCESS;
}

eg_result eg_share_making_tail(eg_call *call, eg_buf *out, eg_error *err)
{
    eg_share_making *m = eg_share_making_of(call);
    (void)err;
    if (m->request.several) {
        eg_pieces_end(&m->writer, out);
        eg_write_end(&m->writer);
    }
    return EG_SUCCESS;
}
