#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "relay/exchange/options.hpp"

namespace ferry::relay {

// As /status shows it.
struct cooling_account {
    std::int64_t model_id = 0;  // the row that failed last
    std::string host;
    std::string error_code;
    std::string reason;    // both texts of the last fault
    int failures = 0;      // in a row
    milliseconds left{0};  // until it is asked in its turn again
};

// Which endpoints, each with one key, are left alone for a while: until the time an upstream named, or for a cooldown
// after so many failures in a row, or after one that the key will meet every time. Whoever cools is asked after all
// others, not never. Owned by the application and shared by the cores: what one learns, all know. Any thread may call.
// As long as nothing has failed it costs one look at an atomic number, and no lock.
class cooldowns {
public:
    void note_failure(const catalog::candidate& row, const fault& why, const circuit_options& rules,
                      steady::time_point now);
    void note_success(const catalog::candidate& row);

    bool is_empty() const { return count_.load(std::memory_order_relaxed) == 0; }
    bool is_cooling(const catalog::candidate& row, steady::time_point now) const {
        return how_it_is(row, now) != condition::well;
    }
    // Cooling because it kept failing, not because it named a time.
    bool is_failing(const catalog::candidate& row, steady::time_point now) const {
        return how_it_is(row, now) == condition::failing;
    }

    std::vector<cooling_account> list(steady::time_point now) const;

private:
    struct state {
        int failures = 0;
        bool keeps_failing = false;
        steady::time_point until{};
        std::int64_t model_id = 0;
        std::string host, error_code, reason;
    };

    enum class condition { well, waiting, failing };
    condition how_it_is(const catalog::candidate& row, steady::time_point now) const;

    // Cores that look at different accounts seldom meet at one lock.
    struct stripe {
        mutable std::mutex mutex;
        std::atomic<std::size_t> count{0};
        boost::unordered_flat_map<std::uint64_t, state> states;
    };
    stripe& stripe_of(const catalog::candidate& row) { return stripes_[row.account % stripes_.size()]; }
    const stripe& stripe_of(const catalog::candidate& row) const { return stripes_[row.account % stripes_.size()]; }
    void count(stripe& of);

    std::atomic<std::size_t> count_{0};  // of all stripes
    std::array<stripe, 16> stripes_;
};

}  // namespace ferry::relay
