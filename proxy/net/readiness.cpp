#include "net/readiness.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/ready_sources.hpp"

namespace ferry::net {

boost::asio::execution_context::id ready_sources::id;

ready_source::ready_source(boost::asio::io_context& core, int fd, bool is_tcp)
    : all_(boost::asio::use_service<ready_sources>(core)), fd_(fd), is_tcp_(is_tcp) {
    all_.add(*this);
}

ready_source::~ready_source() {
    forget();
}

void ready_source::forget() {
    if (is_registered_) all_.leave(*this);
    is_registered_ = false;
    on_readable_ = nullptr;
}

void ready_source::begin_wait() {
    if (!is_registered_) {
        is_registered_ = all_.enter(*this);
        // No memory for one more, and so nothing would ever end this wait: the socket is shut down, which the next read
        // or write reports.
        if (!is_registered_) is_woken_ = ::shutdown(fd_, SHUT_RDWR) == 0;
    }
    if (is_woken_ || is_due()) run_soon();
}

void ready_source::wake() {
    if (!reader_ && !writer_) return;
    is_woken_ = true;
    run_soon();
}

void ready_source::run_soon() {
    all_.is_ready(*this);
    all_.run_soon();
}

void ready_source::run_last() {
    all_.runs_last(*this);
    all_.run_soon();
}

void ready_source::watch(std::function<void()> on_readable) {
    on_readable_ = std::move(on_readable);
    begin_wait();
}

void ready_source::note(unsigned events) {
    constexpr unsigned ends = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if ((events & ends) != 0) has_ended_ = true;
    if ((events & (EPOLLIN | ends)) != 0) may_read_ = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) may_write_ = true;
}

bool ready_source::is_due() const {
    if (is_readable() && (reader_ || on_readable_)) return true;
    return may_write_ && writer_;
}

// Runs one of those who are due: the reader, else the writer, else the watch. That may destroy this source, so nothing
// of it is used afterwards, and if another is due too, its run in the next turn is asked for before. Without that it
// would wait for ever: epoll reports an edge once.
void ready_source::run_who_is_due() {
    const bool is_woken = std::exchange(is_woken_, false);
    const bool reads = reader_ && (is_readable() || is_woken);
    const bool writes = writer_ && (may_write_ || is_woken);
    const bool watches = on_readable_ && is_readable();
    if (int{reads} + int{writes} + int{watches} > 1) {
        is_woken_ = is_woken && reads && writes;
        run_soon();
    }
    if (reads) {
        reader_.run();
    } else if (writes) {
        writer_.run();
    } else if (watches) {
        char byte;
        const bool is_empty = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
        if (is_empty && !reads_need_room_) return note_nothing_to_read();
        std::exchange(on_readable_, nullptr)();
    }
}

}  // namespace ferry::net
