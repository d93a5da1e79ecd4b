// Which usage rows may be forgotten.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/id.hpp"

namespace ferry::usage {

// The beginning of the oldest month that is kept (UTC, microseconds since the epoch): rows begun before it belong to
// months that ended longer than `kept` ago.
std::int64_t beginning_of_kept(std::int64_t now_us, std::chrono::days kept);

// Whether another process than `own` has rows begun before `before_us` in the folder that are not known to be in the
// store: such a month must not be forgotten yet, for the store would take its rows for new ones. What cannot be read
// counts as yes. Reads all segments of others. Throws file_error if the folder cannot be read.
bool others_hold_rows_before(const std::string& folder, const uuid& own, std::int64_t before_us);

}  // namespace ferry::usage
