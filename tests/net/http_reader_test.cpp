#include "net/every_split.hpp"

using namespace ferry;
using namespace ferry::net;
using namespace ferry::net::testing;

BOOST_AUTO_TEST_SUITE(http_reader_suite)

BOOST_AUTO_TEST_CASE(a_request_head_is_read_into_views) {
    const std::string_view text =
        "POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: a:1\r\nX-A:  b c \r\nX-a: second\r\ncontent-length: "
        "2\r\n\r\n{}";
    http_reader reader(kind::request, 4096);
    BOOST_REQUIRE((*reader.read_head(text) == progress::done));
    const auto& head = reader.head();
    BOOST_TEST(head.method == "POST");
    BOOST_TEST(head.target == "/v1/chat/completions?x=1");
    BOOST_TEST(head.version == 11);
    BOOST_TEST(head.keep_alive);
    BOOST_TEST((head.framing == body_framing::length));
    BOOST_TEST(head.content_length == 2);
    BOOST_TEST(*head.find("x-a") == "b c");
    BOOST_TEST(!head.find("x-b"));
    BOOST_TEST(head.fields.size() == 4);
    BOOST_TEST(reader.head_size() == text.size() - 2);
    BOOST_TEST((head.target.data() > text.data() && head.target.data() < text.data() + text.size()));
}

BOOST_AUTO_TEST_CASE(whether_a_connection_lives_on_follows_version_and_header) {
    const struct {
        std::string_view head;
        bool lives;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (const auto& one : cases) {
        http_reader reader(kind::request, 4096);
        BOOST_REQUIRE((*reader.read_head(one.head) == progress::done));
        BOOST_TEST_CONTEXT(one.head) BOOST_TEST(reader.head().keep_alive == one.lives);
    }
}

BOOST_AUTO_TEST_CASE(request_bodies_are_read_in_every_split) {
    const struct {
        std::string message;
        std::string_view body, rest;
        std::size_t fields;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", "", 1},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next", "", "GET /next", 1},
        {post("Content-Length: 0\r\n", "x"), "", "x", 2},
        {post("Content-Length: 5\r\n", "hello"), "hello", "", 2},
        {post("Content-Length: 5\r\n", "hello\r\nPOST"), "hello", "\r\nPOST", 2},
        {chunked("0\r\n\r\n"), "", "", 2},
        {chunked("5\r\nhello\r\n0\r\n\r\n"), "hello", "", 2},
        {chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET"), "hello world", "GET", 2},
        {chunked("00005\r\nhello\r\n000\r\n\r\n"), "hello", "", 2},
        {chunked("A\r\n0123456789\r\n00a\r\n0123456789\r\n0\r\n\r\n"), "01234567890123456789", "", 2},
        {chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "\r\n\r\n", "", 2},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.message) {
            const auto got = read(kind::request, one.message);
            BOOST_TEST(got.done);
            BOOST_TEST(got.body == one.body);
            BOOST_TEST(got.rest == one.rest);
            BOOST_TEST(got.fields == one.fields);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_has_not_arrived_is_not_done) {
    for (const auto& message : {post("Content-Length: 5\r\n", "hell"), chunked("5\r\nhello\r\n"), chunked("5\r\nhell"),
                                chunked("5\r\nhello\r\n0\r\n"), chunked("5\r\nhello\r\n0\r\nA: b\r\n")}) {
        BOOST_TEST_CONTEXT(message) {
            const auto got = read(kind::request, message);
            BOOST_TEST((got.refused == testing::none));
            BOOST_TEST(!got.done);
        }
    }
}

BOOST_AUTO_TEST_CASE(H5_trailers_are_dropped_and_never_merged) {
    const auto got = read(kind::request, chunked("2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nHost: evil\r\n\r\nGET"));
    BOOST_TEST((got.refused == testing::none));
    BOOST_TEST(got.done);
    BOOST_TEST(got.body == "{}");
    BOOST_TEST(got.fields == 2);
    BOOST_TEST(got.rest == "GET");
}

BOOST_AUTO_TEST_CASE(H5_trailers_that_speak_of_framing_change_nothing) {
    for (const auto trailer : {"Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n"}) {
        BOOST_TEST_CONTEXT(trailer) {
            const auto got = read(kind::request, chunked("2\r\n{}\r\n0\r\n" + std::string(trailer) + "\r\nGET"));
            // Refused or dropped, as the parser likes; what follows is never taken for its body.
            if (got.refused == testing::none) {
                BOOST_TEST(got.body == "{}");
                BOOST_TEST(got.rest == "GET");
                BOOST_TEST(got.fields == 2);
            } else {
                BOOST_TEST((got.refused == fault_code::bad_framing));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(H5_chunk_extensions_are_ignored_up_to_256_bytes_together) {
    for (const auto* extension : {";a", ";a=b", ";a=\"b;c\"", " ;a = b", ";a;b;c=d"}) {
        BOOST_TEST_CONTEXT(extension) {
            const auto got = read(kind::request, chunked("2" + std::string(extension) + "\r\n{}\r\n0\r\n\r\n"));
            BOOST_TEST((got.refused == testing::none));
            BOOST_TEST(got.body == "{}");
        }
    }
    const auto sized = [](std::size_t bytes) {
        return chunked("1;" + std::string(bytes - 1, 'a') + "\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
    };
    BOOST_TEST(read(kind::request, sized(256)).body == "{}");
    BOOST_TEST((read(kind::request, sized(257)).refused == fault_code::bad_framing));
    const auto in_two = ";" + std::string(128, 'a');
    const auto both = chunked("1" + in_two + "\r\n{\r\n1" + in_two + "\r\n}\r\n0\r\n\r\n");
    BOOST_TEST((read(kind::request, both).refused == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H5_malformed_chunks_are_refused) {
    constexpr std::string_view bodies[] = {
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhelloX\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\r\n\r\n0\r\n\r\n",
        "x\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5,5\r\nhello\r\n0\r\n\r\n",
        "\r\n\r\nGET",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "5;a=\"\nb\"\r\nhello\r\n0\r\n\r\n",
        "5;a=\"\x01\"\r\nhello\r\n0\r\n\r\n",
        "5;\x7f\r\nhello\r\n0\r\n\r\n",
        "0\r\nbad trailer\r\n\r\n",
        "0\r\nA: b\nB: c\r\n\r\n",
    };
    for (const auto body : bodies) {
        BOOST_TEST_CONTEXT(body) BOOST_TEST((read(kind::request, chunked(body)).refused == fault_code::bad_framing));
    }
}

BOOST_AUTO_TEST_CASE(H5_a_quoted_extension_never_reaches_over_the_end_of_its_line) {
    const auto got = read(kind::request, chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n"));
    BOOST_TEST(!got.done);
    BOOST_TEST(got.body == "");
    const auto closed = chunked("5;a=\"b\r\nhello\"\r\n0\r\n\r\n");
    BOOST_TEST((read(kind::request, closed).refused == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(the_last_chunk_may_arrive_byte_by_byte_with_empty_looks_between) {
    http_reader reader(kind::request, 4096);
    BOOST_REQUIRE((*reader.read_head(chunked("")) == progress::done));
    ferry::piece_list payload;
    for (const char c : std::string_view("0\r\nA: b\r\n\r\n")) {
        BOOST_TEST(!reader.body_done());
        BOOST_TEST(*reader.read_body("", payload) == 0);
        BOOST_TEST(*reader.read_body({&c, 1}, payload) == 1);
    }
    BOOST_TEST(reader.body_done());
    BOOST_TEST(*reader.read_body("GET", payload) == 0);
    BOOST_TEST(payload.empty());
}

BOOST_AUTO_TEST_CASE(H5_a_chunks_size_has_at_most_16_digits) {
    BOOST_TEST(read(kind::request, chunked("0000000000000002\r\n{}\r\n0000000000000000\r\n\r\n")).body == "{}");
    const auto zeros = chunked("00000000000000002\r\n{}\r\n0\r\n\r\n");
    BOOST_TEST((read(kind::request, zeros).refused == fault_code::bad_framing));
    const auto many = chunked(std::string(5000, '0') + "2\r\n{}\r\n0\r\n\r\n");
    BOOST_TEST((read_in_pieces(kind::request, many, 100, 1000, 4096).refused == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H5_trailers_are_bounded) {
    const auto with = [](std::size_t bytes) {
        return chunked("2\r\n{}\r\n0\r\nA: " + std::string(bytes, 'x') + "\r\n\r\n");
    };
    BOOST_TEST(read_in_pieces(kind::request, with(8000), 100, 1000, 4096).done);
    BOOST_TEST((read_in_pieces(kind::request, with(9000), 100, 1000, 4096).refused == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H1_to_H6_ambiguous_heads_are_refused_in_every_split) {
    const struct {
        std::string_view why;
        std::string message;
        fault_code code;
    } cases[] = {
        {"H1", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), fault_code::bad_framing},
        {"H1", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), fault_code::bad_framing},
        {"H2", post("Transfer-Encoding: gzip\r\n", ""), fault_code::bad_framing},
        {"H2", post("Transfer-Encoding: chunked, identity\r\n", ""), fault_code::bad_framing},
        {"H2", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", ""), fault_code::bad_framing},
        {"H3", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), fault_code::bad_framing},
        {"H3", post("Content-Length: 5, 5\r\n", "hello"), fault_code::bad_framing},
        {"H3", post("Content-Length: 05\r\n", "hello"), fault_code::bad_framing},
        {"H4", post("X: a\r\n b\r\n", ""), fault_code::bad_framing},
        {"H4", post("Host: b\r\n", ""), fault_code::bad_framing},
        {"H4", post("content_length: 5\r\n", "hello"), fault_code::bad_framing},
        {"H5", "POST / HTTP/1.1\nHost: a\n\n", fault_code::bad_framing},
        {"H5", "POST / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n", fault_code::bad_framing},
        {"H6", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", fault_code::bad_framing},
        {"H6", "GET /\r\n\r\n", fault_code::bad_framing},
        {"H6", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", fault_code::http_version},
        {"H6", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", fault_code::http_version},
        {"H6", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03", fault_code::bad_framing},
        {"H12", post("Expect: x\r\n", ""), fault_code::expectation_failed},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.why << ": " << one.message) {
            BOOST_TEST((read(kind::request, one.message).refused == one.code));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_head_is_bounded_to_the_byte) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ", end = "\r\n\r\n";
    const auto head = start + std::string(1000 - start.size() - end.size(), 'x') + end;
    BOOST_REQUIRE(head.size() == 1000);
    BOOST_TEST(read(kind::request, head, 1000).done);
    BOOST_TEST((read(kind::request, head, 999).refused == fault_code::header_too_large));
    BOOST_TEST((read(kind::request, head.substr(0, 999), 999).refused == fault_code::header_too_large));
    BOOST_TEST((read(kind::request, head.substr(0, 998), 999).refused == testing::none));
}

BOOST_AUTO_TEST_CASE(a_reader_remembers_nothing_of_the_message_before) {
    http_reader reader(kind::response, 4096);
    ferry::piece_list payload;
    BOOST_REQUIRE((*reader.read_head("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n") == progress::done));
    BOOST_TEST(*reader.read_body("3;a\r\nabc\r\n0\r\n\r\n", payload) == 15);
    for (int i = 0; i < 3; ++i) {
        reader.reset();
        payload.clear();
        BOOST_REQUIRE((*reader.read_head("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n") == progress::done));
        BOOST_TEST(reader.head().status == 200);
        BOOST_TEST(reader.head().fields.size() == 1);
        BOOST_TEST((reader.head().framing == body_framing::length));
        BOOST_TEST(!reader.body_done());
        BOOST_TEST(*reader.read_body("{}", payload) == 2);
        BOOST_TEST(reader.body_done());
        BOOST_TEST(payload.size() == 1);
    }
}

BOOST_AUTO_TEST_CASE(payload_is_seen_where_it_was_read) {
    http_reader reader(kind::request, 4096);
    BOOST_REQUIRE((*reader.read_head(chunked("")) == progress::done));
    const std::string_view body = "5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n";
    ferry::piece_list payload;
    BOOST_TEST(*reader.read_body(body, payload) == body.size());
    BOOST_REQUIRE(payload.size() == 2);
    BOOST_TEST((payload[0].data() == body.data() + 3));
    BOOST_TEST((payload[1].data() == body.data() + 13));
}

BOOST_AUTO_TEST_SUITE_END()
