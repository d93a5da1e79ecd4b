// Listening sockets: opened once by the application, accepted from by the cores.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "net/plain_stream.hpp"
#include "net/tls_server.hpp"

namespace ferry::net {

// A bound, listening descriptor. Move-only owner; closes it.
class listening_socket {
public:
    // `address` is `IPv4:port`, `[IPv6]:port` or `unix:/path`. With `shared_port` other sockets of this user may bind
    // the same port (SO_REUSEPORT); call probe_port first. Throws std::runtime_error with one sentence: used, not
    // allowed, not an address of this machine.
    static listening_socket open(const std::string& address, bool shared_port);
    listening_socket(listening_socket&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), path_(std::exchange(other.path_, {})) {}
    listening_socket& operator=(listening_socket&&) = delete;
    ~listening_socket();

    int fd() const { return fd_; }
    // As bound: the real port where 0 was asked for.
    std::string bound_address() const;

private:
    listening_socket(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    int fd_;
    std::string path_;  // of a Unix socket, removed with it
};

// Throws as listening_socket::open does if another process has the port: with SO_REUSEPORT that would go unnoticed and
// the two would share the clients.
void probe_port(const std::string& address);

// Accepts on one core. Owned by the core's listener. The descriptor is duplicated: several cores may share one.
class acceptor {
public:
    acceptor(boost::asio::io_context& core, const listening_socket& on);
    ~acceptor();

    enum class outcome { accepted, no_descriptors, stopped, failed };
    struct accepted {
        outcome what = outcome::failed;
        int fd = -1;
    };
    // A connected descriptor (TCP_NODELAY set where it is TCP), or why there is none.
    boost::asio::awaitable<accepted> accept();
    void stop();
    bool stopped() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

// A stream over an accepted descriptor, on the core that will serve it: TLS if `tls` is not null and the descriptor is
// no Unix socket, which its file's permissions guard. Null if the kernel refuses it.
std::unique_ptr<byte_stream> adopt_stream(boost::asio::io_context& core, int fd, const tls_server* tls);

}  // namespace ferry::net
