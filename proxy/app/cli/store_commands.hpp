// The commands that work on the store. All of them may run while `ferry serve` has the same store open.
#pragma once

namespace CLI {
class App;
}

namespace ferry::app {

struct cli_context;

void add_migrate_command(CLI::App& app, cli_context& context);
void add_sql_command(CLI::App& app, cli_context& context);
void add_models_command(CLI::App& app, cli_context& context);
void add_routes_command(CLI::App& app, cli_context& context);
void add_keys_command(CLI::App& app, cli_context& context);
void add_people_commands(CLI::App& app, cli_context& context);  // users and teams
void add_conversations_command(CLI::App& app, cli_context& context);
void add_usage_command(CLI::App& app, cli_context& context);
void add_explain_command(CLI::App& app, cli_context& context);
void add_journal_command(CLI::App& app, cli_context& context);

}  // namespace ferry::app
