/* What the files of eg_remote share. Private to this folder. */
#ifndef EG_CLIENT_REMOTE_PARTS_H
#define EG_CLIENT_REMOTE_PARTS_H

#include "client/remote.h"
#include "wire/fields.h"
#include "wire/writer.h"

/* Forms of an answer: artifacts within it as objects, or as texts. */
#define EG_REMOTE_OBJECTS "application/json; artifacts=objects"
#define EG_REMOTE_TEXTS   "application/json; artifacts=texts"

enum { EG_REMOTE_TEXT_BYTES_MAX = 1 << 30 };

/* Asks until it is answered, or patience ends. body is released. The answer is a map; what it holds
 * is borrowed from arena, its text stays in remote->answer until the next request. */
eg_result eg_remote_post(eg_remote *remote, const char *path, const char *accept, eg_buf *body,
                         eg_node *answer, eg_arena *arena, eg_error *err) EG_MUST_USE;

void eg_remote_write_strings(eg_writer *w, const char *name, const eg_str items[], size_t count);
/* What is voted on. */
void eg_remote_write_contests(eg_writer *w, const eg_election_spec *spec);
/* Opens the body's map and writes the fields that say which election this is. */
void eg_remote_begin_body(eg_writer *w, eg_buf *body, const eg_election_spec *spec,
                          const eg_ceremony *ceremony);

eg_result eg_remote_read_text(const eg_node *map, const char *name, eg_str *out,
                              eg_error *err) EG_MUST_USE;
/* Who votes for what, within a map. */
void eg_remote_write_vote(eg_writer *w, const eg_vote *vote);
/* The published ballot of one answer, which must be about this vote. */
eg_result eg_remote_read_published(const eg_node *answer, const eg_vote *vote, eg_str *out,
                                   eg_error *err) EG_MUST_USE;
/* A map of the answer as its JSON text. */
eg_result eg_remote_map_text(const eg_node *answer, const char *name, eg_str *out, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;

#endif
