// By what `ferry usage` tells requests apart, and which of them it counts.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/usage_report.hpp"
#include "store/database.hpp"
#include "store/usage_store.hpp"

namespace ferry::app {

// What --by may name.
std::vector<std::string> usage_dimensions();
// Whether the sums of hours know it.
bool is_known_to_sums(std::string_view dimension);

// Keys, users and teams have names; what was removed is told by its number.
class usage_names {
public:
    explicit usage_names(store::database& db);

    // Days and hours of UTC, or of this machine's time. REQUIRES: one of usage_dimensions(); this object outlives it.
    usage_report::labeller labeller(std::string_view dimension, bool is_local) const;

    using ids = std::vector<std::int64_t>;
    // By id or name, of a key also by public_id; two keys may have one name. Throws std::runtime_error for none.
    ids find_keys(const std::string& which) const;
    ids find_users(const std::string& which) const;
    ids find_teams(const std::string& which) const;

private:
    using names = std::map<std::int64_t, std::string>;
    names keys_, users_, teams_;
    std::map<std::string, std::int64_t> public_ids_;
};

// What a request must be to be counted; what is not given is all the same.
struct usage_choice {
    std::optional<std::string> model, key, user, team, provider, operation;

    bool is_empty() const { return !model && !key && !user && !team && !provider && !operation; }
};
// Throws std::runtime_error for a key, user or team that there is not.
void narrow(store::usage_filter& wanted, const usage_choice& choice, const usage_names& names);

}  // namespace ferry::app
