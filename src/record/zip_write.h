/* A record as a zip file. */
#ifndef EG_RECORD_ZIP_WRITE_H
#define EG_RECORD_ZIP_WRITE_H

#include "record/source.h"

/* Told of how much is packed, and asked whether to go on. */
typedef struct eg_zip_watch {
    void *context;
    void (*done)(void *context, double part); /* 0 to 1 */
    bool (*goes_on)(void *context);
} eg_zip_watch;

/* The files of a folder that was opened as a source, in order of their names, into a zip file at
 * path, which is there whole or not at all; one that was there is replaced. Equal files give an
 * equal zip file. EG_E_UNAVAILABLE: the system refuses, or there is no libzip; EG_E_CANCELLED. */
eg_result eg_zip_write(const char *path, const char *folder, const eg_source *files,
                       const eg_zip_watch *watch, eg_error *err) EG_MUST_USE;

#endif
