/* What stores of every kind are made of. Private to this folder. */
#ifndef EG_STORE_STORE_PARTS_H
#define EG_STORE_STORE_PARTS_H

#include "store/store.h"

/* A kind of store. Names have been judged. */
typedef struct eg_store_kind {
    eg_result (*put)(eg_store *store, const char *name, eg_str content, eg_error *err);
    eg_result (*get)(eg_store *store, const char *name, size_t max_bytes, eg_buf *out,
                     eg_error *err);
    void (*close)(eg_store *store);
} eg_store_kind;

/* The first member of each kind's own. */
struct eg_store {
    const eg_store_kind *kind;
};

/* path "--store" */
extern const eg_path eg_store_flag;

bool eg_store_name_is_good(const char *name);

eg_result eg_folder_open(eg_store **out, const char *folder, eg_error *err) EG_MUST_USE;
eg_result eg_s3_open(eg_store **out, const eg_store_settings *settings, eg_error *err) EG_MUST_USE;

#endif
