// What `keys`, `users` and `teams` can say about limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/limit_use.hpp"
#include "app/cli/table.hpp"
#include "store/column_value.hpp"
#include "store/limits.hpp"

namespace CLI {
class App;
}

namespace ferry::app {

struct limit_options {
    std::optional<std::int64_t> rpm, tpm, rpd, tpd, max_parallel, max_output_tokens;
    std::optional<std::string> budget, budget_period, budget_mode;
    // Of `set` alone.
    bool no_rpm = false, no_tpm = false, no_rpd = false, no_tpd = false, no_max_parallel = false,
         no_max_output_tokens = false, no_budget = false;

    bool operator==(const limit_options&) const = default;
};

// REQUIRES: `into` lives as long as `command`.
void add_limit_options(CLI::App& command, limit_options& into);
// --no-rpm and the like.
void add_limit_clearing_options(CLI::App& command, limit_options& into);

// Writes what was given into the row. Throws exit_with{2}, after saying what is allowed, for a budget that is none.
void apply(const limit_options& given, store::limit_columns& row);

// What of them a change would write.
void add_changed_limits(const store::limit_columns& before, const store::limit_columns& after,
                        std::vector<store::column_value>& to);

void add_limits(json_object& object, const store::limit_columns& limits, const limit_use& use);

// "60 rpm (58 left), budget 5/month (1.25 spent)", "-" for none.
std::string limits_text(const store::limit_columns& limits, const limit_use& use);

}  // namespace ferry::app
