#include "usage/turn.hpp"

#include <numeric>

#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

turn turn_of(std::int64_t n, std::size_t bytes) {
    turn made;
    made.owner = -7;
    made.conversation_id = 81;
    made.position = 2 * n;
    made.has_answer = true;
    made.messages = {{"user", "\"" + std::string(bytes, 'q') + std::to_string(n) + "\"", std::nullopt},
                     {"assistant", "null", "{\"tool_calls\":[]}"}};
    return made;
}

// Keeps what it is given, and may be away.
struct kept_turns : turn_sink {
    void take(const std::vector<turn>& turns) override {
        if (failures-- > 0) throw store::store_unavailable("away");
        for (const auto& one : turns) all.push_back(one);
    }
    std::vector<turn> all;
    int failures = 0;
};

void write(journal_writer& writer, open_request& open, std::string_view whole) {
    for (auto rest = whole; !rest.empty();) {
        const turn_part part{whole.size(), rest.substr(0, max_part_bytes)};
        if (writer.part(open, part))
            rest.remove_prefix(part.bytes.size());
        else
            std::this_thread::yield();  // the next segment is late
    }
}

// A request with its turn; the id it went by.
uuid serve_turn(journal_writer& writer, std::int64_t n, std::size_t bytes) {
    const uuid id = make_uuid();
    auto open = begin_patiently(writer, n, id);
    BOOST_REQUIRE(open.has_value());
    writer.attempt(*open, attempt_number(1));
    write(writer, *open, encode_turn(turn_of(n, bytes)));
    writer.end(*open, end_number(n));
    return id;
}

void ship(const std::string& folder, kept_turns& into) {
    memory_store rows;
    journal next(journal_in(folder), 1, small_segments);
    shipper ships(next, rows, &into);
    BOOST_REQUIRE(ships.flush(soon()));
    ships.stop();
    next.close();
}

BOOST_FIXTURE_TEST_SUITE(turns, temporary_folder)

BOOST_AUTO_TEST_CASE(what_was_encoded_is_decoded_and_what_was_cut_is_nothing) {
    const auto bytes = encode_turn(turn_of(3, 1000));
    const auto read = decode_turn(bytes);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->owner == -7);
    BOOST_TEST(read->conversation_id == 81);
    BOOST_TEST(read->position == 6);
    BOOST_TEST(read->has_answer);
    BOOST_TEST((read->messages == turn_of(3, 1000).messages));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST(!decode_turn(std::string_view(bytes).substr(0, size)));
}

BOOST_AUTO_TEST_CASE(a_turn_comes_with_the_row_of_its_request) {
    memory_store rows;
    kept_turns kept;
    journal written(journal_in(path), 1, small_segments);
    shipper ships(written, rows, &kept);
    const auto id = serve_turn(written.writer(0), 5, 10);
    BOOST_REQUIRE(ships.flush(soon()));
    ships.stop();
    BOOST_REQUIRE(kept.all.size() == 1u);
    const auto& one = kept.all.front();
    BOOST_TEST(one.request_id == to_string(id));
    BOOST_TEST(one.started_at_us == 1'700'000'000'000'005);
    BOOST_TEST(one.ended_at_us == 1'700'000'001'000'005);
    BOOST_TEST(one.model_id.value() == 41);
    BOOST_TEST(one.completion_tokens.value() == 10);
    BOOST_TEST(one.finish_reason.value() == "stop");
    BOOST_TEST((one.messages == turn_of(5, 10).messages));
}

BOOST_AUTO_TEST_CASE(turns_larger_than_a_segment_arrive_whole_and_in_order) {
    memory_store rows;
    kept_turns kept;
    journal written(journal_in(path), 1, small_segments);
    shipper ships(written, rows, &kept);
    for (std::int64_t n = 0; n < 6; ++n) serve_turn(written.writer(0), n, n % 2 == 0 ? 300'000 : 100);
    BOOST_REQUIRE(ships.flush(soon()));
    ships.stop();
    BOOST_REQUIRE(kept.all.size() == 6u);
    for (std::int64_t n = 0; n < 6; ++n) {
        const auto wanted = turn_of(n, n % 2 == 0 ? 300'000 : 100);
        BOOST_TEST((kept.all[static_cast<std::size_t>(n)].messages == wanted.messages));
    }
    BOOST_TEST(rows.rows().size() == 6u);
}

BOOST_AUTO_TEST_CASE(turns_wait_while_the_store_is_away) {
    memory_store rows;
    kept_turns kept;
    kept.failures = 2;
    journal written(journal_in(path), 1, small_segments);
    shipper ships(written, rows, &kept);
    for (std::int64_t n = 0; n < 4; ++n) serve_turn(written.writer(0), n, 100);
    BOOST_REQUIRE(ships.flush(soon()));
    ships.stop();
    BOOST_TEST(kept.all.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_process_that_dies_leaves_the_turns_of_requests_that_ended) {
    const auto folder = path;
    in_a_process_that_dies([&folder] {
        journal written(journal_in(folder), 1, small_segments);
        auto& writer = written.writer(0);
        for (std::int64_t n = 0; n < 3; ++n) serve_turn(writer, n, 40'000);
        auto cut = begin_patiently(writer, 9, make_uuid());
        write(writer, *cut, encode_turn(turn_of(9, 40'000)));
        ::_exit(0);
    });
    kept_turns kept;
    ship(path, kept);
    BOOST_REQUIRE(kept.all.size() == 3u);
    for (std::size_t n = 0; n < 3; ++n) BOOST_TEST(kept.all[n].position == static_cast<std::int64_t>(2 * n));
}

// The shipper has read the parts, and their segment would be done with, when the process dies behind the end.
BOOST_AUTO_TEST_CASE(a_segment_stays_as_long_as_parts_in_it_belong_to_an_open_request) {
    const auto folder = path;
    in_a_process_that_dies([&folder] {
        memory_store rows;
        kept_turns kept;
        journal written(journal_in(folder), 1, small_segments);
        shipper ships(written, rows, &kept);
        auto& writer = written.writer(0);
        auto open = begin_patiently(writer, 1, make_uuid());
        write(writer, *open, encode_turn(turn_of(1, 100'000)));
        if (!ships.flush(soon())) ::_exit(1);
        ships.stop();
        writer.end(*open, end_number(1));
        ::_exit(0);
    });
    kept_turns kept;
    ship(path, kept);
    BOOST_REQUIRE(kept.all.size() == 1u);
    BOOST_TEST((kept.all.front().messages == turn_of(1, 100'000).messages));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
