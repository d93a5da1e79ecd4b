#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace ferry::bench {

// A subcommand with its options. `run` is called when it was asked for and parsed, and returns the exit code; what
// cannot start is thrown as a std::exception, in a sentence.
struct command {
    CLI::App* parser;
    std::function<int()> run;
};

}  // namespace ferry::bench
