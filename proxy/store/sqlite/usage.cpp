#include "store/sqlite/usage.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "base/time_text.hpp"
#include "store/request_time.hpp"
#include "store/sqlite/repeated_binder.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/usage_rollup.hpp"
#include "store/usage_columns.hpp"
#include "store/usage_conditions.hpp"

namespace ferry::store::sqlite {
namespace {

struct statement_text {
    std::string names, marks;
    std::size_t count = 0;

    template <class Member>
    void value(const char* name, const Member&) {
        names.append(names.empty() ? "" : ", ").append(name);
        marks.append(marks.empty() ? "?" : ", ?");
        ++count;
    }
    template <class Member>
    void time(const char* name, const Member& member) {
        value(name, member);
    }
};

// Several rows go in by one statement, the rest of a batch one by one.
constexpr std::size_t rows_at_once = 16;

struct insertion {
    std::string of_one, of_many;
    std::size_t columns;

    // DO NOTHING for the primary key alone: INSERT OR IGNORE would also drop a row that breaks another constraint, in
    // silence, and with it the money it stands for. OR FAIL: the transaction ends with a statement that failed, so
    // SQLite need not keep copies of pages, on the disk, to undo the statement alone.
    insertion(const std::string& table, const statement_text& columns, const std::string& key)
        : columns(columns.count) {
        const std::string row = "(" + columns.marks + ")";
        const std::string before = "INSERT OR FAIL INTO " + table + " (" + columns.names + ") VALUES " + row;
        const std::string after = " ON CONFLICT (" + key + ") DO NOTHING";
        of_one = before + after;
        of_many = before;
        for (std::size_t i = 1; i < rows_at_once; ++i) of_many.append(", ").append(row);
        of_many += after;
    }
};

const insertion& insertion_of(const usage_row*) {
    static const insertion sql("usage_records", usage_columns_for<statement_text>(), "request_id, started_at");
    return sql;
}

const insertion& insertion_of(const attempt_row*) {
    static const insertion sql("usage_attempts", attempt_columns_for<statement_text>(),
                               "request_id, started_at, attempt");
    return sql;
}

const std::string& select_usage_sql() {
    static const std::string sql = "SELECT " + usage_columns_for<statement_text>().names +
                                   " FROM usage_records WHERE started_at >= ? AND started_at < ?"
                                   " AND request_id >= ? AND request_id < ?";
    return sql;
}

void bind_columns(const usage_row& row, repeated_binder& to) {
    visit_usage_columns(row, to);
}
void bind_columns(const attempt_row& row, repeated_binder& to) {
    visit_attempt_columns(row, to);
}

bool is_before(const usage_row* a, const usage_row* b) {
    return a->request_id < b->request_id;
}
bool is_before(const attempt_row* a, const attempt_row* b) {
    return std::tie(a->request_id, a->attempt) < std::tie(b->request_id, b->attempt);
}

// In the order of the table, where one row then goes behind the other.
template <class Row>
std::vector<const Row*> in_order(std::span<const Row> rows) {
    std::vector<const Row*> sorted;
    sorted.reserve(rows.size());
    for (const Row& row : rows) sorted.push_back(&row);
    std::sort(sorted.begin(), sorted.end(), [](const Row* a, const Row* b) { return is_before(a, b); });
    return sorted;
}

// Gives `note` each piece of the rows that went in by one statement, and how many of them were new.
template <class Row, class Note>
void insert_rows(connection& db, std::span<const Row* const> rows, std::size_t at_once, const Note& note) {
    const insertion& sql = insertion_of(static_cast<const Row*>(nullptr));
    if (rows.size() >= at_once) {
        query insert = db.prepare((at_once == 1 ? sql.of_one : sql.of_many).c_str());
        repeated_binder bound(insert, at_once * sql.columns);
        for (; rows.size() >= at_once; rows = rows.subspan(at_once)) {
            bound.restart();
            for (const Row* row : rows.first(at_once)) bind_columns(*row, bound);
            insert.run();
            note(rows.first(at_once), static_cast<std::size_t>(db.changes()));
        }
    }
    if (!rows.empty()) insert_rows(db, rows, 1, note);
}

void note_issued_ids(connection& db, std::span<const usage_row* const> rows) {
    for (const usage_row* row : rows) {
        if (!row->issued_ids || !row->model_id) continue;
        const std::string at = time_text(row->started_at_us);
        // "true": else ON would be read as that of a join.
        query insert = db.prepare(
            "INSERT INTO issued_ids (id, model_id, key_id, user_id, operation, issued_at)"
            " SELECT value, ?, ?, ?, ?, ? FROM json_each(?) WHERE true ON CONFLICT (id) DO NOTHING");
        insert.bind(*row->model_id).bind(row->key_id).bind(row->user_id).bind(row->operation);
        insert.bind(at).bind(*row->issued_ids).run();
    }
}

// One transaction. Nothing, and nothing done, if it cannot tell which rows were new.
std::optional<std::size_t> insert_pieces(connection& db, usage_lines& lines, std::span<const usage_row* const> rows,
                                         std::span<const attempt_row* const> attempts, std::size_t at_once) {
    transaction all(db, transaction::intent::writing);
    usage_rollup rollup;
    std::size_t added = 0;
    bool is_clear = true;
    insert_rows(db, rows, at_once, [&](std::span<const usage_row* const> piece, std::size_t new_ones) {
        added += new_ones;
        if (new_ones == piece.size()) {
            for (const usage_row* row : piece) rollup.add(*row);
            note_issued_ids(db, piece);
        } else if (new_ones != 0) {
            is_clear = false;
        }
    });
    if (!is_clear) return std::nullopt;
    insert_rows(db, attempts, at_once, [](std::span<const attempt_row* const>, std::size_t) {});
    rollup.write(db, lines);
    all.commit();
    lines.committed();
    return added;
}

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

std::string quoted(const std::string& text) {
    std::string literal = "'";
    for (const char c : text) literal.append(c == '\'' ? 2 : 1, c);
    return literal + "'";
}

std::size_t usage::insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) {
    const std::vector<const usage_row*> sorted_rows = in_order(rows);
    const std::vector<const attempt_row*> sorted_attempts = in_order(attempts);
    connection& db = link_.get();
    // A piece of which some rows are known already does not say which: such a batch is done once more, row by row.
    std::optional<std::size_t> added = insert_pieces(db, lines_, sorted_rows, sorted_attempts, rows_at_once);
    if (!added) added = insert_pieces(db, lines_, sorted_rows, sorted_attempts, 1);
    return *added;
}

std::optional<issuer_row> usage::find_issuer(const std::string& id) {
    query found = link_.get().prepare("SELECT model_id, key_id, user_id FROM issued_ids WHERE id = ?");
    found.bind(id);
    if (!found.step()) return std::nullopt;
    std::string unreadable;
    row_reader row(found, unreadable);
    issuer_row made;
    made.model_id = row.integer(0);
    made.key_id = row.optional_integer();
    made.user_id = row.optional_integer();
    return made;
}

void usage::scan(const usage_filter& wanted, const std::function<void(const usage_row&)>& visit) {
    constexpr const char* before_all = "";
    constexpr const char* after_all = "~";  // the last character
    const std::string since = wanted.since_us ? time_text(*wanted.since_us) : before_all;
    const std::string until = wanted.until_us ? time_text(*wanted.until_us) : after_all;
    const std::string first = wanted.since_us ? first_id_of(*wanted.since_us) : before_all;
    const std::string last = wanted.until_us ? last_id_of(*wanted.until_us) : after_all;
    const auto sql = select_usage_sql() + usage_conditions(wanted, quoted) + " ORDER BY request_id";
    query found = link_.get().prepare_once(sql);
    found.bind(since).bind(until).bind(first).bind(last);
    while (found.step()) {
        usage_row row;
        std::string unreadable;  // a column that was tampered with reads as empty: a report shows the rest
        filler filled(found, unreadable);
        visit_usage_columns(row, filled);
        visit(row);
    }
}

}  // namespace ferry::store::sqlite
