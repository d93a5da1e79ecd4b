// What a key, a user or a team may use: columns of the same names in all three tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::store {

// Absent: no limit.
struct limit_columns {
    std::optional<std::int64_t> rpm, tpm;           // requests and tokens in any 60 s
    std::optional<std::int64_t> rpd, tpd;           // in any 24 h
    std::optional<std::int64_t> max_parallel;       // requests at once
    std::optional<std::int64_t> max_output_tokens;  // of one answer
    std::optional<std::int64_t> budget_pico;
    std::optional<std::string> budget_period;  // hour, day, week, month, total; absent: total
    std::optional<std::string> budget_mode;    // hard, soft; absent: hard

    bool operator==(const limit_columns&) const = default;
};

// Calls f(column, member) for each, in the order of limit_names().
template <class Limits, class F>
void for_each_limit(Limits& limits, F&& f) {
    f("rpm", limits.rpm);
    f("tpm", limits.tpm);
    f("rpd", limits.rpd);
    f("tpd", limits.tpd);
    f("max_parallel", limits.max_parallel);
    f("max_output_tokens", limits.max_output_tokens);
    f("budget_pico", limits.budget_pico);
    f("budget_period", limits.budget_period);
    f("budget_mode", limits.budget_mode);
}

// "k.rpm, k.tpm, ..." for "k.".
inline std::string limit_names(std::string_view prefix = "") {
    std::string names;
    limit_columns all;
    for_each_limit(all, [&](const char* name, const auto&) {
        names.append(names.empty() ? "" : ", ").append(prefix).append(name);
    });
    return names;
}

inline bool has_limits(const limit_columns& limits) {
    return limits != limit_columns();
}

}  // namespace ferry::store
