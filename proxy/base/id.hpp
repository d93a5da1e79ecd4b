// The identity of a request (and of a process): a UUIDv7, RFC 9562 section 5.7.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace ferry {

struct uuid {
    std::array<unsigned char, 16> bytes{};
    auto operator<=>(const uuid&) const = default;
};

// Milliseconds of `now_us` (wall time) and 74 random bits. Unique by its randomness, so neither a clock that jumps, nor
// a fork, nor another machine makes one twice. Any thread, no system call but one in hundreds, about 40 ns. Aborts if
// the system has no randomness left to give: a guessable or repeated id would be a wrong bill.
uuid make_uuid(std::int64_t now_us = wall_us());

// The 36 characters of to_string(), in place.
std::array<char, 36> to_chars(const uuid& id);

// 36 characters, lower case.
std::string to_string(const uuid& id);

// The reverse; empty unless the text is exactly what to_string writes.
std::optional<uuid> parse_uuid(std::string_view text);

// Whether somebody else's id of a request may stand in our headers and logs: at most 128 letters, digits and -_.:/+=
bool is_plain_id(std::string_view text);

}  // namespace ferry
