#include "relay/request/choice.hpp"

#include "base/chance.hpp"
#include "catalog/account_choice.hpp"

namespace ferry::relay {

namespace {

result<catalog::route> choose_account(const request& x) {
    catalog::account_choice choice;
    choice.operation = &x.operation;
    choice.model = x.head.find("x-ferry-model");
    if (x.who->allowed_models) choice.allowed = &*x.who->allowed_models;
    return catalog::choose_account(*x.pinned.models, choice, draw_below);
}

result<catalog::route> choose_model(const request& x) {
    catalog::request_choice choice;
    choice.id = x.asked.id;
    if (x.asked.model) choice.model = *x.asked.model;
    // A deployment's path says which model is asked, as it does at Azure.
    if (!x.asked_model.empty()) choice.model = x.asked_model;
    return catalog::choose(*x.pinned.models, choice, draw_below);
}

fault not_allowed(std::string_view model) {
    return fault::client(fault_code::model_not_allowed,
                         "This key may not use the model '" + std::string(model) +
                             "'. Ask for one that GET /v1/models lists, or have the key's list extended.",
                         "model");
}

}  // namespace

std::optional<fault> choose_candidates(request& x) {
    const auto place = x.operation.model;
    const bool names_model = place == openai::model_place::body_member || place == openai::model_place::form_part;
    const bool has_owner = x.owner_row && !names_model;
    auto chosen = names_model ? choose_model(x)
                  : has_owner ? catalog::choose_owner(*x.pinned.models, *x.owner_row)
                              : choose_account(x);
    if (!chosen) return chosen.error();
    if (!x.who->may_use(chosen->model_name)) return not_allowed(chosen->model_name);
    if (auto refused = catalog::unavailable(*chosen)) return refused;
    if (auto refused = catalog::keep_serving(x.operation, *chosen)) return refused;
    if (x.owner_row && names_model) {
        const auto* owner = x.pinned.models->find_row(*x.owner_row);
        if (owner != nullptr && x.who->may_use(owner->model_name)) catalog::keep_account(*owner, *chosen);
    }
    x.route = std::move(*chosen);
    return std::nullopt;
}

}  // namespace ferry::relay
