// Disks that fail, and a journal thread that is late: nobody is told a lie, nobody is refused without need.
#include <set>

#include "usage/faulty_disk.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

BOOST_FIXTURE_TEST_SUITE(journals_with_faults, temporary_folder)

BOOST_AUTO_TEST_CASE(what_could_not_be_synced_is_called_durable_only_when_the_store_has_it) {
    disk broken(file_call::sync);
    memory_store store;
    journal opened(journal_in(path), 1, small_segments);
    journal_writer& writer = opened.writer(0);
    auto stream = begin_patiently(writer, 0, make_uuid());
    until([&] { return ask_for_durability(writer).get(); });
    broken.is_failing = true;
    serve(writer, 1);
    const auto first = ask_for_durability(writer);
    // Not when it is counted, which is before the core is told to leave it.
    until([&] { return opened.lanes().front()->must_rotate.load(); });
    broken.is_failing = false;
    // The core has gone on in another file, which is synced well; what stands before it is on no disk all the same.
    std::vector<std::future<bool>> later;
    for (int n = 2; n < 6; ++n) {
        const int calls = broken.calls;
        serve(writer, n);
        later.push_back(ask_for_durability(writer));
        until([&] { return broken.calls > calls; });
    }
    BOOST_TEST(!is_answered(first));
    for (const auto& each : later) BOOST_TEST(!is_answered(each));
    BOOST_TEST(opened.status().last_error.find("cannot sync") != std::string::npos);
    shipper ships(opened, store);
    BOOST_REQUIRE((first.wait_for(20s) == std::future_status::ready));
    for (const auto& each : later) BOOST_REQUIRE((each.wait_for(20s) == std::future_status::ready));
    BOOST_TEST(store.rows().size() == 5u);
    until([&] { return opened.status().last_error.empty(); });
    writer.end(*stream, end_number(0));
}

BOOST_AUTO_TEST_CASE(a_segment_that_waits_to_be_used_is_not_synced_and_so_cannot_fail_together_with_the_one_before) {
    std::mutex guard;
    std::set<std::string> synced;
    set_file_fault([&](file_call call, const std::string& file) -> std::error_code {
        std::lock_guard lock(guard);
        if (call == file_call::sync) synced.insert(file);
        return {};
    });
    {
        journal opened(journal_in(path), 1, small_segments);
        for (int n = 0; n < 5; ++n) {
            serve(opened.writer(0), n);
            BOOST_TEST(ask_for_durability(opened.writer(0)).get());
        }
        BOOST_TEST(opened.status().segments == 2u);
        std::lock_guard lock(guard);
        std::erase_if(synced, [](const std::string& file) { return !file.ends_with(".seg"); });
        BOOST_TEST(synced.size() == 1u);
    }
    set_file_fault({});
}

BOOST_AUTO_TEST_CASE(a_file_that_failed_to_sync_is_never_synced_again) {
    std::atomic<bool> fails{false};
    std::mutex guard;
    std::map<std::string, int> syncs_after_failure;
    set_file_fault([&](file_call call, const std::string& file) -> std::error_code {
        if (call != file_call::sync) return {};
        std::lock_guard lock(guard);
        if (const auto failed = syncs_after_failure.find(file); failed != syncs_after_failure.end()) ++failed->second;
        if (!fails.exchange(false)) return {};
        syncs_after_failure[file] = 0;
        return std::make_error_code(std::errc::io_error);
    });
    memory_store store;
    {
        journal opened(journal_in(path), 1, small_segments);
        auto stream = begin_patiently(opened.writer(0), 0, make_uuid());
        until([&] { return ask_for_durability(opened.writer(0)).get(); });
        fails = true;
        serve(opened.writer(0), 1);
        until([&] { return opened.status().failed_segments == 1; });
        serve(opened.writer(0), 2);
        shipper ships(opened, store);
        opened.writer(0).end(*stream, end_number(0));
        opened.close();
        BOOST_REQUIRE(ships.flush(soon()));
    }
    BOOST_TEST(store.rows().size() == 3u);
    BOOST_REQUIRE_EQUAL(syncs_after_failure.size(), 1u);
    BOOST_TEST(syncs_after_failure.begin()->second == 0);
}

BOOST_AUTO_TEST_CASE(a_disk_that_syncs_nothing_any_more_stops_nobody_and_fills_no_journal) {
    disk broken(file_call::sync);
    memory_store store;
    options chosen = journal_in(path);
    chosen.journal_max_bytes = 8 * small_segments.segment_bytes;
    journal opened(chosen, 1, small_segments);
    shipper ships(opened, store);
    broken.is_failing = true;
    for (int n = 0; n < 3000; ++n) serve(opened.writer(0), n);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == 3000u);
    const auto answer = ask_for_durability(opened.writer(0));
    BOOST_REQUIRE((answer.wait_for(20s) == std::future_status::ready));  // by the store
    BOOST_TEST(opened.status().failed_segments > 0u);
    BOOST_TEST(!opened.status().last_error.empty());
    until([&] { return ships.flush(soon()) && segments().size() <= 3; });
}

BOOST_AUTO_TEST_CASE(a_lane_that_makes_nothing_durable_for_who_waits_refuses_requests_until_the_store_has_caught_up) {
    disk broken(file_call::sync);
    memory_store store;
    journal_tuning impatient = small_segments;
    impatient.patience = 10ms;
    journal opened(journal_in(path), 1, impatient);
    journal_writer& writer = opened.writer(0);
    broken.is_failing = true;
    serve(writer, 0);
    const auto answer = ask_for_durability(writer);
    int n = 1;
    fault why;
    until([&] {
        auto open = writer.begin(begin_number(n, make_uuid()));
        if (!open) why = open.error();
        if (open) writer.end(*open, end_number(n++));
        return !open && !writer.is_late();
    });
    BOOST_TEST((why.code == fault_code::journal_failed));
    BOOST_TEST(!is_answered(answer));
    shipper ships(opened, store);
    serve(writer, n++);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == static_cast<std::size_t>(n));
    BOOST_REQUIRE((answer.wait_for(20s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(who_still_waits_when_the_journal_closes_hears_that_it_is_not_durable) {
    disk broken(file_call::sync);
    journal opened(journal_in(path), 1, small_segments);
    broken.is_failing = true;
    serve(opened.writer(0), 0);
    auto answer = ask_for_durability(opened.writer(0));
    opened.close();
    BOOST_TEST(!answer.get());
}

BOOST_AUTO_TEST_CASE(what_a_dead_process_left_is_shipped_once_though_nothing_can_be_synced) {
    in_a_process_that_dies([&] {
        static journal written(journal_in(path), 1, small_segments);
        for (int n = 0; n < 5; ++n) serve(written.writer(0), n);
    });
    disk broken(file_call::sync);
    broken.is_failing = true;
    memory_store store;
    ship_what_is_left(path, store);
    BOOST_TEST(store.rows().size() == 5u);
    BOOST_TEST(segments().empty());
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_for_a_while_stops_new_requests_only) {
    disk full(file_call::allocate, std::errc::no_space_on_device);
    memory_store store;
    std::int64_t n = 0;
    {
        journal opened(journal_in(path), 1, small_segments);
        shipper ships(opened, store);
        auto stream = begin_patiently(opened.writer(0), n++, make_uuid());
        full.is_failing = true;
        for (;; ++n) {
            auto open = begin_when_there_is_a_segment(opened.writer(0), begin_number(n, make_uuid()));
            if (!open) BOOST_TEST((open.error().code == fault_code::journal_full));
            if (!open) break;
            opened.writer(0).end(*open, end_number(n));
        }
        opened.writer(0).end(*stream, end_number(0));
        until([&] { return opened.status().last_error.find("reserve space") != std::string::npos; });
        full.is_failing = false;
        for (int i = 0; i < 500; ++i) serve(opened.writer(0), n++);
        BOOST_REQUIRE(ships.flush(soon()));
    }
    BOOST_TEST(store.rows().size() == static_cast<std::size_t>(n));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_made_are_no_full_journal) {
    disk broken(file_call::create);
    journal opened(journal_in(path), 1, small_segments);
    broken.is_failing = true;
    std::int64_t n = 0;
    for (;; ++n) {
        auto open = begin_when_there_is_a_segment(opened.writer(0), begin_number(n, make_uuid()));
        if (!open) BOOST_TEST((open.error().code == fault_code::journal_failed));
        if (!open) break;
        opened.writer(0).end(*open, end_number(n));
    }
    BOOST_TEST(opened.status().refused == 1u);
}

BOOST_AUTO_TEST_CASE(a_journal_thread_that_gets_no_processor_makes_requests_wait_and_refuses_none) {
    std::mutex guard;
    std::condition_variable changed;
    bool is_held = false;
    set_file_fault([&](file_call call, const std::string&) -> std::error_code {
        std::unique_lock lock(guard);
        if (call == file_call::create) changed.wait(lock, [&] { return !is_held; });
        return {};
    });
    journal opened(journal_in(path), 1, small_segments);
    journal_writer& writer = opened.writer(0);
    {
        std::lock_guard lock(guard);
        is_held = true;
    }
    std::int64_t n = 0;
    while (auto open = writer.begin(begin_number(n, make_uuid()))) writer.end(*open, end_number(n++));
    BOOST_TEST(writer.is_late());
    BOOST_TEST(opened.status().refused == 0u);
    std::promise<void> woken;
    writer.when_room([&] { woken.set_value(); });
    {
        std::lock_guard lock(guard);
        is_held = false;
    }
    changed.notify_all();
    woken.get_future().wait();
    BOOST_TEST(begin_when_there_is_a_segment(writer, begin_number(n, make_uuid())).has_value());
    BOOST_TEST(opened.status().late > 0u);
}

// A segment that was too small is being taken back while the core could go on to a larger one that stands ready.
BOOST_AUTO_TEST_CASE(a_segment_that_is_taken_back_leaves_the_lane_before_the_core_may_take_another) {
    std::promise<void> reached, released;
    bool is_first = true;
    journal_tuning tuning = small_segments;
    tuning.while_taking_back = [&] {
        if (!std::exchange(is_first, false)) return;
        reached.set_value();
        released.get_future().wait();
    };
    memory_store store;
    journal opened(journal_in(path), 1, tuning);
    shipper ships(opened, store);
    journal_writer& writer = opened.writer(0);
    std::vector<open_request> open;
    std::int64_t n = 0;
    for (auto more = reached.get_future(); more.wait_for(0s) != std::future_status::ready;)
        if (auto begun = writer.begin(begin_number(n, make_uuid()))) {
            open.push_back(std::move(*begun));
            ++n;
        }
    // As if the journal thread had put it there before it noticed that the other one was rejected.
    lane& only = *opened.lanes()[0];
    auto larger = segment::create(path, {opened.instance(), 0, 1000}, 4 << 20);
    {
        std::lock_guard lock(only.guard);
        only.segments.push_back(larger);
    }
    only.ready = larger.get();
    for (int tries = 0; tries < 10 && !larger->has_begun(); ++tries)
        if (auto begun = writer.begin(begin_number(n, make_uuid()))) {
            open.push_back(std::move(*begun));
            ++n;
        }
    BOOST_REQUIRE(ships.flush(soon()));
    released.set_value();
    for (auto& each : open) writer.end(each, end_number(1));
    for (int i = 0; i < 100; ++i) serve(writer, n++);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == static_cast<std::size_t>(n));
    BOOST_TEST(ships.status().lag_rows == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
