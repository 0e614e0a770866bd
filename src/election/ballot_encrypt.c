/* Encryption of ballots in one flat batch of fixed-base powers.
 *
 * Three passes over all selections of all ballots: lay out (shapes, nonces, exponents), compute
 * (one batch of powers, then their products), assemble (hashes, responses). The real and the
 * simulated branch of a proof need the same seven powers whatever the vote, so nothing up to the
 * last selection by mask depends on it. */
#include "election/ballot_parts.h"

#include "base/secret.h"
#include "crypto/nonces.h"
#include "election/plain_contest.h"
#include "group/group.h"

enum { POWERS_OF_SELECTION = EG_POWERS_OF_STEP, POWERS_OF_CONTEST = 4 };

/* Exponents and powers of one selection. Secret. */
typedef struct selection_work {
    bool vote;
    eg_modq nonce; /* R */
    eg_modq x[3];
    eg_modp g_r, k_r, g_x2, k_x2, g_x1, k_x1, g_x0;
    eg_modp g_vote; /* g or 1 */
} selection_work;

/* The same of one contest. Secret. */
typedef struct contest_work {
    const eg_contest_description *description;
    selection_work *selections;
    eg_modq nonce, aggregate;
    eg_modq u;  /* constant proof */
    eg_modq xi; /* contest data */
    eg_modp g_u, k_u, g_xi, k_xi;
    uint8_t data[EG_PADDED_BYTES];
} contest_work;

typedef struct ballot_work {
    contest_work *contests;
    size_t contest_count;
} ballot_work;

static void selection_nonces(selection_work *work, const eg_selection_description *description,
                             const eg_modq *contest_nonce)
{
    eg_nonces sequence;
    eg_modq seed;
    eg_nonces_init_q(&sequence, &description->hash, contest_nonce);
    eg_nonces_item(&work->nonce, &sequence, description->sequence_order);
    eg_nonces_item(&seed, &sequence, 0);
    eg_disjunctive_nonces(work->x, &seed);
    eg_wipe(&sequence, sizeof sequence);
    eg_wipe(&seed, sizeof seed);
}

static const eg_selection_description *description_at(const eg_contest_description *contest,
                                                      size_t i)
{
    return i < contest->selection_count ? &contest->selections[i]
                                        : &contest->placeholders[i - contest->selection_count];
}

static void shape_selection(eg_ballot_selection *out, const eg_contest_description *contest,
                            size_t i, const selection_work *work)
{
    const eg_selection_description *description = description_at(contest, i);
    out->object_id = description->object_id;
    out->sequence_order = description->sequence_order;
    out->description_hash = description->hash;
    out->is_placeholder = i >= contest->selection_count;
    out->nonce = (eg_opt_nonce){work->nonce, true};
    out->has_proof = true;
}

static void contest_nonces(contest_work *work, const eg_modq *ballot_seed)
{
    eg_nonces sequence;
    eg_modq seed;
    eg_nonces_init_q(&sequence, &work->description->hash, ballot_seed);
    eg_nonces_item(&work->nonce, &sequence, work->description->sequence_order);
    eg_nonces_item(&seed, &sequence, 0);
    eg_constant_nonce(&work->u, &seed);
    eg_nonces_init_str(&sequence, &work->nonce, EG_STR("constant-extended-data"));
    eg_nonces_item(&work->xi, &sequence, 0);
    eg_wipe(&sequence, sizeof sequence);
    eg_wipe(&seed, sizeof seed);
}

static eg_result lay_out_contest(eg_ballot_contest *out, contest_work *work,
                                 const eg_plain_contest *plain, const eg_modq *ballot_seed,
                                 eg_arena *arena, eg_error *err)
{
    const eg_contest_description *description = work->description;
    size_t count = description->selection_count + description->placeholder_count;
    EG_TRY(eg_arena_new(arena, count, sizeof *out->selections, &out->selections, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *work->selections, &work->selections, err));
    bool *votes = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *votes, &votes, err));
    EG_TRY(eg_plain_contest_judge(votes, work->data, plain, description, arena, err));
    contest_nonces(work, ballot_seed);
    work->aggregate = eg_modq_zero;
    for (size_t i = 0; i < count; i++) {
        selection_work *s = &work->selections[i];
        s->vote = votes[i];
        selection_nonces(s, description_at(description, i), &work->nonce);
        eg_modq_add(&work->aggregate, &work->aggregate, &s->nonce);
        shape_selection(&out->selections[i], description, i, s);
    }
    eg_wipe(votes, count * sizeof *votes);
    out->object_id = description->object_id;
    out->sequence_order = description->sequence_order;
    out->description_hash = description->hash;
    out->selection_count = count;
    out->nonce = (eg_opt_nonce){work->nonce, true};
    out->has_proof = true;
    out->has_extended_data = true;
    return EG_SUCCESS;
}

/* S_b = H(manifest hash, ballot id, R_b) */
static void ballot_seed(eg_modq *out, const eg_encrypt_input *input, const eg_modq *manifest_hash)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, manifest_hash);
    eg_hash_str(&h, input->ballot->object_id);
    eg_hash_q(&h, input->nonce);
    eg_hash_final(out, &h);
}

/* The contests of the style, in the manifest's order. */
static eg_result lay_out_contests(eg_ballot *out, ballot_work *work, const eg_plain_ballot *plain,
                                  const eg_manifest *manifest, const eg_ballot_style *style,
                                  const eg_modq *seed, eg_arena *arena, eg_error *err)
{
    for (size_t i = 0; i < style->contest_count; i++) {
        const eg_contest_description *description = &manifest->contests[style->contests[i]];
        work->contests[i].description = description;
        EG_TRY(lay_out_contest(&out->contests[i], &work->contests[i],
                               eg_plain_contest_find(plain, description->object_id, i), seed, arena,
                               err));
    }
    return EG_SUCCESS;
}

static eg_result lay_out_ballot(eg_ballot *out, ballot_work *work, const eg_encrypt_input *input,
                                const eg_election *election, eg_arena *arena, eg_error *err)
{
    const eg_manifest *manifest = election->manifest;
    const eg_ballot_style *style = eg_manifest_style(manifest, input->ballot->style_id);
    if (style == NULL) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, NULL, "the ballot style is not in the manifest");
    }
    EG_TRY(eg_plain_ballot_check(input->ballot, manifest, style, NULL, err));
    size_t count = style->contest_count;
    EG_TRY(eg_arena_new(arena, count, sizeof *out->contests, &out->contests, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *work->contests, &work->contests, err));
    eg_modq seed;
    ballot_seed(&seed, input, &manifest->hash);
    eg_result laid_out =
        lay_out_contests(out, work, input->ballot, manifest, style, &seed, arena, err);
    eg_wipe(&seed, sizeof seed);
    EG_TRY(laid_out);
    work->contest_count = count;
    out->object_id = input->ballot->object_id;
    out->style_id = input->ballot->style_id;
    out->manifest_hash = manifest->hash;
    out->code_seed = *input->code_seed;
    out->contest_count = count;
    out->timestamp = input->timestamp;
    out->nonce = (eg_opt_nonce){*input->nonce, true};
    out->state = EG_BALLOT_NONE;
    return EG_SUCCESS;
}

/* How many contests and selections the ballots have together. */
typedef struct totals {
    size_t contests, selections;
} totals;

static totals totals_of(const eg_ballot ballots[], size_t count)
{
    totals all = {0, 0};
    for (size_t b = 0; b < count; b++) {
        all.contests += ballots[b].contest_count;
        for (size_t i = 0; i < ballots[b].contest_count; i++) {
            all.selections += ballots[b].contests[i].selection_count;
        }
    }
    return all;
}

static eg_fixed_pow *list_selection(eg_fixed_pow *job, selection_work *s, const eg_fixed_base *g,
                                    const eg_fixed_base *key)
{
    *job++ = (eg_fixed_pow){g, &s->nonce, &s->g_r};
    *job++ = (eg_fixed_pow){g, &s->x[2], &s->g_x2};
    *job++ = (eg_fixed_pow){g, &s->x[1], &s->g_x1};
    *job++ = (eg_fixed_pow){g, &s->x[0], &s->g_x0};
    *job++ = (eg_fixed_pow){key, &s->nonce, &s->k_r};
    *job++ = (eg_fixed_pow){key, &s->x[2], &s->k_x2};
    *job++ = (eg_fixed_pow){key, &s->x[1], &s->k_x1};
    return job;
}

/* Every power of the ballots, in one flat list. */
static eg_result list_powers(eg_fixed_pow **out, size_t *total, const ballot_work works[],
                             size_t count, totals all, const eg_fixed_base *key, eg_arena *arena,
                             eg_error *err)
{
    const eg_fixed_base *g = eg_fixed_base_g();
    *total = POWERS_OF_CONTEST * all.contests + POWERS_OF_SELECTION * all.selections;
    EG_TRY(eg_arena_new(arena, *total, sizeof **out, out, err));
    eg_fixed_pow *job = *out;
    for (size_t b = 0; b < count; b++) {
        for (size_t i = 0; i < works[b].contest_count; i++) {
            contest_work *c = &works[b].contests[i];
            size_t selections = c->description->selection_count + c->description->placeholder_count;
            *job++ = (eg_fixed_pow){g, &c->u, &c->g_u};
            *job++ = (eg_fixed_pow){g, &c->xi, &c->g_xi};
            *job++ = (eg_fixed_pow){key, &c->u, &c->k_u};
            *job++ = (eg_fixed_pow){key, &c->xi, &c->k_xi};
            for (size_t j = 0; j < selections; j++) {
                job = list_selection(job, &c->selections[j], g, key);
            }
        }
    }
    return EG_SUCCESS;
}

/* Of a selection whose powers are there. */
static eg_modp_pair *list_product(eg_modp_pair *job, eg_ballot_selection *out, selection_work *s)
{
    out->ciphertext.pad = s->g_r;
    eg_modp_select(&s->g_vote, &eg_modp_one, &eg_modp_g, s->vote);
    *job++ = (eg_modp_pair){&s->k_r, &s->g_vote, &out->ciphertext.data};
    *job++ = (eg_modp_pair){&s->k_x1, &s->g_x0, &s->k_x1};
    return job;
}

static eg_modp_pair *list_products(eg_modp_pair *job, eg_ballot_contest *out, contest_work *work)
{
    for (size_t i = 0; i < out->selection_count; i++) {
        job = list_product(job, &out->selections[i], &work->selections[i]);
    }
    return job;
}

/* Ciphertexts, and the second halves of the simulated branches. */
static eg_result multiply_powers(eg_ballot out[], const ballot_work works[], size_t count,
                                 totals all, eg_arena *arena, eg_error *err)
{
    eg_modp_pair *jobs = NULL;
    EG_TRY(eg_arena_new(arena, 2 * all.selections, sizeof *jobs, &jobs, err));
    eg_modp_pair *job = jobs;
    for (size_t b = 0; b < count; b++) {
        for (size_t i = 0; i < out[b].contest_count; i++) {
            job = list_products(job, &out[b].contests[i], &works[b].contests[i]);
        }
    }
    eg_modp_mul_batch(jobs, 2 * all.selections);
    return EG_SUCCESS;
}

static void assemble_selection(eg_ballot_selection *out, selection_work *s,
                               const eg_modq *extended_base_hash)
{
    eg_disjunctive_finish(&out->proof, &out->ciphertext, s->vote, &s->nonce, s->x, &s->g_x2,
                          &s->k_x2, &s->g_x1, &s->k_x1, extended_base_hash);
    eg_selection_hash(&out->crypto_hash, out);
}

/* The selections are assembled, and their product is there. */
static eg_result close_contest(eg_ballot_contest *out, contest_work *work,
                               const eg_modq *extended_base_hash, eg_arena *arena, eg_error *err)
{
    eg_constant_finish(&out->proof, &out->accumulation, work->description->number_elected,
                       &work->aggregate, &work->u, &work->g_u, &work->k_u, extended_base_hash);
    EG_TRY(eg_hashed_elgamal_seal(&out->extended_data, work->data, &work->g_xi, &work->k_xi,
                                  extended_base_hash, err));
    return eg_contest_hash(&out->crypto_hash, out, arena, err);
}

static eg_result close_ballot(eg_ballot *out, ballot_work *work, const eg_modq *extended_base_hash,
                              eg_arena *arena, eg_error *err)
{
    for (size_t i = 0; i < out->contest_count; i++) {
        EG_TRY(
            close_contest(&out->contests[i], &work->contests[i], extended_base_hash, arena, err));
    }
    EG_TRY(eg_ballot_hash(&out->crypto_hash, out, arena, err));
    eg_ballot_code(&out->code, &out->code_seed, out->timestamp, &out->crypto_hash);
    return EG_SUCCESS;
}

static eg_result assemble_ballot(eg_ballot *out, ballot_work *work,
                                 const eg_modq *extended_base_hash, eg_arena *arena, eg_error *err)
{
    for (size_t i = 0; i < out->contest_count; i++) {
        for (size_t j = 0; j < out->contests[i].selection_count; j++) {
            assemble_selection(&out->contests[i].selections[j], &work->contests[i].selections[j],
                               extended_base_hash);
        }
        eg_contest_accumulate(&out->contests[i].accumulation, &out->contests[i]);
    }
    return close_ballot(out, work, extended_base_hash, arena, err);
}

/* Wiping of the work arrays is the arena's: its owner wipes it when the unit ends. */
eg_result eg_ballots_encrypt(eg_ballot out[], const eg_encrypt_input inputs[], size_t count,
                             const eg_election *election, eg_arena *arena, size_t *failed_index,
                             eg_error *err)
{
    ballot_work works[EG_ENCRYPT_TOGETHER_MAX];
    *failed_index = 0;
    EG_BUG_IF(err, count == 0 || count > EG_ENCRYPT_TOGETHER_MAX);
    for (size_t b = 0; b < count; b++) {
        *failed_index = b;
        EG_TRY(lay_out_ballot(&out[b], &works[b], &inputs[b], election, arena, err));
    }
    const totals all = totals_of(out, count);
    eg_fixed_pow *jobs;
    size_t total;
    EG_TRY(list_powers(&jobs, &total, works, count, all, election->key, arena, err));
    eg_fixed_pow_batch(jobs, total);
    EG_TRY(multiply_powers(out, works, count, all, arena, err));
    for (size_t b = 0; b < count; b++) {
        *failed_index = b;
        EG_TRY(assemble_ballot(&out[b], &works[b], &election->context->extended_base_hash, arena,
                               err));
    }
    return EG_SUCCESS;
}

/* ---- in parts ---- */

/* A contest or, behind it, one of its selections: what a part is made of. */
typedef struct encryption_step {
    eg_ballot_selection *out; /* NULL: a contest */
    selection_work *work;
    size_t job;        /* the first of its powers */
    size_t place;      /* among all selections */
    eg_ciphertext sum; /* of this one and those of its contest behind it in the same part */
    bool has_sum;
} encryption_step;

struct eg_encryption {
    const eg_election *election;
    eg_ballot ballot;
    ballot_work work;
    eg_fixed_pow *jobs;
    eg_modp_pair *products;
    encryption_step *steps; /* and one behind the last */
    size_t step_count;
};

static eg_result list_steps(eg_encryption *e, totals all, eg_arena *arena, eg_error *err)
{
    size_t job = 0, place = 0;
    encryption_step *step;
    e->step_count = all.contests + all.selections;
    EG_TRY(eg_arena_new(arena, e->step_count + 1, sizeof *e->steps, &e->steps, err));
    EG_TRY(eg_arena_new(arena, 2 * all.selections, sizeof *e->products, &e->products, err));
    step = e->steps;
    for (size_t i = 0; i < e->ballot.contest_count; i++) {
        eg_ballot_contest *contest = &e->ballot.contests[i];
        *step++ = (encryption_step){.job = job, .place = place};
        job += POWERS_OF_CONTEST;
        for (size_t j = 0; j < contest->selection_count; j++) {
            *step++ = (encryption_step){.out = &contest->selections[j],
                                        .work = &e->work.contests[i].selections[j],
                                        .job = job,
                                        .place = place++};
            job += POWERS_OF_SELECTION;
        }
    }
    *step = (encryption_step){.job = job, .place = place};
    return EG_SUCCESS;
}

eg_result eg_encryption_begin(eg_encryption **out, const eg_encrypt_input *input,
                              const eg_election *election, eg_arena *arena, eg_error *err)
{
    eg_encryption *e;
    size_t job_count;
    EG_TRY(eg_arena_new(arena, 1, sizeof *e, &e, err));
    e->election = election;
    EG_TRY(lay_out_ballot(&e->ballot, &e->work, input, election, arena, err));
    totals all = totals_of(&e->ballot, 1);
    EG_TRY(list_powers(&e->jobs, &job_count, &e->work, 1, all, election->key, arena, err));
    EG_TRY(list_steps(e, all, arena, err));
    *out = e;
    return EG_SUCCESS;
}

size_t eg_encryption_steps(const eg_encryption *e)
{
    return e->step_count;
}

/* The product of the selections from step on, up to the end of their contest or of the part; what
 * is behind them. */
static encryption_step *sum_run(encryption_step *step, const encryption_step *end)
{
    encryption_step *first = step;
    eg_modp_acc pad, data;
    eg_modp_acc_init(&pad);
    eg_modp_acc_init(&data);
    for (; step < end && step->out != NULL; step++) {
        eg_modp_acc_mul(&pad, &step->out->ciphertext.pad);
        eg_modp_acc_mul(&data, &step->out->ciphertext.data);
    }
    eg_modp *const values[] = {&first->sum.pad, &first->sum.data};
    const eg_modp_acc *const products[] = {&pad, &data};
    eg_modp_acc_values(values, products, 2);
    first->has_sum = true;
    return step;
}

void eg_encryption_compute(eg_encryption *e, size_t first, size_t count)
{
    encryption_step *begin = e->steps + first, *end = begin + count;
    eg_modp_pair *products = e->products + 2 * begin->place, *product = products;
    eg_fixed_pow_batch(e->jobs + begin->job, end->job - begin->job);
    for (encryption_step *step = begin; step < end; step++) {
        if (step->out != NULL) {
            product = list_product(product, step->out, step->work);
        }
    }
    eg_modp_mul_batch(products, (size_t)(product - products));
    for (encryption_step *step = begin; step < end; step++) {
        if (step->out != NULL) {
            assemble_selection(step->out, step->work, &e->election->context->extended_base_hash);
        }
    }
    for (encryption_step *step = begin; step < end;) {
        step = step->out == NULL ? step + 1 : sum_run(step, end);
    }
}

/* The steps of a contest, from the one behind its own on. */
static const encryption_step *sum_contest(eg_ciphertext *out, const encryption_step *step,
                                          size_t count)
{
    eg_modp_acc pad, data;
    eg_modp_acc_init(&pad);
    eg_modp_acc_init(&data);
    for (size_t i = 0; i < count; i++, step++) {
        if (step->has_sum) {
            eg_modp_acc_mul(&pad, &step->sum.pad);
            eg_modp_acc_mul(&data, &step->sum.data);
        }
    }
    eg_modp *const values[] = {&out->pad, &out->data};
    const eg_modp_acc *const products[] = {&pad, &data};
    eg_modp_acc_values(values, products, 2);
    return step;
}

eg_result eg_encryption_finish(eg_ballot *out, eg_encryption *e, eg_arena *arena, eg_error *err)
{
    const encryption_step *step = e->steps;
    for (size_t i = 0; i < e->ballot.contest_count; i++) {
        eg_ballot_contest *contest = &e->ballot.contests[i];
        step = sum_contest(&contest->accumulation, step + 1, contest->selection_count);
    }
    EG_TRY(
        close_ballot(&e->ballot, &e->work, &e->election->context->extended_base_hash, arena, err));
    *out = e->ballot;
    return EG_SUCCESS;
}
