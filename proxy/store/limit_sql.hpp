// What is the same in both dialects of what processes tell each other of limits.
#pragma once

#include <string>

namespace ferry::store {

// After so long a process that tells nothing is taken for gone; what it used counts on, less with each second.
inline constexpr int silent_after_s = 5;

// `age_s`: how long ago a row was told, in seconds. What fades does so evenly within the minute, or the day.
inline std::string select_use(const std::string& age_s, bool has_shares, const std::string& which) {
    const auto is_fresh = age_s + " <= " + std::to_string(silent_after_s);
    const auto told = [&](const std::string& column) {
        return has_shares ? column + " + " + column + "_share" : column;
    };
    const auto faded = [&](const std::string& column, const std::string& span_s) {
        return "CAST(coalesce(sum(CASE WHEN " + is_fresh + " THEN " + told(column) + " WHEN " + age_s + " < " + span_s +
               " THEN " + column + " * (1 - " + age_s + " / " + span_s + ") ELSE 0 END), 0) AS BIGINT)";
    };
    return "SELECT party, party_id, " + faded("minute_requests", "60.0") + ", " + faded("minute_tokens", "60.0") +
           ", " + faded("day_requests", "86400.0") + ", " + faded("day_tokens", "86400.0") +
           ", CAST(coalesce(sum(CASE WHEN " + is_fresh + " THEN " + told("parallel") +
           " ELSE 0 END), 0) AS BIGINT) FROM limit_use " + which + " GROUP BY party, party_id";
}

inline std::string select_use_of_others(const std::string& age_s, const std::string& me, const std::string& asked) {
    return select_use(age_s, true, "WHERE instance_id <> " + me + " AND " + asked);
}

// How many others tell something these days, and how many of them stand before this one.
inline std::string select_replicas(const std::string& age_s, const std::string& me) {
    return "SELECT count(DISTINCT instance_id), count(DISTINCT CASE WHEN instance_id < " + me +
           " THEN instance_id END) FROM limit_use WHERE instance_id <> " + me + " AND " + age_s +
           " <= " + std::to_string(silent_after_s);
}

}  // namespace ferry::store
