// What request ids say of time: they are UUIDv7s, and there is no index of times.
#pragma once

#include <cstdint>
#include <string>

namespace ferry::store {

// Ids of requests begun at `time_us` or later are not less than this, give or take a clock that was set in between.
std::string first_id_of(std::int64_t time_us);
// Ids of requests begun before `time_us` are less than this, likewise.
std::string last_id_of(std::int64_t time_us);

}  // namespace ferry::store
