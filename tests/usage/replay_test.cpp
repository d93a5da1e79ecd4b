#include "usage/replay.hpp"

#include <atomic>
#include <random>
#include <set>

#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

// A process that served `count` requests on one core, left one open that was tried twice, and died. Nothing of it was
// shipped. Returns the folder's segments.
std::vector<std::string> leave_behind(const temporary_folder& folder, int count) {
    in_a_process_that_dies([&] {
        static journal written(journal_in(folder.path), 1, small_segments);
        static auto open = written.writer(0).begin(begin_number(count, make_uuid()));
        written.writer(0).attempt(*open, attempt_number(1));
        written.writer(0).attempt(*open, attempt_number(2));
        for (int n = 0; n < count; ++n) serve(written.writer(0), n);
    });
    return folder.segments();
}

void flip(const std::string& file, std::uint64_t at, int bit) {
    std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
    f.seekg(static_cast<std::streamoff>(at));
    const int c = f.get();
    f.seekp(static_cast<std::streamoff>(at));
    f.put(static_cast<char>(c ^ (1 << bit)));
}

std::size_t interrupted_in(const memory_store& store) {
    std::size_t count = 0;
    for (const auto& [id, row] : store.rows()) count += row.basis == "interrupted" ? 1 : 0;
    return count;
}

BOOST_FIXTURE_TEST_SUITE(replay, temporary_folder)

BOOST_AUTO_TEST_CASE(what_a_dead_process_left_is_shipped_and_its_open_request_is_interrupted) {
    BOOST_TEST(leave_behind(*this, 1000).size() > 3u);
    memory_store store;
    const shipper_status status = ship_what_is_left(path, store);
    BOOST_TEST(status.interrupted == 1u);
    BOOST_TEST(status.quarantined == 0u);
    const auto rows = store.rows();
    BOOST_TEST(rows.size() == 1001u);
    for (const auto& [id, row] : rows) {
        const std::int64_t n = row.started_at_us - 1'700'000'000'000'000;
        if (n < 1000) {
            BOOST_TEST_REQUIRE(row.completion_tokens.value() == 2 * n);
            continue;
        }
        BOOST_TEST(row.basis == "interrupted");
        BOOST_TEST(row.end_reason == "crash");
        BOOST_TEST(row.status == 0);
        BOOST_TEST(row.attempts == 2);
        BOOST_TEST(row.model_id.value() == 42);
        BOOST_TEST(!row.prompt_tokens.has_value());
        BOOST_TEST(row.cost_pico == 0);
        BOOST_TEST(store.attempts().at({id, 2}).was_sent);
    }
    BOOST_TEST(list_folder(path).empty());
}

BOOST_AUTO_TEST_CASE(a_replay_that_dies_is_repeated_and_gives_the_same_rows) {
    leave_behind(*this, 500);
    memory_store store;
    std::atomic<int> calls{0};
    store.before_insert = [&](auto) {
        if (++calls == 3) throw store::store_unavailable("away");
    };
    {
        options chosen = journal_in(path);
        chosen.flush_rows = 100;
        journal next(chosen, 1, small_segments);
        shipper ships(next, store);
        ships.stop();
    }
    store.before_insert = {};
    ship_what_is_left(path, store);
    BOOST_TEST(store.rows().size() == 501u);
    BOOST_TEST(interrupted_in(store) == 1u);
    BOOST_TEST(list_folder(path).empty());
}

BOOST_AUTO_TEST_CASE(an_open_request_outlives_the_segment_it_began_in) {
    in_a_process_that_dies([&] {
        static journal written(journal_in(path), 1, small_segments);
        static memory_store taken;
        static shipper ships(written, taken);
        static auto open = written.writer(0).begin(begin_number(5000, make_uuid()));
        written.writer(0).attempt(*open, attempt_number(1));
        const std::string first = segments()[0];
        for (int n = 0; std::filesystem::exists(first); ++n) {
            serve(written.writer(0), n);
            if (n % 100 == 0 && !ships.flush(soon())) ::_exit(1);
        }
        ships.stop();
    });
    memory_store store;
    ship_what_is_left(path, store);
    BOOST_TEST(interrupted_in(store) == 1u);
    for (const auto& [id, row] : store.rows())
        if (row.basis == "interrupted") {
            BOOST_TEST(row.started_at_us == 1'700'000'000'005'000);
            BOOST_TEST(row.model_id.value() == 41);
        }
    BOOST_TEST(dead_letters() == 0u);
}

BOOST_AUTO_TEST_CASE(a_living_process_keeps_its_segments) {
    journal living(journal_in(path), 1, small_segments);
    auto open = living.writer(0).begin(begin_number(0, make_uuid()));
    for (int n = 1; n <= 300; ++n) serve(living.writer(0), n);
    memory_store other;
    const shipper_status status = ship_what_is_left(path, other);
    BOOST_TEST(other.rows().empty());
    BOOST_TEST(status.interrupted == 0u);

    living.writer(0).end(*open, end_number(0));
    memory_store store;
    shipper ships(living, store);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == 301u);
    BOOST_TEST(interrupted_in(store) == 0u);
}

BOOST_AUTO_TEST_CASE(one_held_lock_keeps_the_whole_process_from_being_adopted) {
    const auto segments = leave_behind(*this, 500);
    file held = file::open_existing(segments.back());
    BOOST_REQUIRE(held.try_lock());
    BOOST_TEST(adopt_dead_lanes(path, make_uuid()).lanes.empty());
    held = file();
    const adoption found = adopt_dead_lanes(path, make_uuid());
    BOOST_REQUIRE_EQUAL(found.lanes.size(), 1u);
    BOOST_TEST(found.lanes[0].size() == segments.size());
    BOOST_TEST(adopt_dead_lanes(path, make_uuid()).lanes.empty());  // they are ours now
}

BOOST_AUTO_TEST_CASE(a_torn_record_at_the_end_is_ignored_and_its_request_is_interrupted) {
    leave_behind(*this, 10);
    const std::string first = segments()[0];
    const segment_identity id = *parse_segment_file_name(first.substr(path.size() + 1));
    const std::string bytes = file::open_existing(first).read();
    frame_reader reader(bytes, id);
    std::uint64_t last = 0;
    while (const auto frame = reader.next()) last = frame->offset;
    file::open_existing(first).write_at(last + 40, std::string(reader.offset() - last - 40, '\0'));
    memory_store store;
    const shipper_status status = ship_what_is_left(path, store);
    BOOST_TEST(status.quarantined == 0u);
    BOOST_TEST(store.rows().size() == 11u);
    BOOST_TEST(interrupted_in(store) == 2u);
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_an_older_segment_costs_one_record_and_sets_the_file_aside) {
    std::mt19937 random(7);
    for (int round = 0; round < 40; ++round) {
        const auto segments = leave_behind(*this, 600);
        const std::string& older = segments[random() % (segments.size() - 2)];
        const std::uint64_t at = random() % 32768;
        flip(older, at, static_cast<int>(random() % 8));
        BOOST_TEST_CONTEXT("byte " << at << " of " << older) {
            memory_store store;
            const shipper_status status = ship_what_is_left(path, store);
            const std::size_t rows = store.rows().size(), letters = dead_letters();
            // A damaged begin leaves its end as a dead letter; a damaged end leaves an interrupted row; a damaged
            // attempt leaves a row without it.
            BOOST_TEST(rows + letters == 601u);
            BOOST_TEST(letters <= 1u);
            BOOST_TEST(interrupted_in(store) + letters <= 2u);
            BOOST_TEST(status.quarantined <= 1u);
            BOOST_TEST(quarantined() == status.quarantined);
            // What is not seen as damage harms nothing: unused bytes of the header page, or zeros between frames.
            if (status.quarantined == 0) BOOST_TEST(interrupted_in(store) == 1u);
            BOOST_TEST(this->segments().empty());
        }
        std::filesystem::remove_all(path + "/quarantine");
        std::filesystem::remove(path + "/dead-letter.jsonl");
    }
}

BOOST_AUTO_TEST_CASE(a_header_that_is_damaged_costs_no_record) {
    const auto segments = leave_behind(*this, 600);
    flip(segments[1], 3, 1);
    flip(segments[2], 20, 1);
    memory_store store;
    BOOST_TEST(ship_what_is_left(path, store).quarantined == 2u);
    BOOST_TEST(store.rows().size() == 601u);
    BOOST_TEST(interrupted_in(store) == 1u);
}

BOOST_AUTO_TEST_CASE(a_truncated_older_segment_is_set_aside_and_the_rest_goes_on) {
    const auto segments = leave_behind(*this, 600);
    BOOST_REQUIRE_GE(segments.size(), 4u);
    std::filesystem::resize_file(segments[1], 20000);
    memory_store store;
    BOOST_TEST(ship_what_is_left(path, store).quarantined == 1u);
    const std::size_t first = store.rows().size();
    BOOST_TEST(first < 601u);
    BOOST_TEST(first > 400u);
    BOOST_TEST(this->segments().empty());
}

BOOST_AUTO_TEST_CASE(an_older_segment_that_is_empty_is_set_aside) {
    std::filesystem::resize_file(leave_behind(*this, 600)[0], 0);
    memory_store store;
    BOOST_TEST(ship_what_is_left(path, store).quarantined == 1u);
    BOOST_TEST(segments().empty());
}

BOOST_AUTO_TEST_CASE(a_prepared_segment_whose_header_never_reached_the_disk_is_no_damage) {
    in_a_process_that_dies([&] {
        static journal written(journal_in(path), 1, small_segments);
        serve(written.writer(0), 1);
    });
    BOOST_REQUIRE_EQUAL(segments().size(), 2u);
    file::open_existing(segments()[1]).write_at(0, std::string(segment_header_bytes, '\0'));
    memory_store store;
    BOOST_TEST(ship_what_is_left(path, store).quarantined == 0u);
    BOOST_TEST(store.rows().size() == 1u);
    BOOST_TEST(list_folder(path).empty());
}

BOOST_AUTO_TEST_CASE(an_older_segment_that_ends_in_zeros_was_damaged) {
    const auto segments = leave_behind(*this, 600);
    file::open_existing(segments[1])
        .write_at(16384, std::string(file::open_existing(segments[1]).size() - 16384, '\0'));
    memory_store store;
    BOOST_TEST(ship_what_is_left(path, store).quarantined == 1u);
    BOOST_TEST(quarantined() == 1u);
}

BOOST_AUTO_TEST_CASE(segments_of_a_newer_version_are_left_as_they_are) {
    const auto segments = leave_behind(*this, 300);
    const segment_identity id = *parse_segment_file_name(segments[1].substr(path.size() + 1));
    std::string page(segment_header_bytes, '\0');
    write_header(page.data(), {segment_version + 1, id, file::open_existing(segments[1]).size()});
    file::open_existing(segments[1]).write_at(0, page);
    memory_store store;
    const shipper_status status = ship_what_is_left(path, store);
    BOOST_TEST(status.left_for_newer == segments.size());
    BOOST_TEST(store.rows().empty());
    BOOST_TEST(this->segments() == segments, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_behind_a_checkpoint_are_not_offered_again) {
    in_a_process_that_dies([&] {
        static journal written(journal_in(path), 1, small_segments);
        static memory_store first;
        static shipper ships(written, first);
        for (int n = 0; n < 20; ++n) serve(written.writer(0), n);
        if (!ships.flush(soon())) ::_exit(1);
        static auto open = written.writer(0).begin(begin_number(20, make_uuid()));
        serve(written.writer(0), 21);
    });
    memory_store store;
    ship_what_is_left(path, store);
    std::set<std::int64_t> found;
    for (const auto& [id, row] : store.rows()) found.insert(row.started_at_us - 1'700'000'000'000'000);
    // The 21st may have been committed by the dead process too, if its shipper came round once more.
    BOOST_TEST(found.contains(20));
    BOOST_TEST(found.size() <= 2u);
    BOOST_TEST(list_folder(path).empty());
}

BOOST_AUTO_TEST_CASE(temporary_files_of_dead_processes_are_cleared_away) {
    const std::string name = path + "/" + segment_file_name({make_uuid(), 0, 1}) + ".tmp";
    file held = file::create(name);
    BOOST_REQUIRE(held.try_lock());
    adopt_dead_lanes(path, make_uuid());
    BOOST_TEST(std::filesystem::exists(name));
    held = file();
    adopt_dead_lanes(path, make_uuid());
    BOOST_TEST(!std::filesystem::exists(name));
}

BOOST_AUTO_TEST_CASE(other_files_in_the_folder_are_left_alone) {
    std::ofstream(path + "/notes.txt") << "mine";
    std::ofstream(path + "/x.seg") << "mine";
    std::filesystem::create_directory(path + "/folder");
    memory_store store;
    ship_what_is_left(path, store);
    BOOST_TEST(list_folder(path).size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
