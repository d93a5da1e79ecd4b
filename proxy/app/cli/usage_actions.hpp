// What `ferry usage` can do besides its report.
#pragma once

namespace CLI {
class App;
}

namespace ferry::app {

struct cli_context;

// The bill of one row from the row alone.
void add_usage_recompute(CLI::App& usage, cli_context& context);
// A provider's bill beside the rows.
void add_usage_check(CLI::App& usage, cli_context& context);

}  // namespace ferry::app
