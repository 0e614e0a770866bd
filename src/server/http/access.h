/* Who may call, from which origin, and under which id. */
#ifndef EG_SERVER_HTTP_ACCESS_H
#define EG_SERVER_HTTP_ACCESS_H

#include "base/str.h"

enum { EG_REQUEST_ID_MAX = 64 };

/* The client's id when it is 1 to 64 of A-Z a-z 0-9 - _ . : (nothing that a header, JSON or a log
 * line would have to escape), else a random one. */
void eg_access_id(char out[EG_REQUEST_ID_MAX + 1], eg_str given);

enum { EG_TRACE_ID_HEX = 32 };

/* The trace that a request belongs to, of its header traceparent (W3C Trace Context, level 1);
 * empty where there is none, or where it is not exactly of that form. */
void eg_access_trace(char out[EG_TRACE_ID_HEX + 1], eg_str traceparent);

/* wanted NULL: every request may. In time that does not depend on where the two differ. */
bool eg_access_key_fits(const char *wanted, eg_str given);

/* The value of Access-Control-Allow-Origin for a request from `origin`, or an empty one when it is
 * not allowed. allowed: "*", or origins with commas or spaces between. Borrowed from its inputs. */
eg_str eg_access_origin(const char *allowed, eg_str origin);

/* /health, /ready, /metrics: the server's own. */
bool eg_access_is_own(const char *path);
/* Needs no key. route_flags: of the path's endpoint, whatever the method. */
bool eg_access_is_open(const char *method, const char *path, unsigned route_flags);

#endif
