#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace ferry::store::sqlite {

class connection;

// One run of a statement: bind what it asks for in order, then step. Its end resets the statement, so a run never
// holds a lock longer than its block.
// Owned by: the block that runs it. Lives on: the thread of its connection, which it must not outlive.
// Text bound is not copied: it must live until the last step.
class query {
public:
    enum class ownership { cached, own };  // own: finalised at the end

    query(connection& db, sqlite3_stmt* statement, ownership owner);
    ~query();
    query(const query&) = delete;
    query& operator=(const query&) = delete;

    query& bind(std::int64_t value);
    query& bind(std::string_view value);
    query& bind(std::nullptr_t);
    template <class T>
    query& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind(nullptr);
    }
    query& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
    query& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
    query& bind(const std::string& value) { return bind(std::string_view(value)); }
    query& bind(const char* value) { return bind(std::string_view(value)); }

    // The next parameter stays as the run before bound it.
    void keep() { ++bound_; }

    // True while there is a row. Throws what error.hpp makes of a failure.
    bool step();
    // For statements without rows. Afterwards the query may be bound and run again.
    void run();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    sqlite3_stmt* handle() const { return statement_; }

private:
    void check(int rc);

    connection& db_;
    sqlite3_stmt* statement_;
    ownership owner_;
    int bound_ = 0;
};

}  // namespace ferry::store::sqlite
