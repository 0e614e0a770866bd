#include "client/encrypted_file.h"

#include "base/hex.h"
#include "base/sort.h"
#include "base/str_index.h"
#include "client/run_folder.h"
#include "record/layout.h"
#include "wire/fields.h"
#include "wire/objects/ballot.h"
#include "wire/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lists that grow while ballots are read; copied to the arena, or given up, at the end. */
typedef struct reader {
    eg_ballot_file *votes;
    const eg_election_spec *spec;
    eg_arena *arena;
    eg_arena scratch; /* of one ballot */
    eg_sha256 sum;    /* of all digests */
    eg_vote *list;
    eg_encrypted_ballot *ballots;
    size_t count, room;
    eg_pad_key pad_key;
    eg_pad_mark *marks; /* of all pads */
    size_t *owners;     /* the ballot of each */
    size_t mark_count, mark_room;
    size_t cast;
} reader;

static eg_result out_of_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
}

/* ---- faults ---- */

/* file: within a folder; else NULL. */
static eg_result add_fault(reader *r, size_t line, const char *file, const char *path,
                           const char *reason, eg_error *err)
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

static eg_result add_found(reader *r, size_t line, const char *file, const eg_error *found,
                           eg_error *err)
{
    return add_fault(r, line, file, found->path, found->text, err);
}

/* ---- one ballot ---- */

static eg_result refuse_nonce(const eg_path *up, eg_error *err)
{
    eg_path path = eg_path_field(up, "nonce");
    return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                   "it must be null: whoever has it can read the vote, so that this ballot must "
                   "not be cast");
}

static eg_result check_nonces(const eg_ballot *ballot, eg_error *err)
{
    eg_path contests = eg_path_field(NULL, "contests");
    if (ballot->nonce.present) {
        return refuse_nonce(NULL, err);
    }
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        eg_path at = eg_path_index(&contests, c);
        eg_path selections = eg_path_field(&at, "ballot_selections");
        if (contest->nonce.present) {
            return refuse_nonce(&at, err);
        }
        for (size_t s = 0; s < contest->selection_count; s++) {
            if (contest->selections[s].nonce.present) {
                eg_path each = eg_path_index(&selections, s);
                return refuse_nonce(&each, err);
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result check(const reader *r, const eg_ballot *ballot, eg_error *err)
{
    eg_path id = eg_path_field(NULL, "object_id");
    eg_path state = eg_path_field(NULL, "state");
    eg_path hash = eg_path_field(NULL, "manifest_hash");
    const char *fault = eg_record_id_fault(ballot->object_id);
    EG_TRY(check_nonces(ballot, err));
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

static eg_result read_ballot(reader *r, eg_ballot *out, eg_str text, eg_error *err)
{
    eg_node map;
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, &r->scratch, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_ballot_read(out, &map, NULL, &r->scratch, err));
    return check(r, out, err);
}

static eg_result grow(reader *r, eg_error *err)
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

static eg_result grow_marks(reader *r, size_t more, eg_error *err)
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

static eg_result keep(reader *r, const eg_ballot *ballot, eg_str text, uint64_t offset, size_t line,
                      const char *file, eg_error *err)
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

static eg_result take(reader *r, eg_str text, uint64_t offset, size_t line, const char *file,
                      eg_error *err)
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

/* ---- a file of lines ---- */

static bool is_blank(eg_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r') {
            return false;
        }
    }
    return true;
}

/* A window on the file: `held` bytes from `offset` on are in it. */
typedef struct window {
    int file;
    char *bytes;
    size_t held;
    uint64_t offset;
    bool at_end;
} window;

enum { WINDOW_BYTES = EG_ENCRYPTED_BALLOT_BYTES_MAX + 2 }; /* a ballot and its line's end */

static eg_result fill(window *w, const eg_path *at, eg_error *err)
{
    while (w->held < WINDOW_BYTES && !w->at_end) {
        ssize_t got = read(w->file, w->bytes + w->held, WINDOW_BYTES - w->held);
        if (got < 0 && errno != EINTR) {
            return EG_FAIL(err, EG_E_UNAVAILABLE, at, "it cannot be read: %s", strerror(errno));
        }
        w->at_end = got == 0;
        w->held += got > 0 ? (size_t)got : 0;
    }
    return EG_SUCCESS;
}

static void drop(window *w, size_t bytes)
{
    memmove(w->bytes, w->bytes + bytes, w->held - bytes);
    w->held -= bytes;
    w->offset += bytes;
}

/* All lines of the window that end in it. *used: bytes of them. *too_long: not even one does. */
static eg_result take_lines(reader *r, const window *w, size_t *line, size_t *used, bool *too_long,
                            eg_error *err)
{
    *used = 0;
    while (*used < w->held && r->count <= EG_BALLOT_FILE_BALLOTS_MAX) {
        const char *from = w->bytes + *used;
        const char *end = memchr(from, '\n', w->held - *used);
        if (end == NULL && !w->at_end) {
            break;
        }
        const size_t length = end == NULL ? w->held - *used : (size_t)(end - from);
        const eg_str text = {from, length};
        ++*line;
        if (!is_blank(text)) {
            EG_TRY(take(r, text, w->offset + *used, *line, NULL, err));
        }
        *used += length + (end != NULL);
    }
    *too_long = *used == 0 && w->held == WINDOW_BYTES;
    return EG_SUCCESS;
}

static eg_result read_lines(reader *r, window *w, const eg_path *at, eg_error *err)
{
    size_t line = 0, used = 0;
    bool too_long = false;
    do {
        EG_TRY(fill(w, at, err));
        EG_TRY(take_lines(r, w, &line, &used, &too_long, err));
        if (too_long) {
            return add_fault(r, line + 1, NULL, "", "the line is longer than 4 MiB", err);
        }
        drop(w, used);
    } while (w->held > 0 && r->count <= EG_BALLOT_FILE_BALLOTS_MAX);
    return EG_SUCCESS;
}

static eg_result read_file(reader *r, const char *path, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    struct stat about;
    window w = {.file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (w.file < 0 || fstat(w.file, &about) != 0) {
        eg_result refused =
            EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be opened: %s", strerror(errno));
        if (w.file >= 0) {
            (void)close(w.file);
        }
        return refused;
    }
    w.bytes = malloc(WINDOW_BYTES);
    eg_result result = !S_ISREG(about.st_mode)
                           ? EG_FAIL(err, EG_E_BAD_TYPE, &at, "it must be a file")
                       : w.bytes == NULL ? out_of_memory(err)
                                         : read_lines(r, &w, &at, err);
    free(w.bytes);
    (void)close(w.file);
    return result;
}

/* ---- a folder ---- */

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool has_json_name(const char *name)
{
    const size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* A file that cannot be read is a fault of the folder. */
static eg_result take_entry(reader *r, const char *folder, const char *name, size_t number,
                            eg_error *err)
{
    char path[PATH_MAX];
    eg_arena content;
    eg_error found = {.code = EG_OK};
    eg_str kept, text;
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    EG_TRY(eg_arena_copy_str(r->arena, eg_str_from(name), &kept, err));
    if (!has_json_name(name) || n < 0 || n >= PATH_MAX) {
        return add_fault(r, number, kept.data, "", "it is no file of a ballot: NAME.json", err);
    }
    eg_arena_init(&content, NULL);
    eg_result result = eg_file_read(path, EG_ENCRYPTED_BALLOT_BYTES_MAX, &text, &content, &found);
    result = eg_failed(result) ? add_fault(r, number, kept.data, "", found.text, err)
                               : take(r, text, 0, number, kept.data, err);
    eg_arena_free(&content);
    return result;
}

static eg_result read_folder(reader *r, const char *path, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    struct dirent **entries = NULL;
    eg_result result = EG_SUCCESS;
    int count = scandir(path, &entries, is_entry, alphasort);
    if (count < 0) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (!eg_failed(result) && r->count <= EG_BALLOT_FILE_BALLOTS_MAX) {
            result = take_entry(r, path, entries[i]->d_name, (size_t)i + 1, err);
        }
        free(entries[i]);
    }
    free(entries);
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

static eg_result name_repeated(reader *r, eg_error *err)
{
    eg_str_index ids;
    if (r->count == 0) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_str_index_init(&ids, &r->list[0].ballot_id, sizeof *r->list, r->count, &r->scratch,
                             err));
    for (size_t i = 0; i < r->count; i++) {
        if (eg_str_index_is_repetition(&ids, r->list[i].ballot_id, i)) {
            EG_TRY(add_fault(r, r->list[i].line, r->list[i].file, "object_id",
                             "an earlier ballot has the same id", err));
        }
    }
    return EG_SUCCESS;
}

/* A copied ballot passes every proof, and shows its original's vote in the result
 * (docs/decisions/0021-copied-ballots.md). */
static eg_result name_copies(reader *r, eg_error *err)
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
        EG_TRY(add_fault(r, r->list[told].line, r->list[told].file, "", reason, err));
    }
    return EG_SUCCESS;
}

static eg_result judge_all(reader *r, eg_error *err)
{
    if (r->count > EG_BALLOT_FILE_BALLOTS_MAX) {
        return add_fault(r, 1, NULL, "", "there are more than 10000000 ballots", err);
    }
    EG_TRY(name_repeated(r, err));
    EG_TRY(name_copies(r, err));
    eg_arena_reset(&r->scratch);
    return r->cast == 0 && r->votes->fault_count == 0
               ? add_fault(r, 1, NULL, "", "one ballot at least must be cast, and not spoiled", err)
               : EG_SUCCESS;
}

/* ---- all of it ---- */

static eg_result hand_over(reader *r, eg_encrypted_file *out, eg_str *identity, eg_error *err)
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
    out->ballots = ballots;
    eg_sha256_final(digest, &r->sum);
    eg_hex_encode_lower(hex, digest, sizeof digest);
    return eg_arena_copy_str(r->arena, (eg_str){hex, sizeof hex}, identity, err);
}

eg_result eg_encrypted_file_read(eg_encrypted_file *out, eg_ballot_file *votes, eg_str *identity,
                                 const char *path, const eg_election_spec *spec, eg_arena *arena,
                                 eg_error *err)
{
    reader r = {.votes = votes, .spec = spec, .arena = arena};
    struct stat about;
    *out = (eg_encrypted_file){.path = path,
                               .is_folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode)};
    eg_arena_init(&r.scratch, NULL);
    eg_sha256_init(&r.sum);
    eg_result result = eg_pad_key_new(&r.pad_key, eg_rng_system(), err);
    if (!eg_failed(result)) {
        result = out->is_folder ? read_folder(&r, path, err) : read_file(&r, path, err);
    }
    result = eg_failed(result) ? result : judge_all(&r, err);
    result = eg_failed(result) ? result : hand_over(&r, out, identity, err);
    eg_ballot_file_sort_faults(votes);
    eg_arena_free(&r.scratch);
    free(r.list);
    free(r.ballots);
    free(r.marks);
    free(r.owners);
    return result;
}

/* ---- again ---- */

static eg_result read_again(const eg_encrypted_file *file, const eg_encrypted_ballot *b,
                            eg_str *out, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, file->path);
    char *text = NULL;
    EG_TRY(eg_arena_new(arena, b->bytes + 1, 1, &text, err));
    int from = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = from < 0 ? -1 : pread(from, text, b->bytes, (off_t)b->offset);
    const int why = errno;
    if (from >= 0) {
        (void)close(from);
    }
    *out = (eg_str){text, b->bytes};
    return got == (ssize_t)b->bytes ? EG_SUCCESS
                                    : EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s",
                                              got < 0 ? strerror(why) : "it became shorter");
}

eg_result eg_encrypted_ballot_load(const eg_encrypted_file *file, size_t i, const eg_vote *vote,
                                   eg_str *out, eg_arena *arena, eg_error *err)
{
    const eg_encrypted_ballot *b = &file->ballots[i];
    eg_path at = eg_path_field(NULL, file->path);
    uint8_t digest[EG_SHA256_BYTES];
    char path[PATH_MAX];
    if (file->is_folder) {
        (void)snprintf(path, sizeof path, "%s/%s", file->path, vote->file);
        EG_TRY(eg_file_read(path, EG_ENCRYPTED_BALLOT_BYTES_MAX, out, arena, err));
    } else {
        EG_TRY(read_again(file, b, out, arena, err));
    }
    eg_sha256_of(digest, out->data, out->len);
    return memcmp(digest, b->digest, sizeof digest) == 0
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_UNAVAILABLE, &at,
                         "it was changed while the run was at work with it");
}
