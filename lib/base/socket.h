/* Whole messages over a connected stream socket: a short or interrupted transfer is gone on with. */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

/* All of len bytes, or false: the peer is gone or the socket's own time-out has passed (errno). No SIGPIPE. */
bool socket_send_all(int fd, const void *data, size_t len);
bool socket_take_all(int fd, void *out, size_t len);

#endif
