// How a report gets what it counts: from the sums of hours where those know it, and from rows.
#pragma once

#include <string>
#include <vector>

#include "app/cli/usage_report.hpp"
#include "store/usage_store.hpp"

namespace ferry::app {

struct reading_plan {
    std::vector<std::string> dimensions;
    bool is_local = false;  // days and hours of this machine's time
};

// Adds the sums of the whole hours of the window, and the rows of what begins or ends within one; hours whose rows were
// purged count, too. REQUIRES: is_known_to_sums() of all dimensions.
// Throws std::runtime_error where the sums do not know what is asked: local time that is not whole hours from UTC, and
// days whose sums were kept per day.
void read_sums(store::usage_store& usage, const store::usage_filter& wanted, const reading_plan& plan,
               usage_report& report);

// Adds the rows. Where they are those of a key, only days on which the sums know it are read: on the embedded store
// there is no index of keys.
void read_rows(store::usage_store& usage, const store::usage_filter& wanted, usage_report& report);

}  // namespace ferry::app
