#include "catalog/model_check.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <utility>

#include "base/ascii.hpp"
#include "base/nearest.hpp"
#include "catalog/candidate_builder.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/text_rules.hpp"
#include "openai/operation.hpp"
#include "provider/table.hpp"

namespace ferry::catalog {
namespace {

// How many letters may be wrong for a word of this length to be taken for another: deepsek, chat/complitions.
std::size_t most_slips(std::string_view word) {
    return word.size() < 6 ? 1 : word.size() < 12 ? 2 : 3;
}

void warn(model_findings& found, std::string_view code, std::string text) {
    found.warnings.push_back({code, std::move(text)});
}

void look_at_provider(const store::model_row& row, model_findings& found) {
    const std::string name = lower_case(trimmed(row.provider));
    for (const provider::provider* known : provider::known_providers()) {
        const std::size_t slips = edit_distance(name, known->name);
        if (slips == 0 || slips > most_slips(known->name)) continue;
        return warn(found, "unknown_provider",
                    "provider '" + printable(row.provider) + "' is not known and treated as 'other'; was '" +
                        std::string(known->name) + "' meant? If not, write 'other'");
    }
}

// The last two segments of the path, as long as it has them: "/chat/complitions".
std::string_view end_of_path(std::string_view target) {
    std::string_view path = target.substr(0, target.find('?'));
    while (path.ends_with('/')) path.remove_suffix(1);
    const auto last = path.rfind('/');
    if (last == std::string_view::npos || last == 0) return {};
    return path.substr(path.rfind('/', last - 1));
}

void look_at_path(const store::model_row& row, model_findings& found) {
    const auto where = parse_endpoint(row.api_endpoint);
    if (!where) return;
    const std::string_view end = end_of_path(where->target);
    const auto chat_path = openai::chat_completions().path;
    const std::size_t slips = edit_distance(lower_case(end), chat_path);
    if (end.empty() || end == chat_path || slips > most_slips(chat_path)) return;
    warn(found, "odd_path",
         "api_endpoint ends in '" + printable(end) + "', which is nearly " + std::string(chat_path) +
             ": it is taken for a base URL, and " + std::string(chat_path) + " is appended. Correct the path");
}

bool is_free(const store::model_row& row) {
    return row.input_price_pico.value_or(row.base_price_pico) == 0 &&
           row.output_price_pico.value_or(row.base_price_pico) == 0;
}

// 0 in the columns of its own, where nothing would be inherited, is a price that somebody wrote.
bool is_free_by_intention(const store::model_row& row) {
    return is_free(row) && row.input_price_pico && row.output_price_pico;
}

void drop_ignored(const store::model_row& row, model_findings& found) {
    if (!row.capabilities || found.warnings.empty()) return;
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(*row.capabilities, error);
    const auto* members = error ? nullptr : parsed.if_object();
    const auto* named = members ? members->if_contains("ignore_warnings") : nullptr;
    const auto* codes = named ? named->if_array() : nullptr;
    if (codes == nullptr) return;
    std::erase_if(found.warnings, [codes](const model_warning& one) {
        return std::ranges::any_of(*codes, [&one](const boost::json::value& code) {
            return code.is_string() && std::string_view(code.get_string()) == one.code;
        });
    });
}

}  // namespace

model_check::model_check(std::span<const store::model_row> models, std::span<const store::route_row> routes,
                         secret_source secrets)
    : secrets_(std::move(secrets)) {
    for (const store::model_row& row : models)
        if (row.is_enabled) models_by_name_[row.model_name].push_back(&row);
    for (const store::route_row& row : routes)
        if (row.is_enabled) routes_.insert(row.name);
}

model_findings model_check::of(const store::model_row& row) const {
    model_findings found;
    // Whether the key is there is another question than whether the row is well made.
    const auto any_key = [](std::string_view) -> result<secret> { return secret("key"); };
    found.faults = candidate_faults(row, any_key);
    look_for_key(row, found);
    look_at_provider(row, found);
    look_at_path(row, found);
    look_at_fallback(row, found);
    look_at_price(row, found);
    drop_ignored(row, found);
    return found;
}

void model_check::look_for_key(const store::model_row& row, model_findings& found) const {
    if (!is_secret_reference(row.api_key)) return;
    const auto key = secrets_(row.api_key);
    if (!key)
        return warn(found, "key_missing", key.error().message + ". The row is not served until the key can be read");
    const auto read = [&key](std::string_view) { return key; };
    for (std::string& fault : candidate_faults(row, read))
        if (std::ranges::find(found.faults, fault) == found.faults.end()) found.faults.push_back(std::move(fault));
}

void model_check::look_at_fallback(const store::model_row& row, model_findings& found) const {
    if (!row.fallback_model || row.fallback_model->empty()) return;
    const std::string_view name = *row.fallback_model;
    if (routes_.contains(name) || models_by_name_.contains(name)) return;
    warn(found, "unknown_fallback",
         "fallback_model '" + printable(name) +
             "' is the name of no enabled model or route: nobody is asked when this "
             "row cannot answer. Add that model, correct the name, or clear the column");
}

void model_check::look_at_price(const store::model_row& row, model_findings& found) const {
    if (!row.is_enabled || row.weight == 0 || !is_free(row) || is_free_by_intention(row)) return;
    const auto same_name = models_by_name_.find(row.model_name);
    if (same_name == models_by_name_.end()) return;
    for (const store::model_row* other : same_name->second) {
        if (other->id == row.id || is_free(*other)) continue;
        return warn(found, "free_beside_priced",
                    "the row costs nothing, but row " + std::to_string(other->id) +
                        " of the same model_name has a "
                        "price: what this row answers is not billed. Give it a price, or, if it is free, write 0 into "
                        "input_cost_per_1k and output_cost_per_1k");
    }
}

}  // namespace ferry::catalog
