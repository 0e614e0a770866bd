/* What a request's method and headers say, and whether they can be read in only one way. */
#ifndef EG_SERVER_HTTP_HEAD_H
#define EG_SERVER_HTTP_HEAD_H

#include "server/http/admission.h"

#include <microhttpd.h>

/* Fills what is read from the headers: all but method, path, route and bad_path of *out, which are
 * the caller's, method before the call. The strings are libmicrohttpd's, for as long as the
 * request. */
void eg_head_read(eg_arrival *out, struct MHD_Connection *mhd);

eg_str eg_head_value(struct MHD_Connection *mhd, const char *name); /* empty: not there */

/* A token of RFC 9110, 5.6.2: what a method and a header's name may be. */
bool eg_head_is_token(eg_str text);

/* Whom the headers name that proxies add. False: nobody, or the peer is no trusted proxy. */
bool eg_head_client(eg_address *out, struct MHD_Connection *mhd, const eg_networks *trusted,
                    const char *peer);

#endif
