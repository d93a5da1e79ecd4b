// Times as text, all of them UTC: as the store writes them, `YYYY-MM-DD HH:MM:SS.ffffff`, and as HTTP does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text_buffer.hpp"

namespace ferry {

// The text of microseconds since the Unix epoch, in place.
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

// As a JSON document has it (RFC 3339): `YYYY-MM-DDTHH:MM:SS.ffffffZ`. The same times.
void append_rfc3339(text_buffer& out, std::int64_t epoch_us);

// As an HTTP header has it (IMF-fixdate, RFC 9110 section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". Good until the next
// call of the same thread. The same times.
std::string_view http_date(std::int64_t epoch_s);

// What time_text() writes, in microseconds since the epoch. Also takes what people write: a date alone, `T` for the
// space, no fraction or one of any length (cut to microseconds), and `Z` or an offset such as `+08:00`. Nothing else:
// nullopt.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace ferry
