// Times as the store writes them: UTC `YYYY-MM-DD HH:MM:SS.ffffff`, against microseconds since the Unix epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::store {

// The text, in place.
// REQUIRES: a year from 0000 to 9999; times outside are clamped to its ends.
class time_chars {
public:
    static constexpr std::size_t size = 26;

    time_chars() = default;
    explicit time_chars(std::int64_t epoch_us);

    std::string_view text() const { return {chars_, size}; }

private:
    char chars_[size];
};

inline std::string time_text(std::int64_t epoch_us) {
    return std::string(time_chars(epoch_us).text());
}

// Also takes what people write: a date alone, `T` for the space, no fraction or one of any length (cut to
// microseconds), and `Z` or an offset such as `+08:00`. Nothing else: nullopt.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace ferry::store
