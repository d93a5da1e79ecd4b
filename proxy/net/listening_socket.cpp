#include "net/listening_socket.hpp"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace ferry::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int backlog = 4096;

[[noreturn]] void refuse(const std::string& address, int error) {
    std::string text = "Cannot listen on " + address + ": " + std::strerror(error) + ". ";
    if (error == EADDRINUSE) {
        text +=
            "Another program listens there; stop it or choose another address in server.listen or "
            "server.admin_listen.";
    } else if (error == EACCES) {
        text += "Ports below 1024 and protected folders need privileges; choose a port from 1024.";
    } else {
        text += "Choose an address of this machine in server.listen or server.admin_listen.";
    }
    throw std::runtime_error(text);
}

asio::ip::tcp::endpoint parse(const std::string& address) {
    const auto colon = address.rfind(':');
    auto host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    error_code error;
    const auto ip = asio::ip::make_address(host, error);
    std::uint16_t port = 0;  // a larger number does not fit and is refused
    if (error || colon == std::string::npos ||
        std::from_chars(address.data() + colon + 1, address.data() + address.size(), port).ec != std::errc()) {
        refuse(address, EINVAL);
    }
    return {ip, port};
}

gid_t find_group(const std::string& name) {
    gid_t number = 0;
    const auto* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    if (error == std::errc() && stop == end) return number;
    if (const auto* found = ::getgrnam(name.c_str())) return found->gr_gid;
    throw std::runtime_error("server.unix_socket_group: this machine has no group '" + name +
                             "'. `getent group` lists them.");
}

// Before the socket listens: nobody can have connected under other permissions.
void set_access(const std::string& path, const socket_file& wanted) {
    if (!wanted.group.empty() && ::chown(path.c_str(), static_cast<uid_t>(-1), find_group(wanted.group)) != 0) {
        throw std::runtime_error("The socket " + path + " cannot be given to the group '" + wanted.group +
                                 "' (server.unix_socket_group): " + std::strerror(errno) +
                                 ". The user that runs Ferry must be a member of it (SupplementaryGroups= of a unit).");
    }
    if (::chmod(path.c_str(), wanted.mode) != 0) {
        throw std::runtime_error("The permissions of the socket " + path + " cannot be set: " + std::strerror(errno));
    }
}

int open_unix(const std::string& address, const std::string& path, const socket_file& file) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path.size() >= sizeof name.sun_path) refuse(address, ENAMETOOLONG);
    std::memcpy(name.sun_path, path.data(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) refuse(address, errno);
    struct stat found {};
    if (::lstat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode)) {
        ::close(fd);
        refuse(address, EEXIST);
    }
    const auto* bare = reinterpret_cast<const sockaddr*>(&name);
    // A socket file nobody answers at was left by a process that died.
    if (::connect(fd, bare, sizeof name) == 0) {
        ::close(fd);
        refuse(address, EADDRINUSE);
    }
    if (errno == ECONNREFUSED) ::unlink(path.c_str());
    if (::bind(fd, bare, sizeof name) != 0) {
        const int error = errno;
        ::close(fd);
        refuse(address, error);
    }
    try {
        set_access(path, file);
        if (::listen(fd, backlog) != 0) refuse(address, errno);
    } catch (...) {
        ::close(fd);
        ::unlink(path.c_str());
        throw;
    }
    return fd;
}

int open_tcp(const std::string& address, const asio::ip::tcp::endpoint& where, bool shared_port, bool listens) {
    const int family = where.address().is_v6() ? AF_INET6 : AF_INET;
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) refuse(address, errno);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared_port) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    const bool bound = ::bind(fd, where.data(), static_cast<socklen_t>(where.size())) == 0;
    if (!bound || (listens && ::listen(fd, backlog) != 0)) {
        const int error = errno;
        ::close(fd);
        refuse(address, error);
    }
    return fd;
}

}  // namespace

listening_socket listening_socket::open(const std::string& address, bool shared_port, const socket_file& file) {
    if (!address.starts_with("unix:")) return {open_tcp(address, parse(address), shared_port, true), {}, false};
    const auto path = address.substr(5);
    return {open_unix(address, path, file), path, true};
}

std::optional<listening_socket> listening_socket::adopt(int fd) {
    int listens = 0, type = 0;
    socklen_t size = sizeof listens;
    sockaddr_un name{};
    socklen_t length = sizeof name;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0 ||
        ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length) != 0) {
        return std::nullopt;
    }
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    // An address of IPv6 is shorter than sockaddr_un.
    return listening_socket(fd, name.sun_family == AF_UNIX ? name.sun_path : "", false);
}

void probe_port(const std::string& address) {
    if (!address.starts_with("unix:")) ::close(open_tcp(address, parse(address), false, false));
}

listening_socket::~listening_socket() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (owns_file_) ::unlink(path_.c_str());
}

bool listening_socket::is_bound_to(const std::string& address) const {
    const auto bound = bound_address();
    if (address.starts_with("unix:") || bound.starts_with("unix:")) return address == bound;
    const auto wanted = parse(address), actual = parse(bound);
    return wanted.address() == actual.address() && (wanted.port() == 0 || wanted.port() == actual.port());
}

std::string listening_socket::bound_address() const {
    if (!path_.empty()) return "unix:" + path_;
    asio::ip::tcp::endpoint where;
    socklen_t length = static_cast<socklen_t>(where.capacity());
    ::getsockname(fd_, where.data(), &length);
    const auto host = where.address().to_string();
    return (where.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

}  // namespace ferry::net
