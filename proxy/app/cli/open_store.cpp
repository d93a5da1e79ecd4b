#include "app/cli/open_store.hpp"

#include <fmt/format.h>

#include <chrono>

namespace ferry::app {

std::unique_ptr<store::database> configured_store(const settings& chosen) {
    store::options patient = chosen.store;
    patient.busy_timeout = std::chrono::seconds(5);
    return store::open(patient);
}

std::unique_ptr<store::database> ready_store(const cli_context& context) {
    const settings chosen = require_settings(context);
    auto db = configured_store(chosen);
    const auto applied = store::prepare(*db, chosen.store);
    const bool was_new = !applied.empty() && applied.front().version == 1;
    if (was_new) fmt::print(stderr, "note: made a new store, {}\n", db->description());
    return db;
}

void refuse_usage(const std::string& text) {
    fmt::print(stderr, "error: {}\n", text);
    throw exit_with{2};
}

}  // namespace ferry::app
