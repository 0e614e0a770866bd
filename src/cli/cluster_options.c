#include "cli/cluster_options.h"

#include "cli/plain_text_warning.h"
#include "cli/secret_file.h"

void eg_cluster_options(eg_option rows[EG_CLUSTER_OPTION_COUNT], eg_cluster_flags *flags,
                        bool is_required)
{
    const eg_option all[EG_CLUSTER_OPTION_COUNT] = {
        {"--broker", EG_OPTION_TEXTS, "URL", &flags->brokers,
         "RabbitMQ: amqp://[USER@]HOST[:PORT][/VHOST] or amqps://; a node each", 0, 0, is_required},
        {"--broker-password-file", EG_OPTION_TEXT, "FILE", &flags->password_file,
         "the password of the broker's user (default: guest)", 0, 0, false},
        {"--broker-ca", EG_OPTION_TEXT, "FILE", &flags->broker_ca,
         "whom amqps:// trusts (default: the system's authorities)", 0, 0, false},
        {"--store", EG_OPTION_TEXT, "DIR", &flags->store,
         "where ballots lie: a folder that all share, or s3://BUCKET[/PREFIX]", 0, 0, is_required},
        {"--store-credentials", EG_OPTION_TEXT, "FILE", &flags->store_credentials,
         "keys of S3, as in ~/.aws/credentials", 0, 0, false},
        {"--store-ca", EG_OPTION_TEXT, "FILE", &flags->store_ca,
         "whom S3 over TLS trusts (default: the system's authorities)", 0, 0, false},
    };
    for (size_t i = 0; i < EG_CLUSTER_OPTION_COUNT; i++) {
        rows[i] = all[i];
    }
}

void eg_cluster_flags_warn(const eg_cluster_flags *flags, const char *command)
{
    for (size_t i = 0; i < flags->brokers.count; i++) {
        eg_warn_of_plain_text(command, "--broker", flags->brokers.items[i]);
    }
    if (flags->store != NULL) {
        eg_warn_of_plain_text(command, "--store", flags->store);
    }
}

eg_result eg_cluster_flags_read(eg_broker_settings *broker, eg_store_settings *store,
                                const eg_cluster_flags *flags, eg_arena *arena, eg_error *err)
{
    *broker = (eg_broker_settings){.ca_file = flags->broker_ca};
    *store = (eg_store_settings){.place = flags->store,
                                 .credentials_file = flags->store_credentials,
                                 .ca_file = flags->store_ca};
    for (size_t i = 0; i < flags->brokers.count; i++) {
        EG_TRY(eg_broker_addresses_add(&broker->addresses, flags->brokers.items[i], err));
    }
    return flags->password_file == NULL
               ? EG_SUCCESS
               : eg_secret_file_read(&broker->password, flags->password_file,
                                     "--broker-password-file", arena, err);
}
