#include "store/postgres/limits.hpp"

#include "store/limit_sql.hpp"
#include "store/postgres/array_text.hpp"

namespace ferry::store::postgres {
namespace {

const std::string age_of_use = "extract(epoch FROM clock_timestamp() - updated_at)::numeric";

// `unnest(...)` of columns of the rows.
struct use_columns {
    explicit use_columns(std::span<const limit_use_row> used) {
        for (const auto& row : used) {
            party.add(row.party);
            id.add(row.party_id);
            minute_requests.add(row.minute_requests);
            minute_tokens.add(row.minute_tokens);
            day_requests.add(row.day_requests);
            day_tokens.add(row.day_tokens);
            parallel.add(row.parallel);
            for (std::size_t i = 0; i != row.shares.size(); ++i) shares[i].add(row.shares[i]);
        }
    }
    array_text party, id, minute_requests, minute_tokens, day_requests, day_tokens, parallel;
    std::array<array_text, 5> shares;
};

void tell_use(pqxx::work& in, const std::string& me, std::span<const limit_use_row> used) {
    use_columns columns(used);
    const auto bigints = [&in](array_text& column) { return in.quote(column.take()) + "::bigint[]"; };
    std::string values = in.quote(columns.party.take()) + "::text[], " + bigints(columns.id);
    for (auto* one : {&columns.minute_requests, &columns.minute_tokens, &columns.day_requests, &columns.day_tokens,
                      &columns.parallel}) {
        values += ", " + bigints(*one);
    }
    for (auto& one : columns.shares) values += ", " + bigints(one);
    in.exec(
        "INSERT INTO limit_use (party, party_id, instance_id, updated_at, minute_requests, minute_tokens,"
        " day_requests, day_tokens, parallel, minute_requests_share, minute_tokens_share, day_requests_share,"
        " day_tokens_share, parallel_share) SELECT p, i, " +
        me + ", clock_timestamp(), a, b, c, d, e, f, g, h, j, k FROM unnest(" + values +
        ") AS u(p, i, a, b, c, d, e, f, g, h, j, k) ON CONFLICT (party, party_id, instance_id) DO UPDATE SET"
        " updated_at = excluded.updated_at, minute_requests = excluded.minute_requests,"
        " minute_tokens = excluded.minute_tokens, day_requests = excluded.day_requests,"
        " day_tokens = excluded.day_tokens, parallel = excluded.parallel,"
        " minute_requests_share = excluded.minute_requests_share,"
        " minute_tokens_share = excluded.minute_tokens_share, day_requests_share = excluded.day_requests_share,"
        " day_tokens_share = excluded.day_tokens_share, parallel_share = excluded.parallel_share");
}

std::vector<limit_use_row> read_use(pqxx::work& in, const std::string& sql) {
    std::vector<limit_use_row> used;
    for (const auto& row : in.exec(sql)) {
        const auto number = [&row](int column) { return row[column].as<std::int64_t>(); };
        used.push_back(
            {row[0].as<std::string>(), number(1), number(2), number(3), number(4), number(5), number(6), {}});
    }
    return used;
}

limits_of_others read_others(pqxx::work& in, const std::string& me, std::span<const limit_use_row> asked) {
    use_columns columns(asked);
    const auto of_asked = "(party, party_id) IN (SELECT * FROM unnest(" + in.quote(columns.party.take()) +
                          "::text[], " + in.quote(columns.id.take()) + "::bigint[]))";
    limits_of_others told;
    told.used = read_use(in, select_use_of_others(age_of_use, me, of_asked));
    const auto replicas = in.exec(select_replicas(age_of_use, me));
    told.replicas = replicas[0][0].as<int>() + 1;
    told.rank = replicas[0][1].as<int>();
    return told;
}

}  // namespace

void limits_table::exchange(const std::string& instance, std::span<const limit_use_row> asked,
                            const limit_decision& decide) {
    if (asked.empty()) return;
    link_.run(access::writing, "exchange what limits let through", [&](pqxx::work& in) {
        const auto me = in.quote(instance);
        in.exec("SELECT pg_advisory_xact_lock(hashtext('ferry_limit_use'))");
        tell_use(in, me, decide(read_others(in, me, asked)));
        return true;
    });
}

std::vector<limit_use_row> limits_table::used() {
    return link_.run(access::reading, "read what limits let through",
                     [](pqxx::work& in) { return read_use(in, select_use(age_of_use, false, "")); });
}

void limits_table::forget_old_use() {
    link_.run(access::writing, "forget what limits let through", [](pqxx::work& in) {
        in.exec("DELETE FROM limit_use WHERE " + age_of_use + " > 86400");
        return true;
    });
}

}  // namespace ferry::store::postgres
