#pragma once

#include "cli/command.hpp"

namespace ferry::bench {

// `ferry-bench report`.
command add_report_command(CLI::App& app);

}  // namespace ferry::bench
