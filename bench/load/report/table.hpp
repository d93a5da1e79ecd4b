#pragma once

#include <string>
#include <vector>

#include "load/run.hpp"

namespace ferry::bench {

// What a run saw, for people: lines that end in a line feed.
std::string table_of(const load_result& result);

// A number as people read it: 12,345 or 0.123, 1.23, 12.3, 123.
std::string shown_count(std::uint64_t n);
std::string shown_ms(double ms);
std::string shown_bytes(std::uint64_t n);

}  // namespace ferry::bench
