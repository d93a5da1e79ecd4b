#include "app/cli/check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <set>

#include "access/key_table.hpp"
#include "app/cli/context.hpp"
#include "app/cli/key_options.hpp"
#include "base/escape.hpp"
#include "catalog/builder.hpp"
#include "catalog/model_check.hpp"
#include "net/tls_server.hpp"
#include "store/database.hpp"

namespace ferry::app {
namespace {

namespace fs = std::filesystem;

bool may(const fs::path& path, int mode) {
    return ::access(path.c_str(), mode) == 0;
}

// What keeps a file or folder from being made inside `folder`, "" if nothing: missing folders will be created.
std::string why_not_creatable(fs::path folder) {
    std::error_code error;
    while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
    if (!fs::is_directory(folder, error)) return fmt::format("{} is not a folder", folder.string());
    if (!may(folder, W_OK | X_OK)) return fmt::format("{} cannot be written to by this user", folder.string());
    return {};
}

void check_journal(const std::string& folder, check_report& report) {
    const std::string problem = why_not_creatable(folder);
    if (problem.empty()) {
        report.notes.push_back(fmt::format("journal: {}", folder));
    } else {
        report.faults.push_back(
            fmt::format("usage.journal_dir: {}; choose another folder or change its owner", problem));
    }
}

void check_sockets(const settings& chosen, check_report& report) {
    auto addresses = chosen.server.listen;
    addresses.push_back(chosen.server.admin_listen);
    for (const auto& address : addresses) {
        if (!address.starts_with("unix:")) continue;
        const fs::path folder = fs::path(address.substr(5)).parent_path();
        std::error_code error;
        if (!fs::is_directory(folder, error) || !may(folder, W_OK | X_OK)) {
            report.faults.push_back(
                fmt::format("{}: {} must be a folder that this user may write to", address, folder.string()));
        }
    }
}

void check_tls(const settings& chosen, check_report& report) {
    if (chosen.server.tls_certificate.empty()) return;
    try {
        const net::tls_server usable({chosen.server.tls_certificate, chosen.server.tls_key});
        report.notes.push_back(fmt::format("tls: {}", chosen.server.tls_certificate));
    } catch (const std::exception& error) {
        report.faults.emplace_back(error.what());
    }
}

void name_refused(const std::vector<catalog::refused_row>& rows, check_report& report) {
    for (const auto& row : rows) {
        const std::string id = row.id == 0 ? std::string{} : fmt::format(" id {}", row.id);
        report.faults.push_back(
            fmt::format("store: {}{} \"{}\": {}", row.table, id, escaped(row.name), escaped(row.reason)));
    }
}

// The faults of rows are the catalog's own to name; a key that is not there is one of them.
void doubt_models(const store::catalog_rows& rows, check_report& report) {
    const catalog::model_check check(rows.models, rows.routes, catalog::read_secret);
    for (const store::model_row& row : rows.models) {
        if (!row.is_enabled) continue;
        for (const auto& one : check.of(row).warnings) {
            if (one.code == "key_missing") continue;
            report.warnings.push_back(
                fmt::format("store: ai_models id {} \"{}\": {} (if it is meant so, put \"{}\" into ignore_warnings of "
                            "its capabilities)",
                            row.id, escaped(row.model_name), escaped(one.text), one.code));
        }
    }
}

void doubt_keys(const store::catalog_rows& rows, check_report& report) {
    for (const store::key_row& row : rows.keys) {
        if (!row.is_enabled) continue;
        for (const auto& name : models_nobody_serves(row.allowed_models, rows)) {
            report.warnings.push_back(
                fmt::format("store: api_keys \"{}\" ({}) allows {}, but no model or route is named so (`ferry keys set "
                            "--models` changes it)",
                            escaped(row.name), escaped(row.public_id), escaped(name)));
        }
    }
}

// Budgets add up what is priced in several currencies.
void doubt_currencies(const settings& chosen, const store::catalog_rows& rows, check_report& report) {
    const bool has_budget = std::any_of(rows.keys.begin(), rows.keys.end(), [](const store::key_row& row) {
        std::string ignored;
        const auto limits = access::limits_of(row, ignored);
        return std::any_of(limits.begin(), limits.end(), [](const auto& one) { return one.budget_pico >= 0; });
    });
    std::set<std::string> unrated;
    for (const auto& row : rows.models) {
        if (has_budget && row.is_enabled && !limits::rate_of(chosen.budget, row.currency)) unrated.insert(row.currency);
    }
    for (const auto& name : unrated) {
        report.warnings.push_back(fmt::format(
            "budget.currency: budgets are in {0} and there are models priced in {1}, which count as if that "
            "were {0}: put \"{1}/{0} = ...\" into usage.rates",
            chosen.budget.currency, escaped(name)));
    }
}

void check_rows(const settings& chosen, store::database& db, check_report& report) {
    const auto rows = db.models()->load_catalog();
    const auto built = catalog::build_catalog(rows, catalog::read_secret);
    const access::key_table keys(rows.keys);
    name_refused(built.refused, report);
    name_refused(keys.refused(), report);
    doubt_models(rows, report);
    doubt_keys(rows, report);
    doubt_currencies(chosen, rows, report);
    report.notes.push_back(
        fmt::format("store: {} (models: {}, keys: {})", db.description(), built.models->size(), keys.size()));
}

// Whether there is a file to open; what is wrong with it, or that it will be made, is in the report.
bool check_store_file(const settings& chosen, check_report& report) {
    const fs::path file = chosen.store.url.substr(std::string_view("sqlite:").size());
    std::error_code error;
    if (!fs::exists(file, error)) {
        if (const auto problem = why_not_creatable(file.parent_path()); !problem.empty()) {
            report.faults.push_back(fmt::format("store.url: {}; choose another place or change its owner", problem));
        } else if (chosen.store.auto_migrate) {
            report.notes.push_back(
                fmt::format("store: {} does not exist yet; `ferry serve` creates it", file.string()));
        } else {
            report.faults.push_back(fmt::format("store.url: {} does not exist; run `ferry migrate`", file.string()));
        }
        return false;
    }
    if (fs::is_directory(file, error) || !may(file, R_OK | W_OK)) {
        report.faults.push_back(
            fmt::format("store.url: {} must be a file that this user may read and write", file.string()));
        return false;
    }
    return true;
}

void check_store(const settings& chosen, check_report& report) {
    if (!store::is_server_url(chosen.store.url) && !check_store_file(chosen, report)) return;
    const auto db = store::open(chosen.store);
    const auto pending = db->pending_migrations().size();
    if (pending == 0) return check_rows(chosen, *db, report);
    const auto text = fmt::format("store: the schema of {} is {} migrations behind", db->description(), pending);
    if (chosen.store.auto_migrate) {
        report.notes.push_back(text + "; `ferry serve` brings it up to date, its rows were not checked");
    } else {
        report.faults.push_back(text + "; run `ferry migrate`");
    }
}

void check_providers_tls(const upstream::options& chosen, check_report& report) {
    if (!chosen.ca_file.empty() && !may(chosen.ca_file, R_OK)) {
        report.faults.push_back(fmt::format("upstream.ca_file: {} cannot be read by this user", chosen.ca_file));
        return;
    }
    if (chosen.client_certificate.empty()) return;
    try {
        const net::tls_client good(chosen.tls());
    } catch (const std::exception& error) {
        report.faults.push_back(error.what());
    }
}

void run_check(const cli_context& context) {
    const settings chosen = require_settings(context);
    const check_report report = check_surroundings(chosen);
    for (const auto& warning : report.warnings) fmt::print(stderr, "warning: {}\n", warning);
    for (const auto& fault : report.faults) fmt::print(stderr, "error: {}\n", fault);
    if (!report.faults.empty()) throw exit_with{2};
    for (const auto& note : report.notes) fmt::print("{}\n", note);
    fmt::print("configuration ok: {}\n", chosen_config_file(context).value_or("defaults (no file)"));
}

}  // namespace

check_report check_surroundings(const settings& chosen) {
    check_report report;
    check_journal(chosen.usage.journal_dir, report);
    check_sockets(chosen, report);
    check_tls(chosen, report);
    check_providers_tls(chosen.upstream, report);
    try {
        check_store(chosen, report);
    } catch (const std::exception& error) {
        report.faults.push_back(fmt::format("store: {}", error.what()));
    }
    return report;
}

void add_check_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("check", "Check configuration and store, and report every fault at once");
    command->callback([&context] { run_check(context); });
}

}  // namespace ferry::app
