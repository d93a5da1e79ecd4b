#include "relay/request/choice.hpp"

#include <algorithm>

#include "base/chance.hpp"
#include "catalog/account_choice.hpp"
#include "openai/optional_model.hpp"
#include "relay/exchange/row_speeds.hpp"

namespace ferry::relay {

namespace {

result<catalog::route> choose_account(const request& x) {
    catalog::account_choice choice;
    choice.operation = &x.operation;
    choice.model = x.head.find("x-ferry-model");
    if (x.who->allowed_models) choice.allowed = &*x.who->allowed_models;
    return catalog::choose_account(*x.pinned.models, choice, draw_below);
}

fault not_allowed(std::string_view model) {
    return fault::client(fault_code::model_not_allowed,
                         "This key may not use the model '" + std::string(model) +
                             "'. Ask for one that GET /v1/models lists, or have the key's list extended.",
                         "model");
}

}  // namespace

catalog::request_choice choice_of(const openai::chat_request& asked, std::size_t body_bytes) {
    // Four bytes to a token, as good a guess as any that looks at nothing; and half a thousand of answer, unless less
    // is asked for.
    constexpr std::int64_t bytes_per_token = 4, usual_answer = 500;
    catalog::request_choice choice;
    choice.id = asked.id;
    if (asked.model) choice.model = *asked.model;
    choice.prompt_tokens = static_cast<std::int64_t>(body_bytes) / bytes_per_token;
    const auto most = asked.max_completion_tokens ? asked.max_completion_tokens : asked.max_tokens;
    choice.completion_tokens = std::min(usual_answer, most.value_or(usual_answer)) * asked.n.value_or(1);
    return choice;
}

catalog::request_choice choice_of(const request& x) {
    auto choice = choice_of(x.asked, x.body_bytes);
    // A deployment's path says which model is asked, as it does at Azure.
    if (!x.asked_model.empty()) choice.model = x.asked_model;
    if (!choice.id && !choice.model) choice.model = x.head.find("x-ferry-model");
    if (x.core.speeds.is_kept()) {
        choice.speed_of = [&x](std::int64_t row_id) { return x.core.speeds.of(row_id, x.moment); };
    }
    return choice;
}

std::optional<fault> choose_candidates(request& x) {
    const auto place = x.operation.model;
    const bool names_model = place == openai::model_place::body_member || place == openai::model_place::form_part;
    const bool has_owner = x.owner_row && !names_model;
    const auto named = choice_of(x);
    x.is_modelless = names_model && !named.id && !named.model && openai::may_leave_model_out(x.operation);
    auto chosen = names_model && !x.is_modelless ? catalog::choose(*x.pinned.models, named, draw_below)
                  : has_owner                    ? catalog::choose_owner(*x.pinned.models, *x.owner_row)
                                                 : choose_account(x);
    if (!chosen) return chosen.error();
    if (!x.who->may_use(chosen->model_name)) return not_allowed(chosen->model_name);
    if (auto refused = catalog::unavailable(*chosen)) return refused;
    if (auto refused = catalog::keep_serving(x.operation, x.below, *chosen)) return refused;
    if (x.owner_row && names_model) {
        const auto* owner = x.pinned.models->find_row(*x.owner_row);
        if (owner != nullptr && x.who->may_use(owner->model_name)) catalog::keep_account(*owner, *chosen);
    }
    x.route = std::move(*chosen);
    return std::nullopt;
}

}  // namespace ferry::relay
