// How much there was in the last minute, or day.
#pragma once

#include <array>
#include <cstdint>

namespace ferry::limits {

// Sliding, in 60 slots: of the oldest one, which is partly over, the same part counts. Times are milliseconds of one
// clock that does not go backwards. A value; its owner locks.
class window {
public:
    static constexpr std::int64_t slots = 60;

    explicit window(std::int64_t span_ms) : slot_ms_(span_ms / slots) {}

    // `amount` may be negative: then less was used than was said before, at that time. What lies before the window, or
    // does not fit into 32 bits in its slot, is left out.
    void add(std::int64_t at_ms, std::int64_t amount);

    std::int64_t sum(std::int64_t now_ms) const;

    // How long it takes until the sum is at most `most`, if nothing is added. 0: it is.
    std::int64_t wait_ms(std::int64_t now_ms, std::int64_t most) const;

    // How long it takes until nothing of it counts any more: wait_ms() for 0, found at once where somebody has just
    // asked.
    std::int64_t clear_ms(std::int64_t now_ms) const;

private:
    std::int64_t slot_of(std::int64_t at_ms) const { return at_ms / slot_ms_; }
    std::int64_t count_of(std::int64_t slot) const;

    std::int64_t slot_ms_;
    std::int64_t newest_ = 0;                        // the latest slot that was written
    std::int64_t total_ = 0;                         // of all counts
    std::array<std::uint32_t, slots + 1> counts_{};  // by the slot's number
};

}  // namespace ferry::limits
