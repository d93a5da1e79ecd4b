#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace ferry::bench {

// Where to connect to: one address of a host.
struct endpoint {
    sockaddr_storage address{};
    socklen_t size = 0;
    bool is_loopback = false;
};

// Asks the resolver and tries its addresses in order: the first that takes a connection, or the first at all if none
// does. Blocks. Throws std::runtime_error in words when the name has no address.
endpoint resolve(const std::string& host, std::uint16_t port);

// A non-blocking socket that is connecting, to be written to when epoll says so; -1, and errno, if that cannot begin.
int begin_connect(const endpoint& to);

// What became of it, as errno; 0: it is connected.
int connect_error(int fd);

}  // namespace ferry::bench
