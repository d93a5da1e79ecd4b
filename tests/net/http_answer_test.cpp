#include "net/every_split.hpp"

using namespace ferry;
using namespace ferry::net;
using namespace ferry::net::testing;

BOOST_AUTO_TEST_SUITE(http_answer_suite)

BOOST_AUTO_TEST_CASE(answers_of_every_framing_are_read_in_every_split) {
    const struct {
        std::string_view message, body, rest;
        bool done, by_close;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", "", true, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "hel", "", false, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 408", "hello", "HTTP/1.1 408", true, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", "", true, false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello", "", true, false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\nz", "hello", "z", true,
         false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", "", false, false},
        {"HTTP/1.1 200 OK\r\n\r\nhello", "hello", "", false, true},
        {"HTTP/1.0 200 OK\r\n\r\n", "", "", false, true},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200", "", "HTTP/1.1 200", true, false},
        {"HTTP/1.1 204 No Content\r\n\r\nstray", "", "stray", true, false},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "", "", true, false},
        {"HTTP/1.1 304 Not Modified\r\n\r\n", "", "", true, false},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.message) {
            const auto got = read(kind::response, one.message);
            BOOST_TEST((got.refused == testing::none));
            BOOST_TEST(got.done == one.done);
            BOOST_TEST(got.body == one.body);
            BOOST_TEST(got.rest == one.rest);
            feeder feed(kind::response, 4096);
            feed.feed(one.message);
            BOOST_TEST(feed.reader().ends_with_connection() == one.by_close);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_ends_with_the_connection_does_not_keep_it_alive) {
    http_reader reader(kind::response, 4096);
    BOOST_REQUIRE((*reader.read_head("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n") == progress::done));
    BOOST_TEST((reader.head().framing == body_framing::until_close));
    BOOST_TEST(!reader.head().keep_alive);
}

BOOST_AUTO_TEST_CASE(H14_malformed_answers_are_refused_in_every_split) {
    constexpr std::string_view messages[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    };
    for (const auto message : messages) {
        BOOST_TEST_CONTEXT(message) {
            BOOST_TEST((read(kind::response, message).refused == fault_code::upstream_invalid_response));
        }
    }
    const auto flood = "HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x');
    http_reader reader(kind::response, 65536);
    BOOST_TEST((reader.read_head(flood).error().code == fault_code::upstream_invalid_response));
}

BOOST_AUTO_TEST_CASE(the_answer_to_a_HEAD_has_no_body_whatever_its_head_says) {
    for (const auto head : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        feeder feed(kind::response, 4096, true);
        feed.feed(head);
        BOOST_TEST_CONTEXT(head) {
            BOOST_TEST(feed.result().done);
            BOOST_TEST((feed.reader().head().framing == body_framing::none));
            BOOST_TEST(!feed.reader().ends_with_connection());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_reader_that_refused_an_answer_reads_the_next_one) {
    for (const auto head : {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 999 No\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
        BOOST_TEST_CONTEXT(head) {
            http_reader reader(kind::response, 4096);
            ferry::piece_list payload;
            BOOST_TEST(!reader.body_done());
            BOOST_TEST(*reader.read_body("{}", payload) == 0);
            BOOST_TEST(!reader.read_head(head));
            BOOST_TEST(!reader.body_done());
            BOOST_TEST(!reader.ends_with_connection());
            reader.reset();
            BOOST_TEST(!reader.body_done());
            BOOST_TEST((*reader.read_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == progress::done));
            BOOST_TEST(!reader.body_done());
            BOOST_TEST(*reader.read_body("2\r\n{}\r\n0\r\n\r\n", payload) == 12);
            BOOST_TEST(reader.body_done());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
