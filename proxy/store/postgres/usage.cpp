#include "store/postgres/usage.hpp"

#include <pqxx/prepared_statement>
#include <vector>

#include "base/log.hpp"
#include "base/time_text.hpp"
#include "store/postgres/array_text.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/row_reader.hpp"
#include "store/postgres/usage_sql.hpp"
#include "store/request_time.hpp"
#include "store/store_error.hpp"
#include "store/usage_columns.hpp"
#include "store/usage_conditions.hpp"

namespace ferry::store::postgres {
namespace {

// Puts one row after the other into an array for each column.
class column_writer {
public:
    template <class Row>
    void add(const Row& row) {
        next_ = 0;
        if constexpr (std::is_same_v<Row, usage_row>)
            visit_usage_columns(row, *this);
        else
            visit_attempt_columns(row, *this);
    }
    template <class Member>
    void value(const char*, const Member& member) {
        column().add(member);
    }
    template <class Member>
    void time(const char*, const Member& member) {
        column().add_time(member);
    }
    std::vector<std::string> take() {
        std::vector<std::string> texts;
        for (array_text& one : columns_) texts.push_back(one.take());
        return texts;
    }

private:
    array_text& column() {
        if (next_ == columns_.size()) columns_.emplace_back();
        return columns_[next_++];
    }

    std::vector<array_text> columns_;
    std::size_t next_ = 0;
};

template <class Row>
pqxx::result insert_all(pqxx::work& in, const std::string& sql, std::span<const Row> rows) {
    column_writer columns;
    for (const Row& row : rows) columns.add(row);
    const auto texts = columns.take();
    return in.exec_params(sql, pqxx::prepare::make_dynamic_params(texts.begin(), texts.end()));
}

class filler {
public:
    filler(const pqxx::row& row, std::string& defect) : from_(row, defect) {}

    void value(const char*, std::string& member) { member = from_.text(); }
    void value(const char*, std::int64_t& member) { member = from_.integer(0); }
    void value(const char*, int& member) { member = static_cast<int>(from_.integer(0)); }
    void value(const char*, bool& member) { member = from_.flag(); }
    void value(const char*, std::optional<std::string>& member) { member = from_.optional_text(); }
    void value(const char*, std::optional<std::int64_t>& member) { member = from_.optional_integer(); }
    void time(const char*, std::int64_t& member) { member = from_.informative_time(); }
    void time(const char*, std::optional<std::int64_t>& member) { member = from_.optional_time(); }

private:
    row_reader from_;
};

std::string where(const usage_filter& wanted, const pqxx::work& in) {
    std::string sql = " WHERE true";
    if (wanted.since_us) {
        sql += " AND started_at >= '" + time_text(*wanted.since_us) + "+00' AND request_id >= '" +
               first_id_of(*wanted.since_us) + "'";
    }
    if (wanted.until_us) {
        sql += " AND started_at < '" + time_text(*wanted.until_us) + "+00' AND request_id < '" +
               last_id_of(*wanted.until_us) + "'";
    }
    return sql + usage_conditions(wanted, [&in](const std::string& text) { return in.quote(text); });
}

}  // namespace

std::size_t usage::insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) {
    make_partitions_if_due();
    return link_.run(access::writing, "store usage rows", [&](pqxx::work& in) {
        // The journal forgets what is stored here, so it must be on the disk, whatever the server's default.
        in.exec(
            "SELECT set_config('synchronous_commit', 'on', true)"
            " WHERE current_setting('synchronous_commit') = 'off'");
        std::size_t added = 0;
        if (!rows.empty()) added = insert_all(in, insert_usage_sql(), rows)[0][0].as<std::size_t>();
        if (!attempts.empty()) insert_all(in, insert_attempts_sql(), attempts);
        return added;
    });
}

void usage::scan(const usage_filter& wanted, const std::function<void(const usage_row&)>& visit) {
    link_.run_patiently(access::reading, "read usage rows", [&](pqxx::work& in) {
        in.exec("DECLARE usage_rows NO SCROLL CURSOR FOR " + select_usage_sql() + where(wanted, in) +
                " ORDER BY request_id");
        for (;;) {
            const auto some = in.exec("FETCH 1000 FROM usage_rows");
            if (some.empty()) return;
            for (const auto& one : some) {
                usage_row row;
                std::string unreadable;  // a column that was tampered with reads as empty: a report shows the rest
                filler filled(one, unreadable);
                visit_usage_columns(row, filled);
                visit(row);
            }
        }
    });
}

std::optional<issuer_row> usage::find_issuer(const std::string& id) {
    return link_.run(access::reading, "look up an id", [&](pqxx::work& in) -> std::optional<issuer_row> {
        const auto found = in.exec_params("SELECT model_id, key_id, user_id FROM issued_ids WHERE id = $1", id);
        if (found.empty()) return std::nullopt;
        std::string unreadable;
        row_reader row(found[0], unreadable);
        issuer_row made;
        made.model_id = row.integer(0);
        made.key_id = row.optional_integer();
        made.user_id = row.optional_integer();
        return made;
    });
}

// Rows find a place without them too, in the default partition: a failure is told once and never ends the shipping.
void usage::make_partitions_if_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_partitions_) return;
    next_partitions_ = now + std::chrono::hours(24);
    std::string problem;
    try {
        problem = make_partitions(link_);
    } catch (const store_unavailable& away) {
        problem = away.what();
        next_partitions_ = now + std::chrono::minutes(1);
    } catch (const store_error& error) {
        problem = error.what();
    }
    if (!problem.empty() && problem != told_)
        log_warn("usage rows of some months go to the default partition: {}", problem);
    told_ = problem;
}

}  // namespace ferry::store::postgres
