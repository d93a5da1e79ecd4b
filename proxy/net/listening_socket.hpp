// Listening sockets: opened once by the application or inherited, accepted from by the cores.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace ferry::net {

// Who may connect to a Unix socket: the permissions of its file, and its group by name or number; "" leaves the group
// of the process.
struct socket_file {
    unsigned mode = 0660;
    std::string group;
};

// A bound, listening descriptor. Move-only owner; closes it. Used on the main thread; acceptors duplicate it.
class listening_socket {
public:
    // `address` is `IPv4:port`, `[IPv6]:port` or `unix:/path`. With `shared_port` other sockets of this user may bind
    // the same port (SO_REUSEPORT); call probe_port first. `file` is for a Unix socket. Throws std::runtime_error with
    // one sentence: used, not allowed, not an address of this machine, no such group.
    static listening_socket open(const std::string& address, bool shared_port, const socket_file& file = {});
    // Takes over a descriptor that another process opened; it does not own a Unix socket's file. Nothing, and the
    // descriptor stays open, if it is no listening stream socket.
    static std::optional<listening_socket> adopt(int fd);
    listening_socket(listening_socket&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)),
          path_(std::exchange(other.path_, {})),
          owns_file_(std::exchange(other.owns_file_, false)) {}
    listening_socket& operator=(listening_socket&&) = delete;
    ~listening_socket();

    int fd() const { return fd_; }
    // As bound: the real port where 0 was asked for.
    std::string bound_address() const;
    // Whether it serves what open() would open there; any port does for port 0.
    bool is_bound_to(const std::string& address) const;
    // Whether a Unix socket's file is removed when this is destroyed.
    void own_file(bool owns) { owns_file_ = owns && !path_.empty(); }

private:
    listening_socket(int fd, std::string path, bool owns_file)
        : fd_(fd), path_(std::move(path)), owns_file_(owns_file) {}
    int fd_;
    std::string path_;  // of a Unix socket
    bool owns_file_;
};

// Throws as listening_socket::open does if another process has the port: with SO_REUSEPORT that would go unnoticed and
// the two would share the clients.
void probe_port(const std::string& address);

}  // namespace ferry::net
