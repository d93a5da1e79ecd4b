#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "access/api_key.hpp"
#include "app/cli/key_list.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "app/cli/time_argument.hpp"
#include "base/clock.hpp"

namespace ferry::app {
namespace {

struct key_request {
    std::string which;  // id, public_id or name
    std::string name;
    std::optional<std::string> user, models, import, expires;
    std::string grace = "24h";
    bool json = false;
};
using request_ptr = std::shared_ptr<key_request>;

// "a, b" -> ["a","b"]
std::string json_list(std::string_view names) {
    boost::json::array list;
    while (!names.empty()) {
        const std::size_t comma = std::min(names.find(','), names.size());
        std::string_view name = names.substr(0, comma);
        names.remove_prefix(std::min(comma + 1, names.size()));
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (!name.empty()) list.emplace_back(name);
    }
    return boost::json::serialize(list);
}

std::string imported_key(const std::string& given) {
    std::string key = given;
    if (given == "-") std::getline(std::cin, key);
    if (const auto defect = access::import_defect(key)) refuse_usage("--import: " + *defect);
    return key;
}

void identify(store::key_row& row, const std::string& key) {
    row.public_id = access::public_id(key);
    row.key_sha256 = access::sha256_hex(key);
}

// Prints a minted key, the only time it is seen: alone on standard output, so that a script may take it from there.
void print_key(const key_request& request, const store::key_row& row, std::int64_t id, const std::string& key) {
    if (request.json) {
        json_object object;
        object.text("key", key).number("id", id).text("public_id", row.public_id).text("name", row.name);
        fmt::print("{}\n", object.take());
        return;
    }
    fmt::print("{}\n", key);
    std::fflush(stdout);
    fmt::print(stderr, "key {} \"{}\"; this is the only time it is shown\n", id, row.name);
}

std::int64_t add_new(store::key_store& keys, const store::key_row& row) {
    for (const store::key_row& other : keys.list_keys()) {
        if (other.public_id != row.public_id) continue;
        throw std::runtime_error(fmt::format("this key is in the store already, as key {}", other.id));
    }
    return keys.add_key(row);
}

void run_create(const cli_context& context, const key_request& request) {
    store::key_row row;
    row.name = request.name;
    if (request.models) row.allowed_models = json_list(*request.models);
    if (request.expires) row.expires_at_us = time_argument("--expires", *request.expires, wall_us(), +1);
    const std::string key = request.import ? imported_key(*request.import) : access::mint_api_key();
    identify(row, key);

    const auto keys = ready_store(context)->keys();
    if (request.user) row.user_id = keys->find_or_add_user(*request.user);
    const std::int64_t id = add_new(*keys, row);
    if (!request.import || request.json) return print_key(request, row, id, key);
    fmt::print("key {} \"{}\" imported as {}\n", id, row.name, row.public_id);
}

// The key meant by an id, a public_id, or a name that only one key in use has.
store::key_row find_key(store::key_store& keys, const std::string& which) {
    std::vector<store::key_row> named;
    for (store::key_row& row : keys.list_keys()) {
        if (std::to_string(row.id) == which || row.public_id == which) return std::move(row);
        if (row.name == which && row.is_enabled && !row.grace_until_us) named.push_back(std::move(row));
    }
    if (named.size() == 1) return std::move(named.front());
    if (named.empty()) {
        throw std::runtime_error(fmt::format("there is no key {} in use; `ferry keys list` shows all keys", which));
    }
    throw std::runtime_error(fmt::format("several keys have the name {}: give the id of one", which));
}

void run_revoke(const cli_context& context, const key_request& request) {
    const auto keys = ready_store(context)->keys();
    const store::key_row row = find_key(*keys, request.which);
    keys->revoke_key(row.id);
    if (request.json) {
        fmt::print("{}\n", json_object().number("id", row.id).text("public_id", row.public_id).take());
    } else {
        fmt::print("key {} \"{}\" revoked\n", row.id, row.name);
    }
}

void run_rotate(const cli_context& context, const key_request& request) {
    const auto grace = parse_span(request.grace);
    if (!grace) refuse_usage("--grace must be a span such as 0s, 1h or 7d");
    const auto keys = ready_store(context)->keys();
    const store::key_row old = find_key(*keys, request.which);
    if (!old.defect.empty()) throw std::runtime_error(fmt::format("key {}: {}; correct it", old.id, old.defect));
    if (!old.is_enabled || old.grace_until_us) {
        throw std::runtime_error(fmt::format("key {} was revoked or rotated already; create a new one", old.id));
    }
    store::key_row successor = old;
    successor.rotated_from = old.id;
    const std::string key = access::mint_api_key();
    identify(successor, key);
    print_key(request, successor, keys->rotate_key(old.id, successor, wall_us() + *grace), key);
}

using action = void (*)(const cli_context&, const key_request&);

CLI::App* add_action(CLI::App& keys, cli_context& context, const request_ptr& request, const char* name,
                     const char* help, action run) {
    auto* command = keys.add_subcommand(name, help);
    command->add_flag("--json", request->json, "As JSON");
    command->callback([&context, request, run] { run(context, *request); });
    return command;
}

}  // namespace

void add_keys_command(CLI::App& app, cli_context& context) {
    auto* keys = app.add_subcommand("keys", "The keys clients use; only their hashes are stored");
    keys->require_subcommand(1);
    const auto request = std::make_shared<key_request>();

    auto* create = add_action(*keys, context, request, "create", "Make a key and print it, once", run_create);
    create->add_option("--name", request->name, "What it is for")->required();
    create->add_option("--user", request->user, "Id or name of its user; a new name becomes a new user");
    create->add_option("--models", request->models, "Model names it may use, with commas (default: all)");
    create->add_option("--expires", request->expires, "A time, or a span from now such as 90d (default: never)");
    create->add_option("--import", request->import,
                       "Accept this key (16..256 bytes) instead of a new one; - reads it from standard input");

    add_action(*keys, context, request, "list", "All keys, by what is stored of them",
               [](const cli_context& c, const key_request& r) {
                   const auto rows = ready_store(c)->keys()->list_keys();
                   fmt::print("{}", r.json ? keys_as_json(rows) : keys_as_table(rows, wall_us()));
               });
    auto* revoke = add_action(*keys, context, request, "revoke", "Refuse a key from now on", run_revoke);
    auto* rotate = add_action(*keys, context, request, "rotate", "Make a key that replaces another", run_rotate);
    rotate->add_option("--grace", request->grace, "How long the old key still works (default: 24h)");
    for (auto* command : {revoke, rotate}) {
        command->add_option("key", request->which, "Its id, public_id, or name if only one key in use has it")
            ->required();
    }
}

}  // namespace ferry::app
