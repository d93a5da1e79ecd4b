#include "relay/joined_connections.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <string_view>

#include "io/connector.hpp"

namespace ferry::bench {

joined_connections::joined_connections(int from_client, int to_server, owner& o)
    : owner_(o), client_(from_client, *this), server_(to_server, *this) {
    server_.connecting = true;
    for (side* s : {&client_, &server_}) {
        s->watched = s->connecting ? static_cast<std::uint32_t>(EPOLLOUT) : 0;
        owner_.loop().watch(s->socket.fd(), *s, s->watched);
    }
}

bool joined_connections::flush(side& to) {
    if (to.unsent.empty()) return true;
    const auto sent = to.socket.write(to.unsent);
    if (sent.state == io_state::ok) to.unsent.erase(0, sent.bytes);
    return sent.state == io_state::ok || sent.state == io_state::blocked;
}

bool joined_connections::pass_on(side& from) {
    side& to = other(from);
    std::string& room = owner_.scratch();
    while (!from.has_ended && !to.connecting && to.unsent.empty()) {
        const auto got = from.socket.read(room.data(), room.size());
        if (got.state == io_state::blocked) return true;
        if (got.state == io_state::failed) return false;
        if (got.state == io_state::closed) {
            from.has_ended = true;
            shutdown(to.socket.fd(), SHUT_WR);
            return true;
        }
        const std::string_view said(room.data(), got.bytes);
        const auto sent = to.socket.write(said);
        if (sent.state != io_state::ok && sent.state != io_state::blocked) return false;
        to.unsent = said.substr(sent.bytes);
        if (got.bytes < room.size()) return true;  // there is no more now
    }
    return true;
}

bool joined_connections::is_over() const {
    return client_.has_ended && server_.has_ended && client_.unsent.empty() && server_.unsent.empty();
}

void joined_connections::watch(side& s) {
    std::uint32_t wanted = 0;
    if (!s.unsent.empty() || s.connecting) wanted |= EPOLLOUT;
    const side& to = other(s);
    if (!s.has_ended && !s.connecting && !to.connecting && to.unsent.empty()) wanted |= EPOLLIN;
    if (wanted != s.watched) owner_.loop().change(s.socket.fd(), s, wanted);
    s.watched = wanted;
}

void joined_connections::on_ready(side& s, std::uint32_t events) {
    if (removed_) return;
    bool works = true;
    if (s.connecting) {
        works = connect_error(s.socket.fd()) == 0;
        s.connecting = false;
    }
    if (works && (events & EPOLLOUT) != 0) works = flush(s);
    // A failed connection is ready to be read, too; of one that was read to its end nothing more can be told.
    const bool has_failed = (events & (EPOLLERR | EPOLLHUP)) != 0;
    if (works && has_failed && s.has_ended) works = false;
    if (works && ((events & EPOLLIN) != 0 || has_failed)) works = pass_on(s);
    if (!works || is_over()) {
        removed_ = true;
        client_.socket.close();
        server_.socket.close();
        owner_.remove(*this);
        return;
    }
    watch(client_);
    watch(server_);
}

}  // namespace ferry::bench
