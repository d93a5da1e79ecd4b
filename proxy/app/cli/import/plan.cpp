#include "app/cli/import/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/cli/import/amounts.hpp"
#include "base/ascii.hpp"
#include "base/decimal.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::app::takeover {

origin origin_of(const source_row& row, std::string_view id) {
    const auto line = row.line() == 0 ? "" : fmt::format("line {}", row.line());
    const auto given = row.defect().empty() ? row.text(id) : "";
    if (given.empty()) return {row.table(), line.empty() ? "-" : line};
    return {row.table(), line.empty() ? given : fmt::format("{} ({})", given, line)};
}

std::string usable_name(const std::string& given, std::string_view kind, const std::string& ref) {
    if (!catalog::name_defect(given)) return given;
    return fmt::format("{}-{}", kind, ref);
}

void make_names_unique(std::vector<person>& people, std::string_view kind) {
    std::set<std::string> seen;
    for (auto& one : people) {
        if (is_digits(one.name)) one.name = fmt::format("{}-{}", kind, one.name);
        if (!seen.insert(one.name).second) {
            one.name = fmt::format("{} ({})", one.name, one.ref);
            seen.insert(one.name);
        }
    }
}

void require_person(std::vector<person>& people, const std::string& ref, const origin& from) {
    if (ref.empty()) return;
    const bool is_known = std::any_of(people.begin(), people.end(), [&](const person& one) { return one.ref == ref; });
    if (!is_known) people.push_back({from, ref, ref, true, {}});
}

std::optional<std::int64_t> budget_of(const source_row& row, std::string_view column, const origin& from, plan& into) {
    const auto written = row.text(column);
    if (written.empty()) return std::nullopt;
    const auto pico = scaled(written, money_scale);
    if (!pico) into.leave_out(from, std::string(column), "it is no amount of money that can be kept here");
    return pico;
}

}  // namespace ferry::app::takeover
