#include "net/readiness.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace ferry::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t most_events = 256;

int open_set() {
    const int fd = ::epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) throw std::runtime_error(std::string("No epoll set: ") + std::strerror(errno));
    return fd;
}

}  // namespace

// The set of a core. A service of its io_context, so that it ends with it and whoever still waits is destroyed in time.
class ready_sources final : public asio::execution_context::service {
public:
    using key_type = ready_sources;
    static asio::execution_context::id id;

    explicit ready_sources(asio::execution_context& core)
        : service(core), core_(static_cast<asio::io_context&>(core)), set_(core_, open_set()) {
        look_soon();
    }

    void add(ready_source& one) { all_.push_back(one); }
    bool enter(ready_source& one) {
        epoll_event wanted{};
        wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        wanted.data.ptr = &one;
        return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, one.fd_, &wanted) == 0;
    }
    // Not left to close(): until a child that is being started has executed its program, it holds the socket open.
    void leave(ready_source& one) {
        epoll_event none{};
        ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, one.fd_, &none);
    }

    void is_ready(ready_source& one) {
        if (!static_cast<ready_hook&>(one).is_linked()) ready_.push_back(one);
    }
    void runs_last(ready_source& one) {
        if (!static_cast<ready_hook&>(one).is_linked()) last_.push_back(one);
    }
    // From within some coroutine: what is ready runs when that one has come to its next wait.
    void run_soon() {
        if (is_posted_) return;
        is_posted_ = true;
        asio::post(core_, [this] { run_turn(); });
    }

private:
    using ready_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<of_ready>, source_hook>;
    using all_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<of_all>, source_hook>;
    template <class Hook>
    using list_by = boost::intrusive::list<ready_source, boost::intrusive::base_hook<Hook>,
                                           boost::intrusive::constant_time_size<false>>;

    void shutdown() override {
        error_code ignored;
        set_.close(ignored);
        // A coroutine that is destroyed may destroy the source it waited for, and others.
        while (!all_.empty()) {
            auto& one = all_.front();
            if (one.reader_) {
                one.reader_.drop();
            } else if (one.writer_) {
                one.writer_.drop();
            } else {
                all_.pop_front();
            }
        }
    }

    void look_soon() {
        set_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
            if (error) return;
            look_soon();
            note_events();
            run_turn();
        });
    }

    // Before any coroutine runs: an event of a source that is gone must not be met.
    void note_events() {
        std::array<epoll_event, most_events> events;
        const int count = ::epoll_wait(set_.native_handle(), events.data(), most_events, 0);
        for (int i = 0; i < count; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            auto& one = *static_cast<ready_source*>(event.data.ptr);
            one.note(event.events);
            if (one.is_due()) is_ready(one);
        }
    }

    // Runs who is ready, then who waits for the end of the turn: the writes. Who becomes ready meanwhile waits for the
    // next turn, behind everything else the loop has to do. But where several ran, which takes a while, epoll is asked
    // once more and who is ready by then runs in this turn, so that the writes of all follow each other and wake their
    // peer once. Example: 20 requests are read, 5 more come meanwhile: one burst of 25 writes upstream, not two.
    void run_turn() {
        is_posted_ = true;
        if (run_ready() > 1) {
            note_events();
            run_ready();
        }
        list_by<ready_hook> now;
        now.swap(last_);
        for (auto& one : now) one.is_woken_ = true;
        run(now);
        is_posted_ = false;
        if (!ready_.empty() || !last_.empty()) run_soon();
    }
    std::size_t run_ready() {
        list_by<ready_hook> now;
        now.swap(ready_);
        return run(now);
    }
    // How many ran.
    static std::size_t run(list_by<ready_hook>& these) {
        std::size_t count = 0;
        for (; !these.empty(); ++count) {
            auto& one = these.front();
            these.pop_front();
            one.run_who_is_due();
        }
        return count;
    }

    asio::io_context& core_;
    asio::posix::stream_descriptor set_;
    list_by<all_hook> all_;
    list_by<ready_hook> ready_, last_;
    bool is_posted_ = false;
};

asio::execution_context::id ready_sources::id;

ready_source::ready_source(asio::io_context& core, int fd, bool is_tcp)
    : all_(asio::use_service<ready_sources>(core)), fd_(fd), is_tcp_(is_tcp) {
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
