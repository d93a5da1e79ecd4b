#pragma once

#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace ferry::app {

// What `ferry check` finds behind a configuration that is good by itself.
struct check_report {
    std::vector<std::string> faults;    // `serve` would not start, or would leave a row of the store out
    std::vector<std::string> warnings;  // what is served, but hardly as it was meant
    std::vector<std::string> notes;     // what was found in order
};

// Looks at the store and its rows, the journal's folder and the files that are named. Changes and creates nothing.
check_report check_surroundings(const settings& chosen);

}  // namespace ferry::app
