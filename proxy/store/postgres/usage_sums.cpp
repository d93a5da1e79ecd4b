#include <array>

#include "base/time_text.hpp"
#include "store/postgres/usage.hpp"
#include "store/usage_conditions.hpp"

namespace ferry::store::postgres {
namespace {

constexpr std::array<const char*, 8> summed = {"requests",      "errors",       "prompt_tokens", "completion_tokens",
                                               "cached_tokens", "total_tokens", "units",         "cost_pico"};

// As the column `hour` has it.
std::string hour_literal(std::int64_t time_us, const pqxx::work& in) {
    constexpr std::size_t to_minutes = 16;
    return in.quote(time_text(time_us).substr(0, to_minutes));
}

std::string conditions_of(const usage_filter& wanted, const pqxx::work& in) {
    std::string sql = " FROM usage_hourly WHERE true";
    if (wanted.since_us) sql += " AND hour >= " + hour_literal(*wanted.since_us, in);
    if (wanted.until_us) sql += " AND hour < " + hour_literal(*wanted.until_us, in);
    return sql + usage_conditions(wanted, [&in](const std::string& text) { return in.quote(text); });
}

// Of a sum, which the database gives as a number of any length.
int128 whole_number(std::string_view text) {
    int128 value = 0;
    const bool is_negative = text.starts_with('-');
    for (const char digit : text.substr(is_negative ? 1 : 0)) value = value * 10 + (digit - '0');
    return is_negative ? -value : value;
}

// Eleven columns of names, then the sums.
std::string select_sums(const usage_filter& wanted, const sums_by& by, const pqxx::work& in) {
    const auto text = [](bool is_wanted, const char* name) { return is_wanted ? name : "''::text"; };
    const auto id = [](bool is_wanted, const char* name) { return is_wanted ? name : "0::bigint"; };
    std::string sql =
        fmt::format("SELECT {}, {}, {}, {}, {}, {}, {}, {}, {}, currency, unit_kind",
                    by.hour ? "hour" : text(by.day, "left(hour, 10)"), id(by.key, "key_id"), id(by.user, "user_id"),
                    id(by.team, "team_id"), text(by.model, "model_name"), text(by.provider, "provider"),
                    text(by.operation, "operation"), text(by.basis, "basis"), text(by.end_reason, "end_reason"));
    for (const char* name : summed) sql += fmt::format(", sum({})", name);
    return sql + conditions_of(wanted, in) + " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11";
}

sum_row sum_in(const pqxx::row& one) {
    sum_row row;
    std::int64_t* ids[] = {&row.key_id, &row.user_id, &row.team_id};
    std::string* names[] = {&row.model_name, &row.provider, &row.operation, &row.basis,
                            &row.end_reason, &row.currency, &row.unit_kind};
    int128* sums[] = {&row.requests,      &row.errors,       &row.prompt_tokens, &row.completion_tokens,
                      &row.cached_tokens, &row.total_tokens, &row.units,         &row.cost_pico};
    int column = 0;
    row.hour = one[column++].c_str();
    for (auto* member : ids) *member = one[column++].as<std::int64_t>();
    for (auto* member : names) *member = one[column++].c_str();
    for (auto* member : sums) *member = whole_number(one[column++].c_str());
    return row;
}

}  // namespace

void usage::scan_sums(const usage_filter& wanted, const sums_by& by, const std::function<void(const sum_row&)>& visit) {
    link_.run_patiently(access::reading, "read the sums of hours", [&](pqxx::work& in) {
        // With the few megabytes of the default all sums would be sorted on the disk first; compiling gains nothing.
        // And groups are expected to be so many that handing them over would cost what several processes gain.
        in.exec("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; SET LOCAL parallel_tuple_cost = 0.001");
        for (const auto& one : in.exec(select_sums(wanted, by, in))) visit(sum_in(one));
    });
}

std::string usage::last_day_sum(const usage_filter& window) {
    std::string day;
    link_.run_patiently(access::reading, "read the sums of hours", [&](pqxx::work& in) {
        usage_filter days{window.since_us, window.until_us};
        days.operation = "";
        day = in.exec("SELECT coalesce(left(max(hour), 10), '')" + conditions_of(days, in))[0][0].c_str();
    });
    return day;
}

}  // namespace ferry::store::postgres
