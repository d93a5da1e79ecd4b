#include "app/cli/model_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/context.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::app {
namespace {

constexpr std::string_view key_missing = "key_missing";

void print_warnings(const catalog::model_findings& found) {
    std::string codes;
    for (const auto& one : found.warnings) {
        fmt::print(stderr, "warning: {}\n", one.text);
        codes += fmt::format("{}\"{}\"", codes.empty() ? "" : ", ", one.code);
    }
    if (codes.empty()) return;
    fmt::print(stderr, "note: if it is meant so: ferry models set ... --capabilities '{{\"ignore_warnings\": [{}]}}'\n",
               codes);
}

}  // namespace

void require_good(const store::catalog_rows& rows, const store::model_row& row, const store::model_row* before) {
    const catalog::model_check check(rows.models, rows.routes, catalog::read_secret);
    const auto found = check.of(row);
    const auto old = before == nullptr ? catalog::model_findings{} : check.of(*before);
    bool is_refused = false;
    for (const auto& fault : found.faults) {
        const bool is_old = std::find(old.faults.begin(), old.faults.end(), fault) != old.faults.end();
        fmt::print(stderr, "{}: {}\n", is_old ? "warning: the row is still refused" : "error", fault);
        is_refused = is_refused || !is_old;
    }
    if (is_refused) throw exit_with{2};
    print_warnings(found);
}

std::string state_of(const store::model_row& row, const catalog::model_findings& found) {
    if (!row.is_enabled) return row.defect.empty() ? "disabled" : "disabled, faulty";
    const bool lacks_key = std::any_of(found.warnings.begin(), found.warnings.end(),
                                       [](const auto& one) { return one.code == key_missing; });
    return found.faults.empty() && !lacks_key ? "enabled" : "refused";
}

std::string remarks_on(const store::model_row& row, const catalog::model_findings& found) {
    std::string text;
    if (!row.is_enabled) return text;
    const auto name = catalog::printable(row.model_name);
    for (const auto& fault : found.faults) {
        text += fmt::format("{} {}: refused: {}\n", row.id, name, fault);
    }
    for (const auto& one : found.warnings) {
        const bool is_refusal = one.code == key_missing;
        text += fmt::format("{} {}: {}: {}{}\n", row.id, name, is_refusal ? "refused" : "warning", one.text,
                            is_refusal ? " (as this command sees it: a running Ferry has an environment of its own)"
                                       : "");
    }
    return text;
}

}  // namespace ferry::app
