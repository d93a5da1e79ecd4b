#pragma once

#include <memory>

#include "load/run.hpp"

namespace ferry::bench {

// How a run goes, on standard error: on a terminal a few lines that are drawn anew every second, else a plain line
// every five.
std::unique_ptr<run_observer> make_screen();

}  // namespace ferry::bench
