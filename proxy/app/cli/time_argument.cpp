#include "app/cli/time_argument.hpp"

#include <fmt/format.h>

#include <charconv>

#include "app/cli/open_store.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

constexpr std::int64_t seconds_of(char unit) {
    switch (unit) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 3'600;
        case 'd':
            return 86'400;
        case 'w':
            return 604'800;
        default:
            return 0;
    }
}

constexpr std::int64_t most = 1'000'000;  // of any unit: keeps the product far from 64 bits

}  // namespace

std::optional<std::int64_t> parse_span(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const std::int64_t unit = seconds_of(text.back());
    text.remove_suffix(1);
    std::int64_t count = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool whole = error == std::errc() && stop == text.data() + text.size();
    if (unit == 0 || !whole || count < 0 || count > most) return std::nullopt;
    return count * unit * 1'000'000;
}

std::int64_t time_argument(std::string_view flag, const std::string& given, std::int64_t now_us, int direction) {
    if (const auto span = parse_span(given)) return now_us + direction * *span;
    if (const auto time = parse_time(given)) return *time;
    refuse_usage(fmt::format("{} must be a time such as 2030-12-31, 2030-12-31T23:59:59Z, 24h or 7d", flag));
}

}  // namespace ferry::app
