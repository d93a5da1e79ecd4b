// A listening loopback socket that accepts when the test says so, and the connections it accepted.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::test {

class descriptor {
public:
    explicit descriptor(int fd = -1) : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor() { close(); }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    explicit operator bool() const { return fd_ >= 0; }

    void send(std::string_view text) const {
        if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
            throw std::runtime_error("the test's own send failed");
        }
    }
    // Up to `most` bytes; "" at the end of the stream.
    std::string receive(std::size_t most = 65536) const {
        std::string text(most, '\0');
        const auto count = ::recv(fd_, text.data(), text.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("nothing came in 10 s");
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return text;
    }

private:
    int fd_;
};

class tcp_listener {
public:
    // `port` 0: any that is free.
    explicit tcp_listener(int backlog = 128, const char* on = "127.0.0.1", std::uint16_t port = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::inet_addr(on);
        address.sin_port = htons(port);
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        if (::bind(fd_.get(), plain, size) != 0 || ::listen(fd_.get(), backlog) != 0 ||
            ::getsockname(fd_.get(), plain, &size) != 0) {
            throw std::runtime_error("no listening socket for the test");
        }
        port_ = ntohs(address.sin_port);
    }
    std::uint16_t port() const { return port_; }
    // The next connection, waited for.
    descriptor accept() const {
        descriptor peer(::accept(fd_.get(), nullptr, nullptr));
        const timeval patience{10, 0};
        ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return peer;
    }
    bool has_waiting() const {
        pollfd one{fd_.get(), POLLIN, 0};
        return ::poll(&one, 1, 0) == 1;
    }
    // Ends a waiting accept().
    void stop() const { ::shutdown(fd_.get(), SHUT_RDWR); }
    void close() { fd_.close(); }

private:
    descriptor fd_;
    std::uint16_t port_ = 0;
};

}  // namespace ferry::test
