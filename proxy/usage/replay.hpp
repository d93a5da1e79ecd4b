// Finding what dead processes left in the journal's folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "usage/segment_format.hpp"

namespace ferry::usage {

// A segment of a dead process, locked by us.
struct adopted_segment {
    file opened;
    segment_identity id;
    std::uint64_t bytes = 0;
    bool is_unused = false;  // only prepared: no record was ever written to it, maybe (a power cut) not even the header
};

// One core of a dead process: its segments in order.
using dead_lane = std::vector<adopted_segment>;

struct adoption {
    std::vector<dead_lane> lanes;
    std::vector<std::string> newer;     // segments of a newer version: left alone
    std::vector<std::string> problems;  // what could not be opened or locked, and why
};

// Adopts every process but `own` whose segments can all be locked: one lock that is held means that it lives (or that
// another adopts it), and none of its segments is touched, lest a request that goes on in the next segment be taken
// for interrupted. Clears away temporary files of dead processes. Throws file_error if the folder cannot be read.
adoption adopt_dead_lanes(const std::string& folder, const uuid& own);

}  // namespace ferry::usage
