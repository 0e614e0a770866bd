#include "api/ballot/general_ballot.h"

#include "api/ballot/ballot_answer.h"
#include "api/frame/intake.h"
#include "wire/objects/plain_ballot.h"

/* ---- what is there ---- */

static eg_result refuse_names(const eg_node *fields, eg_error *err)
{
    static const char *const names[] = {"candidate_names_to_vote", "candidate_name"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (eg_map_find(fields, names[i]) != NULL) {
            eg_path path = eg_path_field(NULL, names[i]);
            return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                           "'%s' is of elections from names; with 'manifest' a ballot is a "
                           "PlaintextBallot in 'ballot' or 'ballots'",
                           names[i]);
        }
    }
    return EG_SUCCESS;
}

static eg_result refuse_beside_chunk(const eg_node *fields, eg_error *err)
{
    static const char *const names[] = {"ballot", "ballot_id", "ballot_status"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (eg_map_find(fields, names[i]) != NULL) {
            eg_path path = eg_path_field(NULL, names[i]);
            return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                           "'%s' belongs in the entries of 'ballots', not beside them", names[i]);
        }
    }
    return EG_SUCCESS;
}

/* Few enough ballots for a unit to stay within milliseconds. */
static size_t ballots_per_check(const eg_manifest *manifest)
{
    enum { SELECTIONS = 2048 };
    size_t most = 1;
    for (size_t i = 0; i < manifest->contest_count; i++) {
        most += manifest->contests[i].selection_count;
    }
    return SELECTIONS / most + 1;
}

static eg_result list_entries(eg_general_ballots *out, const eg_node *items, size_t count,
                              eg_arena *arena, eg_error *err)
{
    out->count = count;
    EG_TRY(eg_arena_new(arena, count, sizeof *out->entries, &out->entries, err));
    for (size_t i = 0; i < count; i++) {
        out->entries[i].node = &items[i];
    }
    return EG_SUCCESS;
}

static eg_result read_chunk(eg_general_ballots *out, const eg_node *ballots, eg_arena *arena,
                            eg_error *err)
{
    eg_path path = eg_path_field(NULL, "ballots");
    EG_TRY(refuse_beside_chunk(out->fields, err));
    EG_TRY(eg_need_array(ballots, &path, EG_BALLOTS_MAX, err));
    if (ballots->as.array.count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'ballots' must not be empty");
    }
    out->chunk = true;
    EG_TRY(list_entries(out, ballots->as.array.items, ballots->as.array.count, arena, err));
    return eg_arena_new(arena, eg_general_check_units(out), sizeof *out->found, &out->found, err);
}

eg_result eg_general_read(eg_general_ballots *out, const eg_node *fields,
                          const eg_manifest *manifest, eg_arena *arena, eg_error *err)
{
    const eg_node *ballots = eg_map_find(fields, "ballots"), *ballot;
    *out = (eg_general_ballots){.fields = fields, .per_check = ballots_per_check(manifest)};
    EG_TRY(refuse_names(fields, err));
    EG_TRY(eg_manifest_index_init(&out->index, manifest, arena, err));
    if (ballots != NULL) {
        return read_chunk(out, ballots, arena, err);
    }
    EG_TRY(eg_field(&ballot, fields, NULL, "ballot", err));
    return list_entries(out, ballot, 1, arena, err);
}

/* ---- one of them ---- */

/* An entry as it was opened. In place for good: its paths point at each other. */
typedef struct opened {
    eg_node ballot;
    eg_node around;       /* the map in which the ballot is a member, or EG_NULL */
    eg_path steps[3];     /* to the ballot */
    const eg_path *path;  /* the ballot's */
    const eg_path *outer; /* that map's; NULL at the top */
} opened;

static eg_result open_map(eg_node *out, const eg_node *node, const eg_path *path, eg_arena *arena,
                          eg_error *err)
{
    EG_TRY(eg_artifact_open(out, NULL, node, path, arena, err));
    return eg_need_map(out, path, err);
}

/* In a chunk: the ballot itself, or a map with it in `ballot`. */
static eg_result open_in_chunk(opened *o, const eg_general_ballots *g, size_t i, eg_arena *arena,
                               eg_error *err)
{
    o->steps[0] = eg_path_field(NULL, "ballots");
    o->steps[1] = eg_path_index(&o->steps[0], i);
    o->path = &o->steps[1];
    EG_TRY(open_map(&o->ballot, g->entries[i].node, o->path, arena, err));
    const eg_node *inner = eg_map_find(&o->ballot, "ballot");
    if (inner == NULL) {
        return EG_SUCCESS;
    }
    o->around = o->ballot;
    o->outer = o->path;
    o->steps[2] = eg_path_field(o->outer, "ballot");
    o->path = &o->steps[2];
    return open_map(&o->ballot, inner, o->path, arena, err);
}

static eg_result open_entry(opened *o, const eg_general_ballots *g, size_t i, eg_arena *arena,
                            eg_error *err)
{
    *o = (opened){.around = {.kind = EG_NULL}};
    if (g->chunk) {
        return open_in_chunk(o, g, i, arena, err);
    }
    o->around = *g->fields;
    o->steps[0] = eg_path_field(NULL, "ballot");
    o->path = &o->steps[0];
    return open_map(&o->ballot, g->entries[i].node, o->path, arena, err);
}

/* Beside the ballot or within it. */
static eg_result read_status(bool *audited, const opened *o, eg_error *err)
{
    bool within;
    const char *name = "ballot_status";
    EG_TRY(eg_ballot_status_read(&within, &o->ballot, o->path, err));
    *audited = within;
    if (o->around.kind != EG_MAP || eg_map_find(&o->around, name) == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_ballot_status_read(audited, &o->around, o->outer, err));
    if (eg_map_find(&o->ballot, name) != NULL && within != *audited) {
        eg_path path = eg_path_field(o->path, name);
        return EG_FAIL(err, EG_E_DUPLICATE, &path,
                       "'ballot_status' is given twice, beside the ballot and in it");
    }
    return EG_SUCCESS;
}

static eg_result check_id(const opened *o, eg_str id, eg_error *err)
{
    eg_str given;
    if (o->around.kind != EG_MAP || eg_map_find(&o->around, "ballot_id") == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_read_str(&o->around, o->outer, "ballot_id", 1, EG_NAME_BYTES_MAX, &given, err));
    if (!eg_str_equal(given, id)) {
        eg_path path = eg_path_field(o->outer, "ballot_id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'ballot_id' is not the id of the ballot");
    }
    return EG_SUCCESS;
}

static eg_result copy_id(eg_str *out, eg_str id, const eg_call *call, eg_error *err)
{
    char *copy;
    EG_TRY(eg_call_new(call, id.len, 1, &copy, err));
    memcpy(copy, id.data, id.len);
    *out = (eg_str){copy, id.len};
    return EG_SUCCESS;
}

eg_result eg_general_check(eg_general_ballots *g, size_t i, const eg_call *call, eg_arena *scratch,
                           eg_error *err)
{
    opened o;
    eg_plain_ballot ballot = {.contest_count = 0}, filled = {.contest_count = 0};
    eg_general_entry *entry = &g->entries[i];
    EG_TRY(open_entry(&o, g, i, scratch, err));
    EG_TRY(eg_plain_ballot_read(&ballot, &o.ballot, o.path, scratch, err));
    EG_TRY(check_id(&o, ballot.object_id, err));
    EG_TRY(read_status(&entry->audited, &o, err));
    EG_TRY(eg_plain_ballot_fill(&filled, &ballot, &g->index, scratch, o.path, err));
    EG_TRY(eg_plain_ballot_judge(&filled, &ballot, &g->index, scratch, o.path, err));
    entry->style = eg_manifest_style(g->index.manifest, ballot.style_id);
    return copy_id(&entry->ballot_id, ballot.object_id, call, err);
}

eg_result eg_general_plain(eg_plain_ballot *out, const eg_general_ballots *g, size_t i,
                           eg_arena *arena, eg_error *err)
{
    opened o;
    eg_plain_ballot ballot = {.contest_count = 0};
    EG_TRY(open_entry(&o, g, i, arena, err));
    EG_TRY(eg_plain_ballot_read(&ballot, &o.ballot, o.path, arena, err));
    return eg_plain_ballot_fill(out, &ballot, &g->index, arena, o.path, err);
}

/* ---- chunks ---- */

size_t eg_general_check_units(const eg_general_ballots *g)
{
    return (g->count + g->per_check - 1) / g->per_check;
}

static eg_result keep(eg_general_ballots *g, size_t unit, const eg_error *found,
                      const eg_call *call, eg_error *err)
{
    if (g->found[unit] == NULL) {
        EG_TRY(eg_call_new(call, 1, sizeof *g->found[unit], &g->found[unit], err));
    }
    eg_chunk_errors *errors = g->found[unit];
    if (errors->count < EG_CHUNK_ERRORS_MAX) {
        errors->list[errors->count++] = *found;
    }
    return EG_SUCCESS;
}

eg_result eg_general_check_unit(eg_general_ballots *g, size_t unit, const eg_call *call,
                                eg_arena *scratch, eg_error *err)
{
    size_t first = unit * g->per_check, end = first + g->per_check;
    for (size_t i = first; i < end && i < g->count; i++) {
        eg_error found = {.code = EG_OK};
        eg_result r = eg_general_check(g, i, call, scratch, &found);
        eg_arena_reset(scratch);
        g->entries[i].failed = eg_failed(r);
        if (eg_failed(r) && !eg_is_input_fault(r)) {
            *err = found;
            return r;
        }
        if (eg_failed(r)) {
            EG_TRY(keep(g, unit, &found, call, err));
        }
    }
    return EG_SUCCESS;
}

/* Ids of the entries that could be read; empty where not: those have failed already. */
static eg_result index_ids(eg_str_index *out, const eg_general_ballots *g, eg_arena *arena,
                           eg_error *err)
{
    eg_str *ids;
    EG_TRY(eg_arena_new(arena, g->count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < g->count; i++) {
        ids[i] = g->entries[i].failed ? EG_STR("") : g->entries[i].ballot_id;
    }
    return eg_str_index_init(out, ids, sizeof *ids, g->count, arena, err);
}

static eg_error repeated_id(size_t i)
{
    eg_error error;
    eg_path list = eg_path_field(NULL, "ballots");
    eg_path at = eg_path_index(&list, i);
    eg_path path = eg_path_field(&at, "object_id");
    (void)EG_FAIL(&error, EG_E_DUPLICATE, &path, "'object_id' was used by an earlier entry");
    return error;
}

eg_result eg_general_settle(const eg_general_ballots *g, eg_chunk_errors *errors, eg_arena *arena,
                            eg_error *err)
{
    eg_str_index ids;
    size_t taken = 0; /* of the unit's errors */
    EG_TRY(index_ids(&ids, g, arena, err));
    for (size_t i = 0; i < g->count && errors->count < EG_CHUNK_ERRORS_MAX; i++) {
        const eg_general_entry *entry = &g->entries[i];
        taken = i % g->per_check == 0 ? 0 : taken;
        if (entry->failed) {
            errors->list[errors->count++] = g->found[i / g->per_check]->list[taken++];
        } else if (eg_str_index_is_repetition(&ids, entry->ballot_id, i)) {
            errors->list[errors->count++] = repeated_id(i);
        }
    }
    if (errors->count > 0) {
        *err = errors->list[0];
        return (eg_result){err->code};
    }
    return EG_SUCCESS;
}
