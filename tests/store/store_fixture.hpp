// What the tests of the store share. They are written against the interfaces of store/, so that every kind of store
// can be made to pass them; only make_database() knows which one it is.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"

namespace ferry::store {

class temporary_folder {
public:
    temporary_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ferry-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~temporary_folder() { std::filesystem::remove_all(path_); }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    std::string operator/(const char* name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

// An empty store with an up-to-date schema; every call of again() is another program's view of it.
struct store_fixture {
    temporary_folder folder;
    std::unique_ptr<database> db = again();

    store_fixture() { db->migrate(); }

    options chosen() const {
        options made;
        made.url = "sqlite:" + (folder / "ferry.db");
        made.busy_timeout = std::chrono::milliseconds(50);
        return made;
    }
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
    std::int64_t catalog_version() { return std::stoll(ask("SELECT version FROM catalog_version")); }
    void add_model(std::string_view name) {
        run(std::string("INSERT INTO ai_models (model_name, api_endpoint) VALUES ('").append(name) +
            "', 'http://h/v1')");
    }
};

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
