// One configured value before it has a type of its own, and the checks that give it one.
// Every check returns a verdict: what is wrong and what is allowed, in words for the operator.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry::app {

// A TOML value that no key takes (a date, a table, an array of numbers): only its name matters.
struct other_shape {
    std::string name;
};

// Text from the environment or --set; whichever type the key has is read from it.
struct untyped_text {
    std::string text;
};

using raw_value =
    std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>, other_shape, untyped_text>;

struct verdict {
    std::string problem;     // "" when the value is good
    std::string suggestion;  // the value probably meant, "" if none
    std::string warning;     // a good value about which something must be said
};

struct integer_range {
    std::int64_t lowest, highest;
};

// Each writes `out` only when the value is good.
verdict read_bool(const raw_value& value, bool& out);
verdict read_integer(const raw_value& value, integer_range allowed, std::int64_t& out);
verdict read_ratio(const raw_value& value, double& out);  // 0 to 1
verdict read_string(const raw_value& value, std::string& out);
verdict read_choice(const raw_value& value, std::span<const std::string_view> allowed, std::size_t& out);  // its index

// "250ms", "5s", "2m", "1h"; the range is in milliseconds. A bare number is refused: its unit would be a guess.
verdict read_duration(const raw_value& value, integer_range allowed, std::chrono::milliseconds& out);

// "never", which is 0, or days: "400d".
verdict read_days(const raw_value& value, std::chrono::days& out);

// "16KiB", "32MiB", "1GiB", "1GB", "512B", or an integer, which is bytes; the range is in bytes.
verdict read_size(const raw_value& value, integer_range allowed, std::int64_t& out);

// An array of strings or one string; text is split at commas. "" is an empty list.
verdict read_list(const raw_value& value, std::vector<std::string>& out);

// "must be WHAT, not VALUE", the value spelled as the operator wrote it and cut where it is long.
verdict refuse(const raw_value& value, std::string_view what, std::string suggestion = {});

// The text in quotes, escaped, and cut where it is long.
std::string in_quotes(std::string_view text);

}  // namespace ferry::app
