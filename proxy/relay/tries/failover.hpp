#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "relay/request/repairs.hpp"
#include "relay/tries/retry_policy.hpp"

namespace ferry::relay {

class attempt;

// Where one request stands among its candidates: whom to ask now, and what comes after a try that failed. Those that
// cool down are asked last. Owned by the relay of one request; lives on its core.
class failover {
public:
    explicit failover(request& x);

    const catalog::candidate& to() const { return *x_.route.candidates[at_]; }
    // The next try may not use a connection that stood idle.
    bool fresh() const { return fresh_ || !x_.operation.may_be_repeated; }

    // `answered`: the try got the head of an answer. Notes the failure and moves on if that is the move.
    next_move after(const fault& why, const attempt& tried, bool answered);
    // The answer of the last try broke off when its client had a part of it: on to who may go on with it, the next
    // candidate or the same one once. False: nobody is left.
    bool after_cut();
    // Waits before the next try. A fault: the client has gone or the process stops, at once.
    boost::asio::awaitable<std::optional<fault>> pause(milliseconds length);
    // The last try's answer was given to the client, whole or not.
    void answered();

private:
    void enter(std::size_t candidate);
    std::optional<std::size_t> larger_candidate() const;

    request& x_;
    std::optional<request_repairs> repairs_;
    std::size_t at_ = 0;
    int tries_ = 0;      // at this candidate
    int all_tries_ = 0;  // at all of them; neither counts repairs and stale connections
    milliseconds held_{0};
    bool once_ = false;  // this candidate kept failing: it is not asked twice
    bool fresh_ = false;
    bool same_again_ = false;  // it was asked to go on with its own answer
};

}  // namespace ferry::relay
