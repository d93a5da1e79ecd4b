#include "limits/output_sizes.hpp"

#include <algorithm>
#include <bit>
#include <boost/container_hash/hash.hpp>

namespace ferry::limits {
namespace {

constexpr std::uint32_t enough = 5;  // answers that tell of a key's habits
constexpr std::uint32_t remembered = 200;

// 2^(step/2), at least: 0, 1, 1.5, 2, 3, 4, 6, 8, ...
std::size_t step_of(std::int64_t tokens) {
    if (tokens <= 0) return 0;
    const auto value = static_cast<std::uint64_t>(tokens);
    const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 1;
    const bool is_upper = octave > 0 && ((value >> (octave - 1)) & 1) != 0;
    return octave * 2 + (is_upper ? 1 : 0);
}

// The largest that falls into this step.
std::int64_t end_of_step(std::size_t step) {
    const auto octave = step / 2;
    const std::int64_t begin = std::int64_t{1} << octave;
    return step % 2 == 0 ? begin + begin / 2 - (octave > 0 ? 1 : 0) : 2 * begin - 1;
}

}  // namespace

std::uint64_t output_sizes::mark_of(std::int64_t key_id, std::int64_t model_id) {
    std::size_t seed = 0;
    boost::hash_combine(seed, key_id);
    boost::hash_combine(seed, model_id);
    return seed | 1;  // 0 is nobody's
}

const output_sizes::table* output_sizes::find(std::uint64_t mark) const {
    const auto& there = tables_[mark / 2 % tables_.size()];
    return there.of == mark ? &there : nullptr;
}

void output_sizes::learn(std::uint64_t mark, std::size_t step) {
    auto& to = tables_[mark / 2 % tables_.size()];
    if (to.of != mark) to = {mark, 0, {}};
    if (to.total >= remembered) {
        to.total = 0;
        for (auto& count : to.counts) to.total += count /= 2;
    }
    ++to.counts[step];
    ++to.total;
}

void output_sizes::learn(std::int64_t key_id, std::int64_t model_id, std::int64_t tokens) {
    const auto step = std::min(step_of(tokens), steps - 1);
    const std::lock_guard held(mutex_);
    learn(mark_of(key_id, model_id), step);
    learn(mark_of(-1, model_id), step);
}

std::int64_t output_sizes::expected(std::int64_t key_id, std::int64_t model_id) const {
    const std::lock_guard held(mutex_);
    const auto* known = find(mark_of(key_id, model_id));
    if (known == nullptr || known->total < enough) {
        const auto* of_model = find(mark_of(-1, model_id));
        if (of_model != nullptr) known = of_model;
    }
    if (known == nullptr || known->total == 0) return unknown_tokens;
    std::uint32_t above = 0;
    for (std::size_t step = steps; step-- > 0;) {
        above += known->counts[step];
        if (above * 10 > known->total) return end_of_step(step);
    }
    return unknown_tokens;
}

}  // namespace ferry::limits
