// What one key, user or team uses of its limits.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "access/limits.hpp"
#include "limits/window.hpp"
#include "store/limit_store.hpp"

namespace ferry::limits {

enum class measure : std::uint8_t { requests_a_minute, tokens_a_minute, requests_a_day, tokens_a_day, parallel };
inline constexpr std::size_t measures_size = 5;

// One for each measure.
using amounts = std::array<std::int64_t, measures_size>;

// As the columns are named: "rpm".
std::string_view to_text(measure of);

struct shortage {
    measure of;
    std::int64_t limit;
    std::int64_t wait_ms;
    bool is_guess = false;  // what others use is about to be told
};

// Where one limit stands, by what is known of all who share it.
struct limit_state {
    measure of;
    std::int64_t limit = 0, used = 0;
    std::optional<std::int64_t> wait_ms;  // it would not let the request in; 0: nor any other

    std::int64_t left() const { return limit > used ? limit - used : 0; }
};

// Where it stands: what of `limit` is left, and when all of it will be.
struct allowance {
    std::int64_t limit = -1;  // -1: no limit
    std::int64_t remaining = 0, reset_ms = 0;
};

// Of the narrowest limits.
struct allowances {
    allowance requests, tokens;
};

// Owned by: the limiter and the tickets. Any thread, under its lock.
// Where replicas share the limits, what the others use, and were promised, is known as of the last exchange, and until
// the next one this process takes no more than its share of what was left then. So all together take no more than there
// is.
class meter {
public:
    explicit meter(const access::party_limits& limits) : limits_(limits) {}

    std::mutex lock;

    // `wanted`: what a request adds to each measure. `replicas` share the limits: until it is told what the others use,
    // for half a second at the most, this one takes an even share.
    std::optional<shortage> check(const access::party_limits& limits, const amounts& wanted, std::int64_t now_ms,
                                  int replicas);
    // The same of each limit, and takes nothing.
    std::vector<limit_state> look(const access::party_limits& limits, const amounts& wanted, std::int64_t now_ms);
    void take(const amounts& wanted, std::int64_t now_ms);
    // The request has ended; it used `more` tokens than were taken at `began_ms`, or fewer.
    void settle(std::int64_t began_ms, std::int64_t more_tokens, std::int64_t now_ms);

    allowance requests(std::int64_t now_ms) const { return narrowest(0, now_ms); }
    allowance tokens(std::int64_t now_ms) const { return narrowest(1, now_ms); }

    amounts used(std::int64_t now_ms) const;
    // What the others use, and may use until they tell again; `replicas` counts this one, which is number `rank` of
    // them. `turn` changes each time. Returns what this one may use until it tells again.
    amounts share(const amounts& others, int replicas, int rank, std::int64_t turn, std::int64_t now_ms);
    // Nobody needs to know of it any more.
    bool is_idle(std::int64_t now_ms) const;
    // A request is running, or there was one since.
    bool is_used(std::int64_t since_ms) const { return parallel_ > 0 || last_used_ms_ >= since_ms; }
    // It is not known, or not any more, what the others use.
    bool must_ask(std::int64_t now_ms) const;

private:
    static constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

    std::int64_t limit_of(measure m) const;
    std::int64_t used_of(measure m, std::int64_t now_ms) const;
    // What the others use: what they told, which fades where they tell nothing new.
    std::int64_t others(measure m, std::int64_t now_ms) const;
    void await(const amounts& wanted, std::int64_t now_ms);
    std::int64_t wait_for(measure m, std::int64_t room, std::int64_t now_ms) const;
    allowance narrowest(std::size_t kind, std::int64_t now_ms) const;
    window* window_of(std::size_t m) { return windows_[m].get(); }

    access::party_limits limits_;                                     // as of the last request
    std::array<std::unique_ptr<window>, measures_size - 1> windows_;  // those with a limit
    std::int64_t parallel_ = 0;
    amounts others_{};
    std::int64_t told_ms_ = 0;
    amounts shares_{any, any, any, any, any};
    amounts since_{};   // taken since the last exchange
    amounts needed_{};  // the largest of the requests that were refused for the share alone, or all that wait
    std::int64_t last_used_ms_ = 0;
    std::int64_t came_ms_ = 0;  // here for the first time, or after a pause
};

}  // namespace ferry::limits
