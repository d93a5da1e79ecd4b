// Which row answers a request that names no model: one about an id, or about all that an account has. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/fault.hpp"
#include "catalog/model_list.hpp"
#include "catalog/routing.hpp"

namespace ferry::catalog {

struct account_choice {
    const openai::operation* operation = nullptr;  // not null
    std::optional<std::string_view> model;         // x-ferry-model
    // The names a key may use where it is bound to some; null: all. Patterns among them are not followed.
    const std::vector<std::string>* allowed = nullptr;
};

// Where x-ferry-model says; else to the only model the key may use; else to the only account that serves this at all.
// Rows of one account are one to whoever is asked: the route has one candidate, or those of the named model.
// Faults: model_required (400), which names the header; those of choose().
result<route> choose_account(const catalog& models, const account_choice& choice, const random_below& random);

// The row that issued an id, whose account is asked. Fault: model_unavailable where it is not served any more.
result<route> choose_owner(const catalog& models, std::int64_t row_id);

// Leaves out the rows that do not serve the operation. Fault: unsupported_operation where none is left of some.
std::optional<fault> keep_serving(const openai::operation& operation, std::string_view below, route& chosen);

// Leaves out the rows of other accounts than that of `owner`: what the request refers to is there alone. Where no row
// of the model is, the owner itself answers.
void keep_account(const candidate& owner, route& chosen);

}  // namespace ferry::catalog
