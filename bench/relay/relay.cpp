#include "relay/relay.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <unordered_map>

#include "io/connector.hpp"
#include "io/listener.hpp"
#include "relay/joined_connections.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t read_at_once = 64 * 1024;

endpoint destination(const std::string& to) {
    const auto colon = to.rfind(':');
    std::uint16_t port = 0;
    const char* const end = to.data() + to.size();
    const auto read = std::from_chars(colon == std::string::npos ? end : to.data() + colon + 1, end, port);
    if (read.ec != std::errc() || read.ptr != end || port == 0) {
        throw std::runtime_error("--to " + to + ": give host:port, for example 127.0.0.1:8000");
    }
    return resolve(to.substr(0, colon), port);
}

class relay final : private watcher, private joined_connections::owner {
public:
    relay(const listener& listening, const endpoint& to) : listening_fd_(listening.fd()), to_(to) {
        loop_.watch(listening_fd_, *this, EPOLLIN);
    }

    void run() { loop_.run(); }

private:
    event_loop& loop() override { return loop_; }
    std::string& scratch() override { return scratch_; }

    void remove(joined_connections& ended) override {
        const auto found = joined_.find(&ended);
        loop_.retire(std::shared_ptr<joined_connections>(std::move(found->second)));
        joined_.erase(found);
    }

    void on_ready(std::uint32_t) override {
        const int fd = accept4(listening_fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        const int onward = begin_connect(to_);
        if (onward < 0) {
            close(fd);
            return;
        }
        auto made = std::make_unique<joined_connections>(fd, onward, static_cast<joined_connections::owner&>(*this));
        joined_connections* key = made.get();
        joined_.emplace(key, std::move(made));
    }

    const int listening_fd_;
    const endpoint to_;
    event_loop loop_;
    std::string scratch_ = std::string(read_at_once, '\0');
    std::unordered_map<joined_connections*, std::unique_ptr<joined_connections>> joined_;
};

}  // namespace

int run_relay(const relay_options& options) {
    const auto to = destination(options.to);
    const listener listening(options.listen, network{});
    relay here(listening, to);
    std::cout << "ferry-bench relay on http://" << listening.host() << ':' << listening.port() << std::endl;
    here.run();
    return 0;
}

}  // namespace ferry::bench
