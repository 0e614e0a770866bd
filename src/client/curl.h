/* libcurl, loaded by the commands that ask a service something. Not linked: the process that serves
 * would carry it and the twenty libraries behind it beside votes and keys, without ever calling
 * one. */
#ifndef EG_CLIENT_CURL_H
#define EG_CLIENT_CURL_H

#include "base/error.h"

#include <curl/curl.h>

/* Functions of libcurl under their names without "curl_". */
typedef struct eg_curl {
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(&(curl_easy_setopt)) easy_setopt;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(&(curl_easy_getinfo)) easy_getinfo;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
} eg_curl;

/* Loads it once; stays. From any thread. EG_E_UNAVAILABLE, saying what to install, where it is not
 * there. */
eg_result eg_curl_load(const eg_curl **out, eg_error *err) EG_MUST_USE;

#endif
