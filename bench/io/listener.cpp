#include "io/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace ferry::bench {
namespace {

std::uint16_t bound_port(int fd) {
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length);
    return ntohs(name.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&name)->sin6_port
                                            : reinterpret_cast<sockaddr_in*>(&name)->sin_port);
}

// Inherited by what is accepted. The segment size must be known before a handshake begins: the peer is told it there.
void shape(int fd, const network& way) {
    const auto set = [fd](int level, int name, int value) {
        if (value > 0 && setsockopt(fd, level, name, &value, sizeof value) != 0) {
            throw std::runtime_error(std::string("the listening socket refuses this --mss or buffer size: ") +
                                     std::strerror(errno));
        }
    };
    set(IPPROTO_TCP, TCP_MAXSEG, way.mss);
    set(SOL_SOCKET, SO_RCVBUF, way.receive_buffer);
    set(SOL_SOCKET, SO_SNDBUF, way.send_buffer);
}

}  // namespace

listener::listener(const std::string& address, const network& way) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) {
        throw std::runtime_error("--listen " + address + ": give host:port, for example 127.0.0.1:0");
    }
    std::uint16_t port = 0;  // getaddrinfo would take the last 16 bits of a larger number
    const char* const end = address.data() + address.size();
    if (const auto read = std::from_chars(address.data() + colon + 1, end, port);
        read.ec != std::errc() || read.ptr != end) {
        throw std::runtime_error("--listen " + address + ": give a port from 0 to 65535");
    }
    host_ = address.substr(0, colon);
    const bool v6 = host_.size() > 2 && host_.front() == '[';
    const std::string plain = v6 ? host_.substr(1, host_.size() - 2) : host_;
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    if (const int e = getaddrinfo(plain.c_str(), address.c_str() + colon + 1, &hints, &found)) {
        throw std::runtime_error("--listen " + address + ": " + gai_strerror(e));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
    fd_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd_ >= 0) shape(fd_, way);
    if (fd_ < 0 || bind(fd_, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd_, 4096) != 0) {
        const std::string why = std::strerror(errno);
        if (fd_ >= 0) close(fd_);
        throw std::runtime_error("cannot listen on " + address + ": " + why);
    }
    port_ = bound_port(fd_);
}

listener::~listener() {
    close(fd_);
}

}  // namespace ferry::bench
