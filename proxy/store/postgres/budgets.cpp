#include "store/postgres/budgets.hpp"

#include <algorithm>
#include <numeric>

#include "store/budget_sql.hpp"
#include "store/postgres/array_text.hpp"
#include "store/postgres/row_reader.hpp"

namespace ferry::store::postgres {

namespace {

std::string time_literal(pqxx::work& in, std::int64_t time_us) {
    array_text times;
    times.add_time(time_us);
    return "(" + in.quote(times.take()) + "::timestamptz[])[1]";
}

std::string terms_text(pqxx::work& in, const budget_terms& terms) {
    array_text currencies, nanos;
    for (const auto& rate : terms.rates) {
        currencies.add(rate.currency);
        nanos.add(rate.nano);
    }
    auto text = std::to_string(terms.lease.count());
    if (terms.rates.empty()) return text;
    return text + ", " + in.quote(currencies.take()) + "::text[], " + in.quote(nanos.take()) + "::bigint[]";
}

}  // namespace

std::vector<budget_state> budgets_table::renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                               const budget_terms& terms) {
    if (renewals.empty()) return {};
    // In one order for all processes, so that none waits for another that waits for it.
    std::vector<std::size_t> order(renewals.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(renewals[a].party, renewals[a].party_id) < std::tie(renewals[b].party, renewals[b].party_id);
    });
    return link_.run(access::writing, "renew the leases of budgets", [&](pqxx::work& in) {
        std::vector<budget_state> states(renewals.size());
        const auto lease_and_rates = terms_text(in, terms);
        for (const auto i : order) {
            const auto& one = renewals[i];
            const auto told = in.exec("SELECT * FROM ferry_renew_budget(" + in.quote(one.party) + ", " +
                                      std::to_string(one.party_id) + ", " + in.quote(instance) + ", " +
                                      std::to_string(one.budget_pico) + ", " + time_literal(in, one.period_begin_us) +
                                      ", " + std::to_string(one.spent_pico) + ", " + std::to_string(one.wanted_pico) +
                                      ", " + std::to_string(one.most_pico) + ", " + lease_and_rates + ")");
            const auto number = [&told](int column) { return told[0][column].as<std::int64_t>(); };
            states[i] = {one.party, one.party_id, number(0), number(1), number(2), number(3)};
        }
        return states;
    });
}

std::vector<budget_use_row> budgets_table::used() {
    return link_.run(access::reading, "read what was spent of budgets", [](pqxx::work& in) {
        std::vector<budget_use_row> rows;
        for (const auto& row :
             in.exec("SELECT party, party_id, " + time_column("period_start") + ", spent_pico FROM budget_use")) {
            std::string defect;
            row_reader read(row, defect);
            budget_use_row one;
            one.party = read.text();
            one.party_id = read.integer(0);
            one.period_begin_us = read.informative_time();
            one.spent_pico = read.integer(0);
            rows.push_back(std::move(one));
        }
        return rows;
    });
}

void budgets_table::release(const std::string& instance) {
    link_.run(access::writing, "give back the leases of budgets", [&](pqxx::work& in) {
        in.exec("UPDATE budget_leases SET held_pico = 0, expires_at = clock_timestamp() WHERE instance_id = " +
                in.quote(instance));
        return true;
    });
}

std::optional<std::string> budgets_table::claim(const budget_notice& what) {
    return link_.run(access::writing, "claim the notice of a budget", [&](pqxx::work& in) {
        const auto told = in.exec(claim_notice(what, in.quote(what.party), time_literal(in, what.period_begin_us)));
        std::optional<std::string> name;
        if (!told.empty()) name = told[0][0].as<std::string>("");
        return name;
    });
}

void budgets_table::disclaim(const budget_notice& what) {
    link_.run(access::writing, "give back the notice of a budget", [&](pqxx::work& in) {
        in.exec(disclaim_notice(what, in.quote(what.party), time_literal(in, what.period_begin_us)));
        return true;
    });
}

}  // namespace ferry::store::postgres
