#pragma once

#include "cli/command.hpp"

namespace ferry::bench {

// `ferry-bench compare`.
command add_compare_command(CLI::App& app);

}  // namespace ferry::bench
