// Which descriptors of a core have something to read or room to write, as an edge-triggered epoll set tells (epoll(7)).
//
// The io_context's own reactor tries every read before it waits, although the answer to a request that was just sent is
// never there yet: of five reads for each request, three found nothing. Here a socket that a read has emptied is known
// to be empty until epoll reports it, so those three are not made. To watch a client, or to see whether an idle
// connection is still good, costs no system call either: it is a look at a flag. The set is one descriptor of the
// io_context.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <functional>
#include <utility>

#include "net/resumption.hpp"

namespace ferry::net {

class ready_sources;

using source_hook = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
struct of_all;    // every source of a core
struct of_ready;  // those whose coroutines run in this turn of the loop

// What is known of one socket. At most one coroutine waits to read and one to write. Owned by the stream that owns the
// socket; lives on its core. REQUIRES: forget() before the socket is closed.
class ready_source : public boost::intrusive::list_base_hook<boost::intrusive::tag<of_all>, source_hook>,
                     public boost::intrusive::list_base_hook<boost::intrusive::tag<of_ready>, source_hook> {
private:
    auto wait_as(resumption& who, void (ready_source::*begin)()) {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void()>(
            [this, &who, begin](auto&& handler) {
                who.keep(std::forward<decltype(handler)>(handler));
                (this->*begin)();
            },
            boost::asio::deferred);
    }

public:
    ready_source(boost::asio::io_context& core, int fd, bool is_tcp);
    ~ready_source();
    ready_source(const ready_source&) = delete;
    ready_source& operator=(const ready_source&) = delete;

    // Whether a read is worth a try. False: a read has emptied the socket, and epoll has reported nothing since. Bytes
    // that came after the loop last asked epoll are not known yet: a wait that begins now ends in the loop's next turn.
    bool may_read() const { return is_readable() || !is_registered_; }

    // What a read or a write that was tried has shown.
    void note_nothing_to_read() { may_read_ = has_ended_ = false; }
    // The read brought less than there was room for. So a TCP socket is empty, and only its end may be left to read; a
    // Unix socket may hold more all the same.
    void note_short_read() {
        if (is_tcp_) may_read_ = has_ended_;
    }
    void note_no_room() { may_write_ = false; }
    // TLS may have to write before it can read.
    void reads_need_room(bool need) { reads_need_room_ = need; }

    // co_await: resumed from the loop when it is worth a try, or by wake(). The caller looks for itself which it was.
    auto until_readable() { return wait_as(reader_, &ready_source::begin_wait); }
    auto until_writable() { return wait_as(writer_, &ready_source::begin_wait); }
    // co_await, before a write: resumed when everything that is ready in this turn of the loop has run. What is written
    // then, one after the other, wakes a peer once, which on loopback and virtual machines is most of what a write
    // costs.
    auto until_turn_ends() { return wait_as(writer_, &ready_source::run_last); }
    void wake();
    // Calls `told` once, when a coroutine in until_writable() would be resumed. Its capture is small.
    template <class Told>
    void when_writable(Told told) {
        writer_.keep(std::move(told));
        begin_wait();
    }

    // Where the loop is hurried (net/loop_turns), whoever reads here runs before all others.
    void goes_first() { goes_first_ = true; }

    // See byte_stream::watch.
    void watch(std::function<void()> on_readable);
    void unwatch() { on_readable_ = nullptr; }

    // Nothing more is learned of the socket, and nobody is called.
    void forget();

private:
    friend class ready_sources;

    void begin_wait();
    void run_soon();
    void run_last();
    void note(unsigned events);
    bool is_readable() const { return may_read_ || (reads_need_room_ && may_write_); }
    bool is_due() const;
    void run_who_is_due();

    ready_sources& all_;
    const int fd_;
    const bool is_tcp_;
    bool is_registered_ = false;
    bool may_read_ = true, may_write_ = true;
    bool has_ended_ = false;  // a FIN or an error: a read tells which
    bool is_woken_ = false;
    bool reads_need_room_ = false;
    bool goes_first_ = false;
    resumption reader_, writer_;
    std::function<void()> on_readable_;
};

}  // namespace ferry::net
