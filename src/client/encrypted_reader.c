#include "client/encrypted_reader.h"

#include "base/hex.h"
#include "base/str_index.h"
#include "record/layout.h"
#include "wire/fields.h"
#include "wire/objects/ballot.h"
#include "wire/tree.h"

#include <stdio.h>
#include <stdlib.h>

eg_result eg_encrypted_reader_init(eg_encrypted_reader *r, eg_ballot_file *votes,
                                   const eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    *r = (eg_encrypted_reader){.votes = votes, .spec = spec, .arena = arena};
    eg_arena_init(&r->scratch, NULL);
    eg_sha256_init(&r->sum);
    return eg_pad_key_new(&r->pad_key, eg_rng_system(), err);
}

void eg_encrypted_reader_free(eg_encrypted_reader *r)
{
    eg_arena_free(&r->scratch);
    free(r->list);
    free(r->ballots);
    free(r->marks);
    free(r->owners);
}

static eg_result out_of_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
}

/* ---- faults ---- */

/* file: within a folder; else NULL. */
eg_result eg_encrypted_fault(eg_encrypted_reader *r, size_t line, const char *file,
                             const char *path, const char *reason, eg_error *err)
{
    char text[EG_ERROR_PATH_BYTES + EG_ERROR_TEXT_BYTES + 4];
    eg_str kept, kept_path = EG_STR("");
    if (r->votes->fault_count >= EG_BALLOT_FILE_FAULTS_SHOWN) {
        r->votes->fault_count++;
        return EG_SUCCESS;
    }
    (void)snprintf(text, sizeof text, "%s%s%s", file == NULL ? path : "",
                   file == NULL && path[0] != '\0' ? ": " : "", reason);
    EG_TRY(eg_arena_copy_str(r->arena, eg_str_from(text), &kept, err));
    EG_TRY(eg_arena_copy_str(r->arena, eg_str_from(path), &kept_path, err));
    eg_ballot_file_add_fault(r->votes,
                             &(eg_line_fault){.line = line,
                                              .file = file,
                                              .path = file == NULL ? NULL : kept_path.data,
                                              .reason = kept.data});
    return EG_SUCCESS;
}

static eg_result add_found(eg_encrypted_reader *r, size_t line, const char *file,
                           const eg_error *found, eg_error *err)
{
    return eg_encrypted_fault(r, line, file, found->path, found->text, err);
}

/* ---- one ballot ---- */

static eg_result check(const eg_encrypted_reader *r, const eg_ballot *ballot, eg_error *err)
{
    eg_path id = eg_path_field(NULL, "object_id");
    eg_path state = eg_path_field(NULL, "state");
    eg_path hash = eg_path_field(NULL, "manifest_hash");
    const char *fault = eg_record_id_fault(ballot->object_id);
    EG_TRY(eg_ballot_check_published(ballot, NULL, err));
    if (fault != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &id, "%s", fault);
    }
    if (ballot->state != EG_BALLOT_CAST && ballot->state != EG_BALLOT_SPOILED) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &state, "it must be 1 (cast) or 2 (spoiled)");
    }
    return eg_modq_equal(&ballot->manifest_hash, &r->spec->manifest->hash)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, &hash, "the ballot is of another election");
}

static eg_result read_ballot(eg_encrypted_reader *r, eg_ballot *out, eg_str text, eg_error *err)
{
    eg_node map;
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, &r->scratch, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_ballot_read(out, &map, NULL, &r->scratch, err));
    return check(r, out, err);
}

static eg_result grow(eg_encrypted_reader *r, eg_error *err)
{
    size_t room = r->room == 0 ? 256 : 2 * r->room;
    if (r->count < r->room) {
        return EG_SUCCESS;
    }
    eg_vote *list = realloc(r->list, room * sizeof *list);
    r->list = list != NULL ? list : r->list;
    eg_encrypted_ballot *ballots = realloc(r->ballots, room * sizeof *ballots);
    r->ballots = ballots != NULL ? ballots : r->ballots;
    if (list == NULL || ballots == NULL) {
        return out_of_memory(err);
    }
    r->room = room;
    return EG_SUCCESS;
}

static eg_result grow_marks(eg_encrypted_reader *r, size_t more, eg_error *err)
{
    size_t room = r->mark_room == 0 ? 1024 : r->mark_room;
    while (room < r->mark_count + more) {
        room *= 2;
    }
    if (room == r->mark_room) {
        return EG_SUCCESS;
    }
    eg_pad_mark *marks = realloc(r->marks, room * sizeof *marks);
    r->marks = marks != NULL ? marks : r->marks;
    size_t *owners = realloc(r->owners, room * sizeof *owners);
    r->owners = owners != NULL ? owners : r->owners;
    if (marks == NULL || owners == NULL) {
        return out_of_memory(err);
    }
    r->mark_room = room;
    return EG_SUCCESS;
}

static eg_result keep(eg_encrypted_reader *r, const eg_ballot *ballot, eg_str text, uint64_t offset,
                      size_t line, const char *file, eg_error *err)
{
    const size_t pads = eg_ballot_pad_count(ballot);
    EG_TRY(grow(r, err));
    EG_TRY(grow_marks(r, pads, err));
    eg_vote *vote = &r->list[r->count];
    eg_encrypted_ballot *b = &r->ballots[r->count];
    *vote = (eg_vote){.is_spoiled = ballot->state == EG_BALLOT_SPOILED, .line = line, .file = file};
    *b = (eg_encrypted_ballot){.offset = offset, .bytes = text.len};
    EG_TRY(eg_arena_copy_str(r->arena, ballot->object_id, &vote->ballot_id, err));
    eg_sha256_of(b->digest, text.data, text.len);
    eg_sha256_update(&r->sum, b->digest, sizeof b->digest);
    eg_ballot_pad_marks(&r->marks[r->mark_count], &r->pad_key, ballot);
    for (size_t i = 0; i < pads; i++) {
        r->owners[r->mark_count++] = r->count;
    }
    r->cast += !vote->is_spoiled;
    r->count++;
    return EG_SUCCESS;
}

eg_result eg_encrypted_take(eg_encrypted_reader *r, eg_str text, uint64_t offset, size_t line,
                            const char *file, eg_error *err)
{
    eg_ballot ballot;
    eg_error found = {.code = EG_OK};
    eg_result result = read_ballot(r, &ballot, text, &found);
    if (!eg_failed(result)) {
        result = keep(r, &ballot, text, offset, line, file, err);
    } else if (eg_is_input_fault(result)) {
        result = add_found(r, line, file, &found, err);
    } else {
        *err = found;
    }
    eg_arena_reset(&r->scratch);
    return result;
}

/* ---- beside each other ---- */

static void place_of(char *out, size_t size, const eg_vote *vote)
{
    if (vote->file == NULL) {
        (void)snprintf(out, size, "in line %zu", vote->line);
    } else {
        (void)snprintf(out, size, "number %zu of the folder", vote->line);
    }
}

static eg_result name_repeated(eg_encrypted_reader *r, eg_error *err)
{
    eg_str_index ids;
    if (r->count == 0) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_str_index_init(&ids, &r->list[0].ballot_id, sizeof *r->list, r->count, &r->scratch,
                             err));
    for (size_t i = 0; i < r->count; i++) {
        if (eg_str_index_is_repetition(&ids, r->list[i].ballot_id, i)) {
            EG_TRY(eg_encrypted_fault(r, r->list[i].line, r->list[i].file, "object_id",
                                      "an earlier ballot has the same id", err));
        }
    }
    return EG_SUCCESS;
}

/* A copied ballot passes every proof, and shows its original's vote in the result
 * (docs/decisions/0021-copied-ballots.md). */
static eg_result name_copies(eg_encrypted_reader *r, eg_error *err)
{
    eg_pad_set set;
    size_t told = SIZE_MAX;
    EG_TRY(eg_pad_set_init(&set, r->mark_count, &r->scratch, err));
    for (size_t i = 0; i < r->mark_count; i++) {
        size_t owner = r->owners[i];
        char place[64], reason[160];
        if (eg_pad_set_add(&set, &r->marks[i], &owner) || told == r->owners[i]) {
            continue;
        }
        told = r->owners[i];
        place_of(place, sizeof place, &r->list[owner]);
        (void)snprintf(reason, sizeof reason,
                       "it has a ciphertext of the ballot %s: one of the two is a copy", place);
        EG_TRY(eg_encrypted_fault(r, r->list[told].line, r->list[told].file, "", reason, err));
    }
    return EG_SUCCESS;
}

eg_result eg_encrypted_judge(eg_encrypted_reader *r, eg_error *err)
{
    if (r->count > EG_BALLOT_FILE_BALLOTS_MAX) {
        return eg_encrypted_fault(r, 1, NULL, "", "there are more than 10000000 ballots", err);
    }
    EG_TRY(name_repeated(r, err));
    EG_TRY(name_copies(r, err));
    eg_arena_reset(&r->scratch);
    return r->cast == 0 && r->votes->fault_count == 0
               ? eg_encrypted_fault(r, 1, NULL, "",
                                    "one ballot at least must be cast, and not spoiled", err)
               : EG_SUCCESS;
}

eg_result eg_encrypted_hand_over(eg_encrypted_reader *r, const eg_encrypted_ballot **out,
                                 eg_str *identity, eg_error *err)
{
    uint8_t digest[EG_SHA256_BYTES];
    char hex[2 * EG_SHA256_BYTES];
    eg_encrypted_ballot *ballots = NULL;
    EG_TRY(eg_arena_new(r->arena, r->count, sizeof *r->list, &r->votes->votes, err));
    EG_TRY(eg_arena_new(r->arena, r->count, sizeof *ballots, &ballots, err));
    if (r->count > 0) {
        memcpy(r->votes->votes, r->list, r->count * sizeof *r->list);
        memcpy(ballots, r->ballots, r->count * sizeof *ballots);
    }
    r->votes->count = r->count;
    *out = ballots;
    eg_sha256_final(digest, &r->sum);
    eg_hex_encode_lower(hex, digest, sizeof digest);
    return eg_arena_copy_str(r->arena, (eg_str){hex, sizeof hex}, identity, err);
}
