#include "usage/estimator.hpp"

#include <algorithm>
#include <cmath>

namespace ferry::usage {
namespace {

constexpr std::int64_t largest_side = 1 << 20;

std::int64_t up(std::int64_t length, std::int64_t unit) {
    return (length + unit - 1) / unit;
}

// So that `side` becomes `wanted`, if it is longer.
void shrink(image_size& size, std::int64_t side, std::int64_t wanted) {
    if (side <= wanted) return;
    size.width = std::max<std::int64_t>(size.width * wanted / side, 1);
    size.height = std::max<std::int64_t>(size.height * wanted / side, 1);
}

std::int64_t tiles_of(image_size size) {
    shrink(size, std::max(size.width, size.height), 2048);
    shrink(size, std::min(size.width, size.height), 768);
    return up(size.width, 512) * up(size.height, 512);
}

std::int64_t patches_of(image_size size) {
    constexpr std::int64_t side = 32, most = 1536;
    const auto all = up(size.width, side) * up(size.height, side);
    if (all <= most) return all;
    // Shrunk until it has that many, then further so that one side is in whole patches.
    const double width = static_cast<double>(size.width), height = static_cast<double>(size.height);
    const double scale = std::sqrt(static_cast<double>(side * side * most) / (width * height));
    const double across = width * scale / side, down = height * scale / side;
    const double fit = std::min(std::floor(across) / across, std::floor(down) / down);
    const auto patches = std::ceil(across * fit - 1e-9) * std::ceil(down * fit - 1e-9);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(patches), 1, most);
}

std::int64_t areas_of(image_size size, std::int64_t side, std::int64_t most) {
    const auto rounded = [side](std::int64_t length) { return std::max<std::int64_t>((length + side / 2) / side, 1); };
    return std::clamp<std::int64_t>(rounded(size.width) * rounded(size.height), 4, most) + 2;
}

}  // namespace

token_estimate estimate_text(const text_features& features, provider::vocabulary vocabulary,
                             const calibration* learnt) {
    static constexpr calibration nothing{};
    const auto& by = learnt != nullptr ? *learnt : nothing;
    const auto unsure = vocabulary == provider::vocabulary::unknown && by.count() == 0 ? 2 : 1;
    return {tokens_of(features, vocabulary, by.factors()), by.error_permille() * unsure};
}

std::int64_t frame_tokens(const chat_frame& frame) {
    if (frame.messages <= 0) return 0;
    return 3 * frame.messages + frame.names + 8 * frame.tools + 3;
}

std::int64_t call_tokens(std::int64_t calls) {
    return 7 * calls;
}

std::int64_t image_tokens(const provider::image_rule& rule, image_size size, image_detail detail) {
    using enum provider::image_rule::formula;
    size.width = std::clamp<std::int64_t>(size.width, 1, largest_side);
    size.height = std::clamp<std::int64_t>(size.height, 1, largest_side);
    switch (rule.by) {
        case tiles:
            return detail == image_detail::low ? rule.base : rule.base + rule.tile * tiles_of(size);
        case patches:
            return (patches_of(size) * rule.permille + 999) / 1000;
        case areas:
            return areas_of(size, rule.side, rule.most);
        case flat:
            break;
    }
    return rule.base;
}

}  // namespace ferry::usage
