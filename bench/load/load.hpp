#pragma once

#include "load/options.hpp"

namespace ferry::bench {

// `ferry-bench load`: looks at its options, asks before it costs money, probes the target, runs, reports. Returns the
// exit code: 0; 1 if an assertion failed or, with --strict, the generator was the bottleneck. Throws std::exception in
// words for all that keeps it from beginning.
int run_load_command(const load_command_options& options);

}  // namespace ferry::bench
