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
    BOOST_TEST(message_of(R"({"detail":[{"msg":"field required"}]})") == R"([{"msg":"field required"}])");
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
