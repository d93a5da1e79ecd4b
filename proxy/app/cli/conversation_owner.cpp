#include "app/cli/conversation_owner.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <stdexcept>

#include "app/cli/open_store.hpp"

namespace ferry::app {
namespace {

std::int64_t user_of(store::key_store& keys, const std::string& which) {
    const auto users = keys.user_names();
    for (const auto& [id, name] : users) {
        if (std::to_string(id) == which) return id;
    }
    for (const auto& [id, name] : users) {
        if (name == which) return id;
    }
    throw std::runtime_error(fmt::format("there is no user {}; `ferry keys list` shows users", which));
}

// Also of a key that was revoked: what it said is still there.
std::int64_t owner_by_key(store::key_store& keys, const std::string& which) {
    std::optional<store::key_row> found;
    bool is_only_one = true;
    for (const auto& row : keys.list_keys()) {
        const bool is_meant = std::to_string(row.id) == which || row.public_id == which;
        if (is_meant) return row.user_id.value_or(-row.id);
        if (row.name != which) continue;
        is_only_one = !found;
        found = row;
    }
    if (!found) throw std::runtime_error(fmt::format("there is no key {}; `ferry keys list` shows all keys", which));
    if (!is_only_one) throw std::runtime_error(fmt::format("several keys have the name {}: give the id of one", which));
    return found->user_id.value_or(-found->id);
}

}  // namespace

void add_owner_options(CLI::App& command, owner_options& into) {
    auto* user = command.add_option("--user", into.user, "Those of this user, by id or name");
    auto* key = command.add_option("--key", into.key, "Those of this key, or of its user: id, public_id or name");
    auto* anonymous = command.add_flag("--anonymous", into.anonymous, "Those of clients without a key");
    user->excludes(key);
    anonymous->excludes(user)->excludes(key);
}

void require_owner(const owner_options& given) {
    if (given.user || given.key || given.anonymous) return;
    refuse_usage(
        "whose conversations? Several users may have one of the same number: say --user, --key or --anonymous");
}

std::int64_t conversation_owner(const owner_options& given, store::key_store& keys) {
    if (given.user) return user_of(keys, *given.user);
    if (given.key) return owner_by_key(keys, *given.key);
    return 0;
}

}  // namespace ferry::app
