#include "upstream/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

namespace ferry::bench {
namespace {

constexpr auto out_of_descriptors_pause = std::chrono::milliseconds(20);

}  // namespace

worker::worker(int listening_fd, upstream_shared& shared) : listening_fd_(listening_fd), shared_(shared) {
    loop_.watch(listening_fd_, *this, EPOLLIN | EPOLLEXCLUSIVE);
}

worker::~worker() {
    sessions_.clear();
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
        auto made = std::make_unique<session>(fd, *this);
        session* key = made.get();
        sessions_.emplace(key, std::move(made));
    }
}

void worker::on_timer() {
    loop_.watch(listening_fd_, *this, EPOLLIN | EPOLLEXCLUSIVE);
}

}  // namespace ferry::bench
