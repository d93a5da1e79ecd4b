// Who asks: what a client key stands for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/api_key.hpp"
#include "access/limits.hpp"
#include "net/network_list.hpp"

namespace ferry::access {

// Immutable. Owned by: its key_table (or static, the anonymous one). Lives on: any thread.
// REQUIRES: whoever holds a principal* holds the key_table it came from too; a request pins both for its life.
struct principal {
    std::optional<std::int64_t> key_id;  // empty: nobody in particular, where authentication is not required
    std::optional<std::int64_t> user_id, team_id;
    std::string name;
    std::optional<std::vector<std::string>> allowed_models;  // sorted; absent: all; empty: none
    sha256_digest allowed_digest{};                          // of the column's text: keys with equal ones see the same
    std::vector<std::string> model_patterns;                 // those of allowed_models that hold a `*`
    std::vector<party_limits> limits;                        // of whoever of key, user and team has any
    std::shared_ptr<const net::network_list> allowed_addresses;  // null: it may come from anywhere
    std::int64_t priority = 0;                                   // where requests wait, lower goes first
    bool keeps_messages = true;                                  // of conversations

    // Whose conversations it sees: the user's; those of a key without a user are its own.
    std::int64_t conversation_owner() const { return user_id ? *user_id : -key_id.value_or(0); }

    // Whether this key may ask for the model. Names are compared as bytes; a virtual name is a name like any other.
    // In a pattern, `*` stands for any bytes, none included: "gpt-*" allows "gpt-4".
    bool may_use(std::string_view model_name) const;

    // The most tokens an answer may have, by the narrowest limit; -1: any number.
    std::int64_t max_output_tokens() const;
};

// Stands for every caller where `auth.required` is false: all models, no limits.
const principal& anonymous_principal();

}  // namespace ferry::access
