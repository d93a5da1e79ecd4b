// The listening sockets of a running application: opened, inherited, and handed over to another process.
#include <unistd.h>

#include <algorithm>

#include "app/application.hpp"
#include "base/log.hpp"

namespace ferry::app {

std::vector<application::served_address*> application::addresses() {
    std::vector<served_address*> all;
    for (auto& one : clients_) all.push_back(&one);
    all.push_back(&admin_);
    return all;
}

void application::open_sockets() {
    for (const auto& address : settings_.server.listen) clients_.push_back({address, socket_role::client, {}, false});
    admin_ = {settings_.server.admin_listen, socket_role::admin, {}, false};
    // Port 0 takes what no address asks for by its number.
    auto order = addresses();
    std::stable_partition(order.begin(), order.end(), [](const auto* one) { return !one->configured.ends_with(":0"); });
    for (auto* one : order) {
        auto found = given_.claim(one->configured, one->role);
        one->sockets = std::move(found.sockets);
        one->are_lent = found.are_lent;
    }
    for (auto* one : order) {
        if (one->sockets.empty()) open(*one);
    }
    for (const auto& unused : given_.unclaimed()) {
        log_warn("The inherited socket {} is closed: neither server.listen nor server.admin_listen names it", unused);
    }
}

// One socket for each core, where they can share a port.
void application::open(served_address& which) {
    const bool is_shared = which.role == socket_role::client && !which.configured.starts_with("unix:");
    const auto count = is_shared ? core_count() : 1;
    net::probe_port(which.configured);
    const net::socket_file file{settings_.server.unix_socket_mode, settings_.server.unix_socket_group};
    which.sockets.push_back(net::listening_socket::open(which.configured, count > 1, file));
    const auto bound = which.sockets.front().bound_address();
    while (which.sockets.size() < count) which.sockets.push_back(net::listening_socket::open(bound, true));
}

// Every socket has a core that accepts from it, and every core a socket, whatever the numbers: a predecessor may have
// had more cores or fewer, and a socket that is closed takes the connections that wait in it along.
void application::listen_on(core& which, unsigned index) {
    for (const auto& address : clients_) {
        const auto count = address.sockets.size();
        auto next = index % count;
        do {
            which.listen_for_clients(address.sockets[next]);
            next = std::max<std::size_t>(next, index) + core_count();
        } while (next < count);
    }
}

void application::tell_ready() {
    // Two processes have a Unix socket until the predecessor hears this; only one may remove its file.
    for (auto* address : addresses()) {
        for (auto& socket : address->sockets) socket.own_file(!address->are_lent);
    }
    const bool is_successor = given_.has_predecessor();
    given_.tell_ready();
    // The predecessor names this process as the one to listen to, which is ready then.
    if (!is_successor) manager_.tell("READY=1");
}

void application::start_successor() {
    if (successor_) {
        log_warn("SIGUSR2: process {} is starting already and has not said that it is ready", successor_->pid());
        return;
    }
    if (::getpid() == 1) {
        log_error("SIGUSR2: Ferry is process 1 here, and a container ends with it: replace the container instead");
        return;
    }
    std::vector<successor::named_socket> sockets;
    for (const auto* address : addresses()) {
        for (const auto& one : address->sockets) {
            sockets.push_back({one.fd(), socket_name(address->role, address->are_lent)});
        }
    }
    try {
        successor_ = std::make_unique<successor>(sockets);
        log_info("SIGUSR2: process {} is started with the {} listening sockets", successor_->pid(), sockets.size());
    } catch (const std::exception& error) {
        log_error("SIGUSR2: the program cannot be started again, this process serves on: {}", error.what());
    }
}

bool application::is_succeeded() {
    if (!successor_) return false;
    const auto state = successor_->look();
    if (state == successor::state::failed) {
        log_error("SIGUSR2: process {} does not take over, this one serves on: {}", successor_->pid(),
                  successor_->failure());
        successor_.reset();
    }
    return state == successor::state::ready;
}

}  // namespace ferry::app
