#include "store/sqlite/connection.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

#include "base/clock.hpp"
#include "base/thread_priority.hpp"
#include "base/time_text.hpp"
#include "store/sqlite/error.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

// Nobody asks SQLite how much memory it has, and to count it costs a lock at each allocation. It takes this before its
// first use alone.
[[maybe_unused]] const int counts_no_memory = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

// SQLite gives its -wal and -shm files the mode of the main one.
void make_file(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        throw store_unavailable("cannot make the folder " + folder.string() + " for the store: " + failed.message() +
                                "; make it, or set store.url to a place this user may write to");
    }
    // O_EXCL: to open and close a file that is in use would drop the locks this process holds on it.
    const int made = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made >= 0) {
        ::close(made);
    } else if (errno != EEXIST) {
        throw store_unavailable("cannot make the store " + path + ": " + std::strerror(errno) +
                                "; set store.url to a place this user may write to");
    }
}

void now_function(sqlite3_context* context, int, sqlite3_value**) {
    const std::string text = time_text(*static_cast<const std::int64_t*>(sqlite3_user_data(context)));
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

// The steps of SQLite's machine that take about a tenth of a millisecond while rows are inserted.
constexpr int steps_at_a_time = 1000;

int between_steps(void*) {
    let_cores_go_first();
    return 0;
}

}  // namespace

connection::connection(const connection_options& options) : where_("sqlite:" + options.path) {
    make_file(options.path);
    try {
        open_file(options);
        // Of a new file; one that has pages keeps its size. A batch of rows fills few pages, and splits few.
        execute("PRAGMA page_size = 16384");
        use_wal(options.busy_timeout);
        execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864");
        define_functions();
    } catch (...) {
        sqlite3_close(db_);
        throw;
    }
}

connection::~connection() {
    for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
    sqlite3_close(db_);
}

void connection::open_file(const connection_options& options) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int rc = sqlite3_open_v2(options.path.c_str(), &db_, flags, nullptr);
    if (rc != SQLITE_OK) fail(rc, "open the store");
    sqlite3_busy_timeout(db_, static_cast<int>(options.busy_timeout.count()));
    sqlite3_progress_handler(db_, steps_at_a_time, between_steps, nullptr);
}

// Two programs that open a new file at once both want to switch it to WAL, and SQLite tells one of them "busy" without
// waiting, for fear of a deadlock.
void connection::use_wal(std::chrono::milliseconds patience) {
    const auto deadline = steady::now() + patience;
    for (;;) {
        const int rc = sqlite3_exec(db_, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
        if (rc == SQLITE_OK) return;
        if ((rc & 0xff) != SQLITE_BUSY || steady::now() > deadline) fail(rc, "switch to WAL mode");
        std::this_thread::sleep_for(milliseconds(5));
    }
}

void connection::define_functions() {
    // SQLITE_DIRECTONLY: a schema that uses NOW() could not be read by other programs.
    const int rc = sqlite3_create_function(db_, "now", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, &statement_time_us_,
                                           now_function, nullptr, nullptr);
    if (rc != SQLITE_OK) fail(rc, "define NOW()");
}

void connection::begin_statement() {
    statement_time_us_ = wall_us();
}

query connection::prepare(const char* sql) {
    sqlite3_stmt*& statement = prepared_[sql];
    if (statement == nullptr) {
        const int rc = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (rc != SQLITE_OK) fail(rc, "prepare a statement");
    }
    return {*this, statement, query::ownership::cached};
}

query connection::prepare_once(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int rc = sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (rc != SQLITE_OK) fail(rc, "prepare a statement");
    return {*this, statement, query::ownership::own};
}

void connection::execute(const std::string& sql) {
    begin_statement();
    const int rc = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) fail(rc, "run a statement");
}

std::int64_t connection::changes() const {
    return sqlite3_changes64(db_);
}
std::int64_t connection::total_changes() const {
    return sqlite3_total_changes64(db_);
}
std::int64_t connection::last_insert_id() const {
    return sqlite3_last_insert_rowid(db_);
}
bool connection::in_transaction() const {
    return sqlite3_get_autocommit(db_) == 0;
}

void connection::fail(int rc, std::string_view doing) {
    sqlite::fail(db_, rc, doing, where_);
}

transaction::transaction(connection& db, intent wanted) : db_(db) {
    db_.prepare(wanted == intent::writing ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

transaction::~transaction() {
    if (db_.in_transaction()) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void transaction::commit() {
    db_.prepare("COMMIT").run();
}

}  // namespace ferry::store::sqlite
