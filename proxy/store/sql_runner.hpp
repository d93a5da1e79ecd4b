#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::store {

struct sql_value {
    enum class kind { null, number, text };
    kind type = kind::null;
    std::string text;  // as the store prints it; a number is written as JSON writes numbers
};

struct sql_result {
    bool has_rows = false;             // a query, also one that found nothing
    std::vector<std::string> columns;  // of a query
    std::vector<std::vector<sql_value>> rows;
    std::int64_t changed = 0;  // rows inserted, updated or deleted by a statement that is no query
};

// Runs whatever SQL a person writes. Owned by: the `sql` command or a test. Lives on: one store thread; blocks.
class sql_runner {
public:
    virtual ~sql_runner() = default;

    // Runs the statements of `text` in order and gives each one's result to `done` as it finishes. Each commits by
    // itself unless the text says BEGIN. `NOW()` is the time of the statement, UTC, also on the embedded store.
    // A statement that fails ends the run with store_error (or a kind of it) that names its line; those before it
    // stay done. A text that ends inside a transaction is rolled back and is a store_error.
    virtual void run(std::string_view text, const std::function<void(const sql_result&)>& done) = 0;
};

}  // namespace ferry::store
