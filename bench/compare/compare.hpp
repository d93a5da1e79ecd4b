#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "load/options.hpp"

namespace ferry::bench {

struct compared_target {
    std::string name;
    load_options load;            // of one run
    std::optional<pid_t> server;  // whose CPU time and memory are looked at
};

struct compare_options {
    std::vector<compared_target> targets;  // two or more; the first is what the others are held against
    std::size_t rounds = 12;
    std::string json_file;
    bool strict = false, yes = false, quiet = false, probes = true;
};

// `ferry-bench compare`: every round runs all targets forth and back (A B B A), so that what drifts meets all alike,
// and what differs is told of rounds, not of requests, which are not independent of each other. Returns the exit code:
// 0; 1 if a target died or, with strict, the generator was the bottleneck. Throws std::exception in words.
int run_compare_command(const compare_options& options);

}  // namespace ferry::bench
