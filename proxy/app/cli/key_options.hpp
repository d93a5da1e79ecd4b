// What `keys create` and `keys set` can say about a key, and what is nonsense.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/limit_options.hpp"
#include "store/column_value.hpp"
#include "store/database.hpp"
#include "store/rows.hpp"

namespace CLI {
class App;
}

namespace ferry::app {

struct key_options {
    std::optional<std::string> name, user, team, models, addresses, expires;
    limit_options limits;
    std::optional<std::int64_t> priority;
    bool store_messages = false, no_store_messages = false;
    // Of `set` alone.
    bool no_user = false, no_team = false, no_models = false, no_addresses = false, no_expires = false;
};

// REQUIRES: `into` lives as long as `command`.
void add_key_options(CLI::App& command, key_options& into);
// --no-models and the like.
void add_clearing_options(CLI::App& command, key_options& into);

// Writes what was given into the row, all but the user and the team. Throws exit_with{2}, after saying what is allowed,
// for an empty name, an empty list, networks that are none and a time that has passed.
void apply(const key_options& given, store::key_row& row, std::int64_t now_us);

// What of the row a change would write.
std::vector<store::column_value> changed_columns(const store::key_row& before, const store::key_row& after);

// Those of a key's models, names and patterns, that no row of ai_models or model_routes goes by.
std::vector<std::string> models_nobody_serves(const std::optional<std::string>& allowed_models,
                                              const store::catalog_rows& rows);

// Says on stderr what is legal but hardly meant: models that nobody serves.
void doubt_key(const key_options& given, const store::key_row& row, store::database& db);

// "a, b" of ["a","b"], "all" of NULL, "none" of [].
std::string models_text(const std::optional<std::string>& allowed_models);

}  // namespace ferry::app
