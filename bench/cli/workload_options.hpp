#pragma once

#include "workload/options.hpp"

namespace CLI {
class App;
}

namespace ferry::bench {

// What a load run asks: --operation, --stream, --model, --api-key, --input-tokens and the rest of "What is asked" in
// README.md. `options` lives as long as `to`. A bad value is a CLI::ValidationError in words.
void add_workload_options(CLI::App& to, workload_options& options);

// "1s..5s" as "1000..5000". Throws std::invalid_argument in words where a number has no unit (ms, s, m).
std::string in_milliseconds(std::string_view durations);

// "name=3": a weight of 3; without a number behind the last =, all of it is the name.
weighted parsed_weight(const std::string& text);

}  // namespace ferry::bench
