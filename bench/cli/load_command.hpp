#pragma once

#include "cli/command.hpp"

namespace ferry::bench {

// `ferry-bench load`.
command add_load_command(CLI::App& app);

}  // namespace ferry::bench
