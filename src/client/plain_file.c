#include "client/plain_file.h"

#include "base/hex.h"
#include "base/sort.h"
#include "client/file_text.h"
#include "client/plain_votes.h"
#include "client/run_folder.h"
#include "wire/fields.h"
#include "wire/objects/plain_ballot.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 4 << 20 }; /* of one ballot */

typedef struct reader {
    eg_ballot_file *out;
    eg_manifest_index index;
    eg_arena *keep;
    eg_arena scratch; /* of one ballot */
} reader;

/* ---- faults ---- */

static const char *kept(reader *r, const char *text)
{
    eg_str copy;
    eg_error err;
    return text[0] == '\0' || eg_failed(eg_arena_copy_str(r->keep, eg_str_from(text), &copy, &err))
               ? ""
               : copy.data;
}

/* number: of the ballot, from 0; file: within the folder, or NULL. */
static void fault(reader *r, size_t number, const char *file, const eg_error *what)
{
    eg_line_fault one = {.line = number + 1, .file = file, .path = "", .reason = ""};
    if (r->out->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN) {
        one.path = kept(r, what->path);
        one.reason = kept(r, what->text);
    }
    eg_ballot_file_add_fault(r->out, &one);
}

/* ---- one ballot ---- */

static eg_result read_ballot(reader *r, eg_vote *out, eg_str text, const eg_path *at, eg_error *err)
{
    eg_plain_ballot ballot = {.contest_count = 0};
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, text, 0, &r->scratch, at, err));
    EG_TRY(eg_need_map(&node, at, err));
    EG_TRY(eg_plain_ballot_read(&ballot, &node, at, &r->scratch, err));
    return eg_plain_vote_take(out, &ballot, &r->index, r->keep, &r->scratch, at, err);
}

/* A fault of the ballot is noted, and that is a success. */
static eg_result take_ballot(reader *r, size_t number, const char *file, eg_str text,
                             const eg_path *at, eg_error *err)
{
    eg_error found = {.code = EG_OK};
    eg_vote vote = {.choice_count = 0};
    eg_result result = read_ballot(r, &vote, text, at, &found);
    eg_arena_reset(&r->scratch);
    if (eg_failed(result) && !eg_is_input_fault(result)) {
        *err = found;
        return result;
    }
    if (eg_failed(result)) {
        fault(r, number, file, &found);
        return EG_SUCCESS;
    }
    vote.line = number + 1;
    vote.file = file;
    r->out->votes[r->out->count++] = vote;
    return EG_SUCCESS;
}

static eg_result refuse_repeated(reader *r, bool is_list, eg_error *err)
{
    const eg_ballot_file *out = r->out;
    eg_str_index ids;
    if (out->count == 0) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_str_index_init(&ids, &out->votes[0].ballot_id, sizeof *out->votes, out->count,
                             r->keep, err));
    for (size_t i = 0; i < out->count; i++) {
        eg_path list = eg_path_index(NULL, out->votes[i].line - 1);
        eg_path at = eg_path_field(is_list ? &list : NULL, "object_id");
        eg_error what;
        if (eg_str_index_is_repetition(&ids, out->votes[i].ballot_id, i)) {
            (void)EG_FAIL(&what, EG_E_DUPLICATE, &at, "an earlier ballot has this id");
            fault(r, out->votes[i].line - 1, out->votes[i].file, &what);
        }
    }
    return EG_SUCCESS;
}

static void say(reader *r, const char *reason)
{
    eg_error what;
    (void)EG_FAIL(&what, EG_E_BAD_ENCODING, NULL, "%s", reason);
    fault(r, 0, NULL, &what);
}

static eg_result begin(reader *r, eg_ballot_file *out, const eg_election_spec *spec, size_t most,
                       eg_arena *arena, eg_error *err)
{
    *out = (eg_ballot_file){0};
    *r = (reader){.out = out, .keep = arena};
    eg_arena_init(&r->scratch, NULL);
    most = most < EG_BALLOT_FILE_BALLOTS_MAX ? most : EG_BALLOT_FILE_BALLOTS_MAX;
    EG_TRY(eg_arena_new(arena, most, sizeof *out->votes, &out->votes, err));
    return eg_manifest_index_init(&r->index, spec->manifest, arena, err);
}

/* ---- a list ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(eg_str s, size_t at)
{
    while (at < s.len && is_space(s.data[at])) {
        at++;
    }
    return at;
}

/* Where the value that begins at `at` ends: before a comma or the list's end. What is in it is for
 * the parser. */
static size_t end_of_value(eg_str s, size_t at)
{
    size_t depth = 0;
    for (bool in_string = false; at < s.len; at++) {
        const char c = s.data[at];
        if (in_string) {
            at += c == '\\';
            in_string = c != '"';
        } else if (depth == 0 && (c == ',' || c == ']')) {
            return at;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return s.len;
}

static eg_result read_list(reader *r, eg_str text, eg_error *err)
{
    size_t at = skip_space(text, 0) + 1;
    bool is_empty = skip_space(text, at) < text.len && text.data[skip_space(text, at)] == ']';
    for (size_t number = 0; !is_empty; number++) {
        const size_t end = end_of_value(text, at);
        eg_path path = eg_path_index(NULL, number);
        if (end >= text.len) {
            say(r, "the list does not end: the file is cut off");
            return EG_SUCCESS;
        }
        if (number == EG_BALLOT_FILE_BALLOTS_MAX) {
            say(r, "there are more than 10000000 ballots");
            return EG_SUCCESS;
        }
        EG_TRY(take_ballot(r, number, NULL, (eg_str){text.data + at, end - at}, &path, err));
        at = end + 1;
        if (text.data[end] == ']') {
            break;
        }
    }
    at = is_empty ? skip_space(text, at) + 1 : at;
    if (skip_space(text, at) < text.len) {
        say(r, "there is something behind the list");
    }
    return EG_SUCCESS;
}

bool eg_plain_list_is_one(eg_str content)
{
    eg_file_text file;
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    bool is_one = false;
    if (eg_file_text_open(&file, content, &arena) == NULL) {
        size_t at = skip_space(file.text, 0);
        is_one = at < file.text.len && (file.text.data[at] == '[' || file.text.data[at] == '{');
    }
    eg_arena_free(&arena);
    return is_one;
}

/* How many values the list has, good or not. */
static size_t count_values(eg_str text)
{
    size_t count = 0;
    for (size_t at = skip_space(text, 0) + 1; at < text.len; count++) {
        at = end_of_value(text, at);
        at = at < text.len && text.data[at] == ',' ? at + 1 : text.len;
    }
    return count;
}

static eg_result read_opened(reader *r, eg_str text, eg_error *err)
{
    if (text.data[skip_space(text, 0)] != '[') {
        say(r, "it must be a JSON list of ballots");
        return EG_SUCCESS;
    }
    EG_TRY(read_list(r, text, err));
    if (r->out->count == 0 && r->out->fault_count == 0) {
        say(r, "there is no ballot in the file");
    }
    return refuse_repeated(r, true, err);
}

eg_result eg_plain_list_read(eg_ballot_file *out, eg_str content, const eg_election_spec *spec,
                             eg_arena *arena, eg_error *err)
{
    eg_file_text file;
    reader r;
    const char *reason = eg_file_text_open(&file, content, arena);
    eg_str text = reason == NULL ? file.text : EG_STR("");
    eg_result result = begin(&r, out, spec, count_values(text), arena, err);
    if (!eg_failed(result) && (reason != NULL || skip_space(text, 0) == text.len)) {
        say(&r, reason != NULL ? reason : "it must be a JSON list of ballots");
    } else if (!eg_failed(result)) {
        result = read_opened(&r, text, err);
    }
    eg_arena_free(&r.scratch);
    eg_ballot_file_sort_faults(out);
    return result;
}

/* ---- a folder ---- */

typedef struct names {
    eg_str *list; /* malloc'ed */
    size_t count, room;
} names;

static int by_name(const void *a, const void *b)
{
    return eg_str_compare(*(const eg_str *)a, *(const eg_str *)b);
}

static eg_result add_name(names *n, const char *name, eg_arena *arena, eg_error *err)
{
    if (n->count == n->room) {
        size_t room = n->room == 0 ? 64 : 2 * n->room;
        eg_str *list = realloc(n->list, room * sizeof *list);
        if (list == NULL) {
            return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
        }
        n->list = list;
        n->room = room;
    }
    return eg_arena_copy_str(arena, eg_str_from(name), &n->list[n->count++], err);
}

/* In order; one more than there may be is enough to see that they are too many. */
static eg_result list_names(names *n, const char *path, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, path);
    eg_result result = EG_SUCCESS;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s", strerror(errno));
    }
    for (const struct dirent *entry; !eg_failed(result) && n->count <= EG_BALLOT_FILE_BALLOTS_MAX &&
                                     (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            result = add_name(n, entry->d_name, arena, err);
        }
    }
    (void)closedir(folder);
    eg_sort(n->list, n->count, sizeof *n->list, by_name);
    return result;
}

static bool is_json(eg_str name)
{
    return name.len > 5 && memcmp(name.data + name.len - 5, ".json", 5) == 0;
}

/* A file that cannot be read is a fault of the folder. */
static eg_result take_file(reader *r, EVP_MD_CTX *digest, const char *folder, eg_str name,
                           size_t number, size_t *bytes, eg_error *err)
{
    char path[PATH_MAX];
    eg_arena content;
    eg_file_text file;
    eg_error found = {.code = EG_OK};
    eg_str text;
    int n = snprintf(path, sizeof path, "%s/%s", folder, name.data);
    if (!is_json(name) || n < 0 || n >= PATH_MAX) {
        (void)EG_FAIL(&found, EG_E_OUT_OF_RANGE, NULL, "it is no file of a ballot: NAME.json");
        fault(r, number, name.data, &found);
        return EG_SUCCESS;
    }
    eg_arena_init(&content, NULL);
    eg_result result = eg_file_read(path, FILE_BYTES_MAX, &text, &content, &found);
    const char *reason = eg_failed(result) ? found.text : eg_file_text_open(&file, text, &content);
    if (reason != NULL) {
        eg_error what;
        (void)EG_FAIL(&what, EG_E_BAD_ENCODING, NULL, "%s", reason);
        fault(r, number, name.data, &what);
        result = EG_SUCCESS;
    } else {
        *bytes += text.len;
        (void)EVP_DigestUpdate(digest, name.data, name.len + 1);
        (void)EVP_DigestUpdate(digest, &text.len, sizeof text.len);
        (void)EVP_DigestUpdate(digest, text.data, text.len);
        result = take_ballot(r, number, name.data, file.text, NULL, err);
    }
    eg_arena_free(&content);
    return result;
}

static eg_result take_files(reader *r, EVP_MD_CTX *digest, const char *path, const names *n,
                            eg_error *err)
{
    size_t bytes = 0;
    if (n->count > EG_BALLOT_FILE_BALLOTS_MAX) {
        say(r, "there are more than 10000000 files");
        return EG_SUCCESS;
    }
    for (size_t i = 0; i < n->count; i++) {
        EG_TRY(take_file(r, digest, path, n->list[i], i, &bytes, err));
        if (bytes > EG_BALLOT_FILE_BYTES_MAX) {
            say(r, "its files are larger than 16 GiB together");
            return EG_SUCCESS;
        }
    }
    if (n->count == 0) {
        say(r, "there is no ballot in the folder");
    }
    return refuse_repeated(r, false, err);
}

static eg_result finish_digest(eg_str *out, EVP_MD_CTX *digest, eg_arena *arena, eg_error *err)
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_DigestFinal_ex(digest, bytes, &n) != 1) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "OpenSSL has no SHA-256");
    }
    eg_hex_encode_lower(hex, bytes, n);
    return eg_arena_copy_str(arena, (eg_str){hex, (size_t)2 * n}, out, err);
}

eg_result eg_plain_folder_read(eg_ballot_file *out, eg_str *digest, const char *path,
                               const eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    names n = {NULL, 0, 0};
    reader r;
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    eg_result result = list_names(&n, path, arena, err);
    if (!eg_failed(result) && (sum == NULL || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1)) {
        result = EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "OpenSSL has no SHA-256");
    }
    if (!eg_failed(result)) {
        result = begin(&r, out, spec, n.count, arena, err);
        result = eg_failed(result) ? result : take_files(&r, sum, path, &n, err);
        result = eg_failed(result) ? result : finish_digest(digest, sum, arena, err);
        eg_arena_free(&r.scratch);
        eg_ballot_file_sort_faults(out);
    }
    EVP_MD_CTX_free(sum);
    free(n.list);
    return result;
}
