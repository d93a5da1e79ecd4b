#include "openai/sse.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace ferry::openai;

namespace {

struct seen_event {
    std::string raw, data, name;
    bool is_comment = false, is_ended = true;
    friend bool operator==(const seen_event&, const seen_event&) = default;
};

seen_event copy_of(const sse_event& event) {
    std::string joined;
    if (event.data_lines == 0) BOOST_TEST(event.data.empty());
    return {std::string(event.raw), std::string(data_of(event, joined)), std::string(event.name),
            event.is_comment_only(), event.is_ended};
}

// Feeds the stream `piece` bytes at a time through a buffer that moves, as a reader would.
std::vector<seen_event> events_of(std::string_view stream, std::size_t piece) {
    std::vector<seen_event> seen;
    sse_scanner scanner;
    std::string buffer;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        buffer = std::string(buffer).append(stream.substr(at, piece));
        while (const auto event = scanner.next(buffer)) {
            seen.push_back(copy_of(*event));
            buffer.erase(0, event->consumed);
        }
    }
    if (const auto event = scanner.finish(buffer)) seen.push_back(copy_of(*event));
    return seen;
}

std::vector<seen_event> events_of(std::string_view stream) {
    return events_of(stream, stream.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sse_suite)

BOOST_AUTO_TEST_CASE(each_line_ending_ends_an_event) {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        const auto first = "data: {\"a\":1}" + end + end, second = "data:b" + end + end;
        const auto seen = events_of(first + second);
        BOOST_TEST_REQUIRE(seen.size() == 2u);
        BOOST_TEST(seen[0].raw == first);
        BOOST_TEST(seen[0].data == "{\"a\":1}");
        BOOST_TEST(seen[1].raw == second);
        BOOST_TEST(seen[1].data == "b");
        BOOST_TEST(seen[1].is_ended);
    }
}

BOOST_AUTO_TEST_CASE(fields_are_read_as_the_standard_says) {
    const auto seen = events_of("event: error\nid: 7\n: note\ndata:a\ndata:  b\ndata\ndatax: no\nretry:1\n\n");
    BOOST_TEST_REQUIRE(seen.size() == 1u);
    BOOST_TEST(seen[0].data == "a\n b\n");
    BOOST_TEST(seen[0].name == "error");
    BOOST_TEST(!seen[0].is_comment);
}

BOOST_AUTO_TEST_CASE(comments_and_blank_lines_are_events_without_fields) {
    const auto seen = events_of(": keep-alive\n\n\n:\n\ndata: x\n\n");
    BOOST_TEST_REQUIRE(seen.size() == 4u);
    BOOST_TEST(seen[0].is_comment);
    BOOST_TEST(seen[1].raw == "\n");
    BOOST_TEST(seen[1].is_comment);
    BOOST_TEST(seen[2].is_comment);
    BOOST_TEST(!seen[3].is_comment);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_at_the_start_is_dropped) {
    for (const std::size_t piece : {1, 2, 3, 4, 100}) {
        const auto seen = events_of(
            "\xef\xbb\xbf"
            "data: x\n\ndata: y\n\n",
            piece);
        BOOST_TEST_REQUIRE(seen.size() == 2u);
        BOOST_TEST(seen[0].raw == "data: x\n\n");
        BOOST_TEST(seen[1].raw == "data: y\n\n");
    }
}

BOOST_AUTO_TEST_CASE(what_lacks_its_blank_line_is_left_for_the_end) {
    for (const std::string_view tail : {"data: x", "data: x\n", "data: x\r\n", "data: x\r"}) {
        const auto seen = events_of("data: w\n\n" + std::string(tail));
        BOOST_TEST_REQUIRE(seen.size() == 2u);
        BOOST_TEST(seen[1].raw == tail);
        BOOST_TEST(seen[1].data == "x");
        BOOST_TEST(!seen[1].is_ended);
    }
    BOOST_TEST(events_of("data: x\r\n\r", 1).size() == 1u);
    BOOST_TEST(events_of("data: x\r\n\r", 1)[0].is_ended);
    BOOST_TEST(events_of("").empty());
}

BOOST_AUTO_TEST_CASE(any_split_gives_the_same_events) {
    for (const std::string_view stream :
         {"data: {\"a\":\"\xf0\x9f\x98\x80\"}\n\n: c\n\nevent: e\ndata: 1\ndata: 2\n\n\ndata: [DONE]\n\n",
          "data: a\r\n\r\n: c\r\n\r\nevent: e\r\ndata: 1\r\ndata: 2\r\n\r\n\r\ndata: [DONE]\r\n\r\n",
          "data: a\r\r: c\r\revent: e\rdata: 1\rdata: 2\r\r\rdata: [DONE]\r\r", "data: a\r\n\ndata: b\n\r\ndata: c\n",
          "\xef\xbb\xbf\n\ndata: a\n\n"}) {
        const auto whole = events_of(stream);
        std::string all;
        for (const auto& each : whole) all += each.raw;
        BOOST_TEST(all == (stream.starts_with("\xef\xbb\xbf") ? stream.substr(3) : stream));
        for (std::size_t piece = 1; piece < stream.size(); ++piece) {
            BOOST_TEST((events_of(stream, piece) == whole), stream << " in pieces of " << piece);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_event_ended_by_a_bare_cr_is_not_kept_waiting) {
    sse_scanner scanner;
    const auto event = scanner.next("data: a\r\r");
    BOOST_TEST_REQUIRE(event.has_value());
    BOOST_TEST(event->raw == "data: a\r\r");
}

BOOST_AUTO_TEST_CASE(an_event_too_large_to_hold_can_be_given_up) {
    for (const std::string_view rest : {"xx\n\n", "\n\n", "\r\n\r\n", "x\nid: 4\n\n"}) {
        sse_scanner scanner;
        std::string buffer = "event: a\ndata: xxxxx";
        BOOST_TEST(!scanner.next(buffer));
        BOOST_TEST(scanner.give_up(buffer) == buffer.size());
        buffer = "yyy";
        BOOST_TEST(!scanner.next(buffer));
        BOOST_TEST(scanner.give_up(buffer) == buffer.size());
        buffer = std::string(rest) + "data: next\n\n";
        const auto event = scanner.next(buffer);
        BOOST_TEST_REQUIRE(event.has_value());
        BOOST_TEST(event->is_headless);
        BOOST_TEST(event->raw == rest);
        buffer.erase(0, event->consumed);
        const auto after = scanner.next(buffer);
        BOOST_TEST_REQUIRE(after.has_value());
        BOOST_TEST(!after->is_headless);
        BOOST_TEST(after->data == "next");
    }
}

BOOST_AUTO_TEST_CASE(giving_up_keeps_a_cr_that_may_be_half_of_a_crlf) {
    sse_scanner scanner;
    std::string buffer = "data: x\r\n\r";
    BOOST_TEST(!scanner.next(buffer));
    BOOST_TEST(scanner.give_up(buffer) == buffer.size() - 1);
    buffer = "\r\ndata: y\r\n\r\n";
    const auto event = scanner.next(buffer);
    BOOST_TEST_REQUIRE(event.has_value());
    BOOST_TEST(event->raw == "\r\n");
    BOOST_TEST(event->is_headless);
}

BOOST_AUTO_TEST_CASE(a_large_event_in_small_reads_is_scanned_once) {
    const std::string stream = "data: " + std::string(5u << 20, 'x') + "\n\n";
    sse_scanner scanner;
    for (std::size_t size = 0; size < stream.size(); size += 1000) {
        BOOST_TEST_REQUIRE(!scanner.next(std::string_view(stream).substr(0, size)));
    }
    BOOST_TEST(scanner.next(stream)->data.size() == 5u << 20);
}

BOOST_AUTO_TEST_SUITE_END()
