// Times as the store writes them: UTC `YYYY-MM-DD HH:MM:SS.ffffff`, against microseconds since the Unix epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::store {

// REQUIRES: a year from 0000 to 9999; times outside are clamped to its ends.
std::string time_text(std::int64_t epoch_us);

// Also takes what people write: a date alone, `T` for the space, no fraction or one of any length (cut to
// microseconds), and `Z` or an offset such as `+08:00`. Nothing else: nullopt.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace ferry::store
