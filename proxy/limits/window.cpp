#include "limits/window.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace ferry::limits {

std::int64_t window::count_of(std::int64_t slot) const {
    const bool is_kept = slot >= 0 && slot <= newest_ && slot > newest_ - (slots + 1);
    return is_kept ? counts_[static_cast<std::size_t>(slot % (slots + 1))] : 0;
}

void window::add(std::int64_t at_ms, std::int64_t amount) {
    const auto slot = slot_of(at_ms);
    if (slot <= newest_ - (slots + 1)) return;
    for (auto next = std::max(newest_ + 1, slot - slots); next <= slot; ++next) {
        total_ -= std::exchange(counts_[static_cast<std::size_t>(next % (slots + 1))], 0);
    }
    newest_ = std::max(newest_, slot);
    auto& count = counts_[static_cast<std::size_t>(slot % (slots + 1))];
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    const auto bounded = std::clamp(amount, -most, most);
    total_ -= count;
    count = static_cast<std::uint32_t>(std::clamp<std::int64_t>(count + bounded, 0, most));
    total_ += count;
}

// What has left since the newest was written is taken from the total: mostly nothing.
std::int64_t window::sum(std::int64_t now_ms) const {
    const auto now = slot_of(now_ms), oldest = now - slots;
    if (oldest > newest_) return 0;
    auto whole = total_;
    for (auto slot = std::max<std::int64_t>(newest_ - slots, 0); slot < oldest; ++slot) whole -= count_of(slot);
    const auto leaving = count_of(oldest);
    const auto left_ms = (now + 1) * slot_ms_ - now_ms;
    return leaving == 0 ? whole : whole - leaving + leaving * left_ms / slot_ms_;
}

std::int64_t window::clear_ms(std::int64_t now_ms) const {
    const auto oldest = slot_of(now_ms) - slots;
    for (auto slot = newest_; total_ > 0 && slot >= oldest; --slot) {
        if (count_of(slot) > 0) return (slot + slots + 1) * slot_ms_ - now_ms;
    }
    return 0;
}

std::int64_t window::wait_ms(std::int64_t now_ms, std::int64_t most) const {
    auto excess = sum(now_ms) - std::max<std::int64_t>(most, 0);
    if (excess <= 0) return 0;
    // Slot by slot leaves, each evenly while it is the oldest.
    auto at_ms = now_ms;
    for (auto slot = slot_of(now_ms) - slots; slot <= newest_; ++slot) {
        const auto leaves_ms = (slot + slots + 1) * slot_ms_;
        const auto span_ms = std::min(leaves_ms - at_ms, slot_ms_);
        const auto count = count_of(slot) * span_ms / slot_ms_;
        if (count >= excess) return leaves_ms - span_ms + (excess * span_ms + count - 1) / count - now_ms;
        excess -= count;
        at_ms = leaves_ms;
    }
    return at_ms - now_ms;
}

}  // namespace ferry::limits
