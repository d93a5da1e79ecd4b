#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.hpp"
#include "provider/generic.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

using milliseconds = std::chrono::milliseconds;
using wait = std::optional<milliseconds>;

constexpr double cap_ms = 86'400'000;  // a day

wait bounded(double ms) {
    if (!(ms >= 0)) return {};  // negative or NaN
    return milliseconds(static_cast<std::int64_t>(std::ceil(std::min(ms, cap_ms))));
}

// A plain decimal at the front of `text`, which is shortened by it.
std::optional<double> take_number(std::string_view& text) {
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return value;
}

struct unit {
    std::string_view name;
    double ms;
};

// 12ms, 1s, 6m0s, 2m59.56s, "20 seconds", as many parts as follow; a bare number only if `bare_ms` says what it is.
wait take_duration(std::string_view text, double bare_ms) {
    static constexpr std::array<unit, 10> units = {{{"ms", 1},
                                                    {"milliseconds", 1},
                                                    {"seconds", 1000},
                                                    {"second", 1000},
                                                    {"sec", 1000},
                                                    {"s", 1000},
                                                    {"minutes", 60'000},
                                                    {"minute", 60'000},
                                                    {"m", 60'000},
                                                    {"h", 3'600'000}}};
    double sum = 0;
    bool any = false;
    while (const auto value = take_number(text)) {
        auto rest = text.substr(std::min(text.find_first_not_of(' '), text.size()));
        const auto letters =
            rest.substr(0, std::min(rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), rest.size()));
        const auto found = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.name == letters; });
        if (found == units.end()) {
            if (!any && bare_ms > 0) return bounded(*value * bare_ms);
            break;
        }
        sum += *value * found->ms;
        any = true;
        text = rest.substr(letters.size());
    }
    return any ? bounded(sum) : std::nullopt;
}

wait whole_number(std::string_view text, double unit_ms) {
    const auto value = take_number(text);
    if (!value || !text.empty()) return {};
    return bounded(*value * unit_ms);
}

// Not in the clock's own nanoseconds, of which 64 bits hold no more than 292 years.
double milliseconds_until(std::chrono::sys_seconds then, std::chrono::system_clock::time_point now) {
    return static_cast<double>((then - std::chrono::time_point_cast<milliseconds>(now)).count());
}

// IMF-fixdate (RFC 9110, section 5.6.7): "Sun, 22 Nov 2026 07:00:00 GMT".
wait until_date(std::string_view text, std::chrono::system_clock::time_point now) {
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return {};
    const auto number = [text](std::size_t at, std::size_t digits) {
        int value = -1;
        const auto [stop, error] = std::from_chars(text.data() + at, text.data() + at + digits, value);
        return error == std::errc() && stop == text.data() + at + digits ? value : -1;
    };
    const auto month = months.find(text.substr(8, 3));
    const int day = number(5, 2), year = number(12, 4), h = number(17, 2), m = number(20, 2), s = number(23, 2);
    if (month == std::string_view::npos || month % 3 != 0 || h < 0 || m < 0 || s < 0) return {};
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month) / 3 + 1),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return {};
    const auto then =
        std::chrono::sys_days(date) + std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s);
    return bounded(std::max(milliseconds_until(then, now), 0.0));
}

// "... will reset at 2026-11-22 15:04:05", in Beijing's time: so speaks the only service known to name the moment.
wait until_reset(std::string_view text, std::chrono::system_clock::time_point now) {
    static constexpr std::array<std::string_view, 2> phrases = {"reset", "\xe9\x87\x8d\xe7\xbd\xae"};
    static constexpr std::string_view pattern = "0000-00-00 00:00:00";
    if (!holds_one_of(text, phrases)) return {};
    for (; text.size() >= pattern.size(); text.remove_prefix(1)) {
        std::array<int, 6> parts{};
        std::size_t part = 0, at = 0;
        for (; at != pattern.size(); ++at) {
            const bool is_digit = text[at] >= '0' && text[at] <= '9';
            if (is_digit != (pattern[at] == '0') || (!is_digit && text[at] != pattern[at])) break;
            if (is_digit)
                parts[part] = parts[part] * 10 + (text[at] - '0');
            else
                ++part;
        }
        if (at != pattern.size()) continue;
        const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                               std::chrono::month(static_cast<unsigned>(parts[1])),
                                               std::chrono::day(static_cast<unsigned>(parts[2]))};
        if (!date.ok()) return {};
        const auto then = std::chrono::sys_days(date) + std::chrono::hours(parts[3] - 8) +
                          std::chrono::minutes(parts[4]) + std::chrono::seconds(parts[5]);
        return bounded(milliseconds_until(then, now));
    }
    return {};
}

wait from_message(std::string_view message) {
    static constexpr std::array<std::string_view, 3> phrases = {"try again in ", "retry in ", "retry after "};
    const auto text = lower_case(message);
    for (const auto phrase : phrases) {
        const auto at = text.find(phrase);
        if (at == std::string::npos) continue;
        if (auto found = take_duration(std::string_view(text).substr(at + phrase.size()), 0)) return found;
    }
    return {};
}

}  // namespace

wait generic_retry_after(const retry_fields& fields, std::string_view message,
                         std::chrono::system_clock::time_point now) {
    if (auto found = whole_number(trimmed(fields.retry_after_ms, is_white_space), 1)) return found;
    if (auto found = whole_number(trimmed(fields.retry_after, is_white_space), 1000)) return found;
    if (auto found = until_date(trimmed(fields.retry_after, is_white_space), now)) return found;
    if (auto found = from_message(message)) return found;
    if (auto found = until_reset(message, now)) return found;
    // Which of the two limits was met is not said: the earlier reset is the first moment that can help.
    const auto requests = take_duration(lower_case(trimmed(fields.reset_requests, is_white_space)), 1000);
    const auto tokens = take_duration(lower_case(trimmed(fields.reset_tokens, is_white_space)), 1000);
    if (requests && tokens) return std::min(*requests, *tokens);
    return requests ? requests : tokens;
}

}  // namespace ferry::provider
