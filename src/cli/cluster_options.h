/* The flags of every command that works with a broker and a store. */
#ifndef EG_CLI_CLUSTER_OPTIONS_H
#define EG_CLI_CLUSTER_OPTIONS_H

#include "base/arena.h"
#include "broker/broker.h"
#include "cli/options.h"
#include "store/store.h"

typedef struct eg_cluster_flags {
    eg_option_texts brokers;
    const char *password_file, *broker_ca;            /* or NULL */
    const char *store, *store_credentials, *store_ca; /* or NULL */
} eg_cluster_flags;

enum { EG_CLUSTER_OPTION_COUNT = 6 };

/* Writes these rows of a command's table. */
void eg_cluster_options(eg_option rows[EG_CLUSTER_OPTION_COUNT], eg_cluster_flags *flags,
                        bool is_required);

/* On stderr, of addresses of other machines without TLS. */
void eg_cluster_flags_warn(const eg_cluster_flags *flags, const char *command);

/* Reads the addresses and the password; what is kept lives in arena, or is borrowed from argv. */
eg_result eg_cluster_flags_read(eg_broker_settings *broker, eg_store_settings *store,
                                const eg_cluster_flags *flags, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;

#endif
