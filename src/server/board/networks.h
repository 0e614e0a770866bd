/* Addresses of machines and networks of them, IPv4 and IPv6 side by side. */
#ifndef EG_SERVER_BOARD_NETWORKS_H
#define EG_SERVER_BOARD_NETWORKS_H

#include "base/str.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum { EG_NETWORKS_MAX = 64, EG_ADDRESS_TEXT = INET6_ADDRSTRLEN };

/* What stands for the address of whoever came over a socket in the file system. */
#define EG_PEER_UNIX "unix"

/* IPv4 as IPv6 maps it, ::ffff:192.0.2.1: the same machine is one value however it came. */
typedef struct eg_address {
    uint8_t bytes[16];
} eg_address;

typedef struct eg_network {
    eg_address address; /* bits behind the prefix do not count */
    unsigned bits;      /* of the prefix, 0 to 128 */
} eg_network;

typedef struct eg_networks {
    size_t count;
    bool unix_sockets; /* whoever connects to a socket in the file system */
    eg_network at[EG_NETWORKS_MAX];
} eg_networks;

/* "192.0.2.1" or "2001:db8::1", without zone, brackets or port. */
bool eg_address_read(eg_address *out, eg_str text);
void eg_address_write(char out[EG_ADDRESS_TEXT], const eg_address *address);

/* Addresses and networks ("10.0.0.0/8", "fd00::/8") and the word "unix" with commas or white space
 * between. False when one is neither, or there are more than EG_NETWORKS_MAX. */
bool eg_networks_read(eg_networks *out, const char *list);
bool eg_networks_hold(const eg_networks *networks, const eg_address *address);

#endif
