// Times as people give them on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::app {

// "90s", "30m", "24h", "7d", "2w": microseconds. nullopt for anything else.
std::optional<std::int64_t> parse_span(std::string_view text);

// A date, a date and time (see parse_time), or a span before (`direction` -1) or after (+1) `now_us`. Throws
// exit_with{2} after printing what `flag` allows.
std::int64_t time_argument(std::string_view flag, const std::string& given, std::int64_t now_us, int direction);

}  // namespace ferry::app
