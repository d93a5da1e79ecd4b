// The epoll set of a core and the turns of its loop: for readiness.cpp and loop_turns.cpp alone.
#pragma once

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "net/loop_turns.hpp"
#include "net/readiness.hpp"

namespace ferry::net {

// The set of a core. A service of its io_context, so that it ends with it and whoever still waits is destroyed in time.
class ready_sources final : public boost::asio::execution_context::service {
public:
    using key_type = ready_sources;
    static boost::asio::execution_context::id id;

    explicit ready_sources(boost::asio::execution_context& core)
        : service(core), core_(static_cast<boost::asio::io_context&>(core)), set_(core_, open_set()) {
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
        if (static_cast<ready_hook&>(one).is_linked()) return;
        if (is_hurried_) [[unlikely]]
            return is_ready_while_hurried(one);
        ready_.push_back(one);
    }
    void runs_last(ready_source& one) {
        if (!static_cast<ready_hook&>(one).is_linked()) last_.push_back(one);
    }
    // From within some coroutine: what is ready runs when that one has come to its next wait.
    void run_soon() {
        if (is_posted_) return;
        is_posted_ = true;
        boost::asio::post(core_, [this] { run_turn(); });
    }

    void listen(turn_listener& who) { listener_ = &who; }
    void hurry(bool is_hurried) {
        is_hurried_ = is_hurried;
        came_ = ran_ = 0;
        sampled_.reset();
        ready_.splice(ready_.end(), first_);
    }

    unsigned accepts_a_turn() const {
        if (accepts_one_) return 1;
        return turn_length_ < long_turn && !is_hurried_ ? usual_accepts : most_accepts;
    }
    void accept_one_a_turn(bool always) { accepts_one_ = always; }

private:
    static constexpr std::size_t most_events = 256;
    static constexpr int most_looks = 64;  // at epoll for one turn
    static constexpr auto long_turn = milliseconds(2);
    static constexpr unsigned usual_accepts = 1;
    static constexpr unsigned most_accepts = 512;   // in one turn
    static constexpr std::size_t many_events = 16;  // from so many on a turn is timed
    // Of those who do not go first, in one turn: for so long, and so many.
    static constexpr auto share_while_hurried = milliseconds(2);
    static constexpr std::size_t most_while_hurried = 64;

    static int open_set() {
        const int fd = ::epoll_create1(EPOLL_CLOEXEC);
        if (fd < 0) throw std::runtime_error(std::string("No epoll set: ") + std::strerror(errno));
        return fd;
    }

    using ready_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<of_ready>, source_hook>;
    using all_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<of_all>, source_hook>;
    template <class Hook>
    using list_by = boost::intrusive::list<ready_source, boost::intrusive::base_hook<Hook>,
                                           boost::intrusive::constant_time_size<false>>;

    void shutdown() override {
        boost::system::error_code ignored;
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
        set_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](const boost::system::error_code& error) {
                            if (error) return;
                            look_soon();
                            note_events();
                            run_turn();
                        });
    }

    // Before any coroutine runs: an event of a source that is gone must not be met. All that is ready is noted, so that
    // nobody waits unknown in the kernel.
    void note_events() {
        std::array<epoll_event, most_events> events;
        int count = 0;
        for (int looks = 0; looks < most_looks; ++looks) {
            count = ::epoll_wait(set_.native_handle(), events.data(), most_events, 0);
            for (int i = 0; i < count; ++i) {
                const auto& event = events[static_cast<std::size_t>(i)];
                auto& one = *static_cast<ready_source*>(event.data.ptr);
                one.note(event.events);
                if (one.is_due()) is_ready(one);
            }
            if (count > 0) noted_ += static_cast<std::size_t>(count);
            if (count < static_cast<int>(most_events)) return;
        }
    }

    // Runs who is ready, then who waits for the end of the turn: the writes. Who becomes ready meanwhile waits for the
    // next turn, behind everything else the loop has to do. But where several ran, which takes a while, epoll is asked
    // once more and who is ready by then runs in this turn, so that the writes of all follow each other and wake their
    // peer once. Example: 20 requests are read, 5 more come meanwhile: one burst of 25 writes upstream, not two.
    void run_turn() {
        is_posted_ = true;
        if (is_hurried_) [[unlikely]]
            run_hurried();
        else
            run_all();
        list_by<ready_hook> now;
        now.swap(last_);
        for (auto& one : now) one.is_woken_ = true;
        run(now);
        is_posted_ = false;
        if (!ready_.empty() || !first_.empty() || !last_.empty()) run_soon();
    }
    void run_all() {
        const bool are_many = std::exchange(noted_, 0) >= many_events;
        const auto began = are_many ? steady::now() : steady::time_point{};
        if (run_ready() > 1) {
            note_events();
            run_ready();
        }
        if (are_many || were_many_) tell_turn(are_many, began);
    }
    void tell_turn(bool are_many, steady::time_point began) {
        were_many_ = are_many;
        const auto now = steady::now();
        turn_length_ = are_many ? now - began : steady::duration(0);
        if (listener_ != nullptr) listener_->waited(turn_length_, now);
    }

    void is_ready_while_hurried(ready_source& one) {
        if (one.goes_first_ && one.reader_) return first_.push_back(one);
        ready_.push_back(one);
        ++came_;
    }
    // Who goes first, then some of the others, in order. One of those after the other is timed from its coming to its
    // turn.
    void run_hurried() {
        note_events();
        list_by<ready_hook> first;
        first.swap(first_);
        run(first);
        const auto until = steady::now() + share_while_hurried;
        for (std::size_t i = 0; i < most_while_hurried && !ready_.empty() && (i == 0 || steady::now() < until); ++i) {
            auto& one = ready_.front();
            ready_.pop_front();
            ++ran_;
            one.run_who_is_due();
        }
        if (ready_.empty()) ran_ = came_;  // some have ended before their turn
        time_one(steady::now());
    }
    void time_one(steady::time_point now) {
        const bool had_its_turn = sampled_ && ran_ >= sample_;
        const auto waited = had_its_turn ? now - *sampled_ : steady::duration(0);
        const bool tells = had_its_turn || (!sampled_ && ready_.empty());
        if (had_its_turn) sampled_.reset();
        if (!sampled_ && !ready_.empty()) {
            sample_ = came_;
            sampled_ = now;
        }
        if (tells && listener_ != nullptr) listener_->waited(waited, now);
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

    boost::asio::io_context& core_;
    boost::asio::posix::stream_descriptor set_;
    list_by<all_hook> all_;
    list_by<ready_hook> ready_, last_;
    list_by<ready_hook> first_;  // while hurried
    bool is_posted_ = false;
    bool is_hurried_ = false, were_many_ = false, accepts_one_ = false;
    steady::duration turn_length_{0};  // of the last one, if many ran in it
    std::size_t noted_ = 0;            // events, since a turn began
    // While hurried: how many have come and run that do not go first, and the one that is timed.
    std::uint64_t came_ = 0, ran_ = 0, sample_ = 0;
    std::optional<steady::time_point> sampled_;
    turn_listener* listener_ = nullptr;
};

}  // namespace ferry::net
