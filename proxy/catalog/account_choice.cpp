#include "catalog/account_choice.hpp"

#include <algorithm>

namespace ferry::catalog {

namespace {

route route_to(const candidate& row) {
    route made;
    made.model_name = row.model_name;
    made.candidates.push_back(&row);
    return made;
}

fault model_required() {
    return fault::client(fault_code::model_required,
                         "This request names no model, and there is more than one account it could be meant for: send "
                         "the header x-ferry-model with the name of a model that GET /v1/models lists.",
                         "model");
}

// The row that stands for all that the names lead to, if they lead to one account.
const candidate* only_row(const catalog& models, const openai::operation& operation,
                          const std::vector<std::string>& names, const random_below& random) {
    const candidate* only = nullptr;
    for (const auto& name : names) {
        request_choice choice;
        choice.model = name;
        const auto chosen = choose(models, choice, random);
        if (!chosen) continue;
        for (const auto* row : chosen->candidates) {
            if (!row->serves[openai::index_of(operation)]) continue;
            if (only != nullptr && only->account != row->account) return nullptr;
            if (only == nullptr) only = row;
        }
    }
    return only;
}

}  // namespace

result<route> choose_account(const catalog& models, const account_choice& choice, const random_below& random) {
    if (choice.model) {
        request_choice named;
        named.model = choice.model;
        return choose(models, named, random);
    }
    const candidate* only = nullptr;
    if (choice.allowed != nullptr) only = only_row(models, *choice.operation, *choice.allowed, random);
    if (choice.allowed == nullptr) only = models.only_account(*choice.operation);
    if (only == nullptr) return model_required();
    return route_to(*only);
}

result<route> choose_owner(const catalog& models, std::int64_t row_id) {
    if (const auto* row = models.find_row(row_id)) return route_to(*row);
    return fault::self(fault_code::model_unavailable,
                       "What this id stands for lies with an account that is not served now. Tell who runs this "
                       "service; trying again does not help until that is mended.",
                       "Row " + std::to_string(row_id) + " of ai_models issued the id: enable it again.");
}

std::optional<fault> keep_serving(const openai::operation& operation, std::string_view below, route& chosen) {
    auto& rows = chosen.candidates;
    if (rows.empty()) return std::nullopt;
    const auto index = openai::index_of(operation);
    const bool is_further = &operation == &openai::further_path();
    const auto refuses = [&](const auto* row) {
        const auto& paths = row->further_paths;
        return !row->serves[index] || (is_further && !std::binary_search(paths.begin(), paths.end(), below));
    };
    const auto kept = std::remove_if(rows.begin(), rows.end(), refuses);
    rows.erase(kept, rows.end());
    if (!rows.empty()) return std::nullopt;
    return fault::client(fault_code::unsupported_operation,
                         "The model '" + std::string(chosen.model_name) + "' does not serve " +
                             std::string(is_further ? below : operation.name) + " here. Ask for a model that does.",
                         "model");
}

void keep_account(const candidate& owner, route& chosen) {
    auto& rows = chosen.candidates;
    const auto kept =
        std::remove_if(rows.begin(), rows.end(), [&owner](const auto* row) { return row->account != owner.account; });
    rows.erase(kept, rows.end());
    if (rows.empty()) rows.push_back(&owner);
}

}  // namespace ferry::catalog
