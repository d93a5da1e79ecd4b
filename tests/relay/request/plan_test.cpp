#include "relay/request/plan.hpp"

#include <boost/test/unit_test.hpp>

#include "catalog/sample_rows.hpp"
#include "net/http_reader.hpp"
#include "openai/chat_scanner.hpp"

using namespace ferry;
using namespace ferry::relay;
namespace samples = ferry::catalog::samples;

namespace {

store::model_row row() {
    auto made = samples::model(1, "demo");
    made.upstream_model = "up-1";
    return made;
}

struct sent {
    std::string head, body;
    std::size_t size = 0, total = 0;
};

// What goes upstream for a client's body and head fields.
sent plan(const store::model_row& to, std::string_view body, std::string_view fields = "") {
    const auto built = samples::build({to});
    BOOST_REQUIRE(built.refused.empty());
    openai::chat_scanner scanner;
    BOOST_REQUIRE(!scanner.feed(body));
    const auto request = scanner.finish();
    BOOST_REQUIRE(request.has_value());
    const auto text = "POST /v1/chat/completions HTTP/1.1\r\nHost: ferry\r\n" + std::string(fields) + "\r\n";
    net::http_reader reader(net::http_reader::kind::request, 8192);
    BOOST_REQUIRE((*reader.read_head(text) == net::http_reader::progress::done));
    const auto& chat = openai::chat_completions();
    const request_plan made({chat, chat.path, *request, nullptr, body, reader.head()}, *built.models->rows()[0]);
    sent out;
    for (const auto piece : made.pieces()) {
        BOOST_TEST(!piece.empty());
        (out.head.empty() ? out.head : out.body) += piece;
    }
    out.size = made.size();
    out.total = out.head.size() + out.body.size();
    return out;
}

bool has_line(const sent& what, const std::string& line) {
    return what.head.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_plan_suite)

BOOST_AUTO_TEST_CASE(only_the_spans_that_must_change_do_change) {
    const struct {
        std::string_view body, expected;
    } cases[] = {
        {R"({"model":"demo","messages":[]})", R"({"model":"up-1","messages":[]})"},
        {R"({ "x" : 1e-7 , "model":"demo", "n":1,"y":12345678901234567890 })",
         R"({ "x" : 1e-7 , "model":"up-1", "n":1,"y":12345678901234567890 })"},
        {R"({"model"  :  "demo"})", R"({"model"  :  "up-1"})"},
        {R"({"model" : "up-1"})", R"({"model" : "up-1"})"},
        {R"({"id":1,"messages":[]})", R"({"messages":[],"model":"up-1"})"},
        {R"({"model":"demo","id":1,"conversationId":7,"seed":3})", R"({"model":"up-1","seed":3})"},
        {R"({"id":1})", R"({"model":"up-1"})"},
        {R"({"m\u006fdel":"demo"})", R"({"model":"up-1"})"},
    };
    for (const auto& one : cases) {
        const auto got = plan(row(), one.body);
        BOOST_TEST_CONTEXT(one.body) {
            BOOST_TEST(got.body == one.expected);
            BOOST_TEST(got.size == got.total);
            BOOST_TEST(has_line(got, "content-length: " + std::to_string(got.body.size())));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stream_is_asked_for_its_usage) {
    BOOST_TEST(plan(row(), R"({"model":"demo","stream":true})").body ==
               R"({"model":"up-1","stream":true,"stream_options":{"include_usage":true}})");
    BOOST_TEST(plan(row(), R"({"model":"demo","stream":false})").body == R"({"model":"up-1","stream":false})");
}

BOOST_AUTO_TEST_CASE(members_of_the_row_are_added_to_the_body) {
    auto to = row();
    to.extra_body = R"({"enable_thinking": false})";
    const auto got = plan(to, R"({"model":"demo"})");
    BOOST_TEST(got.body.find(R"("enable_thinking")") != std::string::npos);
    BOOST_TEST(got.size == got.total);
    const std::string_view own = R"({"model":"up-1","enable_thinking":true})";
    BOOST_TEST(plan(to, own).body == own);
}

BOOST_AUTO_TEST_CASE(the_head_is_built_from_the_row) {
    auto to = row();
    to.api_endpoint = "http://up.example:9000/base/chat/completions?api-version=2";
    const auto got = plan(to, R"({"model":"demo"})");
    BOOST_TEST(got.head.starts_with("POST /base/chat/completions?api-version=2 HTTP/1.1\r\nhost: up.example:9000\r\n"));
    BOOST_TEST(got.head.ends_with("\r\n\r\n"));
    BOOST_TEST(has_line(got, "content-type: application/json"));
    BOOST_TEST(has_line(got, "accept-encoding: identity"));
    BOOST_TEST(has_line(got, "authorization: Bearer sk-canary"));
}

BOOST_AUTO_TEST_CASE(S1_H13_no_header_of_the_client_travels_on_but_those_of_the_list) {
    const auto got = plan(row(), R"({"model":"demo"})",
                          "Accept: text/event-stream\r\nUser-Agent: sdk/1\r\ntraceparent: 00-1\r\n"
                          "OpenAI-Beta: assistants=v2\r\n"
                          "Authorization: Bearer client-canary\r\nX-Api-Key: client-canary\r\nCookie: client-canary\r\n"
                          "OpenAI-Organization: client-canary\r\nConnection: authorization, keep-alive\r\n"
                          "Keep-Alive: client-canary\r\nProxy-Authorization: client-canary\r\nTE: trailers\r\n"
                          "Upgrade: h2c\r\nAccept-Encoding: gzip\r\nContent-Type: text/client-canary\r\n"
                          "Content-Length: 5\r\nX-Forwarded-For: client-canary\r\nx-request-id: client-canary\r\n");
    BOOST_TEST(has_line(got, "accept: text/event-stream"));
    BOOST_TEST(has_line(got, "user-agent: sdk/1"));
    BOOST_TEST(has_line(got, "traceparent: 00-1"));
    BOOST_TEST(has_line(got, "openai-beta: assistants=v2"));
    BOOST_TEST(has_line(got, "authorization: Bearer sk-canary"));
    for (const auto* forbidden : {"client-canary", "gzip", "upgrade", "h2c", "trailers", "connection", "keep-alive"}) {
        BOOST_TEST_CONTEXT(forbidden) BOOST_TEST(got.head.find(forbidden) == std::string::npos);
    }
    std::size_t lengths = 0;
    for (std::size_t at = 0; (at = got.head.find("content-length", at)) != std::string::npos; ++at) ++lengths;
    BOOST_TEST(lengths == 1);
}

BOOST_AUTO_TEST_CASE(a_header_of_the_row_stands_in_place_of_the_clients) {
    auto to = row();
    to.extra_headers = R"({"User-Agent":"ours","X-Org":"o1"})";
    const auto got = plan(to, R"({"model":"demo"})", "User-Agent: theirs\r\nAccept: a\r\n");
    BOOST_TEST(got.head.find("theirs") == std::string::npos);
    BOOST_TEST(got.head.find("ours\r\n") != std::string::npos);
    BOOST_TEST(got.head.find("o1\r\n") != std::string::npos);
    BOOST_TEST(has_line(got, "accept: a"));
}

BOOST_AUTO_TEST_CASE(a_row_without_a_key_sends_no_credentials) {
    auto to = row();
    to.api_key = "";
    const auto got = plan(to, R"({"model":"demo"})", "Authorization: Bearer client\r\n");
    BOOST_TEST(got.head.find("authorization") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_service_is_spoken_to_in_its_own_way) {
    auto to = row();
    to.provider = "qwen";
    const auto got = plan(to, R"({"model":"demo","messages":[{"role":"developer"}],"top_p":1})",
                          "X-DashScope-WorkSpace: w1\r\nX-DashScope-Async: a\r\n");
    BOOST_TEST(got.body == R"({"model":"up-1","messages":[{"role":"system"}],"top_p":0.999})");
    BOOST_TEST(has_line(got, "x-dashscope-workspace: w1"));
    BOOST_TEST(got.head.find("async") == std::string::npos);
    BOOST_TEST(got.size == got.total);
}

BOOST_AUTO_TEST_CASE(thinking_is_asked_for_as_a_stream_where_it_is_not_to_be_had_otherwise) {
    auto to = row();
    to.provider = "qwen";
    const std::string usage = R"("stream":true,"stream_options":{"include_usage":true}})";
    BOOST_TEST(plan(to, R"({"model":"up-1","enable_thinking":true})").body ==
               R"({"model":"up-1","enable_thinking":true,)" + usage);
    BOOST_TEST(plan(to, R"({"model":"up-1","enable_thinking":false})").body ==
               R"({"model":"up-1","enable_thinking":false})");
    to.extra_body = R"({"enable_thinking":true})";
    BOOST_TEST(plan(to, R"({"model":"up-1"})").body.find(R"("stream":true)") != std::string::npos);
    BOOST_TEST(plan(to, R"({"model":"up-1","enable_thinking":false})").body.find("stream") == std::string::npos);
    to.provider = "other";
    BOOST_TEST(plan(to, R"({"model":"up-1"})").body.find("stream") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_default_of_the_row_does_not_stand_beside_the_same_thing_by_another_name) {
    auto to = row();
    to.provider = "deepseek";
    to.extra_body = R"({"max_tokens":9})";
    BOOST_TEST(plan(to, R"({"model":"up-1","max_completion_tokens":5})").body == R"({"model":"up-1","max_tokens":5})");
    BOOST_TEST(plan(to, R"({"model":"up-1"})").body == R"({"model":"up-1","max_tokens":9})");
}

BOOST_AUTO_TEST_SUITE_END()
