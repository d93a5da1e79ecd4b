#pragma once

#include "cli/command.hpp"

namespace ferry::bench {

// `ferry-bench upstream`.
command add_upstream_command(CLI::App& app);

}  // namespace ferry::bench
