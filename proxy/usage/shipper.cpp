#include "usage/shipper.hpp"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/store_error.hpp"
#include "usage/dead_source.hpp"
#include "usage/live_source.hpp"
#include "usage/replay.hpp"
#include "usage/retention.hpp"

namespace ferry::usage {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_backoff{100}, longest_backoff{5000};
constexpr std::chrono::seconds adoption_interval{1};
constexpr std::chrono::hours purge_interval{1};

}  // namespace

shipper::shipper(journal& from, store::usage_store& into, turn_sink* turns)
    : journal_(from),
      store_(into),
      turns_(turns),
      dead_letter_(from.settings().journal_dir),
      thread_("ferry-shipper", [](const std::string& what) { log_error("usage shipper: {}", what); }) {
    for (const auto& each : journal_.lanes()) {
        auto made = std::make_unique<live_source>(journal_, *each);
        live_.push_back(made.get());
        sources_.push_back(std::move(made));
    }
    thread_.post([this] { tick(); });
}

shipper::~shipper() {
    stop();
}

void shipper::stop() {
    stopping_ = true;
    thread_.stop();
}

bool shipper::flush(steady_clock::time_point deadline) {
    for (;;) {
        const auto answer = std::make_shared<std::promise<bool>>();
        std::future<bool> went_well = answer->get_future();
        if (!thread_.post([this, answer] { answer->set_value(round()); })) return false;
        if (went_well.wait_until(deadline) != std::future_status::ready) return false;
        if (went_well.get()) return true;
        if (steady_clock::now() + first_backoff >= deadline) return false;
        std::this_thread::sleep_for(first_backoff);
    }
}

void shipper::tick() {
    const bool went_well = round();
    if (went_well && !stopping_) purge_if_due();
    const milliseconds interval = journal_.settings().flush_interval;
    backoff_ = went_well ? milliseconds(0) : std::clamp(2 * backoff_, first_backoff, longest_backoff);
    thread_.post_after(went_well ? interval : backoff_, [this] { tick(); });
}

// Ships everything that is there now. False if something stood in the way: it is tried again later.
bool shipper::round() {
    std::string error;
    bool store_is_away = false;
    try {
        adopt_if_due();
        bool has_more = true;
        while (has_more && !stopping_) {
            has_more = collect();
            commit();
            if (has_more) note({}, false);  // who looks sees a long backlog shrink
        }
    } catch (const store::store_unavailable& away) {
        store_is_away = true;
        error = away.what();
    } catch (const std::exception& failure) {
        error = failure.what();
    }
    note(error, store_is_away);
    if (error.empty()) has_caught_up_.store(true, std::memory_order_release);
    return error.empty();
}

void shipper::adopt_if_due() {
    if (steady_clock::now() < next_adoption_) return;
    next_adoption_ = steady_clock::now() + adoption_interval;
    adoption found = adopt_dead_lanes(journal_.settings().journal_dir, journal_.instance());
    for (dead_lane& each : found.lanes) {
        log_info("usage journal: adopting {} segment(s) of a process that ended, first {}", each.size(),
                 each.front().opened.path());
        sources_.push_back(std::make_unique<dead_source>(journal_, std::move(each), counts_.quarantined));
    }
    for (const std::string& problem : found.problems) log_error("usage journal: {}; it is tried again later", problem);
    if (found.newer.size() != counts_.left_for_newer && !found.newer.empty())
        log_error(
            "usage journal: {} was written by a newer version of ferry and is left as it is: start that version "
            "once with this journal_dir to ship it",
            found.newer.front());
    counts_.left_for_newer = found.newer.size();
}

// REQUIRES: all that this process has written is in the store: a row that waits in the journal, or of which nobody
// knows whether it was committed, may be of a month that is to go.
void shipper::purge_if_due() {
    const auto now = steady_clock::now();
    if (journal_.settings().retention.count() == 0 || now < next_purge_) return;
    next_purge_ = now + purge_interval;
    const std::string problem = purge();
    if (!problem.empty() && problem != counts_.purge_error) log_warn("usage.retention: {}", problem);
    counts_.purge_error = problem;
}

// One step, so that rows are shipped in between. What stands in its way, "" if nothing.
std::string shipper::purge() {
    const std::int64_t before = beginning_of_kept(wall_us(), journal_.settings().retention);
    try {
        if (others_hold_rows_before(journal_.settings().journal_dir, journal_.instance(), before))
            return "rows of an old month stay, for the journal of another process holds some that may not be in the "
                   "store; `ferry journal status` says which";
        // Sums tell on which days a key has rows, so those of rows that are there stay.
        if (store_.purge(before) || purge_sums()) next_purge_ = {};
        return {};
    } catch (const std::exception& failure) {
        return failure.what();
    }
}

bool shipper::purge_sums() {
    const auto kept = journal_.settings().sums_retention;
    return kept.count() != 0 && store_.purge_sums(beginning_of_kept(wall_us(), kept));
}

// True if there is more than the batch takes. After a failed commit, the batch is still full of what was read.
// Each source has its share: rows of one time that come together fill the store's pages one after the other.
bool shipper::collect() {
    if (!batch_.empty()) return true;
    bool has_more = false;
    const std::size_t most = journal_.settings().flush_rows;
    std::size_t sharers = sources_.size();
    for (auto& each : sources_) {
        const std::size_t taken = batch_.rows.size();
        // What a dead process left open comes at once, and may be more than was asked for.
        const std::size_t room = most - std::min(most, taken);
        const std::size_t share = (room + sharers - 1) / sharers;
        has_more = each->read(batch_, taken + share) || has_more;
        --sharers;
    }
    return has_more;
}

void shipper::commit() {
    for (; !batch_.orphans.empty(); batch_.orphans.pop_back())
        bury(batch_.orphans.back(), {}, "its begin record is damaged or lost");
    if (!batch_.rows.empty()) insert(0, batch_.rows.size());
    if (turns_ != nullptr && !batch_.turns.empty()) turns_->take(batch_.turns);
    counts_.rows_shipped += static_cast<std::uint64_t>(std::count(batch_.is_dead.begin(), batch_.is_dead.end(), false));
    counts_.interrupted += batch_.interrupted;
    batch_.clear();
    for (auto& each : sources_) each->committed();
    std::erase_if(sources_, [](const auto& each) { return each->is_finished(); });
    // Nobody is always first, so that one busy core does not hold up the others.
    if (!sources_.empty()) std::rotate(sources_.begin(), sources_.begin() + 1, sources_.end());
}

// Rows first..last-1. Where the store refuses a row, halves find it.
void shipper::insert(std::size_t first, std::size_t last) {
    const std::span<const store::attempt_row> attempts(batch_.attempts.data() + batch_.first_attempt_of(first),
                                                       batch_.attempts_end[last - 1] - batch_.first_attempt_of(first));
    if (last - first == 1 && batch_.is_dead[first]) return;
    try {
        counts_.rows_new += store_.insert({batch_.rows.data() + first, last - first}, attempts);
        return;
    } catch (const store::row_refused& refusal) {
        if (last - first == 1) {
            bury(batch_.rows[first], attempts, refusal.what());
            batch_.is_dead[first] = true;
            return;
        }
    }
    const std::size_t middle = first + (last - first) / 2;
    insert(first, middle);
    insert(middle, last);
}

void shipper::bury(const store::usage_row& row, std::span<const store::attempt_row> attempts, std::string_view reason) {
    dead_letter_.add(row, attempts, reason);
    ++counts_.dead_letters;
    log_error("usage row {} cannot be stored: {}; it is kept in {}", row.request_id, reason, dead_letter_.path());
}

void shipper::note(const std::string& error, bool store_is_away) {
    std::lock_guard lock(mutex_);
    if (!error.empty() && error != status_.last_error) log_warn("usage rows wait in the journal: {}", error);
    if (error.empty() && !status_.last_error.empty()) log_info("usage rows are shipped again");
    status_ = counts_;
    status_.last_error = error;
    status_.store_is_away = store_is_away;
    rows_committed_ = 0;
    bytes_committed_ = 0;
    for (const live_source* each : live_) {
        rows_committed_ += each->ends_committed();
        bytes_committed_ += each->bytes_committed();
    }
    adopted_bytes_ = 0;
    for (const auto& each : sources_) adopted_bytes_ += each->adopted_bytes();
}

shipper_status shipper::status() const {
    std::lock_guard lock(mutex_);
    shipper_status now = status_;
    now.lag_bytes = adopted_bytes_;
    for (const auto& each : journal_.lanes()) {
        now.lag_rows += each->ended.load();
        now.lag_bytes += each->position.load();
    }
    // Between two rounds of a core that runs on, what is committed is never more than what was ended.
    now.lag_rows -= rows_committed_;
    now.lag_bytes -= bytes_committed_;
    return now;
}

}  // namespace ferry::usage
