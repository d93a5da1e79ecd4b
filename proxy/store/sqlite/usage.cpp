#include "store/sqlite/usage.hpp"

#include <deque>

#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/usage_rollup.hpp"
#include "store/time_text.hpp"
#include "store/usage_columns.hpp"

namespace ferry::store::sqlite {
namespace {

struct statement_text {
    std::string names, marks;

    template <class Member>
    void value(const char* name, const Member&) {
        names.append(names.empty() ? "" : ", ").append(name);
        marks.append(marks.empty() ? "?" : ", ?");
    }
    template <class Member>
    void time(const char* name, const Member& member) {
        value(name, member);
    }
};

statement_text usage_columns() {
    statement_text text;
    const usage_row any;
    visit_usage_columns(any, text);
    return text;
}

statement_text attempt_columns() {
    statement_text text;
    const attempt_row any;
    visit_attempt_columns(any, text);
    return text;
}

// DO NOTHING for the primary key alone: INSERT OR IGNORE would also drop a row that breaks another constraint, in
// silence, and with it the money it stands for.
const std::string& insert_usage_sql() {
    static const statement_text columns = usage_columns();
    static const std::string sql = "INSERT INTO usage_records (" + columns.names + ") VALUES (" + columns.marks +
                                   ") ON CONFLICT (request_id, started_at) DO NOTHING";
    return sql;
}

const std::string& insert_attempt_sql() {
    static const statement_text columns = attempt_columns();
    static const std::string sql = "INSERT INTO usage_attempts (" + columns.names + ") VALUES (" + columns.marks +
                                   ") ON CONFLICT (request_id, started_at, attempt) DO NOTHING";
    return sql;
}

const std::string& select_usage_sql() {
    static const std::string sql = "SELECT " + usage_columns().names +
                                   " FROM usage_records WHERE started_at >= ? AND started_at < ? ORDER BY started_at";
    return sql;
}

class binder {
public:
    explicit binder(query& statement) : statement_(statement) {}

    template <class Member>
    void value(const char*, const Member& member) {
        statement_.bind(member);
    }
    void time(const char*, std::int64_t time_us) { statement_.bind(times_.emplace_back(time_text(time_us))); }
    void time(const char* name, std::optional<std::int64_t> time_us) {
        if (time_us) {
            time(name, *time_us);
        } else {
            statement_.bind(nullptr);
        }
    }
    const std::string& first_time() const { return times_.front(); }

private:
    query& statement_;
    std::deque<std::string> times_;  // what was bound is not copied, so it stays where it is until the statement ran
};

class filler {
public:
    filler(query& row, std::string& defect) : in_(row, defect) {}

    void value(const char*, std::string& member) { member = in_.text(); }
    void value(const char*, std::int64_t& member) { member = in_.integer(0); }
    void value(const char*, int& member) { member = static_cast<int>(in_.integer(0)); }
    void value(const char*, bool& member) { member = in_.flag(); }
    void value(const char*, std::optional<std::string>& member) { member = in_.optional_text(); }
    void value(const char*, std::optional<std::int64_t>& member) { member = in_.optional_integer(); }
    void time(const char*, std::int64_t& member) { member = in_.informative_time(); }
    void time(const char*, std::optional<std::int64_t>& member) { member = in_.optional_time(); }

private:
    row_reader in_;
};

}  // namespace

std::size_t usage::insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) {
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    std::size_t added = 0;
    usage_rollup rollup;
    {
        query insert_row = db.prepare(insert_usage_sql().c_str());
        for (const usage_row& row : rows) {
            binder bound(insert_row);
            visit_usage_columns(row, bound);
            const std::int64_t before = db.total_changes();
            insert_row.run();
            if (db.total_changes() == before) continue;
            ++added;
            rollup.add(row, bound.first_time());
        }
    }
    {
        query insert_attempt = db.prepare(insert_attempt_sql().c_str());
        for (const attempt_row& row : attempts) {
            binder bound(insert_attempt);
            visit_attempt_columns(row, bound);
            insert_attempt.run();
        }
    }
    rollup.write(db);
    all.commit();
    return added;
}

void usage::scan(const usage_filter& window, const std::function<void(const usage_row&)>& visit) {
    constexpr const char* before_all = "";
    constexpr const char* after_all = ":";  // the character after '9'
    const std::string since = window.since_us ? time_text(*window.since_us) : before_all;
    const std::string until = window.until_us ? time_text(*window.until_us) : after_all;
    query found = link_.get().prepare(select_usage_sql().c_str());
    found.bind(since).bind(until);
    while (found.step()) {
        usage_row row;
        std::string unreadable;  // a column that was tampered with reads as empty: a report shows the rest
        filler filled(found, unreadable);
        visit_usage_columns(row, filled);
        visit(row);
    }
}

}  // namespace ferry::store::sqlite
