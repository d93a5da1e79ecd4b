// How long the first token of each row took of late.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.hpp"

namespace ferry::relay {

// A mean in which the latest counts most, and which fades: who was slow a while ago is worth a try again. Owned by the
// application and shared by the cores; any thread may call. Kept only while some route asks for the fastest.
class row_speeds {
public:
    void keep(bool wanted) { is_kept_.store(wanted, std::memory_order_relaxed); }
    bool is_kept() const { return is_kept_.load(std::memory_order_relaxed); }

    // An answer began so long after it was asked for.
    void note(std::int64_t row_id, std::int64_t first_token_us, steady::time_point now);
    // In microseconds; halved for every minute in which nothing was noted. Nothing for a row that was never measured.
    std::optional<std::int64_t> of(std::int64_t row_id, steady::time_point now) const;

private:
    struct mean {
        double us = 0;
        steady::time_point at{};
    };
    struct stripe {
        mutable std::mutex mutex;
        boost::unordered_flat_map<std::int64_t, mean> means;
    };
    static constexpr std::size_t stripe_count = 16;
    std::size_t stripe_of(std::int64_t row_id) const { return static_cast<std::uint64_t>(row_id) % stripe_count; }

    std::atomic<bool> is_kept_{false};
    std::array<stripe, stripe_count> stripes_;
};

}  // namespace ferry::relay
