/* Is an address one of the public internet, or does it lead into somebody's own network? What a webhook may be sent to is asked
 * of the very address that a connection is made to, so that no name, redirect or answer of a name server is a way around it. */
#ifndef SYNCLINE_CONSOLE_PUBLIC_ADDRESS_H
#define SYNCLINE_CONSOLE_PUBLIC_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* false for loopback, private, link-local, shared, multicast, reserved and documentation addresses, for an IPv6 address that
 * holds such an IPv4 one, and for what is neither of the two. address has the length of its family. Pure. */
bool public_address(const struct sockaddr *address);

/* The same of an address as text, without brackets or zone. *literal: it is an address, and no name. */
bool public_address_text(const char *text, bool *literal);

#endif
