#include "app/inheritance.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "base/number_text.hpp"

namespace ferry::app {

namespace {

constexpr int first_fd = 3;
constexpr std::string_view lent_mark = ".lent";

// The variable's text; it is gone afterwards, so that it reaches no program that this one starts.
std::string take_variable(const char* name) {
    const char* value = std::getenv(name);
    const std::string text = value == nullptr ? "" : value;
    ::unsetenv(name);
    return text;
}

int number(const std::string& text) {
    return parse_number<int>(text).value_or(-1);
}

// Cuts the first of a list of names separated by colons off.
std::string take_name(std::string& names) {
    const auto end = std::min(names.find(':'), names.size());
    auto first = names.substr(0, end);
    names.erase(0, end + 1);
    return first;
}

}  // namespace

std::string socket_name(socket_role role, bool is_lent) {
    std::string name = role == socket_role::admin ? "admin" : "client";
    return is_lent ? name.append(lent_mark) : name;
}

inheritance::~inheritance() {
    if (ready_fd_ >= 0) ::close(ready_fd_);
}

inheritance inheritance::take() {
    inheritance taken;
    const int pid = number(take_variable("LISTEN_PID"));
    const int count = number(take_variable("LISTEN_FDS"));
    auto names = take_variable("LISTEN_FDNAMES");
    const int ready = number(take_variable("FERRY_READY_FD"));
    if (pid != ::getpid()) return taken;
    if (ready >= first_fd && ::fcntl(ready, F_SETFD, FD_CLOEXEC) == 0) taken.ready_fd_ = ready;
    for (int fd = first_fd; fd < first_fd + count; ++fd) taken.add(fd, take_name(names));
    return taken;
}

void inheritance::add(int fd, const std::string& name) {
    auto socket = net::listening_socket::adopt(fd);
    if (!socket) {
        log_warn("The inherited descriptor {} ({}) is no listening stream socket and is closed", fd, name);
        ::close(fd);
        return;
    }
    std::optional<socket_role> role;
    for (const auto known : {socket_role::client, socket_role::admin}) {
        if (name == socket_name(known, false) || name == socket_name(known, true)) role = known;
    }
    sockets_.push_back({std::move(*socket), role, !has_predecessor() || name.ends_with(lent_mark)});
}

inheritance::claimed inheritance::claim(const std::string& address, socket_role role) {
    claimed found;
    std::string bound = address;
    const bool any_port = address.ends_with(":0");
    std::vector<entry> others;
    for (auto& one : sockets_) {
        if ((!any_port || one.role.value_or(role) == role) && one.socket.is_bound_to(bound)) {
            bound = one.socket.bound_address();
            found.are_lent = one.is_lent;
            found.sockets.push_back(std::move(one.socket));
        } else {
            others.push_back(std::move(one));
        }
    }
    sockets_ = std::move(others);
    return found;
}

std::vector<std::string> inheritance::unclaimed() const {
    std::vector<std::string> addresses;
    for (const auto& one : sockets_) addresses.push_back(one.socket.bound_address());
    return addresses;
}

void inheritance::tell_ready() {
    // What is left over was of addresses that are configured no more, and nobody serves these files.
    for (auto& one : sockets_) one.socket.own_file(!one.is_lent);
    sockets_.clear();
    const char ready = 0;
    const int fd = std::exchange(ready_fd_, -1);
    if (fd < 0) return;
    if (::write(fd, &ready, 1) != 1) log_warn("The process that started this one is gone; this one serves alone");
    ::close(fd);
}

}  // namespace ferry::app
