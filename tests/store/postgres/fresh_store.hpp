#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "store/postgres/database.hpp"

namespace ferry::store {

// A place where no store is yet: a schema of its own in the database that FERRY_TEST_POSTGRES names.
class fresh_store {
public:
    fresh_store() { on_server("CREATE SCHEMA " + schema_); }
    ~fresh_store() { on_server("DROP SCHEMA " + schema_ + " CASCADE"); }
    fresh_store(const fresh_store&) = delete;
    fresh_store& operator=(const fresh_store&) = delete;

    options chosen() const {
        options made;
        made.url = server() + "&options=-c%20search_path%3D" + schema_;
        made.busy_timeout = std::chrono::milliseconds(50);
        made.call_timeout = std::chrono::seconds(60);  // sanitized, and beside others, 8 MiB take their time
        return made;
    }
    std::unique_ptr<database> with(std::span<const migration> known) const {
        return std::make_unique<postgres::server_database>(chosen(), known);
    }
    static std::string server() {
        const char* url = ::getenv("FERRY_TEST_POSTGRES");
        if (url == nullptr)
            throw std::runtime_error("there is no server: `tests/support/postgres.py run PROGRAM` starts one");
        return url;
    }
    const std::string& schema() const { return schema_; }

private:
    static void on_server(const std::string& statement) {
        options made;
        made.url = server();
        made.busy_timeout = std::chrono::seconds(10);
        open(made)->sql()->run(statement, [](const sql_result&) {});
    }
    static std::string new_name() {
        static int count = 0;
        return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    }

    std::string schema_ = new_name();
};

inline std::span<const migration> own_migrations() {
    return postgres_migrations();
}

// Where the stores' SQL differs.
namespace dialect {

inline std::string seconds_ago(int count) {
    return "clock_timestamp() - interval '" + std::to_string(count) + " seconds'";
}

inline constexpr auto lock_against_writers = "BEGIN; LOCK TABLE usage_records IN SHARE MODE; SELECT 1; COMMIT";
inline constexpr auto do_not_sync = "";
inline constexpr auto day_of_start = "(started_at AT TIME ZONE 'UTC')::date";
inline constexpr auto bytes_00_ff = "'\\x00ff'::bytea", bytes_as_text = "\\x00ff", infinity = "'Infinity'::float8";
inline constexpr auto refuse_bad_rows =
    "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.request_id = 'bad' THEN RAISE EXCEPTION 'bad row'; END IF; RETURN NEW; END $$;"
    "CREATE TRIGGER poison BEFORE INSERT ON usage_records FOR EACH ROW EXECUTE FUNCTION poison()";
inline constexpr bool text_may_hold_zero = false;

}  // namespace dialect

}  // namespace ferry::store
