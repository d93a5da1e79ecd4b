#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace ferry::relay {

struct usual_delay {
    milliseconds quantile{0};
    int known = 0;  // measured of late
};

// How long the first content of each row took of late, streams and documents apart: counts by half powers of two,
// halved whenever there are some hundred. Owned by the application and shared by the cores; any thread may call. No
// lock and no memory beyond its own; where more rows are measured than there is room for, some are forgotten.
class row_delays {
public:
    void note(std::int64_t row_id, bool is_stream, std::int64_t first_content_us);
    // Rounded up by at most two fifths. Nothing for a row that was never measured. `share`: 0.99 for what all but one
    // of a hundred keep.
    std::optional<usual_delay> of(std::int64_t row_id, bool is_stream, double share) const;

private:
    static constexpr std::size_t slot_count = 1024, neighbours = 8, bound_count = 44;
    static constexpr int most_known = 512;

    struct slot {
        std::atomic<std::uint64_t> key{0};  // 0: free
        std::atomic<int> known{0};
        std::array<std::atomic<std::uint16_t>, bound_count> counts{};
    };
    static std::uint64_t key_of(std::int64_t row_id, bool is_stream);
    slot& slot_for(std::uint64_t key);
    const slot* find(std::uint64_t key) const;

    std::array<slot, slot_count> slots_;
};

}  // namespace ferry::relay
