// What a usage_filter means in SQL, but for the window of time, which the stores write each in its own way.
#pragma once

#include <fmt/format.h>

#include <string>

#include "store/usage_store.hpp"

namespace ferry::store {

// " AND key_id IN (1,2) AND provider = 'qwen'"; "" for all. `quote` makes a literal of a text.
template <class Quote>
std::string usage_conditions(const usage_filter& wanted, const Quote& quote) {
    std::string sql;
    const auto among = [&sql](const char* column, const std::optional<std::vector<std::int64_t>>& ids) {
        if (ids)
            sql +=
                fmt::format(" AND {} IN ({})", column, ids->empty() ? "NULL" : fmt::format("{}", fmt::join(*ids, ",")));
    };
    const auto equals = [&](const char* column, const std::optional<std::string>& text) {
        if (text) sql += fmt::format(" AND {} = {}", column, quote(*text));
    };
    among("key_id", wanted.key_ids);
    among("user_id", wanted.user_ids);
    among("team_id", wanted.team_ids);
    equals("request_id", wanted.request_id);
    equals("model_name", wanted.model_name);
    equals("provider", wanted.provider);
    equals("operation", wanted.operation);
    return sql;
}

}  // namespace ferry::store
