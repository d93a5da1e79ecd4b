#include "net/strict_http.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "net/head_search.hpp"

using namespace ferry;
using namespace ferry::net;
using namespace std::string_view_literals;

namespace {

struct refused_head {
    std::string_view why;
    std::string_view text;  // between "GET / HTTP/1.1\r\nHost: a\r\n" and the empty line
};

std::string with_fields(std::string_view fields) {
    return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

constexpr fault_code none = fault_code::internal_error;

fault_code code_of(std::string_view head) {
    http_head read;
    const auto refused = read_request_head(head, read);
    return refused ? refused->code : none;
}

fault_code answer_code_of(std::string_view head) {
    http_head read;
    const auto refused = read_response_head(head, read);
    return refused ? refused->code : none;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(strict_http_suite)

BOOST_AUTO_TEST_CASE(a_refusal_says_what_is_wrong_and_whose_message_it_is) {
    const auto of_client = malformed_request("there is no Host");
    BOOST_TEST(of_client.message ==
               "The request is not well-formed HTTP/1.1: there is no Host. Nothing was forwarded and the connection is "
               "closed.");
    BOOST_TEST((of_client.code == fault_code::bad_framing && of_client.source == fault_source::client));
    const auto of_upstream = malformed_response("its chunks do not end");
    BOOST_TEST(of_upstream.message == "The upstream's answer is not well-formed HTTP/1.1: its chunks do not end.");
    BOOST_TEST((of_upstream.code == fault_code::upstream_invalid_response));
    BOOST_TEST((of_upstream.retry == retry_advice::next_candidate));
}

BOOST_AUTO_TEST_CASE(ordinary_heads_of_requests_are_accepted) {
    constexpr std::string_view heads[] = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/models?limit=3 HTTP/1.1\r\nhost: api.example.com:8443\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1]:5173\r\nX: \r\nY:\r\nZ:\tb \t\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\t chunked \r\nExpect: 100-Continue\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Name: caf\xc3\xa9 \xff\r\nx_custom: 1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n",
        "GET http://a/v1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET HTTPS://[2001:db8::1]:443?x HTTP/1.1\r\nHost: a_b-c.d:65535\r\n\r\n",
        "GET http://a HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        "M-SEARCH!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    for (const auto head : heads) BOOST_TEST_CONTEXT(head) BOOST_TEST((code_of(head) == none));
}

BOOST_AUTO_TEST_CASE(H1_a_length_beside_a_transfer_coding_is_refused) {
    constexpr std::string_view fields[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nX: y\r\nCONTENT-LENGTH: 0\r\n",
        "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
    };
    for (const auto one : fields)
        BOOST_TEST_CONTEXT(one) BOOST_TEST((code_of(with_fields(one)) == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H2_any_transfer_coding_but_the_single_token_chunked_is_refused) {
    constexpr std::string_view fields[] = {
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked;q=1\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: \x0b"
        "chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "Transfer_Encoding: chunked\r\n",
    };
    for (const auto one : fields)
        BOOST_TEST_CONTEXT(one) BOOST_TEST((code_of(with_fields(one)) == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H3_a_length_that_is_not_one_plain_decimal_number_is_refused) {
    constexpr std::string_view values[] = {"05",
                                           "00",
                                           "+5",
                                           "-5",
                                           "5,5",
                                           "5, 5",
                                           "5 5",
                                           "0x5",
                                           "5.0",
                                           "5e0",
                                           "",
                                           "five",
                                           "\"5\"",
                                           "18446744073709551616",
                                           "1000000000000000000"};
    for (const auto value : values) {
        const auto head = with_fields("Content-Length: " + std::string(value) + "\r\n");
        BOOST_TEST_CONTEXT(head) BOOST_TEST((code_of(head) == fault_code::bad_framing));
    }
    const auto twice = with_fields("Content-Length: 5\r\ncontent-length: 5\r\n");
    BOOST_TEST((code_of(twice) == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H4_odd_names_and_values_are_refused) {
    const refused_head heads[] = {
        {"folded by a space", "X: a\r\n b\r\n"},
        {"folded by a tab", "X: a\r\n\tb\r\n"},
        {"NUL in a value", "X: a\0b\r\n"sv},
        {"CR in a value", "X: a\rb\r\n"},
        {"CR before CRLF", "X: a\r\r\n"},
        {"ESC in a value", "X: \x1b[31m\r\n"},
        {"DEL in a value", "X: \x7f\r\n"},
        {"NUL in a name", "X\0Y: a\r\n"sv},
        {"space in a name", "X Y: a\r\n"},
        {"space before the colon", "X : a\r\n"},
        {"no name", ": a\r\n"},
        {"no colon", "novalue\r\n"},
        {"parenthesis in a name", "X(Y): a\r\n"},
        {"not ASCII in a name", "X\xc3\xa9: a\r\n"},
        {"underscored authorization", "x_api_key: k\r\n"},
        {"underscored content type", "Content_Type: text/plain\r\n"},
        {"half underscored", "x-request_id: 1\r\n"},
        {"second host", "Host: b\r\n"},
        {"second equal host", "HOST: a\r\n"},
    };
    for (const auto& one : heads) {
        BOOST_TEST_CONTEXT(one.why) BOOST_TEST((code_of(with_fields(one.text)) == fault_code::bad_framing));
    }
}

BOOST_AUTO_TEST_CASE(H6_other_versions_of_http_are_refused) {
    BOOST_TEST((code_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == fault_code::bad_framing));
    BOOST_TEST((code_of("GET /\r\n\r\n") == fault_code::bad_framing));
    BOOST_TEST((code_of("GET / HTTP/1.2\r\nHost: a\r\n\r\n") == fault_code::http_version));
    BOOST_TEST((code_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == fault_code::http_version));
    BOOST_TEST((code_of("GET / HTTP/0.9\r\nHost: a\r\n\r\n") == fault_code::http_version));
    BOOST_TEST((code_of("GET / HTTP/1.10\r\nHost: a\r\n\r\n") == fault_code::http_version));
    BOOST_TEST((code_of("PRI * HTTP/2.0\r\n\r\n") == fault_code::http_version));
    BOOST_TEST((code_of("GET / http/1.1\r\nHost: a\r\n\r\n") == fault_code::bad_framing));
    BOOST_TEST((code_of("GET / ICY/1.1\r\nHost: a\r\n\r\n") == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(H7_request_lines_that_can_be_read_in_two_ways_are_refused) {
    const refused_head lines[] = {
        {"no target", "GET HTTP/1.1"},
        {"two spaces", "GET  / HTTP/1.1"},
        {"two spaces before the version", "GET /  HTTP/1.1"},
        {"space in the target", "GET /a b HTTP/1.1"},
        {"tab for a space", "GET\t/ HTTP/1.1"},
        {"tab in the target", "GET /a\tb HTTP/1.1"},
        {"NUL in the target", "GET /a\0b HTTP/1.1"sv},
        {"CR in the target", "GET /a\rb HTTP/1.1"},
        {"not ASCII in the target", "GET /caf\xc3\xa9 HTTP/1.1"},
        {"DEL in the target", "GET /\x7f HTTP/1.1"},
        {"method that is no token", "GE(T / HTTP/1.1"},
        {"no method", " / HTTP/1.1"},
        {"leading space", " GET / HTTP/1.1"},
    };
    for (const auto& one : lines) {
        const auto head = std::string(one.text) + "\r\nHost: a\r\n\r\n";
        BOOST_TEST_CONTEXT(one.why) BOOST_TEST((code_of(head) == fault_code::bad_framing));
    }
    for (const auto trailing : {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"}) {
        BOOST_TEST_CONTEXT(trailing) BOOST_TEST((code_of(trailing) != none));
    }
}

BOOST_AUTO_TEST_CASE(H12_an_expectation_other_than_100_continue_fails) {
    for (const auto value : {"200-ok", "100-continue, x", "", "100"}) {
        const auto head = with_fields("Expect: " + std::string(value) + "\r\n");
        BOOST_TEST_CONTEXT(head) BOOST_TEST((code_of(head) == fault_code::expectation_failed));
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_is_the_clients_fault_and_says_why) {
    http_head read;
    const auto refused = read_request_head(with_fields("Content-Length: 5\r\nContent-Length: 5\r\n"), read);
    BOOST_REQUIRE(refused);
    BOOST_TEST((refused->source == fault_source::client));
    BOOST_TEST((refused->retry == retry_advice::never));
    BOOST_TEST(refused->message.find("Content-Length is given twice") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ordinary_heads_of_answers_are_accepted) {
    constexpr std::string_view heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\n",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 599 caf\xc3\xa9\r\n\r\n",
    };
    for (const auto head : heads) BOOST_TEST_CONTEXT(head) BOOST_TEST((answer_code_of(head) == none));
}

BOOST_AUTO_TEST_CASE(H14_malformed_answers_are_the_upstreams_fault) {
    const refused_head heads[] = {
        {"both framings", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"},
        {"a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n"},
        {"a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n"},
        {"an overflowing length", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\n"},
        {"another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        {"two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"folded", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"},
        {"CR in a value", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n"},
        {"NUL in a value", "HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n"sv},
        {"NUL in the reason", "HTTP/1.1 200 O\0K\r\n\r\n"sv},
        {"space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n"},
        {"HTTP/2", "HTTP/2 200 OK\r\n\r\n"},
        {"HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n"},
        {"ICY", "ICY 200 OK\r\n\r\n"},
        {"two digits", "HTTP/1.1 20 OK\r\n\r\n"},
        {"four digits", "HTTP/1.1 2000 OK\r\n\r\n"},
        {"status 000", "HTTP/1.1 000 OK\r\n\r\n"},
        {"status 600", "HTTP/1.1 600 OK\r\n\r\n"},
        {"no status", "HTTP/1.1\r\n\r\n"},
        {"two spaces", "HTTP/1.1  200 OK\r\n\r\n"},
    };
    for (const auto& one : heads) {
        BOOST_TEST_CONTEXT(one.why) BOOST_TEST((answer_code_of(one.text) == fault_code::upstream_invalid_response));
    }
    http_head read;
    const auto refused = read_response_head("ICY 200 OK\r\n\r\n", read);
    BOOST_TEST((refused->source == fault_source::upstream));
    BOOST_TEST((refused->retry == retry_advice::next_candidate));
}

BOOST_AUTO_TEST_CASE(control_characters_are_found_wherever_a_block_of_the_scan_ends) {
    for (std::size_t padding = 0; padding < 40; ++padding) {
        const auto field = "X: " + std::string(padding, 'a');
        for (const char odd : {'\0', '\x01', '\x1f', '\x7f', '\v'}) {
            const auto head = with_fields(field + odd + "b\r\n");
            BOOST_TEST_CONTEXT(padding) BOOST_TEST((code_of(head) == fault_code::bad_framing));
        }
        BOOST_TEST((code_of(with_fields(field + "\rb\r\n")) == fault_code::bad_framing));
        BOOST_TEST((code_of(with_fields(field + "\nb\r\n")) == fault_code::bad_framing));
        BOOST_TEST((code_of(with_fields(field + "\tb\x80\xff\r\n")) == none));
    }
}

BOOST_AUTO_TEST_CASE(the_end_of_a_head_is_found_however_it_arrives) {
    constexpr std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    const auto message = std::string(head) + "body\r\n\r\n";
    for (std::size_t split = 0; split < head.size(); ++split) {
        head_search search;
        BOOST_TEST((search.look(message.substr(0, split)) == head_search::state::incomplete));
        BOOST_TEST((search.look(message) == head_search::state::complete));
        BOOST_TEST(search.size() == head.size());
    }
}

BOOST_AUTO_TEST_CASE(H5_bare_line_feeds_are_seen_at_once) {
    constexpr std::string_view heads[] = {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n",
                                          "GET / HTTP/1.1\r\nHost: a\r\n\n"};
    for (const auto head : heads) {
        head_search search;
        BOOST_TEST_CONTEXT(head) BOOST_TEST((search.look(head) == head_search::state::bare_lf));
    }
}

BOOST_AUTO_TEST_CASE(H6_what_does_not_begin_like_http_is_seen_by_its_first_byte) {
    constexpr std::string_view starts[] = {"\x16\x03\x01\x02", "\r\n", "\n", " GET", "\0"sv, "\x80", "{}"};
    for (const auto start : starts) {
        head_search search;
        BOOST_TEST((search.look(start.substr(0, 1)) == head_search::state::not_http));
    }
}

BOOST_AUTO_TEST_SUITE_END()
