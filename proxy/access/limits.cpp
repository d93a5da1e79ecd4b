#include "access/limits.hpp"

#include <utility>

namespace ferry::access {
namespace {

constexpr budget_period periods[] = {budget_period::hour, budget_period::day, budget_period::week, budget_period::month,
                                     budget_period::total};

class limit_reader {
public:
    limit_reader(party_limits& into, std::string& defect) : into_(into), defect_(defect) {}

    void operator()(std::string_view column, const std::optional<std::int64_t>& value) {
        if (!value) return;
        if (*value < 0) return note(column, "is negative");
        const std::pair<std::string_view, std::int64_t*> members[] = {{"rpm", &into_.rpm},
                                                                      {"tpm", &into_.tpm},
                                                                      {"rpd", &into_.rpd},
                                                                      {"tpd", &into_.tpd},
                                                                      {"max_parallel", &into_.max_parallel},
                                                                      {"max_output_tokens", &into_.max_output_tokens},
                                                                      {"budget_pico", &into_.budget_pico}};
        for (const auto& [name, member] : members) {
            if (name == column) *member = *value;
        }
    }
    void operator()(std::string_view column, const std::optional<std::string>& value) {
        if (!value) return;
        if (column == "budget_mode") {
            into_.is_soft = *value == "soft";
            if (*value != "soft" && *value != "hard") note(column, "is neither hard nor soft");
            return;
        }
        const auto period = parse_budget_period(*value);
        if (!period) return note(column, "is none of hour, day, week, month, total");
        into_.period = *period;
    }

private:
    void note(std::string_view column, std::string_view what) {
        if (!defect_.empty()) return;
        if (into_.who != party::key) defect_.append("its ").append(to_text(into_.who)).append("'s ");
        defect_.append(column).append(" ").append(what);
    }

    party_limits& into_;
    std::string& defect_;
};

void add_limits(party who, std::optional<std::int64_t> id, const store::limit_columns& columns,
                std::vector<party_limits>& to, std::string& defect) {
    if (!id || !store::has_limits(columns)) return;
    party_limits limits{who, *id};
    limit_reader read(limits, defect);
    store::for_each_limit(columns, read);
    if (limits != party_limits{who, *id}) to.push_back(limits);
}

}  // namespace

std::string_view to_text(party who) {
    constexpr std::string_view names[] = {"key", "user", "team"};
    return names[static_cast<std::size_t>(who)];
}

std::string_view to_text(budget_period period) {
    constexpr std::string_view names[] = {"hour", "day", "week", "month", "total"};
    return names[static_cast<std::size_t>(period)];
}

std::optional<budget_period> parse_budget_period(std::string_view text) {
    for (const auto period : periods) {
        if (to_text(period) == text) return period;
    }
    return std::nullopt;
}

std::vector<party_limits> limits_of(const store::key_row& row, std::string& defect) {
    std::vector<party_limits> all;
    add_limits(party::key, row.id, row, all, defect);
    if (row.user_limits) add_limits(party::user, row.user_id, *row.user_limits, all, defect);
    if (row.team_limits) add_limits(party::team, row.team_id, *row.team_limits, all, defect);
    all.shrink_to_fit();
    return all;
}

}  // namespace ferry::access
