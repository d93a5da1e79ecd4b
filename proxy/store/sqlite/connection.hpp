#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/sqlite/query.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace ferry::store::sqlite {

struct connection_options {
    std::string path;                              // absolute
    std::chrono::milliseconds busy_timeout{1000};  // how long any call waits for another writer
};

// An open SQLite file in WAL mode: readers never wait for the writer nor it for them, and a commit survives the end of
// the process. Commits are synced too (synchronous = FULL) and so survive power loss: usage rows must be on the disk
// before the journal forgets them, and everything else is written so rarely that its sync costs nothing.
// Owned by: its link. Lives on: one thread at a time.
class connection {
public:
    // Makes the file (mode 0600: it holds upstream keys) and its folder if they are missing.
    explicit connection(const connection_options& options);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // A statement compiled once per connection. REQUIRES: `sql` is one string literal or static text (its address is
    // what it is remembered by), and no other run of it is under way.
    query prepare(const char* sql);
    // A statement made for this one run.
    query prepare_once(std::string_view sql);
    // Any number of statements whose rows nobody wants.
    void execute(const std::string& sql);

    std::int64_t changes() const;        // rows changed by the last INSERT, UPDATE or DELETE, without those of triggers
    std::int64_t total_changes() const;  // by this connection since it was opened
    std::int64_t last_insert_id() const;
    bool in_transaction() const;

    // The time NOW() gives is one for the whole statement: query calls this when it starts one.
    void begin_statement();
    [[noreturn]] void fail(int rc, std::string_view doing);
    sqlite3* handle() const { return db_; }

private:
    void open_file(const connection_options& options);
    void use_wal(std::chrono::milliseconds patience);
    void define_functions();

    std::string where_;
    sqlite3* db_ = nullptr;
    std::int64_t statement_time_us_ = 0;
    std::unordered_map<const char*, sqlite3_stmt*> prepared_;
};

// BEGIN ... COMMIT, or ROLLBACK at the end of the block without commit().
// `writing` takes the write lock at once: a transaction that begins by reading could not get it later without error.
class transaction {
public:
    enum class intent { reading, writing };

    transaction(connection& db, intent wanted);
    ~transaction();
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    void commit();

private:
    connection& db_;
};

}  // namespace ferry::store::sqlite
