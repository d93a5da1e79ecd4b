#include "relay/exchange/id_owners.hpp"

#include <utility>

namespace ferry::relay {

std::optional<id_owner> id_owners::find(std::string_view id) {
    const std::string name(id);
    const std::lock_guard lock(mutex_);
    if (const auto known = recent_.find(name); known != recent_.end()) return known->second;
    const auto older = before_.find(name);
    if (older == before_.end()) return std::nullopt;
    return recent_.emplace(name, older->second).first->second;
}

void id_owners::add(std::string_view id, const id_owner& owner) {
    const std::lock_guard lock(mutex_);
    if (recent_.size() >= most) before_ = std::exchange(recent_, {});
    // Who issued it first: an account that repeats another's id does not take it over.
    recent_.emplace(id, owner);
}

void id_owners::look_up(std::string id, answer then) {
    if (!ask_) return then(std::optional<id_owner>());
    auto remember = [this, id, then = std::move(then)](const result<std::optional<id_owner>>& found) {
        if (found && *found) add(id, **found);
        then(found);
    };
    ask_(std::move(id), std::move(remember));
}

}  // namespace ferry::relay
