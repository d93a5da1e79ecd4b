#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "relay/request/repairs.hpp"
#include "relay/tries/attempt.hpp"
#include "relay/tries/retry_policy.hpp"

namespace ferry::relay {

// Where one request stands among its candidates: whom to ask now, and what comes after a try that failed. Whom circuits
// put behind is asked last, and whom they refuse not at all. Owned by the relay of one request; lives on its core.
class failover {
public:
    explicit failover(request& x);

    // Why nobody may be asked now, at the beginning.
    const std::optional<fault>& refused() const { return refused_; }
    // Whoever might be asked has as many requests at once as it may: await_room() comes before the next try.
    bool awaits_room() const { return full_ != 0; }
    // A fault: nobody had room in time, or the client has gone or the process stops.
    boost::asio::awaitable<std::optional<fault>> await_room();
    // REQUIRES: somebody may be.
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

    // Who could be asked beside this one, see hedge: the first of the others that is well; null: nobody.
    const catalog::candidate* beside() const;
    // It is. False: it has no room, or its circuits have changed their mind.
    bool enter_beside(const catalog::candidate& row, attempt::side& as);
    // How the try that is asked, or the one beside it, failed while the other goes on.
    void failed_beside(const catalog::candidate& row, const circuits::pass& pass, const fault& why,
                       const attempt& tried);
    // What was asked beside is now the one that is asked.
    void step_to(const catalog::candidate& row, attempt::side& as);

private:
    bool enter(std::size_t candidate, bool even_behind);
    bool enter_next();
    bool has_room(std::size_t candidate);
    std::optional<fault> enter_with_slot();
    fault why_no_room();
    bool enter_larger();
    std::optional<fault> enter_again();
    void note_clients_timeout();
    void set_patience();
    std::size_t place_of(const catalog::candidate& row) const;
    bool has_next(steady::time_point now) const;
    std::optional<fault> why_nobody(steady::time_point now) const;
    void note_failure(const fault& why, const attempt& tried, bool answered, steady::time_point now);

    request& x_;
    std::optional<request_repairs> repairs_;
    std::optional<fault> refused_;
    std::size_t at_ = 0;
    std::optional<milliseconds> clients_;  // how long it waits, from x.started
    std::uint32_t asked_ = 0;              // a bit for each candidate
    std::uint32_t full_ = 0;               // likewise: nothing stands in the way but that it has no room
    int tries_ = 0;                        // at this candidate
    int all_tries_ = 0;                    // at all of them; neither counts repairs and stale connections
    milliseconds held_{0};
    bool once_ = false;  // this candidate kept failing: it is not asked twice
    bool shut_ = false;  // ... and is not asked any more
    bool fresh_ = false;
    bool same_again_ = false;  // it was asked to go on with its own answer
};

}  // namespace ferry::relay
