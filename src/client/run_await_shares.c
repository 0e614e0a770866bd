/* Guardians' shares as their files come in: each is verified, kept, and what they add up to decides
 * who is present and who is missing.
 *
 * A record tells for each guardian either a share of its own, or parts of it by everybody who is
 * present (docs/record.md). So those are present whose own share is there, and whose part is there
 * for everybody who is not; they must be a quorum. */
#include "client/election_run_parts.h"
#include "client/run_folder_names.h"
#include "client/share_file.h"
#include "wire/fields.h"

#include <stdio.h>

typedef struct shares {
    eg_run_state *s;
    const eg_guardian_folder *folder;
    size_t count;           /* guardians */
    eg_awaited_file *own;   /* of each */
    eg_awaited_file *parts; /* for guardian m by guardian b: [m * count + b] */
    bool *is_declared;      /* missing, by the run's user */
    bool *is_present;       /* as settled */
    eg_target tally;
    eg_target *ballots; /* as s->target.spoiled has them */
} shares;

static const eg_guardian_public *guardian(const shares *g, size_t i)
{
    return &g->s->election.file.guardians[i];
}

/* ---- one file ---- */

/* missing NULL: its own. */
static eg_result take(const shares *g, const eg_node *map, const eg_path *at, size_t by,
                      const size_t *missing, eg_run_name name, eg_arena *arena, eg_error *err)
{
    const eg_share_targets targets = {&g->s->opener, &g->tally, g->ballots, &g->s->target.spoiled};
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_result result =
        eg_share_file_take(&text, &targets, map, at, guardian(g, by),
                           missing == NULL ? NULL : guardian(g, *missing), arena, err);
    result = eg_failed(result)
                 ? result
                 : eg_run_folder_write(g->s->run->folder, name.text, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}

static eg_result take_own(void *context, size_t which, const eg_node *map, const eg_path *at,
                          eg_arena *arena, eg_error *err)
{
    return take(context, map, at, which, NULL, eg_run_share(which), arena, err);
}

static eg_result take_part(void *context, size_t which, const eg_node *map, const eg_path *at,
                           eg_arena *arena, eg_error *err)
{
    const shares *g = context;
    const size_t missing = which / g->count, by = which % g->count;
    return take(g, map, at, by, &missing, eg_run_compensated(missing, by), arena, err);
}

/* ---- all of them ---- */

static eg_result begin(shares *g, eg_error *err)
{
    eg_run_state *s = g->s;
    eg_arena *arena = &s->keep;
    eg_tally_read_result read;
    EG_TRY(eg_arena_new(arena, g->count, sizeof *g->own, &g->own, err));
    EG_TRY(eg_arena_new(arena, g->count * g->count, sizeof *g->parts, &g->parts, err));
    EG_TRY(eg_arena_new(arena, g->count, sizeof *g->is_declared, &g->is_declared, err));
    EG_TRY(eg_arena_new(arena, g->count, sizeof *g->is_present, &g->is_present, err));
    EG_TRY(eg_arena_new(arena, s->target.spoiled.count, sizeof *g->ballots, &g->ballots, err));
    EG_TRY(eg_run_read_tally(s, &read, &g->tally, err));
    for (size_t i = 0; i < s->target.spoiled.count; i++) {
        EG_TRY(eg_run_read_spoiled(s, i, &g->ballots[i], arena, err));
    }
    for (size_t i = 0; i < g->count; i++) {
        g->own[i].name = eg_share_file_of(i + 1);
        g->own[i].max_bytes = EG_SHARE_BYTES_MAX;
        g->own[i].is_taken = eg_run_folder_has(s->run->folder, eg_run_share(i).text);
        for (size_t b = 0; b < g->count; b++) {
            eg_awaited_file *part = &g->parts[i * g->count + b];
            part->name = eg_compensation_file_of(i + 1, b + 1);
            part->max_bytes = EG_SHARE_BYTES_MAX;
            part->is_taken = eg_run_folder_has(s->run->folder, eg_run_compensated(i, b).text);
        }
        for (size_t k = 0; k < g->folder->missing_count; k++) {
            g->is_declared[i] =
                g->is_declared[i] ||
                eg_str_equal(guardian(g, i)->owner_id, eg_str_from(g->folder->missing_ids[k]));
        }
    }
    return EG_SUCCESS;
}

static eg_result look_at_all(shares *g, size_t *taken, eg_error *err)
{
    size_t before = *taken;
    *taken = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (!g->is_declared[i]) {
            EG_TRY(eg_awaited_look(&g->own[i], g->folder, i, take_own, g, err));
        }
        *taken += g->own[i].is_taken && !g->is_declared[i];
    }
    for (size_t k = 0; k < g->count * g->count; k++) {
        const size_t m = k / g->count, b = k % g->count;
        if (m != b && !g->is_declared[b]) {
            EG_TRY(eg_awaited_look(&g->parts[k], g->folder, k, take_part, g, err));
        }
    }
    eg_progress_add(g->s->progress, *taken > before ? *taken - before : 0);
    return EG_SUCCESS;
}

/* ---- who is present ---- */

static size_t parts_lacking(const shares *g, size_t by)
{
    size_t lacking = 0;
    for (size_t m = 0; m < g->count; m++) {
        lacking += !g->is_present[m] && !g->parts[m * g->count + by].is_taken;
    }
    return lacking;
}

/* Everybody whose own share is there; how many. */
static size_t begin_present(const shares *g)
{
    size_t present = 0;
    for (size_t i = 0; i < g->count; i++) {
        g->is_present[i] = g->own[i].is_taken && !g->is_declared[i];
        present += g->is_present[i];
    }
    return present;
}

/* Who lacks the most of those who are present; count where nobody lacks any. */
static size_t most_lacking(const shares *g)
{
    size_t worst = g->count, most = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (g->is_present[i] && parts_lacking(g, i) >= most && parts_lacking(g, i) > 0) {
            worst = i;
            most = parts_lacking(g, i);
        }
    }
    return worst;
}

/* Whoever has not made all the parts counts as missing too, while a quorum of others is left:
 * others' parts may be there for it. is_over: nobody is waited for any longer. */
static bool settle(const shares *g, bool is_over)
{
    size_t present = begin_present(g), declared = 0;
    for (size_t i = 0; i < g->count; i++) {
        declared += g->is_declared[i];
    }
    if (present + declared < g->count && !is_over) {
        return false;
    }
    for (;;) {
        const size_t worst = most_lacking(g);
        if (worst == g->count) {
            return present >= g->s->spec->quorum;
        }
        if (!is_over) {
            return false;
        }
        g->is_present[worst] = false;
        present--;
    }
}

static eg_result say_awaited(const shares *g, eg_error *err)
{
    eg_awaited_list *list = g->folder->awaited;
    const size_t quorum = g->s->spec->quorum;
    (void)begin_present(g);
    for (size_t m = 0; m < g->count; m++) {
        eg_str id = guardian(g, m)->owner_id;
        if (g->is_present[m]) {
            continue;
        }
        if (!g->is_declared[m]) {
            eg_awaited_add(list, &g->own[m],
                           "the share of guardian %zu (%.*s), which nobody else can make", m + 1,
                           (int)(id.len < 40 ? id.len : 40), id.data);
        }
        for (size_t b = 0; b < g->count; b++) {
            const eg_awaited_file *part = &g->parts[m * g->count + b];
            if (g->is_present[b] && !part->is_taken) {
                eg_awaited_add(
                    list, part,
                    "instead of share-%zu.json: guardian %zu's part, as of everybody who "
                    "is present, %zu at least",
                    m + 1, b + 1, quorum);
            }
        }
    }
    return eg_awaited_fail(g->folder, err);
}

static void tell_awaited(const shares *g)
{
    for (size_t i = 0; i < g->count; i++) {
        if (!g->own[i].is_taken && !g->is_declared[i]) {
            eg_progress_note(g->folder->progress,
                             "%s is awaited, or parts of it by the others (share-%zu-by-...)",
                             g->own[i].name.text, i + 1);
        } else if (g->is_declared[i]) {
            eg_progress_note(g->folder->progress, "share-%zu-by-... are awaited of all others",
                             i + 1);
        }
    }
}

static eg_result gather(shares *g, eg_error *err)
{
    const eg_awaited_time time = eg_awaited_begin();
    size_t taken = 0;
    bool is_told = false;
    eg_progress_step(g->s->progress, "shares", g->count - g->folder->missing_count);
    for (;;) {
        EG_TRY(look_at_all(g, &taken, err));
        const bool is_over = eg_awaited_is_over(&time, g->folder);
        if (settle(g, is_over)) {
            return EG_SUCCESS;
        }
        if (is_over) {
            return say_awaited(g, err);
        }
        if (!is_told) {
            tell_awaited(g);
            is_told = true;
        }
        EG_TRY(eg_awaited_pause(g->folder, err));
    }
}

/* ---- from then on ---- */

static eg_result write_present(const shares *g, eg_error *err)
{
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_write_key(&w, "present");
    eg_write_array(&w, g->count);
    for (size_t i = 0; i < g->count; i++) {
        if (g->is_present[i]) {
            eg_write_int(&w, (int64_t)i + 1);
        }
    }
    eg_write_end(&w);
    eg_write_end(&w);
    eg_result result = eg_buf_check(&text, err);
    result = eg_failed(result)
                 ? result
                 : eg_run_folder_write(g->s->run->folder, EG_RUN_PRESENT, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}

static eg_result read_present(const shares *g, bool *found, eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_RUN_PRESENT);
    eg_path list_at = eg_path_field(&at, "present");
    const eg_node *list;
    eg_node map;
    eg_str text;
    EG_TRY(eg_run_folder_read(g->s->run->folder, EG_RUN_PRESENT, EG_RUN_FILE_BYTES_MAX, &text,
                              found, &g->s->keep, err));
    if (!*found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, &g->s->keep, &at, err));
    EG_TRY(eg_need_map(&map, &at, err));
    EG_TRY(eg_field(&list, &map, &at, "present", err));
    EG_TRY(eg_need_array(list, &list_at, g->count, err));
    for (size_t i = 0; i < list->as.array.count; i++) {
        const eg_node *order = &list->as.array.items[i];
        bool good = order->kind == EG_INT && order->as.integer >= 1 &&
                    (uint64_t)order->as.integer <= g->count;
        if (!good) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &list_at, "they must be guardians' orders");
        }
        g->is_present[order->as.integer - 1] = true;
    }
    return EG_SUCCESS;
}

static eg_result load(const shares *g, eg_run_name name, eg_str *out, eg_error *err)
{
    return eg_run_folder_need(g->s->run->folder, name.text, EG_RUN_FILE_BYTES_MAX, out, &g->s->keep,
                              err);
}

/* places: those who are present, then those who are missing. */
static eg_result load_shares(const shares *g, const size_t places[], size_t present, eg_error *err)
{
    eg_run_state *s = g->s;
    const size_t missing = g->count - present;
    EG_TRY(eg_arena_new(&s->keep, present, sizeof *s->shares, &s->shares, err));
    EG_TRY(eg_arena_new(&s->keep, present * missing, sizeof *s->compensated, &s->compensated, err));
    for (size_t i = 0; i < present; i++) {
        EG_TRY(load(g, eg_run_share(places[i]), &s->shares[i], err));
        for (size_t m = 0; m < missing; m++) {
            EG_TRY(load(g, eg_run_compensated(places[present + m], places[i]),
                        &s->compensated[m * present + i], err));
        }
    }
    return EG_SUCCESS;
}

/* In requests and in the record those who are present come first. */
static eg_result seat(const shares *g, eg_error *err)
{
    eg_run_state *s = g->s;
    eg_ceremony *c = &s->remote.ceremony;
    size_t places[EG_GUARDIANS_MAX], present = 0, seated = 0;
    eg_str *ids = NULL, *records = NULL;
    for (int turn = 1; turn >= 0; turn--) {
        for (size_t i = 0; i < g->count; i++) {
            if (g->is_present[i] == (turn == 1)) {
                places[seated++] = i;
            }
        }
        present = turn == 1 ? seated : present;
    }
    EG_TRY(eg_arena_new(&s->keep, g->count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(&s->keep, g->count, sizeof *records, &records, err));
    for (size_t i = 0; i < g->count; i++) {
        ids[i] = c->ids[places[i]];
        records[i] = c->records[places[i]];
    }
    c->ids = ids;
    c->records = records;
    s->here.missing = (uint32_t)(g->count - present);
    EG_TRY(eg_opener_seat(&s->opener, places, &s->keep, err));
    return load_shares(g, places, present, err);
}

eg_result eg_run_await_shares(eg_run_state *s, eg_error *err)
{
    shares g = {.s = s, .folder = s->run->guardians, .count = s->spec->guardians};
    bool found;
    EG_TRY(begin(&g, err));
    EG_TRY(read_present(&g, &found, err));
    if (!found) {
        EG_TRY(gather(&g, err));
        EG_TRY(write_present(&g, err));
    }
    return seat(&g, err);
}
