// Whose conversations a command is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/key_store.hpp"

namespace CLI {
class App;
}

namespace ferry::app {

struct owner_options {
    std::optional<std::string> user, key;  // id or name; of a key its public_id, too
    bool anonymous = false;
};

// --user, --key, --anonymous. REQUIRES: `into` lives as long as `command`.
void add_owner_options(CLI::App& command, owner_options& into);

// Throws exit_with{2} if none was given: several owners may have a conversation of one number.
void require_owner(const owner_options& given);

// As access::principal::conversation_owner(): the user's id; of a key without a user, minus the key's id; 0 where no
// keys are asked for. Throws std::runtime_error for nobody. REQUIRES: require_owner().
std::int64_t conversation_owner(const owner_options& given, store::key_store& keys);

}  // namespace ferry::app
