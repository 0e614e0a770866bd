/* Where a broker's nodes are: amqp://[USER@]HOST[:PORT][/VHOST], several with commas. */
#ifndef EG_BROKER_ADDRESS_H
#define EG_BROKER_ADDRESS_H

#include "base/error.h"

#include <stdint.h>

enum { EG_BROKER_NODES_MAX = 16, EG_BROKER_NAME_BYTES = 256 };

typedef struct eg_broker_address {
    bool is_tls;                      /* amqps:// */
    char host[EG_BROKER_NAME_BYTES];  /* a name or an address, IPv6 without its brackets */
    uint16_t port;                    /* 5672, with TLS 5671, where none is given */
    char user[EG_BROKER_NAME_BYTES];  /* "guest" where none is given */
    char vhost[EG_BROKER_NAME_BYTES]; /* "/" where none is given */
} eg_broker_address;

/* The nodes of one broker. */
typedef struct eg_broker_addresses {
    eg_broker_address nodes[EG_BROKER_NODES_MAX];
    size_t count;
} eg_broker_addresses;

/* Adds the addresses of the text to out. EG_E_OUT_OF_RANGE, saying what is wrong with it; a
 * password is refused: arguments are for everybody to read. No value is repeated. */
eg_result eg_broker_addresses_add(eg_broker_addresses *out, const char *text,
                                  eg_error *err) EG_MUST_USE;

#endif
