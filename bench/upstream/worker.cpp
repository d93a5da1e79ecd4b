#include "upstream/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace ferry::bench {
namespace {

constexpr auto out_of_descriptors_pause = std::chrono::milliseconds(20);

}  // namespace

worker::worker(int listening_fd, upstream_shared& shared)
    : listening_fd_(listening_fd), shared_(shared), pauses_(loop_, shared.options.standing_still, shared.begun) {
    loop_.watch(listening_fd_, *this, EPOLLIN | EPOLLEXCLUSIVE);
}

worker::~worker() {
    sessions_.clear();
    links_.clear();
    loop_.timers().cancel(*this);
}

void worker::run() {
    loop_.run();
}

void worker::remove(session& s) {
    const auto found = sessions_.find(&s);
    loop_.retire(std::shared_ptr<session>(std::move(found->second)));
    sessions_.erase(found);
}

void worker::remove(delayed_link& link) {
    const auto found = links_.find(&link);
    loop_.retire(std::shared_ptr<delayed_link>(std::move(found->second)));
    links_.erase(found);
}

int worker::behind_a_link(int fd, const network& way) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        close(fd);
        return -1;
    }
    // What the session may have on its way is the window, not what a local socket would hold besides.
    const int little = 4096;
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
    auto made = std::make_unique<delayed_link>(fd, pair[1], way, loop_, static_cast<delayed_link::owner&>(*this));
    delayed_link* key = made.get();
    links_.emplace(key, std::move(made));
    return pair[0];
}

void worker::serve(int fd) {
    const network way = shared_.rules.way();
    if (way.is_delayed()) fd = behind_a_link(fd, way);
    if (fd < 0) return;
    auto made = std::make_unique<session>(fd, way, *this);
    session* key = made.get();
    sessions_.emplace(key, std::move(made));
}

// A few at a time, so that a burst of connections spreads over the workers.
void worker::on_ready(std::uint32_t) {
    for (int i = 0; i < 16; ++i) {
        const int fd = accept4(listening_fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) {
                loop_.forget(listening_fd_);
                loop_.timers().set(*this, steady::now() + out_of_descriptors_pause);
            }
            return;
        }
        serve(fd);
    }
}

void worker::on_timer() {
    loop_.watch(listening_fd_, *this, EPOLLIN | EPOLLEXCLUSIVE);
}

}  // namespace ferry::bench
