#include "usage/shipper.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

struct running {
    explicit running(options chosen) : written(std::move(chosen), 2, small_segments), ships(written, store) {}
    explicit running(const std::string& folder) : running(journal_in(folder)) {}
    memory_store store;
    journal written;
    shipper ships;
};

BOOST_FIXTURE_TEST_SUITE(the_shipper, temporary_folder)

BOOST_AUTO_TEST_CASE(a_row_is_made_of_begin_last_attempt_and_end) {
    running r(path);
    const uuid id = make_uuid();
    begin_record begin = begin_number(5, id);
    begin.user_agent = "caf\xE9";
    auto open = r.written.writer(1).begin(begin);
    r.written.writer(1).attempt(*open, attempt_number(1));
    r.written.writer(1).attempt(*open, attempt_number(2));
    attempt_result tries[2];
    tries[0].was_sent = false;
    tries[0].error_code = "upstream_unreachable";
    tries[0].connect_us = 90;
    tries[1].attempt = 2;
    tries[1].status = 200;
    tries[1].bytes_down = 1234;
    tries[1].prompt_tokens = 5;
    end_record end = end_number(5);
    end.attempts = tries;
    end.ttft_us = 42;
    r.written.writer(1).end(*open, end);
    BOOST_TEST(!*open);
    BOOST_REQUIRE(r.ships.flush(soon()));

    const store::usage_row row = r.store.rows().at(to_string(id));
    BOOST_TEST(row.started_at_us == 1'700'000'000'000'005);
    BOOST_TEST(row.key_id.value() == 7);
    BOOST_TEST(!row.user_id.has_value());
    BOOST_TEST(row.model_id.value() == 42);
    BOOST_TEST(row.model_name == "model-row");
    BOOST_TEST(row.upstream_model == "model-up");
    BOOST_TEST(row.operation == "chat.completions");
    BOOST_TEST(row.is_stream);
    BOOST_TEST(row.status == 200);
    BOOST_TEST(row.basis == "provider");
    BOOST_TEST(row.end_reason == "done");
    BOOST_TEST(row.attempts == 2);
    BOOST_TEST(row.completion_tokens.value() == 10);
    BOOST_TEST(!row.total_tokens.has_value());
    BOOST_TEST(row.cost_pico == 15);
    BOOST_TEST(row.output_price_pico == 2000);
    BOOST_TEST(row.ttft_us.value() == 42);
    BOOST_TEST(row.user_agent.value() == "caf\xEF\xBF\xBD");
    BOOST_TEST(!row.error_code.has_value());
    BOOST_TEST(row.instance_id == to_string(r.written.instance()));

    const auto attempts = r.store.attempts();
    BOOST_REQUIRE_EQUAL(attempts.size(), 2u);
    const store::attempt_row& first = attempts.at({row.request_id, 1});
    BOOST_TEST(!first.was_sent);
    BOOST_TEST(first.model_id == 41);
    BOOST_TEST(first.error_code.value() == "upstream_unreachable");
    BOOST_TEST(first.started_at_us == row.started_at_us);
    const store::attempt_row& second = attempts.at({row.request_id, 2});
    BOOST_TEST(second.was_sent);
    BOOST_TEST(second.provider == "other");
    BOOST_TEST(second.bytes_down == 1234);
}

BOOST_AUTO_TEST_CASE(rows_wait_in_the_journal_while_the_store_is_away) {
    running r(path);
    std::atomic<bool> is_away{true};
    std::atomic<int> tries{0};
    r.store.before_insert = [&](auto) {
        ++tries;
        if (is_away) throw store::store_unavailable("the store is away");
    };
    std::set<std::string> ids;
    for (int n = 0; n < 2000; ++n) ids.insert(to_string(serve(r.written.writer(n % 2), n)));
    const auto until = soon();
    while (!r.ships.status().store_is_away && std::chrono::steady_clock::now() < until) {
        BOOST_TEST(!r.ships.flush(std::chrono::steady_clock::now() + 250ms));
    }
    BOOST_TEST(tries > 0);
    const shipper_status away = r.ships.status();
    BOOST_TEST(away.store_is_away);
    BOOST_TEST(away.last_error == "the store is away");
    BOOST_TEST(away.lag_rows == 2000u);
    BOOST_TEST(away.lag_bytes > 100'000u);
    is_away = false;
    BOOST_REQUIRE(r.ships.flush(soon()));
    BOOST_TEST(r.store.rows().size() == ids.size());
    const shipper_status back = r.ships.status();
    BOOST_TEST(!back.store_is_away);
    BOOST_TEST(back.last_error == "");
    BOOST_TEST(back.lag_rows == 0u);
    BOOST_TEST(back.lag_bytes == 0u);
    BOOST_TEST(back.rows_new == 2000u);
}

BOOST_AUTO_TEST_CASE(a_commit_whose_answer_was_lost_stores_no_row_twice) {
    running r(path);
    std::atomic<int> lost{3};
    r.store.after_commit = [&] {
        if (lost-- > 0) throw store::store_unavailable("the connection broke during COMMIT");
    };
    for (int n = 0; n < 100; ++n) serve(r.written.writer(0), n);
    BOOST_REQUIRE(r.ships.flush(soon()));
    BOOST_TEST(lost < 0);
    BOOST_TEST(r.store.rows().size() == 100u);
    BOOST_TEST(r.ships.status().rows_shipped == 100u);
    BOOST_TEST(r.ships.status().rows_new < 100u);
}

BOOST_AUTO_TEST_CASE(a_row_the_store_refuses_goes_to_the_dead_letters_and_the_rest_flows) {
    running r(path);
    r.store.before_insert = [](std::span<const store::usage_row> rows) {
        for (const auto& row : rows)
            if (row.prompt_tokens == 13 || row.prompt_tokens == 77) throw store::row_refused("13 is not stored here");
    };
    for (int n = 0; n < 100; ++n) serve(r.written.writer(0), n);
    BOOST_REQUIRE(r.ships.flush(soon()));
    BOOST_TEST(r.store.rows().size() == 98u);
    BOOST_TEST(r.store.attempts().size() == 98u);
    BOOST_TEST(r.ships.status().dead_letters == 2u);
    BOOST_TEST(r.ships.status().lag_rows == 0u);
    BOOST_TEST(dead_letters() == 2u);
    std::ifstream in(path + "/dead-letter.jsonl");
    std::string line;
    std::getline(in, line);
    for (const char* part : {R"("reason":"13 is not stored here")", R"("prompt_tokens":13)", R"("model_id":41)",
                             R"("started_at_us":1700000000000013)"})
        BOOST_TEST(line.find(part) != line.npos);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_is_written_once_though_its_batch_is_tried_again) {
    memory_store store;
    std::atomic<int> away{1};
    store.before_insert = [&](std::span<const store::usage_row> rows) {
        if (rows.front().prompt_tokens == 0) throw store::row_refused("nothing is not stored here");
        if (away-- > 0) throw store::store_unavailable("away");
    };
    in_a_process_that_dies([&] {
        static journal written(journal_in(path), 1, small_segments);
        for (int n = 0; n < 2; ++n) serve(written.writer(0), n);
    });
    ship_what_is_left(path, store);
    BOOST_TEST(away < 0);
    BOOST_TEST(store.rows().size() == 1u);
    BOOST_TEST(dead_letters() == 1u);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_that_cannot_be_written_holds_everything_back) {
    std::atomic<bool> fails{true};
    set_file_fault([&](file_call call, const std::string& file) {
        const bool is_it = fails && call == file_call::write && file.ends_with("dead-letter.jsonl");
        return is_it ? std::make_error_code(std::errc::no_space_on_device) : std::error_code();
    });
    running r(path);
    r.store.before_insert = [](auto) { throw store::row_refused("no row is stored here"); };
    serve(r.written.writer(0), 1);
    BOOST_TEST(!r.ships.flush(std::chrono::steady_clock::now() + 150ms));
    BOOST_TEST(r.ships.status().dead_letters == 0u);
    fails = false;
    BOOST_REQUIRE(r.ships.flush(soon()));
    BOOST_TEST(dead_letters() == 1u);
}

BOOST_AUTO_TEST_CASE(a_batch_holds_no_more_rows_than_asked_for) {
    options chosen = journal_in(path);
    chosen.flush_rows = 10;
    running r(chosen);
    std::atomic<std::size_t> largest{0};
    r.store.before_insert = [&](auto rows) { largest = std::max<std::size_t>(largest, rows.size()); };
    for (int n = 0; n < 500; ++n) serve(r.written.writer(n % 2), n);
    BOOST_REQUIRE(r.ships.flush(soon()));
    BOOST_TEST(r.store.rows().size() == 500u);
    BOOST_TEST(largest <= 10u);
}

// What was open on a core comes at once. It leaves no room in the batch, and not the most there can be.
BOOST_AUTO_TEST_CASE(a_batch_filled_by_a_dead_core_takes_nothing_of_the_cores_after_it) {
    in_a_process_that_dies([&] {
        static journal written(journal_in(path), 3, small_segments);
        static std::vector<result<open_request>> open;
        for (int n = 0; n < 50; ++n) open.push_back(begin_patiently(written.writer(0), n, make_uuid()));
        for (int n = 0; n < 200; ++n) serve(written.writer(1 + n % 2), n);
    });
    options chosen = journal_in(path);
    chosen.flush_rows = 10;
    memory_store store;
    std::size_t largest = 0;
    store.before_insert = [&](auto rows) { largest = std::max(largest, rows.size()); };
    journal next(chosen, 1, small_segments);
    shipper ships(next, store);
    BOOST_REQUIRE(ships.flush(soon()));
    ships.stop();
    BOOST_TEST(ships.status().interrupted == 50u);
    BOOST_TEST(store.rows().size() == 250u);
    BOOST_TEST(largest == 50u);
}

BOOST_AUTO_TEST_CASE(after_a_clean_stop_nothing_is_left_in_the_folder) {
    {
        running r(path);
        for (int n = 0; n < 1000; ++n) serve(r.written.writer(n % 2), n);
        r.written.close();
        BOOST_REQUIRE(r.ships.flush(soon()));
        BOOST_TEST(r.store.rows().size() == 1000u);
    }
    BOOST_TEST(list_folder(path).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_shipped_at_the_stop_is_shipped_by_the_next_start) {
    {
        running r(path);
        r.store.before_insert = [](auto) { throw store::store_unavailable("away"); };
        for (int n = 0; n < 1000; ++n) serve(r.written.writer(n % 2), n);
        r.written.close();
        BOOST_TEST(!r.ships.flush(std::chrono::steady_clock::now()));
    }
    memory_store store;
    BOOST_TEST(ship_what_is_left(path, store).interrupted == 0u);
    BOOST_TEST(store.rows().size() == 1000u);
    BOOST_TEST(list_folder(path).empty());
}

BOOST_AUTO_TEST_CASE(a_segment_that_cannot_be_removed_is_removed_later) {
    std::atomic<int> failures{0};
    std::atomic<bool> is_away{true};
    set_file_fault([&](file_call call, const std::string&) {
        const bool fails = (call == file_call::remove || call == file_call::sync_folder) && failures-- > 0;
        return fails ? std::make_error_code(std::errc::io_error) : std::error_code();
    });
    running r(path);
    r.store.before_insert = [&](auto) {
        if (is_away) throw store::store_unavailable("away");
    };
    for (int n = 0; n < 1000; ++n) serve(r.written.writer(0), n);
    r.written.close();
    failures = 5;
    is_away = false;
    BOOST_REQUIRE(r.ships.flush(soon()));
    BOOST_TEST(failures <= 0);
    r.ships.stop();
    BOOST_TEST(r.store.rows().size() == 1000u);
    BOOST_TEST(segments().empty());
}

BOOST_AUTO_TEST_CASE(a_long_backlog_is_seen_to_shrink) {
    options chosen = journal_in(path);
    chosen.flush_rows = 50;
    memory_store store;
    journal written(chosen, 1, small_segments);
    for (int n = 0; n < 500; ++n) serve(written.writer(0), n);
    std::atomic<shipper*> known{nullptr};
    std::vector<std::uint64_t> waiting;
    store.after_commit = [&] {
        while (known == nullptr) std::this_thread::yield();
        waiting.push_back(known.load()->status().lag_rows);
    };
    shipper ships(written, store);
    known = &ships;
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_REQUIRE(waiting.size() >= 10u);
    BOOST_TEST(waiting.front() == 500u);
    BOOST_TEST(waiting.back() <= 50u);
    BOOST_TEST(std::is_sorted(waiting.rbegin(), waiting.rend()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
