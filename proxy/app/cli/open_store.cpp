#include "app/cli/open_store.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "app/config/address.hpp"

namespace ferry::app {
namespace {

// Most often a command without a store runs in another folder than `serve` does.
std::string no_store(const store::database& db, const settings& chosen, const cli_context& context) {
    const std::string where = db.description();
    if (store::is_server_url(chosen.store.url)) {
        return fmt::format(
            "there is no store in {}: it has no tables of Ferry. Correct store.url or DATABASE_URL, or make the tables "
            "with `ferry migrate`.",
            where);
    }
    const auto file = chosen_config_file(context);
    return fmt::format(
        "there is no store at {}\n"
        "  - Relative paths count from the folder of the command: run it where Ferry runs. (Folder: {})\n"
        "  - Or name Ferry's configuration with --config FILE. (Now: {})\n"
        "  - Or name the store with DATABASE_URL.\n"
        "  - `ferry serve` and `ferry migrate` make a new store there.",
        where.substr(where.find(':') + 1), std::filesystem::current_path().string(),
        file ? absolute_path(*file) : "none, since there is no config/ferry.toml in this folder");
}

}  // namespace

std::unique_ptr<store::database> configured_store(const settings& chosen) {
    store::options patient = chosen.store;
    patient.busy_timeout = std::chrono::seconds(5);
    return store::open(patient);
}

std::unique_ptr<store::database> ready_store(const cli_context& context) {
    return ready_store(context, require_settings(context));
}

std::unique_ptr<store::database> ready_store(const cli_context& context, const settings& chosen) {
    auto db = configured_store(chosen);
    const auto pending = db->pending_migrations();
    if (!pending.empty() && pending.front().version == 1) refuse_usage(no_store(*db, chosen, context));
    store::prepare(*db, chosen.store);
    return db;
}

void refuse_usage(const std::string& text) {
    fmt::print(stderr, "error: {}\n", text);
    throw exit_with{2};
}

}  // namespace ferry::app
