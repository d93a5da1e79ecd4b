#pragma once

#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace ferry::app {

// Gives `loaded` back what a running process cannot change, and names the keys for which that made a difference.
std::vector<std::string> keep_until_restart(const settings& running, settings& loaded);

}  // namespace ferry::app
