#include "upstream/dns_channel.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace ferry::upstream {

namespace ip = boost::asio::ip;

namespace {

constexpr std::chrono::milliseconds usual_timeout{1'500};
constexpr int most_tries = 3;

ip::address address_of(const sockaddr& from) {
    if (from.sa_family == AF_INET) {
        return ip::address_v4(ntohl(reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr));
    }
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    ip::address_v6::bytes_type bytes;
    std::copy(std::begin(v6.sin6_addr.s6_addr), std::end(v6.sin6_addr.s6_addr), bytes.begin());
    return ip::address_v6(bytes, v6.sin6_scope_id);
}

lookup_answer answer_of(const ares_addrinfo& found) {
    lookup_answer answer;
    int ttl = -1;
    for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) {
        if (node->ai_family != AF_INET && node->ai_family != AF_INET6) continue;
        const auto address = address_of(*node->ai_addr);
        auto& all = answer.addresses;
        if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
        ttl = ttl < 0 ? node->ai_ttl : std::min(ttl, node->ai_ttl);
    }
    answer.ttl = std::chrono::seconds(std::max(ttl, 0));
    return answer;
}

lookup_answer failure_of(int status) {
    lookup_answer answer;
    answer.is_definite = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;
    answer.error = ares_strerror(status);
    return answer;
}

}  // namespace

struct dns_channel::question {
    dns_channel& of;
    name_source::callback done;
};

dns_channel::dns_channel(const std::string& servers, std::chrono::milliseconds timeout) {
    static const int ready = ares_library_init(ARES_LIB_INIT_ALL);
    if (ready != ARES_SUCCESS) throw std::runtime_error(std::string("c-ares: ") + ares_strerror(ready));
    ares_options options{};
    options.timeout = static_cast<int>((timeout.count() > 0 ? timeout : usual_timeout).count());
    options.tries = most_tries;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = this;
    const int made =
        ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (made != ARES_SUCCESS) throw std::runtime_error(std::string("c-ares: ") + ares_strerror(made));
    if (servers.empty()) return;
    if (const int set = ares_set_servers_ports_csv(channel_, servers.c_str()); set != ARES_SUCCESS) {
        ares_destroy(channel_);
        throw std::runtime_error("c-ares: '" + servers + "' are no name servers: " + ares_strerror(set));
    }
}

dns_channel::~dns_channel() {
    closing_ = true;
    ares_destroy(channel_);
}

void dns_channel::ask(const std::string& host, name_source::callback done) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ++under_way_;
    auto asked = std::make_unique<question>(question{*this, std::move(done)});
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, on_answer, asked.release());
}

void dns_channel::on_answer(void* asked, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<question> of(static_cast<question*>(asked));
    --of->of.under_way_;
    lookup_answer answer = failure_of(status);
    if (status == ARES_SUCCESS && found != nullptr) answer = answer_of(*found);
    ares_freeaddrinfo(found);
    if (of->of.closing_) return;
    if (status == ARES_SUCCESS && answer.addresses.empty()) answer = failure_of(ARES_ENODATA);
    of->done(std::move(answer));
}

void dns_channel::on_socket(void* self, ares_socket_t socket, int readable, int writable) {
    auto& sockets = static_cast<dns_channel*>(self)->sockets_;
    const auto events = static_cast<short>((readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0));
    if (events == 0) {
        sockets.erase(socket);
    } else {
        sockets[socket] = events;
    }
}

void dns_channel::add_sockets(std::vector<pollfd>& to) const {
    for (const auto& [socket, events] : sockets_) to.push_back({socket, events, 0});
}

int dns_channel::milliseconds_left() const {
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) return -1;
    return static_cast<int>(left.tv_sec * 1000 + (left.tv_usec + 999) / 1000);
}

void dns_channel::work(const std::vector<pollfd>& found) {
    for (const auto& one : found) {
        if (one.revents == 0 || !sockets_.contains(one.fd)) continue;
        const bool readable = (one.revents & ~POLLOUT) != 0, writable = (one.revents & POLLOUT) != 0;
        ares_process_fd(channel_, readable ? one.fd : ARES_SOCKET_BAD, writable ? one.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

}  // namespace ferry::upstream
