#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "access/api_key.hpp"
#include "app/cli/action.hpp"
#include "app/cli/import/import.hpp"
#include "app/cli/key_list.hpp"
#include "app/cli/key_options.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/people.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "app/cli/time_argument.hpp"
#include "base/clock.hpp"

namespace ferry::app {
namespace {

struct key_request {
    std::string which;  // id, public_id or name
    key_options options;
    std::optional<std::string> import;
    std::string grace = "24h";
    bool json = false;
};

std::string imported_key(const std::string& given) {
    std::string key = given;
    if (given == "-") std::getline(std::cin, key);
    if (const auto defect = access::import_defect(key)) refuse_usage("--import: " + *defect);
    return key;
}

// Looks up whom the key is to belong to.
void set_owners(const key_options& given, store::key_row& row, store::database& db) {
    if (given.user) row.user_id = db.keys()->find_or_add_user(*given.user);
    if (given.team) row.team_id = find_person(*db.people(), store::people::teams, *given.team).id;
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
    apply(request.options, row, wall_us());
    const std::string key = request.import ? imported_key(*request.import) : access::mint_api_key();
    identify(row, key);

    const auto db = ready_store(context);
    const auto keys = db->keys();
    set_owners(request.options, row, *db);
    const std::int64_t id = add_new(*keys, row);
    doubt_key(request.options, row, *db);
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

void run_set(const cli_context& context, const key_request& request) {
    store::key_row unused;
    apply(request.options, unused, wall_us());  // so that nonsense is refused before anything is looked up
    const auto db = ready_store(context);
    const auto keys = db->keys();
    const store::key_row before = find_key(*keys, request.which);
    store::key_row after = before;
    apply(request.options, after, wall_us());
    set_owners(request.options, after, *db);
    const auto columns = changed_columns(before, after);
    if (!columns.empty()) keys->change_key(before.id, columns);
    doubt_key(request.options, after, *db);
    if (request.json) {
        std::vector<std::string> names;
        for (const auto& one : columns) names.push_back(json_string(one.column));
        const std::string list = fmt::format("[{}]", fmt::join(names, ","));
        fmt::print("{}\n", json_object().number("id", before.id).raw("changed", list).take());
    } else {
        fmt::print("key {} \"{}\" {}\n", before.id, after.name, columns.empty() ? "was so already" : "changed");
    }
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

}  // namespace

void add_keys_command(CLI::App& app, cli_context& context) {
    auto* keys = app.add_subcommand("keys", "The keys clients use; only their hashes are stored");
    keys->require_subcommand(1);
    const auto request = std::make_shared<key_request>();

    auto* create = add_action(*keys, context, request, "create", "Make a key and print it, once", run_create);
    add_key_options(*create, request->options);
    create->get_option("--name")->required();
    create->add_option("--import", request->import,
                       "Accept this key (16..256 bytes) instead of a new one; - reads it from standard input");

    add_action(*keys, context, request, "list", "All keys, by what is stored of them",
               [](const cli_context& c, const key_request& r) {
                   const auto chosen = require_settings(c);
                   const auto db = ready_store(c, chosen);
                   const auto rows = db->keys()->list_keys();
                   const auto now = wall_us();
                   const key_owners owners = read_owners(*db->people());
                   const limit_uses uses(*db, now, chosen.budget.days);
                   fmt::print("{}", r.json ? keys_as_json(rows, owners, uses) : keys_as_table(rows, owners, uses, now));
               });
    auto* set = add_action(*keys, context, request, "set", "Change a key; what is not named stays", run_set);
    add_key_options(*set, request->options);
    add_clearing_options(*set, request->options);
    add_import_command(*keys, context);
    auto* revoke = add_action(*keys, context, request, "revoke", "Refuse a key from now on", run_revoke);
    auto* rotate = add_action(*keys, context, request, "rotate", "Make a key that replaces another", run_rotate);
    rotate->add_option("--grace", request->grace, "How long the old key still works (default: 24h)");
    for (auto* command : {set, revoke, rotate}) {
        command->add_option("key", request->which, "Its id, public_id, or name if only one key in use has it")
            ->required();
    }
}

}  // namespace ferry::app
