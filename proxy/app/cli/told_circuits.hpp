#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/context.hpp"
#include "app/config/settings.hpp"
#include "catalog/catalog.hpp"

namespace ferry::app {

// One circuit that is not closed, as /status of a running Ferry tells it.
struct told_circuit {
    std::string level, state, host, error_code, reason;
    std::int64_t model_id = 0;
    bool refuses = false;
    std::int64_t left_ms = 0;
};

// How much a row with max_parallel has to do in it, if it was asked.
struct told_load {
    std::int64_t model_id = 0, in_use = 0, waiting = 0;
};

struct told_standing {
    std::vector<told_circuit> circuits;
    std::vector<told_load> loads;
};

// What the Ferry that runs by the same configuration file leaves alone, and what is busy there. Nothing where none
// runs, or where nobody knows its port; it is waited for two seconds at most.
std::optional<told_standing> ask_for_standing(const settings& chosen, const cli_context& context);

// The strictest of those that concern the row; null if it is asked in its turn.
const told_circuit* circuit_of(const std::vector<told_circuit>& all, const catalog::candidate& row,
                               const catalog::catalog& models);

}  // namespace ferry::app
