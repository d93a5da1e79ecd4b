// A process is killed (SIGKILL) at random instants while it serves, and at each call to its files; what it had
// acknowledged is compared with the rows the next start ships.
// KILLED_CALLS (80) is how many calls, one after the other: TMPDIR=/dev/shm KILLED_CALLS=3000
// build/dev/tests/usage_tests --run_test=kill_minus_nine
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "store/database.hpp"
#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

struct acknowledgement {
    uuid id;
    std::int64_t n = 0;
    bool is_end = false;
};

void acknowledge(int pipe, const uuid& id, std::int64_t n, bool is_end) {
    acknowledgement said;
    said.id = id;
    said.n = n;
    said.is_end = is_end;
    if (::write(pipe, &said, sizeof said) != sizeof said) ::_exit(2);
}

// Serves for ever, several requests at a time; says through the pipe what is written down. `rest` comes before each.
[[noreturn]] void serve_for_ever(
    journal_writer& writer, int pipe, std::uint32_t seed, const std::function<void()>& rest = [] {}) {
    std::mt19937 random(seed);
    struct served {
        uuid id;
        std::int64_t n;
        open_request handle;
    };
    std::vector<served> open;
    for (std::int64_t n = 1;; ++n) {
        rest();
        const uuid id = make_uuid();
        auto begun = writer.begin(begin_number(n, id));
        if (begun) {
            acknowledge(pipe, id, n, false);
            writer.attempt(*begun, attempt_number(1));
            open.push_back({id, n, std::move(*begun)});
        }
        while (open.size() > 8 || (!open.empty() && random() % 2 == 0)) {
            std::swap(open[random() % open.size()], open.back());
            writer.end(open.back().handle, end_number(open.back().n));
            acknowledge(pipe, open.back().id, open.back().n, true);
            open.pop_back();
        }
    }
}

// What a process said before it was killed, after `count` acknowledgements had been heard.
std::map<std::string, acknowledgement> kill_after(std::size_t count, const std::function<void(int pipe)>& process) {
    int ends[2];
    BOOST_REQUIRE_EQUAL(::pipe(ends), 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        process(ends[1]);
        ::_exit(3);
    }
    ::close(ends[1]);
    std::map<std::string, acknowledgement> said;
    acknowledgement one;
    for (std::size_t heard = 0; ::read(ends[0], &one, sizeof one) == sizeof one; ++heard) {
        said[to_string(one.id)] = one;
        if (heard == count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFSIGNALED(status));
    return said;
}

// One row per acknowledged begin, exact where the end was acknowledged. At most the one record that was written and
// not acknowledged yet may be there besides.
void compare(const std::map<std::string, acknowledgement>& said, const std::map<std::string, store::usage_row>& rows) {
    std::size_t ended_unsaid = 0;
    for (const auto& [id, one] : said) {
        const auto found = rows.find(id);
        BOOST_TEST_REQUIRE((found != rows.end()), "a begin was lost");
        const store::usage_row& row = found->second;
        if (!one.is_end && row.basis == "interrupted") continue;
        if (!one.is_end) ++ended_unsaid;
        BOOST_TEST_REQUIRE(row.prompt_tokens.value() == one.n);
        BOOST_TEST_REQUIRE(row.cost_pico == 3 * one.n);
        BOOST_TEST_REQUIRE(row.model_id.value() == 41);
    }
    BOOST_TEST(ended_unsaid <= 1u);
    BOOST_TEST(rows.size() <= said.size() + 1);
}

BOOST_FIXTURE_TEST_SUITE(kill_minus_nine, temporary_folder)

BOOST_AUTO_TEST_CASE(every_acknowledged_request_has_exactly_one_exact_row) {
    std::mt19937 random(11);
    for (std::uint32_t round = 0; round < 60; ++round) {
        const auto said = kill_after(random() % 3000, [&](int pipe) {
            journal written(journal_in(path), 1, small_segments);
            serve_for_ever(written.writer(0), pipe, round);
        });
        memory_store store;
        BOOST_TEST(ship_what_is_left(path, store).quarantined == 0u);
        compare(said, store.rows());
        BOOST_TEST(segments().empty());
        BOOST_TEST(dead_letters() == 0u);
    }
}

// A store and a journal that processes are killed over, one after the other.
struct killed_processes : temporary_folder {
    killed_processes() {
        where.url = "sqlite:" + path + "/rows.db";
        store::prepare(*store::open(where), where);
    }

    void serve_until_killed(std::size_t count, std::uint32_t seed, const file_fault& at_calls = {}) {
        const auto more = kill_after(count, [&](int pipe) {
            set_file_fault(at_calls);
            const auto database = store::open(where);
            const auto rows = database->usage();
            journal written(journal_in(folder), 1, small_segments);
            shipper ships(written, *rows);
            // No faster than rows are stored, or the last process has all of them to store.
            serve_for_ever(written.writer(0), pipe, seed, [&] {
                while (ships.status().lag_rows > 300) std::this_thread::yield();
            });
        });
        said.insert(more.begin(), more.end());
    }

    // Each process may have written one record that it had no time to acknowledge.
    void check(std::size_t processes) {
        const auto database = store::open(where);
        const auto stored = database->usage();
        ship_what_is_left(folder, *stored);
        std::map<std::string, store::usage_row> rows;
        std::size_t count = 0;
        stored->scan({}, [&](const store::usage_row& row) {
            rows[row.request_id] = row;
            ++count;
        });
        BOOST_TEST(count == rows.size());
        std::size_t unsaid = 0;
        for (const auto& [id, row] : rows) unsaid += said.contains(id) ? 0 : 1;
        BOOST_TEST(unsaid <= processes);
        for (const auto& [id, one] : said) {
            BOOST_TEST_REQUIRE((rows.contains(id)), "a begin was lost");
            if (one.is_end) BOOST_TEST_REQUIRE(rows.at(id).prompt_tokens.value() == one.n);
        }
        BOOST_TEST(list_folder(folder).empty());
    }

    store::options where;
    const std::string folder = path + "/journal";
    std::map<std::string, acknowledgement> said;
};

BOOST_FIXTURE_TEST_CASE(a_process_killed_while_it_ships_loses_nothing_and_stores_nothing_twice, killed_processes) {
    std::mt19937 random(12);
    for (std::uint32_t round = 0; round < 12; ++round) serve_until_killed(random() % 4000, round);
    check(12);
}

// Before the n-th call is after the one before it. The calls of one life: its first segments, those of the dead process
// before it, which it reads, marks and removes, and its own that follow, are synced, shipped and removed.
BOOST_FIXTURE_TEST_CASE(a_process_killed_at_any_call_to_its_files_loses_nothing_and_stores_nothing_twice,
                        killed_processes) {
    const char* const wanted = std::getenv("KILLED_CALLS");
    const std::size_t calls = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 80;
    for (std::size_t n = 1; n <= calls; ++n) {
        std::atomic<std::size_t> made{0};
        serve_until_killed(SIZE_MAX, static_cast<std::uint32_t>(n), [&](file_call, const std::string& file) {
            if (file.starts_with(folder) && ++made == n) ::kill(::getpid(), SIGKILL);
            return std::error_code();
        });
    }
    std::cout << calls << " processes killed, " << said.size() << " requests acknowledged\n";
    check(calls);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
