// A comparison under way: its answers are shown as they come.
#pragma once

#include <string>
#include <vector>

#include "app/cli/compare_answers.hpp"
#include "app/cli/ferry_call.hpp"
#include "app/config/settings.hpp"

namespace ferry::app {

struct comparison_request {
    std::vector<std::string> models;
    ferry_place where;
    ferry_request request;
    bool trusts_all = false;
};

enum class shown_as {
    live,    // on a second screen of the terminal, while it runs; nothing is left of it
    parts,   // each answer on standard output once it is whole and those before it are out
    nothing  // the document is the answer's body
};

struct comparison_outcome {
    ferry_answer answer;
    std::vector<compared_answer> models;
    std::size_t failures = 0;
    bool was_interrupted = false;  // by SIGINT, SIGTERM or SIGHUP
};

// Blocks until all have answered, or a signal ended it.
comparison_outcome run_comparison(const settings& chosen, const comparison_request& wanted, shown_as how);

}  // namespace ferry::app
