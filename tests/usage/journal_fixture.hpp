// What the tests of the journal share: a folder that goes away, requests that carry their own truth, a process that
// dies, a store in memory.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "store/store_error.hpp"
#include "usage/journal.hpp"
#include "usage/shipper.hpp"

namespace ferry::usage::testing {

using namespace std::chrono_literals;

struct temporary_folder {
    temporary_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "ferry-usage-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~temporary_folder() {
        set_file_fault({});
        std::filesystem::remove_all(path);
    }
    std::string path;

    // Segment files, in order; those in quarantine are not among them.
    std::vector<std::string> segments() const {
        std::vector<std::string> found;
        for (const std::string& name : list_folder(path))
            if (parse_segment_file_name(name)) found.push_back(path + "/" + name);
        return found;
    }
    std::size_t quarantined() const {
        const std::string folder = path + "/quarantine";
        return std::filesystem::exists(folder) ? list_folder(folder).size() : 0;
    }
    std::size_t dead_letters() const {
        std::ifstream in(path + "/dead-letter.jsonl");
        std::size_t lines = 0;
        for (std::string line; std::getline(in, line);) ++lines;
        return lines;
    }
};

inline options journal_in(const std::string& folder) {
    options chosen;
    chosen.journal_dir = folder;
    chosen.flush_interval = 1ms;
    return chosen;
}

inline const journal_tuning small_segments{32 * 1024, 1ms, {}, 1h};

// The n-th request says n in its tokens, so that a row can be compared with what was written.
inline begin_record begin_number(std::int64_t n, const uuid& id) {
    begin_record r;
    r.id = id;
    r.started_at_us = 1'700'000'000'000'000 + n;
    r.key_id = 7;
    r.operation = "chat.completions";
    r.model_name = "model-asked";
    r.is_stream = true;
    r.client_ip = "192.0.2.1";
    return r;
}

inline attempt_record attempt_number(int attempt) {
    attempt_record r;
    r.attempt = attempt;
    r.model_id = 40 + attempt;
    r.model_name = "model-row";
    r.upstream_model = "model-up";
    r.provider = "other";
    r.currency = "USD";
    r.price = {1000, 2000, 500};
    return r;
}

inline end_record end_number(std::int64_t n) {
    end_record r;
    r.ended_at_us = 1'700'000'001'000'000 + n;
    r.duration_us = 1'000'000;
    r.status = 200;
    r.finish_reason = "stop";
    r.basis = basis::provider;
    r.tokens.prompt = n;
    r.tokens.completion = 2 * n;
    r.cost_pico = 3 * n;
    return r;
}

// As the relay does: waits where the next segment is only late.
inline result<open_request> begin_when_there_is_a_segment(journal_writer& writer, const begin_record& record) {
    for (;;) {
        auto open = writer.begin(record);
        if (open || !writer.is_late()) return open;
        std::this_thread::yield();
    }
}

// Waits until the journal takes requests.
inline result<open_request> begin_patiently(journal_writer& writer, std::int64_t n, const uuid& id) {
    for (;;) {
        auto open = begin_when_there_is_a_segment(writer, begin_number(n, id));
        if (open || open.error().code == fault_code::shutting_down) return open;
        std::this_thread::yield();
    }
}

// A whole request; the id it went by.
inline uuid serve(journal_writer& writer, std::int64_t n) {
    const uuid id = make_uuid();
    auto open = begin_patiently(writer, n, id);
    BOOST_REQUIRE(open.has_value());
    writer.attempt(*open, attempt_number(1));
    writer.end(*open, end_number(n));
    return id;
}

// A store that may be away, refuse rows, or lose the answer to a commit. Thread-safe.
class memory_store : public store::usage_store {
public:
    std::optional<store::issuer_row> find_issuer(const std::string&) override { return std::nullopt; }
    std::size_t insert(std::span<const store::usage_row> rows, std::span<const store::attempt_row> attempts) override {
        std::lock_guard lock(mutex_);
        ++calls_;
        if (before_insert) before_insert(rows);
        std::size_t made = 0;
        for (const auto& row : rows) made += rows_.try_emplace(row.request_id, row).second ? 1 : 0;
        for (const auto& one : attempts) attempts_.try_emplace({one.request_id, one.attempt}, one);
        if (after_commit) after_commit();
        return made;
    }
    void scan(const store::usage_filter&, const std::function<void(const store::usage_row&)>&) override {}
    void scan_sums(const store::usage_filter&, const store::sums_by&,
                   const std::function<void(const store::sum_row&)>&) override {}
    std::string last_day_sum(const store::usage_filter&) override { return {}; }
    bool purge(std::int64_t before_us) override {
        std::lock_guard lock(mutex_);
        purged_before_ = before_us;
        return ++purges_ % 3 != 0;
    }
    bool purge_sums(std::int64_t before_us) override {
        std::lock_guard lock(mutex_);
        sums_purged_before_ = before_us;
        return false;
    }
    std::int64_t sums_purged_before() const {
        std::lock_guard lock(mutex_);
        return sums_purged_before_;
    }
    std::pair<int, std::int64_t> purges() const {
        std::lock_guard lock(mutex_);
        return {purges_, purged_before_};
    }

    // Throw from here: nothing was stored. From after_commit: all was stored, and nobody was told.
    std::function<void(std::span<const store::usage_row>)> before_insert;
    std::function<void()> after_commit;

    std::map<std::string, store::usage_row> rows() const {
        std::lock_guard lock(mutex_);
        return rows_;
    }
    std::map<std::pair<std::string, std::int64_t>, store::attempt_row> attempts() const {
        std::lock_guard lock(mutex_);
        return attempts_;
    }
    std::size_t calls() const {
        std::lock_guard lock(mutex_);
        return calls_;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, store::usage_row> rows_;
    std::map<std::pair<std::string, std::int64_t>, store::attempt_row> attempts_;
    std::size_t calls_ = 0;
    int purges_ = 0;
    std::int64_t purged_before_ = 0, sums_purged_before_ = 0;
};

inline auto soon() {
    return std::chrono::steady_clock::now() + 60s;  // patience for a machine that does much else
}

// Runs `work` in a process that then ends without running a single destructor, as if it had crashed there.
inline void in_a_process_that_dies(const std::function<void()>& work) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
    BOOST_REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// What the next start of ferry finds in the folder and ships.
inline shipper_status ship_what_is_left(const std::string& folder, store::usage_store& into) {
    journal next(journal_in(folder), 1, small_segments);
    shipper ships(next, into);
    BOOST_REQUIRE(ships.flush(soon()));
    next.close();
    BOOST_REQUIRE(ships.flush(soon()));
    ships.stop();
    return ships.status();
}

}  // namespace ferry::usage::testing
