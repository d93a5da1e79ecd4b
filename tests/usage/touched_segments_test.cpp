// Files of the journal that somebody cuts or removes under the process.
#include "usage/faulty_disk.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

BOOST_FIXTURE_TEST_SUITE(segments_that_others_touch, temporary_folder)

// The file is cut to so many bytes while it is written to; what the shipper had read, and what is open, stays.
void cut_under_the_process(temporary_folder& folder, std::uint64_t bytes) {
    memory_store store;
    std::map<std::string, std::int64_t> served;
    std::int64_t n = 1;
    std::uint64_t lost = 0;
    const uuid stream_id = make_uuid();
    {
        journal opened(journal_in(folder.path), 1, small_segments);
        journal_writer& writer = opened.writer(0);
        auto stream = begin_patiently(writer, 0, stream_id);
        writer.attempt(*stream, attempt_number(1));
        const auto serve_some = [&](int count) {
            for (int i = 0; i < count; ++i, ++n) served[to_string(serve(writer, n))] = n;
        };
        serve_some(60);
        BOOST_REQUIRE(opened.status().segments == 2u);
        std::filesystem::resize_file(folder.segments()[0], bytes);
        serve_some(2);
        until([&] { return opened.status().failed_segments == 1; });
        BOOST_TEST(opened.status().last_error.find("another program") != std::string::npos);
        serve_some(500);
        shipper ships(opened, store);
        BOOST_REQUIRE(ships.flush(soon()));
        until([&] { return ships.flush(soon()) && opened.status().last_error.empty(); });
        BOOST_TEST(ships.status().lag_rows == 0u);
        BOOST_TEST(ships.status().lag_bytes == 0u);
        lost = opened.status().lost_requests;
        writer.end(*stream, end_number(77));
        opened.close();
        BOOST_REQUIRE(ships.flush(soon()));
    }
    const auto rows = store.rows();
    BOOST_TEST(rows.at(to_string(stream_id)).prompt_tokens.value() == 77);
    BOOST_TEST(rows.size() + lost == served.size() + 1);
    BOOST_TEST(lost > 0u);
    BOOST_TEST(lost <= 62u);
    for (const auto& [id, row] : rows)
        if (served.contains(id)) BOOST_TEST(row.prompt_tokens.value() == served[id]);
}

BOOST_AUTO_TEST_CASE(a_segment_cut_to_nothing_under_the_process_costs_what_stood_in_it_and_no_more) {
    cut_under_the_process(*this, 0);
}

BOOST_AUTO_TEST_CASE(a_segment_cut_in_its_middle_under_the_process_keeps_what_stands_before) {
    cut_under_the_process(*this, 8192);
}

BOOST_AUTO_TEST_CASE(a_segment_cut_within_a_page_is_noticed_though_no_page_is_missing) {
    cut_under_the_process(*this, segment_header_bytes + 100);
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_record_that_was_cut_away_hears_that_it_is_not_durable) {
    disk broken(file_call::sync);
    memory_store store;
    journal opened(journal_in(path), 1, small_segments);
    journal_writer& writer = opened.writer(0);
    auto stream = begin_patiently(writer, 0, make_uuid());
    broken.is_failing = true;
    for (int n = 1; n < 20; ++n) serve(writer, n);
    auto answer = ask_for_durability(writer);
    for (const std::string& each : segments()) std::filesystem::resize_file(each, 0);
    writer.end(*stream, end_number(0));  // touches a page that is gone, and so goes on in another file
    shipper ships(opened, store);
    BOOST_REQUIRE((answer.wait_for(20s) == std::future_status::ready));
    BOOST_TEST(!answer.get());
}

BOOST_AUTO_TEST_CASE(a_segment_that_somebody_removes_is_left_for_one_that_is_found_after_a_crash) {
    in_a_process_that_dies([&] {
        journal opened(journal_in(path), 1, small_segments);
        auto* stream = new open_request(std::move(*begin_patiently(opened.writer(0), 1, make_uuid())));
        std::filesystem::remove(segments()[0]);
        until([&] { return opened.status().failed_segments == 1; });
        serve(opened.writer(0), 2);
        if (!*stream) ::_exit(1);
        ::_exit(0);
    });
    memory_store store;
    ship_what_is_left(path, store);
    BOOST_TEST(store.rows().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_somebody_removes_is_made_again) {
    journal opened(journal_in(path + "/journal"), 1, small_segments);
    std::filesystem::remove_all(path + "/journal");
    memory_store store;
    shipper ships(opened, store);
    for (int n = 0; n < 1000; ++n) serve(opened.writer(0), n);
    until([&] { return ships.flush(soon()); });
    BOOST_TEST(store.rows().size() == 1000u);
    BOOST_TEST(std::filesystem::exists(path + "/journal"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
