#include "limits/request_sizes.hpp"

#include <algorithm>
#include <bit>
#include <boost/container_hash/hash.hpp>
#include <cmath>

namespace ferry::limits {
namespace {

constexpr std::uint32_t enough = 5;  // answers that tell of a key's habits
constexpr std::uint32_t remembered = 200;
constexpr std::uint32_t enough_prompts = 8;
constexpr float weight = 1.0F / 16;     // of the newest prompt
constexpr float steady_spread = 0.15F;  // so much may prompts differ, on average, and be foretold by their bytes
constexpr float times_longest = 2;      // a longer one is not like those that were seen

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

std::uint64_t request_sizes::mark_of(std::int64_t key_id, std::int64_t model_id) {
    std::size_t seed = 0;
    boost::hash_combine(seed, key_id);
    boost::hash_combine(seed, model_id);
    return seed | 1;  // 0 is nobody's
}

void request_sizes::prompt_density::learn(double bytes, double tokens) {
    if (bytes <= 0 || tokens <= 0) return;
    const auto density = static_cast<float>(tokens / bytes);
    const auto share = std::max(weight, 1.0F / static_cast<float>(++seen_));
    mean_ += share * (density - mean_);
    spread_ += share * (std::abs(density - mean_) / mean_ - spread_);
    longest_ = std::max(static_cast<float>(bytes), longest_ * (1 - weight));
}

std::optional<std::int64_t> request_sizes::prompt_density::expected(double bytes) const {
    if (seen_ < enough_prompts || spread_ > steady_spread || bytes > longest_ * times_longest) return std::nullopt;
    return static_cast<std::int64_t>(std::ceil(bytes * mean_));
}

const request_sizes::table* request_sizes::find(std::uint64_t mark) const {
    const auto& there = tables_[mark / 2 % tables_.size()];
    return there.of == mark ? &there : nullptr;
}

request_sizes::table& request_sizes::own(std::uint64_t mark) {
    auto& there = tables_[mark / 2 % tables_.size()];
    if (there.of != mark) there = {mark, 0, {}, {}};
    return there;
}

void request_sizes::learn(std::uint64_t mark, std::size_t step) {
    auto& to = own(mark);
    if (to.total >= remembered) {
        to.total = 0;
        for (auto& count : to.counts) to.total += count /= 2;
    }
    ++to.counts[step];
    ++to.total;
}

void request_sizes::learn_answer(std::int64_t key_id, std::int64_t model_id, std::int64_t tokens) {
    const auto step = std::min(step_of(tokens), steps - 1);
    const std::lock_guard held(mutex_);
    learn(mark_of(key_id, model_id), step);
    learn(mark_of(-1, model_id), step);
}

void request_sizes::learn_prompt(std::int64_t key_id, std::int64_t model_id, std::size_t bytes, std::int64_t tokens) {
    const std::lock_guard held(mutex_);
    own(mark_of(key_id, model_id)).prompts.learn(static_cast<double>(bytes), static_cast<double>(tokens));
}

std::int64_t request_sizes::expected_answer(const table* known, std::int64_t model_id) const {
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

size_guess request_sizes::expected(std::int64_t key_id, std::int64_t model_id, std::size_t prompt_bytes) const {
    const std::lock_guard held(mutex_);
    const auto* known = find(mark_of(key_id, model_id));
    size_guess guess{expected_answer(known, model_id), std::nullopt};
    if (known != nullptr) guess.prompt = known->prompts.expected(static_cast<double>(prompt_bytes));
    return guess;
}

}  // namespace ferry::limits
