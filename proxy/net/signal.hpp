// Wakes one coroutine from a callback on the same core: name look-ups, sleeps between tries, drains.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "net/byte_stream.hpp"

namespace ferry::net {

// One waiter at a time; a notification before the wait is remembered. Owned by the waiter; lives on its core.
// interrupt() is a notification: the waiter looks for itself why it woke.
class signal final : public interruptible {
public:
    explicit signal(boost::asio::io_context& context);
    ~signal();
    boost::asio::awaitable<void> wait();
    void notify();
    void interrupt() override { notify(); }

private:
    struct sleeper;
    std::unique_ptr<sleeper> sleeper_;
    bool notified_ = false;
};

}  // namespace ferry::net
