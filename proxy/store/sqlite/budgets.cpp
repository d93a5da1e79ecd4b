#include "store/sqlite/budgets.hpp"

#include <algorithm>
#include <limits>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/time_text.hpp"

namespace ferry::store::sqlite {
namespace {

// Nothing is nearer to the ends of 64 bits, whatever is added up.
std::int64_t bounded(int128 pico) {
    constexpr int128 most = 9'000'000'000'000'000'000;
    return static_cast<std::int64_t>(std::clamp<int128>(pico, 0, most));
}

// What a process spent in the period, by its rows.
std::int64_t spent_by(connection& db, const budget_renewal& of, const std::string& instance, const std::string& begin) {
    query found = db.prepare_once("SELECT cost_pico FROM usage_records WHERE started_at >= ? AND instance_id = ? AND " +
                                  of.party + "_id = ?");
    found.bind(begin).bind(instance).bind(of.party_id);
    int128 sum = 0;
    while (found.step()) sum += found.integer(0);
    return bounded(sum);
}

struct lease {
    std::string instance;
    std::int64_t held = 0, reported = 0;
    bool has_ended = false;
};

std::vector<lease> leases_of(connection& db, const budget_renewal& of, const std::string& now) {
    std::vector<lease> all;
    query found = db.prepare(
        "SELECT instance_id, held_pico, reported_pico, expires_at < ? FROM budget_leases"
        " WHERE party = ? AND party_id = ?");
    found.bind(now).bind(of.party).bind(of.party_id);
    while (found.step()) all.push_back({found.text(0), found.integer(1), found.integer(2), found.integer(3) != 0});
    return all;
}

void end_lease(connection& db, const budget_renewal& of, const std::string& instance) {
    db.prepare("DELETE FROM budget_leases WHERE party = ? AND party_id = ? AND instance_id = ?")
        .bind(of.party)
        .bind(of.party_id)
        .bind(instance)
        .run();
}

class renewal {
public:
    renewal(connection& db, const std::string& instance, const budget_renewal& one, std::chrono::seconds term)
        : db_(db), me_(instance), one_(one), begin_(time_text(one.period_begin_us)), now_us_(wall_us()), term_(term) {}

    budget_state run() {
        read_use();
        lease mine;
        int128 others = 0;
        budget_state state{one_.party, one_.party_id};
        for (const auto& each : leases_of(db_, one_, time_text(now_us_))) {
            if (each.instance == me_) {
                mine = each;
            } else if (each.has_ended) {
                const auto spent = spent_by(db_, one_, each.instance, begin_);
                spent_ = bounded(static_cast<int128>(spent_) + std::max<std::int64_t>(spent - each.reported, 0));
                end_lease(db_, one_, each.instance);
            } else {
                others += each.held;
                ++state.replicas;
            }
        }
        spent_ = bounded(static_cast<int128>(spent_) + one_.spent_pico);
        const auto room = bounded(static_cast<int128>(one_.budget_pico) - spent_ - others);
        // A budget that was made smaller takes back what is held.
        const auto kept = std::min(std::max<std::int64_t>(mine.held - one_.spent_pico, 0), room);
        const auto granted = std::min(one_.wanted_pico, room - kept);
        state.held_pico = kept + granted;
        state.left_pico = room - state.held_pico;
        state.spent_pico = spent_;
        write(state.held_pico, bounded(static_cast<int128>(mine.reported) + one_.spent_pico));
        return state;
    }

private:
    void read_use() {
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
            begin_ = known_begin;
            return;
        }
        spent_ = 0;
        db_.prepare("DELETE FROM budget_leases WHERE party = ? AND party_id = ?")
            .bind(one_.party)
            .bind(one_.party_id)
            .run();
    }

    void write(std::int64_t held, std::int64_t reported) {
        db_.prepare("INSERT OR REPLACE INTO budget_use (party, party_id, period_start, spent_pico) VALUES (?, ?, ?, ?)")
            .bind(one_.party)
            .bind(one_.party_id)
            .bind(begin_)
            .bind(spent_)
            .run();
        const auto until = time_text(now_us_ + std::chrono::microseconds(term_).count());
        query put = db_.prepare(
            "INSERT OR REPLACE INTO budget_leases (party, party_id, instance_id, period_start, held_pico,"
            " reported_pico, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
        put.bind(one_.party).bind(one_.party_id).bind(me_).bind(begin_).bind(held).bind(reported).bind(until).run();
    }

    connection& db_;
    const std::string& me_;
    const budget_renewal& one_;
    std::string begin_;
    std::int64_t now_us_, spent_ = 0;
    std::chrono::seconds term_;
};

}  // namespace

std::vector<budget_state> budgets_table::renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                               std::chrono::seconds term) {
    if (renewals.empty()) return {};
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    std::vector<budget_state> states;
    for (const auto& one : renewals) states.push_back(renewal(db, instance, one, term).run());
    all.commit();
    return states;
}

void budgets_table::release(const std::string& instance) {
    link_.get().prepare_once("DELETE FROM budget_leases WHERE instance_id = ?").bind(instance).run();
}

}  // namespace ferry::store::sqlite
