#include "store/sqlite/budgets.hpp"

#include <algorithm>
#include <limits>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/time_text.hpp"
#include "store/budget_sql.hpp"

namespace ferry::store::sqlite {
namespace {

// Nothing is nearer to the ends of 64 bits, whatever is added up.
std::int64_t bounded(int128 pico) {
    constexpr int128 most = 9'000'000'000'000'000'000;
    return static_cast<std::int64_t>(std::clamp<int128>(pico, 0, most));
}

int128 in_budget(std::int64_t pico, const std::string& currency, const budget_terms& terms) {
    constexpr std::int64_t one = 1'000'000'000;
    for (const auto& rate : terms.rates) {
        if (rate.currency == currency) return (static_cast<int128>(pico) * rate.nano + one / 2) / one;
    }
    return pico;
}

// What a process spent in the period, by its rows.
std::int64_t spent_by(connection& db, const budget_renewal& of, const std::string& instance, const std::string& begin,
                      const budget_terms& terms) {
    query found =
        db.prepare_once("SELECT cost_pico, currency FROM usage_records WHERE started_at >= ? AND instance_id = ? AND " +
                        of.party + "_id = ?");
    found.bind(begin).bind(instance).bind(of.party_id);
    int128 sum = 0;
    while (found.step()) sum += in_budget(found.integer(0), found.text(1), terms);
    return bounded(sum);
}

struct lease {
    std::string instance;
    std::int64_t held = 0, reported = 0;
    bool has_ended = false, is_checked = false;
};

std::vector<lease> leases_of(connection& db, const budget_renewal& of, std::int64_t now_us) {
    constexpr std::int64_t between_checks_us = 5'000'000;
    const auto now = time_text(now_us), checked_since = time_text(now_us - between_checks_us);
    std::vector<lease> all;
    query found = db.prepare(
        "SELECT instance_id, held_pico, reported_pico, expires_at < ?, checked_at >= max(?, expires_at)"
        " FROM budget_leases WHERE party = ? AND party_id = ?");
    found.bind(now).bind(checked_since).bind(of.party).bind(of.party_id);
    while (found.step()) {
        all.push_back(
            {found.text(0), found.integer(1), found.integer(2), found.integer(3) != 0, found.integer(4) != 0});
    }
    return all;
}

// The same rules as ferry_renew_budget() of the other store.
class renewal {
public:
    renewal(connection& db, const std::string& instance, const budget_renewal& one, const budget_terms& terms)
        : db_(db),
          me_(instance),
          one_(one),
          begin_(time_text(one.period_begin_us)),
          now_us_(wall_us()),
          terms_(terms) {}

    budget_state run() {
        auto told = read_use() ? one_.spent_pico : 0;
        lease mine;
        int128 others = 0;
        budget_state state{one_.party, one_.party_id};
        for (const auto& each : leases_of(db_, one_, now_us_)) {
            if (each.instance == me_) {
                mine = each;
            } else if (!each.has_ended) {
                others += each.held;
                ++state.replicas;
            } else if (!each.is_checked) {
                check(each);
            }
        }
        const auto grown = std::max<std::int64_t>(told - mine.reported, 0);
        spent_ = bounded(static_cast<int128>(spent_) + grown);
        const auto room = bounded(static_cast<int128>(one_.budget_pico) - spent_ - others);
        // What is beyond its needs is given back, and what a smaller budget does not have.
        const auto kept = std::min({std::max<std::int64_t>(mine.held - grown, 0), one_.most_pico, room});
        const auto granted = std::clamp<std::int64_t>(one_.wanted_pico, 0, room - kept);
        state.held_pico = kept + granted;
        state.left_pico = room - state.held_pico;
        state.spent_pico = spent_;
        write(me_, state.held_pico, mine.reported + grown, now_us_ + std::chrono::microseconds(terms_.lease).count());
        db_.prepare("INSERT OR REPLACE INTO budget_use (party, party_id, period_start, spent_pico) VALUES (?, ?, ?, ?)")
            .bind(one_.party)
            .bind(one_.party_id)
            .bind(begin_)
            .bind(spent_)
            .run();
        return state;
    }

private:
    // False: what is told is of a period that is over.
    bool read_use() {
        std::string known_begin;
        {
            query found =
                db_.prepare("SELECT period_start, spent_pico FROM budget_use WHERE party = ? AND party_id = ?");
            if (found.bind(one_.party).bind(one_.party_id).step()) {
                known_begin = found.text(0);
                spent_ = found.integer(1);
            }
        }
        if (known_begin >= begin_) {
            const bool is_same = known_begin == begin_;
            begin_ = known_begin;
            return is_same;
        }
        spent_ = 0;
        db_.prepare("DELETE FROM budget_leases WHERE party = ? AND party_id = ?")
            .bind(one_.party)
            .bind(one_.party_id)
            .run();
        return true;
    }

    // What a process whose lease has ended spent, by its rows: they may come late.
    void check(const lease& ended) {
        const auto by_rows = spent_by(db_, one_, ended.instance, begin_, terms_);
        spent_ = bounded(static_cast<int128>(spent_) + std::max<std::int64_t>(by_rows - ended.reported, 0));
        write(ended.instance, 0, std::max(by_rows, ended.reported), now_us_ - 1);
    }

    void write(const std::string& instance, std::int64_t held, std::int64_t reported, std::int64_t until_us) {
        query put = db_.prepare(
            "INSERT OR REPLACE INTO budget_leases (party, party_id, instance_id, period_start, held_pico,"
            " reported_pico, expires_at, checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        put.bind(one_.party).bind(one_.party_id).bind(instance).bind(begin_).bind(held).bind(reported);
        put.bind(time_text(until_us)).bind(time_text(now_us_)).run();
    }

    connection& db_;
    const std::string& me_;
    const budget_renewal& one_;
    std::string begin_;
    std::int64_t now_us_, spent_ = 0;
    const budget_terms& terms_;
};

}  // namespace

std::vector<budget_state> budgets_table::renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                               const budget_terms& terms) {
    if (renewals.empty()) return {};
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    std::vector<budget_state> states;
    for (const auto& one : renewals) states.push_back(renewal(db, instance, one, terms).run());
    all.commit();
    return states;
}

std::vector<budget_use_row> budgets_table::used() {
    std::vector<budget_use_row> rows;
    query found = link_.get().prepare("SELECT party, party_id, period_start, spent_pico FROM budget_use");
    while (found.step()) {
        const auto begin = parse_time(found.text(2));
        rows.push_back({found.text(0), found.integer(1), begin.value_or(0), found.integer(3)});
    }
    return rows;
}

void budgets_table::release(const std::string& instance) {
    link_.get()
        .prepare_once("UPDATE budget_leases SET held_pico = 0, expires_at = ? WHERE instance_id = ?")
        .bind(time_text(wall_us()))
        .bind(instance)
        .run();
}

std::optional<std::string> budgets_table::claim(const budget_notice& what) {
    const auto begin = time_text(what.period_begin_us);
    query put = link_.get().prepare_once(claim_notice(what, "?1", "?2"));
    std::optional<std::string> name;
    if (put.bind(what.party).bind(begin).step()) name = put.text(0);
    while (name && put.step()) continue;
    return name;
}

void budgets_table::disclaim(const budget_notice& what) {
    const auto begin = time_text(what.period_begin_us);
    link_.get().prepare_once(disclaim_notice(what, "?1", "?2")).bind(what.party).bind(begin).run();
}

}  // namespace ferry::store::sqlite
