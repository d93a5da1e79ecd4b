// What text from the store must be before it may reach a request head or a log line. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::catalog {

// A million rows of this weight still add up within 64 bits.
inline constexpr std::int64_t max_weight = 1'000'000'000;

// Why `name` cannot be a model's name, to follow the name of its column ("is empty"); nothing if it can: not empty, at
// most 512 bytes, UTF-8, no control bytes.
std::optional<std::string> name_defect(std::string_view name);

// Whether `value` can stand in a header: no CR, LF, NUL or other control byte but tab, no blank at either end (RFC 9110
// section 5.5).
bool is_header_value(std::string_view value);

// Whether the row may set this header. Those that frame the message, belong to the connection or carry what the proxy
// decides may not be set: the upstream would read another message than the one that was sent.
bool is_settable_header(std::string_view name);

// `text` for use inside an error message: escaped and at most 64 bytes.
std::string printable(std::string_view text);

}  // namespace ferry::catalog
