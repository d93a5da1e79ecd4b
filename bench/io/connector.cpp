#include "io/connector.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

namespace ferry::bench {
namespace {

constexpr int patience_ms = 3000;  // with one of several addresses

bool is_loopback(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
           (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) && v6->sin6_addr.s6_addr[12] == 127);
}

bool takes_connections(const endpoint& to) {
    const int fd = begin_connect(to);
    if (fd < 0) return false;
    pollfd wanted{fd, POLLOUT, 0};
    const bool taken = poll(&wanted, 1, patience_ms) == 1 && connect_error(fd) == 0;
    close(fd);
    return taken;
}

}  // namespace

endpoint resolve(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* listed = nullptr;
    const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &listed);
    if (error != 0) throw std::runtime_error("no address is known for " + host + ": " + gai_strerror(error));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(listed, freeaddrinfo);
    std::optional<endpoint> first;
    for (const addrinfo* at = listed; at; at = at->ai_next) {
        endpoint found;
        std::memcpy(&found.address, at->ai_addr, at->ai_addrlen);
        found.size = at->ai_addrlen;
        found.is_loopback = is_loopback(at->ai_addr);
        if (!listed->ai_next || takes_connections(found)) return found;
        if (!first) first = found;
    }
    return *first;
}

int begin_connect(const endpoint& to) {
    const int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0 || errno == EINPROGRESS) return fd;
    const int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int connect_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace ferry::bench
