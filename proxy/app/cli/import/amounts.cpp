#include "app/cli/import/amounts.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <utility>

#include "base/ascii.hpp"
#include "base/decimal.hpp"
#include "base/number_text.hpp"

namespace ferry::app::takeover {
namespace {

constexpr std::int64_t hour = 3600, day = 24 * hour;

struct decimal {
    std::string digits;
    std::int64_t places = 0;  // of them behind the point
};

std::optional<decimal> decimal_of(std::string_view text) {
    decimal made;
    const auto mark = std::min(text.find_first_of("eE"), text.size());
    if (mark < text.size()) {
        auto exponent = text.substr(mark + 1);
        if (exponent.starts_with('+')) exponent.remove_prefix(1);
        const auto value = parse_number(exponent);
        if (!value || std::abs(*value) > 400) return std::nullopt;
        made.places = -*value;
    }
    bool is_behind = false;
    for (const char c : text.substr(0, mark)) {
        if (c == '.' && !is_behind) {
            is_behind = true;
        } else if (is_digit(c)) {
            made.digits += c;
            made.places += is_behind ? 1 : 0;
        } else {
            return std::nullopt;
        }
    }
    if (made.digits.empty()) return std::nullopt;
    return made;
}

// 3600 of "1h"; nothing for what is none.
std::optional<std::int64_t> seconds_of(std::string_view span) {
    constexpr auto units = std::to_array<std::pair<std::string_view, std::int64_t>>(
        {{"mo", 30 * day}, {"s", 1}, {"m", 60}, {"h", hour}, {"d", day}, {"w", 7 * day}});
    for (const auto& [unit, seconds] : units) {
        if (!span.ends_with(unit)) continue;
        const auto count = parse_number(span.substr(0, span.size() - unit.size()));
        if (!count || *count <= 0 || *count > 1'000'000) return std::nullopt;
        return *count * seconds;
    }
    return std::nullopt;
}

// Of `{a,"b, c",NULL}`.
std::vector<std::string> array_entries(std::string_view text) {
    std::vector<std::string> entries;
    std::string entry;
    bool is_quoted = false, was_quoted = false;
    const auto end_entry = [&] {
        if (was_quoted || (!entry.empty() && entry != "NULL")) entries.push_back(entry);
        entry.clear();
        was_quoted = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_quoted && c == '\\' && i + 1 < text.size()) {
            entry += text[++i];
        } else if (c == '"') {
            is_quoted = !is_quoted;
            was_quoted = true;
        } else if (c == ',' && !is_quoted) {
            end_entry();
        } else {
            entry += c;
        }
    }
    end_entry();
    return entries;
}

std::vector<std::string> listed_entries(std::string_view text) {
    std::vector<std::string> entries;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(",\n"), text.size());
        const auto entry = trimmed(text.substr(0, end), is_white_space);
        if (!entry.empty()) entries.emplace_back(entry);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return entries;
}

}  // namespace

std::optional<std::int64_t> scaled(std::string_view text, int places) {
    const auto read = decimal_of(trimmed(text, is_white_space));
    if (!read) return std::nullopt;
    const std::int64_t zeros = places - read->places;
    std::string digits = read->digits;
    bool rounds_up = false;
    if (zeros >= 0) {
        digits.append(static_cast<std::size_t>(zeros), '0');
    } else if (const auto cut = static_cast<std::size_t>(-zeros); cut > digits.size()) {
        digits = "0";
    } else {
        rounds_up = digits[digits.size() - cut] >= '5';
        digits = "0" + digits.substr(0, digits.size() - cut);
    }
    const auto whole = parse_number(digits);
    if (!whole || (rounds_up && *whole == INT64_MAX)) return std::nullopt;
    return *whole + (rounds_up ? 1 : 0);
}

std::optional<period> period_of(std::string_view span) {
    constexpr auto periods = std::to_array<std::pair<std::string_view, std::int64_t>>(
        {{"hour", hour}, {"day", day}, {"week", 7 * day}, {"month", 30 * day}});
    const auto seconds = seconds_of(trimmed(span, is_white_space));
    if (!seconds) return std::nullopt;
    period nearest;
    double best = 0;
    for (const auto& [name, length] : periods) {
        const double factor = *seconds > length ? double(*seconds) / double(length) : double(length) / double(*seconds);
        if (!nearest.name.empty() && factor >= best) continue;
        best = factor;
        nearest = {std::string(name), *seconds == length};
    }
    return nearest;
}

std::vector<std::string> entries_of(std::string_view text) {
    text = trimmed(text, is_white_space);
    if (text.starts_with('{') && text.ends_with('}')) return array_entries(text.substr(1, text.size() - 2));
    if (!text.starts_with('[')) return listed_entries(text);
    std::vector<std::string> entries;
    boost::system::error_code failed;
    const auto list = boost::json::parse(text, failed);
    if (failed || !list.is_array()) return listed_entries(text);
    for (const auto& one : list.get_array()) {
        if (one.is_string() && !one.get_string().empty()) entries.emplace_back(one.get_string());
    }
    return entries;
}

std::string plain(std::string_view json_value) {
    boost::system::error_code failed;
    const auto value = boost::json::parse(json_value, failed);
    return !failed && value.is_string() ? std::string(value.get_string()) : std::string(json_value);
}

}  // namespace ferry::app::takeover
