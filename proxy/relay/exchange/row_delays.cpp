#include "relay/exchange/row_delays.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ferry::relay {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// Bound i lies at 2^(i/2) ms.
std::size_t bound_above(std::int64_t us, std::size_t most) {
    const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(us / 1000, 0, 1 << 30));
    if (ms == 0) return 0;
    const auto power = static_cast<std::size_t>(std::bit_width(ms)) - 1;
    const bool is_upper_half = ms * ms >= std::uint64_t{1} << (2 * power + 1);
    return std::min(most, 2 * power + (is_upper_half ? 2 : 1));
}

milliseconds bound_at(std::size_t i) {
    return milliseconds(std::llround(std::ceil(std::exp2(static_cast<double>(i) / 2))));
}

std::size_t home_of(std::uint64_t key, std::size_t slots) {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> 32u) % slots;
}

}  // namespace

std::uint64_t row_delays::key_of(std::int64_t row_id, bool is_stream) {
    return static_cast<std::uint64_t>(row_id) * 2 + (is_stream ? 1 : 0);
}

// Two cores that give one slot to two rows at once mix some counts, which fade.
row_delays::slot& row_delays::slot_for(std::uint64_t key) {
    const auto home = home_of(key, slot_count);
    for (std::size_t i = 0; i < neighbours; ++i) {
        auto& at = slots_[(home + i) % slot_count];
        auto held = at.key.load(relaxed);
        if (held == 0) at.key.compare_exchange_strong(held, key, relaxed);
        if (held == 0 || held == key) return at;
    }
    auto& taken = slots_[home];
    taken.key.store(key, relaxed);
    taken.known.store(0, relaxed);
    for (auto& count : taken.counts) count.store(0, relaxed);
    return taken;
}

const row_delays::slot* row_delays::find(std::uint64_t key) const {
    const auto home = home_of(key, slot_count);
    for (std::size_t i = 0; i < neighbours; ++i) {
        const auto& at = slots_[(home + i) % slot_count];
        if (at.key.load(relaxed) == key) return &at;
    }
    return nullptr;
}

void row_delays::note(std::int64_t row_id, bool is_stream, std::int64_t first_content_us) {
    auto& at = slot_for(key_of(row_id, is_stream));
    at.counts[bound_above(first_content_us, bound_count - 1)].fetch_add(1, relaxed);
    if (at.known.fetch_add(1, relaxed) + 1 < most_known) return;
    int left = 0;
    for (auto& count : at.counts) {
        const auto half = static_cast<std::uint16_t>(count.load(relaxed) / 2);
        count.store(half, relaxed);
        left += half;
    }
    at.known.store(left, relaxed);
}

std::optional<usual_delay> row_delays::of(std::int64_t row_id, bool is_stream, double share) const {
    const auto* at = find(key_of(row_id, is_stream));
    if (at == nullptr) return std::nullopt;
    std::array<int, bound_count> counts{};
    usual_delay found;
    for (std::size_t i = 0; i < bound_count; ++i) found.known += counts[i] = at->counts[i].load(relaxed);
    if (found.known == 0) return std::nullopt;
    const auto wanted = std::max(1, static_cast<int>(std::ceil(share * found.known)));
    std::size_t bound = 0;
    for (int seen = counts[0]; seen < wanted && bound + 1 < bound_count;) seen += counts[++bound];
    found.quantile = bound_at(bound);
    return found;
}

}  // namespace ferry::relay
