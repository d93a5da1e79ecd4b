// What the tests of the store share. They are written against the interfaces of store/ and are compiled once for every
// kind of store; only fresh_store.hpp, which is another file for each kind, knows which one it is.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fresh_store.hpp"
#include "store/database.hpp"

namespace ferry::store {

// An empty store with an up-to-date schema; every call of again() is another program's view of it.
struct store_fixture : fresh_store {
    std::unique_ptr<database> db = again();

    store_fixture() { db->migrate(); }

    std::unique_ptr<database> again() const { return open(chosen()); }

    std::vector<sql_result> run(std::string_view text) {
        std::vector<sql_result> results;
        db->sql()->run(text, [&results](const sql_result& result) { results.push_back(result); });
        return results;
    }
    // The one value that a query gives, as text; "NULL" for NULL.
    std::string ask(std::string_view query) {
        const sql_result result = run(query).back();
        const sql_value& value = result.rows.at(0).at(0);
        return value.type == sql_value::kind::null ? "NULL" : value.text;
    }
    // The first column of all rows, joined by commas.
    std::string list(std::string_view query) {
        std::string joined;
        const sql_result result = run(query).back();
        for (const auto& row : result.rows) joined += (joined.empty() ? "" : ",") + row.at(0).text;
        return joined;
    }
    bool holds(const std::string& condition, const std::string& table) {
        return ask("SELECT count(*) FROM " + table + " WHERE " + condition) != "0";
    }
    std::int64_t catalog_version() { return std::stoll(ask("SELECT version FROM catalog_version")); }
    void add_model(std::string_view name) {
        run(std::string("INSERT INTO ai_models (model_name, api_endpoint) VALUES ('").append(name) +
            "', 'http://h/v1')");
    }
};

// A hash for a key, as a literal of SQL.
inline std::string sha(int number) {
    char text[72];
    std::snprintf(text, sizeof text, "'%064d'", number);
    return text;
}

inline usage_row usage_of(std::string id, std::int64_t started_at_us) {
    usage_row row;
    row.request_id = std::move(id);
    row.started_at_us = started_at_us;
    row.ended_at_us = started_at_us + 1000;
    row.duration_us = 1000;
    row.model_name = "m";
    row.provider = "other";
    row.operation = "chat.completions";
    row.status = 200;
    row.end_reason = "done";
    row.basis = "provider";
    row.currency = "USD";
    row.instance_id = "i";
    return row;
}

// 2030-01-02 03:04:05.678901
inline constexpr std::int64_t some_time_us = 1'893'553'445'678'901;

}  // namespace ferry::store
