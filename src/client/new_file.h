/* Files of their own: whole or not at all. */
#ifndef EG_CLIENT_NEW_FILE_H
#define EG_CLIENT_NEW_FILE_H

#include "base/error.h"
#include "base/str.h"

/* With a secret: made new, mode 0600, flushed to the disk. EG_E_DUPLICATE: something has this name
 * already, and stays as it is; EG_E_UNAVAILABLE: it cannot be written, and there is no such file.
 * Errors do not name it. */
eg_result eg_new_file_write(const char *path, eg_str content, eg_error *err) EG_MUST_USE;

/* The same for everybody (0666 without the umask). */
eg_result eg_new_file_publish(const char *path, eg_str content, eg_error *err) EG_MUST_USE;

/* With a secret, mode 0600: replaces a file of that name, which is there whole, the old one or the
 * new one, whenever the process or the machine ends. Errors: EG_E_UNAVAILABLE at path, with what
 * was there unchanged. */
eg_result eg_file_replace_secret(const char *name, eg_str content, const eg_path *path,
                                 eg_error *err) EG_MUST_USE;

/* For everybody (0666 without the umask); replaces a file of that name. Errors: EG_E_UNAVAILABLE at
 * path, with what was there unchanged. */
eg_result eg_file_replace(const char *name, eg_str content, const eg_path *path,
                          eg_error *err) EG_MUST_USE;

/* All of it to a descriptor. */
bool eg_write_all(int file, eg_str content) EG_MUST_USE;

#endif
