#pragma once

#include "cli/command.hpp"

namespace ferry::bench {

// `ferry-bench relay`.
command add_relay_command(CLI::App& app);

}  // namespace ferry::bench
