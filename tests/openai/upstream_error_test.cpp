#include "openai/upstream_error.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

#include "openai/secret_scrub.hpp"

using namespace ferry::openai;

namespace {

std::string message_of(std::string_view body) {
    return parse_upstream_error("application/json", body).message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(upstream_error_suite)

BOOST_AUTO_TEST_CASE(the_message_is_found_in_every_known_shape) {
    for (const std::string_view body :
         {R"({"error":{"message":"m","type":"t","param":null,"code":"c"}})", R"({"error":"m"})", R"({"message":"m"})",
          R"({"object":"error","message":"m","type":"BadRequestError","code":400})", R"({"msg":"m"})", R"({"err":"m"})",
          R"({"error_code":336,"error_msg":"m"})", R"({"header":{"code":1,"message":"m"}})", R"({"detail":"m"})",
          R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])", R"({"code":"c","error":"m"})",
          R"({"code":"Arrearage","message":"m","request_id":"r"})", R"({"error":{},"message":"m"})"}) {
        BOOST_TEST(message_of(body) == "m", body);
    }
    BOOST_TEST(message_of(R"({"error":{"message":{"detail":[{"loc":["body","x"]}]}}})") ==
               R"({"detail":[{"loc":["body","x"]}]})");
    BOOST_TEST(message_of(R"({"detail":[{"msg":"field required"}]})") == "field required");
    BOOST_TEST(message_of(R"({"choices":null,"base_resp":{"status_code":1004,"status_msg":"m"}})") == "m");
    BOOST_TEST(message_of(R"({"success":false,"errors":[{"code":7003,"message":"m"}],"result":null})") == "m");
    BOOST_TEST(message_of(R"({"code":20012,"message":"m","data":null})") == "m");
    BOOST_TEST(message_of(R"({"error":{"reason":"x"}})") == R"({"reason":"x"})");
    BOOST_TEST(message_of("  upstream connect\n error ") == "upstream connect error");
    BOOST_TEST(message_of("").empty());
}

BOOST_AUTO_TEST_CASE(code_type_and_param_come_along) {
    const auto error =
        parse_upstream_error("application/json", R"({"error":{"message":"m","type":"t","param":"p","code":1302}})");
    BOOST_TEST(error.type == "t");
    BOOST_TEST(error.param == "p");
    BOOST_TEST(error.code == "1302");
    BOOST_TEST(!error.is_openai_shaped);
    BOOST_TEST(parse_upstream_error("", R"([{"error":{"code":400,"status":"S"}}])").type == "S");
    BOOST_TEST(parse_upstream_error("", R"({"error_code":336,"error_msg":"m"})").code == "336");
    BOOST_TEST(
        parse_upstream_error("", R"({"error":{"message":"m","type":"t","param":null,"code":"c"}})").is_openai_shaped);
    BOOST_TEST(!parse_upstream_error("", R"({"error":{"message":"m","type":"t","code":"c"}})").is_openai_shaped);
}

BOOST_AUTO_TEST_CASE(lists_of_faults_join_the_message) {
    BOOST_TEST(message_of(R"({"detail":[{"type":"missing","loc":["body","messages",0,"role"],"msg":"Field required"},)"
                          R"({"loc":["body","n"],"msg":"Input should be less than 5"}]})") ==
               "body.messages.0.role: Field required (missing); body.n: Input should be less than 5");
    BOOST_TEST(message_of(R"({"error":{"message":"Invalid request","details":[{"loc":["body","top_k"],)"
                          R"("msg":"Extra inputs are not permitted"}]}})") ==
               "Invalid request: body.top_k: Extra inputs are not permitted");
    BOOST_TEST(message_of(R"({"error":{"message":"m","details":[{"@type":"t","fieldViolations":)"
                          R"([{"field":"top_k","description":"unknown"}]},{"@type":"t","reason":"R"}]}})") ==
               "m: top_k: unknown");
    BOOST_TEST(message_of(R"({"detail":["a","b"]})") == "a; b");
    BOOST_TEST(message_of(R"({"detail":{"message":"m"}})") == "m");
    const auto one = parse_upstream_error("", R"({"detail":[{"loc":["body","n"],"msg":"m"}]})");
    BOOST_TEST(one.param == "n");
    std::string many = R"({"error":{"message":"m","details":[)";
    for (int i = 0; i != 1000; ++i) many += R"({"msg":"a fault among many others"},)";
    BOOST_TEST(message_of(many + R"({"msg":"last"}]}})").size() < 1200u);
}

BOOST_AUTO_TEST_CASE(json_is_read_whatever_stands_around_it) {
    const std::string json = R"({"error":{"message":"m","type":"t","param":null,"code":"c"}})";
    for (const auto& body : {json + "\nTraceback (most recent call last):\n  File", json + json, json + "<html>",
                             "\xef\xbb\xbf" + json, "data: " + json + "\n\ndata: [DONE]\n\n",
                             "event: error\ndata: " + json + "\n\n", "\n\n " + json}) {
        const auto error = parse_upstream_error("text/plain", body);
        BOOST_TEST(error.message == "m", body);
        BOOST_TEST(error.code == "c", body);
        BOOST_TEST(error.document.empty(), body);
    }
    BOOST_TEST(parse_upstream_error("", json + "\n").is_openai_shaped);
    BOOST_TEST(!parse_upstream_error("", json + "x").is_openai_shaped);
}

BOOST_AUTO_TEST_CASE(what_an_aggregator_was_answered_is_the_cause) {
    const auto error = parse_upstream_error(
        "", R"({"error":{"message":"Provider returned error","code":400,"metadata":{"raw":)"
            R"("{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}","provider_name":"p"}}})");
    BOOST_TEST(error.message == "Provider returned error: too long");
    BOOST_TEST(error.code == "context_length_exceeded");
    BOOST_TEST(message_of(R"({"error":{"message":"Provider returned error","metadata":{"raw":"plain text"}}})") ==
               "Provider returned error: plain text");
}

BOOST_AUTO_TEST_CASE(a_document_is_kept_as_it_came_unless_a_secret_stands_in_it) {
    const std::array<std::string_view, 1> secrets = {"topsecret"};
    const std::string fit =
        R"({"error":{"message":"m", "type":null,"param":"p","code":"c","status":400,"innererror":{"x":1e0}}})";
    BOOST_TEST(parse_upstream_error("", fit, secrets).document == fit);
    for (const std::string_view body :
         {R"({"error":{"message":"topsecret","type":"t","param":null,"code":null}})",
          R"({"error":{"message":"m","type":"t","param":null,"code":null},"x":"topsecret"})",
          R"({"error":{"message":"t\u006fpsecret","type":"t","param":null,"code":null}})",
          R"({"error":{"message":"m","type":"t","param":null,"code":null,"x":["topsecre\u0074"]}})",
          R"({"error":{"message":"bad sk-abcdefghijk","type":"t","param":null,"code":null}})",
          R"({"error":{"message":"m","type":"t","param":null,"code":400}})",
          R"({"error":{"message":"m","type":"t"}})", R"({"error":{"message":{},"type":"t","param":null,"code":null}})",
          R"({"message":"m","type":"t","param":null,"code":null})"}) {
        BOOST_TEST(parse_upstream_error("", body, secrets).document.empty(), body);
    }
}

BOOST_AUTO_TEST_CASE(a_page_becomes_a_short_text) {
    const auto error = parse_upstream_error(
        "text/html; charset=utf-8",
        "<!DOCTYPE html><html><head><style>a{b}</style><title>502</title></head><!-- x --><body>\n<h1>Bad "
        "gateway</h1>cloudflare<script>var x = '<b>';</script></body>");
    BOOST_TEST(error.is_html);
    BOOST_TEST(error.message == "502 Bad gateway cloudflare");
    std::string text;
    for (int i = 0; i != 500; ++i) text += "\xe4\xbd\xa0";
    BOOST_TEST(parse_upstream_error("text/plain", text).message.size() == 600u);
    BOOST_TEST(parse_upstream_error("", "<b").message.empty());
    BOOST_TEST(parse_upstream_error("application/json", "{\"error\":").is_json == false);
    BOOST_TEST(message_of(R"({"error":")" + std::string(9000, 'x') + "\"}").size() == 4096u);
}

BOOST_AUTO_TEST_CASE(no_secret_gets_through) {
    const std::array<std::string_view, 2> secrets = {"topsecret", "topsecret-longer"};
    BOOST_TEST(scrub_secrets("key topsecret-longer, xtopsecretx", secrets) == "key ***, x***x");
    BOOST_TEST(scrub_secrets("Incorrect API key provided: sk-abc***wxyz. You", {}) ==
               "Incorrect API key provided: *** You");
    BOOST_TEST(scrub_secrets("Authorization: BEARER abcdefgh rejected", {}) == "Authorization: BEARER *** rejected");
    BOOST_TEST(scrub_secrets("fk-0123456789-abc?", {}) == "***?");
    BOOST_TEST(scrub_secrets("/v1/sk-abcdefgh/x%2Ffk-01234567", {}) == "/v1/***%2F***");
    BOOST_TEST(scrub_secrets("/v1/x%2Ffk-01234567?k=sk-abcdefgh&b=Bearer%20abcdefgh", {}) ==
               "/v1/x%2F***?k=***&b=Bearer%20***");
    BOOST_TEST(scrub_secrets("a task-based, risk-averse sk-1", {}) == "a task-based, risk-averse sk-1");
    const auto error =
        parse_upstream_error("", R"({"error":{"message":"bad key topsecret","code":"topsecret"}})", secrets);
    BOOST_TEST(error.message == "bad key ***");
    BOOST_TEST(error.code == "***");
    BOOST_TEST(parse_upstream_error("text/html", "<p>topsecret</p>", secrets).message == "***");
}

BOOST_AUTO_TEST_SUITE_END()
