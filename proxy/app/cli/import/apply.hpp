// Compares a plan with the store, and writes what is new.
#pragma once

#include <string>
#include <vector>

#include "app/cli/import/plan.hpp"
#include "store/database.hpp"

namespace ferry::app::takeover {

enum class outcome { taken, there_already, not_taken };

struct report_line {
    outcome is = outcome::taken;
    std::string kind;  // team, user, model, key, or "" of what is none of these
    origin from;
    std::string what, why;  // `why` adds something to what was taken
};

struct report {
    bool is_written = false;
    std::vector<report_line> lines;
};

// Without `writes` nothing is written, and the report says what would be. A row that the store refuses is not taken,
// and the others are. Throws store_unavailable; what was written before it is there, and the next run goes on.
report apply_plan(const plan& made, store::database& db, bool writes);

}  // namespace ferry::app::takeover
