#include "app/config/value.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/escape.hpp"
#include "base/nearest.hpp"
#include "base/number_text.hpp"

namespace ferry::app {
namespace {

template <class... Ts>
struct overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;  // clang 14, which builds for ThreadSanitizer, does not deduce it

std::string spelled(const raw_value& value) {
    return std::visit(overloaded{[](bool b) { return std::string(b ? "true" : "false"); },
                                 [](std::int64_t n) { return fmt::format("the integer {}", n); },
                                 [](double d) { return fmt::format("the number {}", d); },
                                 [](const std::string& s) { return "the string " + in_quotes(s); },
                                 [](const std::vector<std::string>&) { return std::string("an array"); },
                                 [](const other_shape& shape) { return shape.name; },
                                 [](const untyped_text& u) { return in_quotes(u.text); }},
                      value);
}

// The value as text, if it is a TOML string or untyped.
std::optional<std::string_view> text_of(const raw_value& value) {
    if (const auto* s = std::get_if<std::string>(&value)) return *s;
    if (const auto* u = std::get_if<untyped_text>(&value)) return u->text;
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(const raw_value& value) {
    if (const auto* n = std::get_if<std::int64_t>(&value)) return *n;
    if (const auto* u = std::get_if<untyped_text>(&value)) return parse_number(u->text);
    return std::nullopt;
}

struct unit {
    std::string_view name;
    std::int64_t factor;
};
constexpr std::array<unit, 4> time_units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 7> size_units{{{"GiB", 1 << 30},
                                          {"GB", 1'000'000'000},
                                          {"MiB", 1 << 20},
                                          {"MB", 1'000'000},
                                          {"KiB", 1 << 10},
                                          {"KB", 1'000},
                                          {"B", 1}}};

// Digits and one of the units, nothing between; nothing if it is not that or does not fit.
std::optional<std::int64_t> with_unit(std::string_view text, std::span<const unit> units) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_number(text.substr(0, digits));
    if (!number) return std::nullopt;
    for (const unit& u : units) {
        if (text.substr(digits) != u.name) continue;
        if (*number > INT64_MAX / u.factor) return std::nullopt;
        return *number * u.factor;
    }
    return std::nullopt;
}

// The shortest exact spelling: 90000 ms is "90s".
std::string spell(std::int64_t amount, std::span<const unit> units) {
    for (const unit& u : units) {
        if (u.name.find("iB") == std::string_view::npos && u.name.size() == 2 && u.name[1] == 'B') continue;
        if (amount != 0 && amount % u.factor == 0) return fmt::format("{}{}", amount / u.factor, u.name);
    }
    return fmt::format("{}{}", amount, units.back().name);
}

bool inside(std::int64_t n, integer_range range) {
    return n >= range.lowest && n <= range.highest;
}

}  // namespace

std::string in_quotes(std::string_view text) {
    constexpr std::size_t shown = 80;
    std::string out = '"' + escaped(text, shown);
    if (text.size() > shown) out += "...";
    return out += '"';
}

verdict refuse(const raw_value& value, std::string_view what, std::string suggestion) {
    return {fmt::format("must be {}, not {}", what, spelled(value)), std::move(suggestion), {}};
}

verdict read_bool(const raw_value& value, bool& out) {
    const auto text = text_of(value);
    const bool* typed = std::get_if<bool>(&value);
    const bool untyped = std::holds_alternative<untyped_text>(value);
    if (typed != nullptr || (untyped && (*text == "true" || *text == "false"))) {
        out = typed != nullptr ? *typed : *text == "true";
        return {};
    }
    std::string meant;
    if (text && (*text == "true" || *text == "yes" || *text == "on" || *text == "1")) meant = "true";
    if (text && (*text == "false" || *text == "no" || *text == "off" || *text == "0")) meant = "false";
    if (const auto n = integer_of(value); n == 0 || n == 1) meant = *n == 1 ? "true" : "false";
    return refuse(value, "true or false", meant);
}

verdict read_integer(const raw_value& value, integer_range allowed, std::int64_t& out) {
    const auto number = integer_of(value);
    if (number && inside(*number, allowed)) {
        out = *number;
        return {};
    }
    std::string meant;
    if (const auto* s = std::get_if<std::string>(&value)) {
        const auto inner = parse_number(*s);
        if (inner && inside(*inner, allowed)) meant = *s;
    }
    return refuse(value, fmt::format("an integer from {} to {}", allowed.lowest, allowed.highest), meant);
}

verdict read_ratio(const raw_value& value, double& out) {
    std::optional<double> number;
    if (const auto* d = std::get_if<double>(&value)) number = *d;
    if (const auto* n = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*n);
    if (const auto* u = std::get_if<untyped_text>(&value)) number = parse_number<double>(u->text);
    if (!number || !(*number >= 0.0 && *number <= 1.0)) return refuse(value, "a number from 0 to 1");
    out = *number;
    return {};
}

verdict read_string(const raw_value& value, std::string& out) {
    const auto text = text_of(value);
    if (!text) return refuse(value, "a string");
    if (text->find('\0') != std::string_view::npos) return {"must not hold a NUL character", {}, {}};
    out = *text;
    return {};
}

verdict read_choice(const raw_value& value, std::span<const std::string_view> allowed, std::size_t& out) {
    const auto text = text_of(value);
    std::string list;
    for (std::size_t i = 0; i < allowed.size(); ++i) {
        if (text && *text == allowed[i]) {
            out = i;
            return {};
        }
        list += fmt::format("{}\"{}\"", i == 0 ? "" : i + 1 == allowed.size() ? " or " : ", ", allowed[i]);
    }
    const auto meant = text ? nearest(*text, allowed) : std::string_view{};
    return refuse(value, list, meant.empty() ? std::string{} : fmt::format("\"{}\"", meant));
}

verdict read_duration(const raw_value& value, integer_range allowed, std::chrono::milliseconds& out) {
    const auto text = text_of(value);
    const auto amount = text ? with_unit(*text, time_units) : std::nullopt;
    if (amount && inside(*amount, allowed)) {
        out = std::chrono::milliseconds(*amount);
        return {};
    }
    const auto number = text ? parse_number(*text) : integer_of(value);
    const bool plausible = number && *number >= 0 && *number <= 1'000'000;
    return refuse(value,
                  fmt::format(R"(a duration from {} to {} with its unit, such as "250ms", "5s", "2m" or "1h")",
                              spell(allowed.lowest, time_units), spell(allowed.highest, time_units)),
                  plausible ? fmt::format(R"("{}s" or "{}ms")", *number, *number) : std::string{});
}

verdict read_days(const raw_value& value, std::chrono::days& out) {
    constexpr std::int64_t most = 36'500;
    std::string text;
    if (verdict v = read_string(value, text); !v.problem.empty()) return v;
    std::int64_t days = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, days);
    const bool is_days = error == std::errc{} && std::string_view(rest, end) == "d" && days >= 1 && days <= most;
    if (!is_days && text != "never") return refuse(value, R"("never" or 1 to 36500 days, such as "400d")");
    out = std::chrono::days(is_days ? days : 0);
    return {};
}

verdict read_size(const raw_value& value, integer_range allowed, std::int64_t& out) {
    const auto text = text_of(value);
    auto amount = text ? with_unit(*text, size_units) : std::nullopt;
    if (!amount) amount = integer_of(value);
    if (!amount || !inside(*amount, allowed)) {
        return refuse(value, fmt::format(R"(a size from {} to {}, such as "16KiB", "32MiB" or "1GB")",
                                         spell(allowed.lowest, size_units), spell(allowed.highest, size_units)));
    }
    out = *amount;
    return {};
}

verdict read_list(const raw_value& value, std::vector<std::string>& out) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        out = *list;
        return {};
    }
    const auto text = text_of(value);
    if (!text) return refuse(value, "a string or an array of strings");
    std::vector<std::string> parts;
    if (std::holds_alternative<std::string>(value)) {
        if (!text->empty()) parts.emplace_back(*text);
    } else {
        for (std::size_t from = 0; from < text->size();) {
            const std::size_t comma = std::min(text->find(',', from), text->size());
            std::string_view part = text->substr(from, comma - from);
            while (part.starts_with(' ')) part.remove_prefix(1);
            while (part.ends_with(' ')) part.remove_suffix(1);
            parts.emplace_back(part);
            from = comma + 1;
        }
    }
    out = std::move(parts);
    return {};
}

}  // namespace ferry::app
