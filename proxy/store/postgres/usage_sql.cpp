#include "store/postgres/usage_sql.hpp"

#include <string_view>

#include "store/postgres/row_reader.hpp"
#include "store/usage_columns.hpp"

namespace ferry::store::postgres {
namespace {

const char* type_of(const std::string&) {
    return "text";
}
const char* type_of(std::int64_t) {
    return "bigint";
}
const char* type_of(int) {
    return "integer";
}
const char* type_of(bool) {
    return "smallint";
}
template <class T>
const char* type_of(const std::optional<T>&) {
    return type_of(T());
}

struct statement_text {
    std::string names, arrays, selected;
    int count = 0;

    template <class Member>
    void value(const char* name, const Member& member) {
        add(name, std::string_view(name) == "tags" ? "jsonb" : type_of(member), name);
    }
    template <class Member>
    void time(const char* name, const Member&) {
        add(name, "timestamptz", time_column(name));
    }
    void add(const char* name, const char* type, const std::string& as_selected) {
        const std::string comma = count++ == 0 ? "" : ", ";
        names.append(comma).append(name);
        arrays.append(comma).append("$").append(std::to_string(count)).append("::").append(type).append("[]");
        selected.append(comma).append(as_selected);
    }
};

// DO NOTHING for the primary key alone: without it a row that breaks another constraint would be dropped in silence.
std::string insertion(const std::string& table, const statement_text& columns, const std::string& key) {
    return "INSERT INTO " + table + " (" + columns.names + ") SELECT * FROM unnest(" + columns.arrays +
           ") ON CONFLICT (" + key + ") DO NOTHING";
}

constexpr const char* sums[] = {"prompt_tokens",      "completion_tokens", "total_tokens", "cached_tokens",
                                "cache_write_tokens", "reasoning_tokens",  "audio_tokens", "units",
                                "cost_pico"};

// In numeric, and cut to 64 bits: a sum past them is shown as the largest number instead of ending the shipping.
std::string within_64_bits(const std::string& numeric) {
    return "least(" + numeric + ", 9223372036854775807)::bigint";
}

std::string add_to_hours() {
    std::string names, added, merged;
    for (const std::string name : sums) {
        names += ", " + name;
        const std::string what = name == "units" ? "CASE WHEN unit_kind IS NOT NULL THEN units END" : name;
        added += ", " + within_64_bits("coalesce(sum(" + what + "), 0)");
        merged += ", " + name + " = " + within_64_bits("usage_hourly." + name + "::numeric + excluded." + name);
    }
    const std::string key =
        "hour, key_id, model_id, user_id, team_id, model_name, provider, operation, basis, end_reason, currency, "
        "unit_kind";
    // In order: two programs that add to the same lines must not wait for each other.
    return "INSERT INTO usage_hourly (" + key + ", requests, errors" + names +
           ") SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') || ':00', coalesce(key_id, 0),"
           " coalesce(model_id, 0), coalesce(user_id, 0), coalesce(team_id, 0), coalesce(model_name, ''),"
           " coalesce(provider, ''), coalesce(operation, ''), coalesce(basis, ''), coalesce(end_reason, ''),"
           " coalesce(currency, ''), coalesce(unit_kind, ''), count(*),"
           " count(*) FILTER (WHERE status <> 499 AND (error_code IS NOT NULL OR status < 200 OR status >= 400))" +
           added +
           " FROM added GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12" +
           " ON CONFLICT (" + key +
           ") DO UPDATE SET requests = usage_hourly.requests + excluded.requests,"
           " errors = usage_hourly.errors + excluded.errors" +
           merged;
}

constexpr const char* touch_keys =
    "late AS (SELECT id, latest FROM api_keys JOIN"
    " (SELECT key_id, max(started_at) AS latest FROM added GROUP BY key_id) AS used ON used.key_id = id"
    " WHERE last_used_at IS NULL OR last_used_at < latest ORDER BY id FOR NO KEY UPDATE OF api_keys),"
    " touched AS (UPDATE api_keys SET last_used_at = latest FROM late WHERE api_keys.id = late.id)";

// In order, as the lines of the hours are.
constexpr const char* note_issued_ids =
    "issued AS (INSERT INTO issued_ids (id, model_id, key_id, user_id, operation, issued_at)"
    " SELECT one, model_id, key_id, user_id, operation, started_at"
    " FROM added, jsonb_array_elements_text(issued_ids::jsonb) AS one"
    " WHERE issued_ids IS NOT NULL AND model_id IS NOT NULL ORDER BY 1 ON CONFLICT (id) DO NOTHING)";

}  // namespace

const std::string& insert_usage_sql() {
    static const std::string sql =
        "WITH added AS (" + insertion("usage_records", usage_columns_for<statement_text>(), "request_id, started_at") +
        " RETURNING *), hours AS (" + add_to_hours() + "), " + touch_keys + ", " + note_issued_ids +
        " SELECT count(*) FROM added";
    return sql;
}

const std::string& insert_attempts_sql() {
    static const std::string sql =
        insertion("usage_attempts", attempt_columns_for<statement_text>(), "request_id, started_at, attempt");
    return sql;
}

const std::string& select_usage_sql() {
    static const std::string sql = "SELECT " + usage_columns_for<statement_text>().selected + " FROM usage_records";
    return sql;
}

}  // namespace ferry::store::postgres
