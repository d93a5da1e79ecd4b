#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "net/signal.hpp"
#include "relay/exchange/rival.hpp"
#include "relay/tries/attempt.hpp"
#include "relay/tries/failover.hpp"

namespace ferry::relay {

// A second try beside the first one of a request, at the next candidate, begun when the first has no content within
// the time in which its row mostly has it. Whose content comes first answers; the other is closed at once. If the
// first fails, the second is the one that is asked. Owned by the relay of one request; lives on its core.
class hedge final : public rival {
public:
    // Waits for the first content of an answer, without consuming it. A fault: there will be none.
    using content_waiter = boost::asio::awaitable<std::optional<fault>> (*)(request&, attempt&);

    hedge(request& x, content_waiter await_content) : x_(x), await_content_(await_content), timer_(x.core.wheel) {}
    ~hedge() override { x_.other = nullptr; }

    // The first try is about to be asked. It and the plan stay until rest().
    void watch(attempt& first, failover& plan);
    // It is over: no second one is begun any more.
    void rest();
    // A second one is under way, or has its content.
    bool is_under_way() const { return second_ && !second_->is_lost && !is_source_; }
    // The first try has failed, or has been overtaken, and is closed: the second one is asked from now on, and is
    // source(), once it has content or failed, with this fault. Unless the client leaves first or the process stops.
    // REQUIRES: is_under_way().
    boost::asio::awaitable<std::optional<fault>> step_in(failover& plan);
    attempt* source() { return is_source_ ? &*second_->asked : nullptr; }
    // Another try takes its place, and nothing of it is needed.
    void close();

    // Nothing of it runs any more, or must be waited for.
    bool is_over() const { return !second_ || second_->is_done; }
    boost::asio::awaitable<void> end();

    void is_late() override;

private:
    struct second_try {
        explicit second_try(request& x) : ended(x.core.context) {}
        // REQUIRES: is_done.
        void drop() {
            asked.reset();
            side.pass = {};
            side.slot = {};
        }

        const catalog::candidate* row = nullptr;
        attempt::side side;
        std::optional<attempt> asked;
        std::optional<fault> failed;
        net::signal ended;
        bool is_done = false;  // it has content, or has failed
        bool is_lost = false;  // it is of no use any more
    };

    void begin();
    boost::asio::awaitable<void> run();
    void note_end(std::optional<fault> failed);
    void lose();

    request& x_;
    content_waiter await_content_;
    net::deadline timer_;
    attempt* first_ = nullptr;  // null: it is over
    failover* plan_ = nullptr;
    std::unique_ptr<second_try> second_;
    bool is_source_ = false;
};

}  // namespace ferry::relay
