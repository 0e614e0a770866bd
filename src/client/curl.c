#include "client/curl.h"

#include "base/library.h"

#include <pthread.h>

static const eg_library_function functions[] = {
    {"curl_easy_init", offsetof(eg_curl, easy_init)},
    {"curl_easy_cleanup", offsetof(eg_curl, easy_cleanup)},
    {"curl_easy_setopt", offsetof(eg_curl, easy_setopt)},
    {"curl_easy_perform", offsetof(eg_curl, easy_perform)},
    {"curl_easy_getinfo", offsetof(eg_curl, easy_getinfo)},
    {"curl_easy_strerror", offsetof(eg_curl, easy_strerror)},
    {"curl_slist_append", offsetof(eg_curl, slist_append)},
    {"curl_slist_free_all", offsetof(eg_curl, slist_free_all)},
};

static bool load(eg_curl *curl)
{
    return eg_library_load("libcurl.so.4", curl, functions, sizeof functions / sizeof *functions);
}

eg_result eg_curl_load(const eg_curl **out, eg_error *err)
{
    static eg_curl curl;
    static bool loaded;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    (void)pthread_mutex_lock(&lock);
    loaded = loaded || load(&curl);
    const bool is_there = loaded;
    (void)pthread_mutex_unlock(&lock);
    if (!is_there) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "this command needs libcurl (libcurl.so.4), which is not installed: "
                       "Debian's package is libcurl4t64, or libcurl4 before Debian 13");
    }
    *out = &curl;
    return EG_SUCCESS;
}
