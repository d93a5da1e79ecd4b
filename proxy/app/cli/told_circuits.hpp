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

// What the Ferry that runs by the same configuration file leaves alone. Nothing where none runs, or where nobody knows
// its port; it is waited for two seconds at most.
std::optional<std::vector<told_circuit>> ask_for_circuits(const settings& chosen, const cli_context& context);

// The strictest of those that concern the row; null if it is asked in its turn.
const told_circuit* circuit_of(const std::vector<told_circuit>& all, const catalog::candidate& row,
                               const catalog::catalog& models);

}  // namespace ferry::app
