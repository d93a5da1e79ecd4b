// Listening sockets that this process was started with: by its predecessor, or by a service manager (sd_listen_fds(3)).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/listening_socket.hpp"

namespace ferry::app {

// What a socket is for. In LISTEN_FDNAMES a predecessor writes it as "client" or "admin", and adds ".lent" where a
// service manager opened the socket and keeps it: nobody but the manager removes the file of that one.
enum class socket_role { client, admin };
std::string socket_name(socket_role role, bool is_lent);

// Owned by the application; lives on the main thread. What is not claimed is closed with it.
class inheritance {
public:
    inheritance() = default;
    inheritance(inheritance&& other) noexcept
        : sockets_(std::move(other.sockets_)), ready_fd_(std::exchange(other.ready_fd_, -1)) {}
    inheritance& operator=(inheritance&&) = delete;
    ~inheritance();

    // Reads LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES and FERRY_READY_FD and takes them out of the environment.
    // REQUIRES: no other thread runs, and the configuration, to which FERRY_READY_FD is no key, is not read yet.
    static inheritance take();

    struct claimed {
        std::vector<net::listening_socket> sockets;  // in the order they came in, all bound to the same address
        bool are_lent = false;
    };
    // All sockets that serve `address`. For port 0 those of the first port, of this role, that nobody has claimed.
    claimed claim(const std::string& address, socket_role role);
    // Where the sockets that nobody claimed are bound.
    std::vector<std::string> unclaimed() const;

    bool has_predecessor() const { return ready_fd_ >= 0; }
    // Tells the predecessor that this process serves from now on. Once.
    void tell_ready();

private:
    struct entry {
        net::listening_socket socket;
        std::optional<socket_role> role;  // none: known by its address alone
        bool is_lent;
    };
    void add(int fd, const std::string& name);

    std::vector<entry> sockets_;
    int ready_fd_ = -1;
};

}  // namespace ferry::app
