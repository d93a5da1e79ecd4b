#include "catalog/candidate_builder.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "base/ascii.hpp"
#include "provider/provider.hpp"
#include "sample_rows.hpp"

using namespace ferry;
using catalog::build_candidate;
using catalog::candidate;
using store::model_row;

namespace {

model_row good() {
    return catalog::samples::model(5, "qwen-plus");
}

result<candidate> built(const model_row& row) {
    return build_candidate(row, catalog::samples::no_secrets);
}

struct change {
    std::string reason;  // part of the reason
    std::function<void(model_row&)> apply;
};

void refuses_each(const std::vector<change>& changes) {
    for (const change& one : changes) {
        model_row row = good();
        one.apply(row);
        const auto made = built(row);
        BOOST_REQUIRE_MESSAGE(!made, one.reason);
        BOOST_TEST(made.error().message.find(one.reason) != std::string::npos,
                   one.reason << ": " << made.error().message);
        BOOST_TEST(made.error().message.find("canary") == std::string::npos);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(candidate_builder)

BOOST_AUTO_TEST_CASE(a_row_as_the_reference_inserts_it_becomes_a_candidate) {
    model_row row = good();
    row.provider = " Other ";
    row.api_endpoint = "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions";
    row.base_price_pico = 4'000'000;
    const auto made = built(row);
    BOOST_REQUIRE_MESSAGE(made, made.error().message);
    BOOST_TEST(made->id == 5);
    BOOST_TEST(made->model_name == "qwen-plus");
    BOOST_TEST(made->upstream_model == "qwen-plus");
    BOOST_TEST(made->upstream_model_quoted == "\"qwen-plus\"");
    BOOST_REQUIRE(made->service);
    BOOST_TEST(made->where.is_tls);
    BOOST_TEST(made->where.host == "dashscope.aliyuncs.com");
    BOOST_TEST(made->where.target == "/compatible-mode/v1/chat/completions");
    BOOST_REQUIRE(made->credentials.has_value());
    BOOST_TEST(lower_case(made->credentials->name) == "authorization");
    BOOST_TEST(made->credentials->value.reveal() == "Bearer sk-canary");
    BOOST_TEST(made->extra_headers.empty());
    BOOST_TEST(made->extra_body.empty());
    BOOST_TEST(made->price.input == 4'000'000);
    BOOST_TEST(made->price.output == 4'000'000);
    BOOST_TEST(made->price.cached_input == 4'000'000);
    BOOST_TEST(made->currency == "USD");
    BOOST_TEST(made->priority == 0);
    BOOST_TEST(made->weight == 1);
    BOOST_TEST(made->fallback_model == "");
    BOOST_TEST(!made->limits.connect.has_value());
    BOOST_TEST(!made->limits.total.has_value());
    BOOST_TEST(!made->max_context_tokens.has_value());
    BOOST_TEST(made->created == 1'700'000'005);
}

BOOST_AUTO_TEST_CASE(every_optional_column_arrives) {
    model_row row = good();
    row.upstream_model = "say \"hi\"";
    row.fallback_model = "backup";
    row.priority = -3;
    row.weight = 7;
    row.currency = "CNY";
    row.extra_headers = R"({"X-Title": "fer\u0072y", "HTTP-Referer": ""})";
    row.extra_body = R"({"top_p": 1e-7, "enable_thinking": false})";
    row.capabilities = R"(["vision"])";
    row.connect_timeout_ms = 1;
    row.first_byte_timeout_ms = 2000;
    row.idle_timeout_ms = 3000;
    row.total_timeout_ms = 86'400'000;
    row.max_context_tokens = 131072;
    const auto made = built(row);
    BOOST_REQUIRE_MESSAGE(made, made.error().message);
    BOOST_TEST(made->model_name == "qwen-plus");
    BOOST_TEST(made->upstream_model == "say \"hi\"");
    BOOST_TEST(made->upstream_model_quoted == "\"say \\\"hi\\\"\"");
    BOOST_TEST(made->fallback_model == "backup");
    BOOST_TEST(made->priority == -3);
    BOOST_TEST(made->weight == 7);
    BOOST_TEST(made->currency == "CNY");
    BOOST_REQUIRE(made->extra_headers.size() == 2u);
    BOOST_TEST(made->extra_headers[0].name == "X-Title");
    BOOST_TEST(made->extra_headers[0].value.reveal() == "ferry");
    BOOST_TEST(made->extra_headers[1].value.reveal() == "");
    BOOST_REQUIRE(made->extra_body.size() == 2u);
    BOOST_TEST(made->extra_body[0].quoted_name == "\"top_p\"");
    BOOST_TEST(made->extra_body[0].value == "1e-7");
    BOOST_TEST(made->extra_body[1].name == "enable_thinking");
    BOOST_TEST(made->limits.connect->count() == 1);
    BOOST_TEST(made->limits.first_byte->count() == 2000);
    BOOST_TEST(made->limits.idle->count() == 3000);
    BOOST_TEST(made->limits.total->count() == 86'400'000);
    BOOST_TEST(made->max_context_tokens.value() == 131072);
}

BOOST_AUTO_TEST_CASE(empty_optional_text_means_null) {
    model_row row = good();
    row.upstream_model = row.fallback_model = row.auth_scheme = row.extra_headers = row.extra_body = row.proxy =
        row.capabilities = "";
    const auto made = built(row);
    BOOST_REQUIRE_MESSAGE(made, made.error().message);
    BOOST_TEST(made->upstream_model == "qwen-plus");
    BOOST_TEST(made->credentials.has_value());
}

BOOST_AUTO_TEST_CASE(prices_are_inherited_where_null_and_free_where_zero) {
    using price = std::optional<std::int64_t>;
    const struct {
        price input, output, cached;
        std::int64_t in, out, cached_in;
    } cases[] = {
        {{}, {}, {}, 100, 100, 100}, {7, {}, {}, 7, 100, 7}, {{}, 9, {}, 100, 9, 100},
        {{}, {}, 3, 100, 100, 3},    {0, 0, {}, 0, 0, 0},    {7, 9, 0, 7, 9, 0},
    };
    for (const auto& one : cases) {
        model_row row = good();
        row.base_price_pico = 100;
        row.input_price_pico = one.input;
        row.output_price_pico = one.output;
        row.cached_input_price_pico = one.cached;
        const auto made = built(row);
        BOOST_REQUIRE(made);
        BOOST_TEST(made->price.input == one.in);
        BOOST_TEST(made->price.output == one.out);
        BOOST_TEST(made->price.cached_input == one.cached_in);
    }
}

BOOST_AUTO_TEST_CASE(a_row_without_a_key_sends_no_credentials) {
    model_row row = good();
    row.api_key = "";
    const auto made = built(row);
    BOOST_REQUIRE(made);
    BOOST_TEST(!made->credentials.has_value());
}

BOOST_AUTO_TEST_CASE(the_scheme_of_the_row_decides_the_header) {
    const struct {
        std::string scheme, name, value;
    } cases[] = {
        {"bearer", "authorization", "Bearer sk-canary"},
        {"api-key", "api-key", "sk-canary"},
        {"x-api-key", "x-api-key", "sk-canary"},
    };
    for (const auto& one : cases) {
        model_row row = good();
        row.auth_scheme = one.scheme;
        const auto made = built(row);
        BOOST_REQUIRE_MESSAGE(made, made.error().message);
        BOOST_REQUIRE(made->credentials.has_value());
        BOOST_TEST(lower_case(made->credentials->name) == one.name);
        BOOST_TEST(made->credentials->value.reveal() == one.value);
    }
    model_row row = good();
    row.auth_scheme = "none";
    BOOST_TEST(!built(row)->credentials.has_value());
}

BOOST_AUTO_TEST_CASE(a_header_of_the_row_stands_in_for_the_usual_credentials) {
    model_row row = good();
    row.extra_headers = R"({"AUTHORIZATION": "Custom abc"})";
    const auto made = built(row);
    BOOST_REQUIRE_MESSAGE(made, made.error().message);
    BOOST_TEST(!made->credentials.has_value());
    BOOST_REQUIRE(made->extra_headers.size() == 1u);
    BOOST_TEST(made->extra_headers[0].value.reveal() == "Custom abc");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_named_is_fetched_and_checked) {
    const auto fetched = [](std::string key) {
        return [key](std::string_view reference) -> result<secret> {
            BOOST_TEST(reference == "env:MY_KEY");
            return secret(key);
        };
    };
    model_row row = good();
    row.api_key = "env:MY_KEY";
    const auto made = build_candidate(row, fetched("from-outside"));
    BOOST_REQUIRE_MESSAGE(made, made.error().message);
    BOOST_TEST(made->credentials->value.reveal() == "Bearer from-outside");
    BOOST_TEST(!build_candidate(row, fetched("canary\r\nX-Evil: 1")).has_value());
    const auto missing = built(row);
    BOOST_REQUIRE(!missing);
    BOOST_TEST(missing.error().message == "there is no env:MY_KEY");
}

BOOST_AUTO_TEST_CASE(a_bad_column_refuses_the_row_and_is_named) {
    refuses_each({
        {"cost_per_1k_tokens is text", [](model_row& r) { r.defect = "cost_per_1k_tokens is text"; }},
        {"model_name is empty", [](model_row& r) { r.model_name = ""; }},
        {"model_name holds a control byte", [](model_row& r) { r.model_name = "a\nb"; }},
        {"model_name holds a control byte", [](model_row& r) { r.model_name = std::string("a\0b", 3); }},
        {"model_name is not UTF-8", [](model_row& r) { r.model_name = "a\xff"; }},
        {"model_name is longer", [](model_row& r) { r.model_name = std::string(513, 'm'); }},
        {"upstream_model holds a control byte", [](model_row& r) { r.upstream_model = "a\r\nb"; }},
        {"fallback_model is not UTF-8", [](model_row& r) { r.fallback_model = "\xc3"; }},
        {"api_endpoint is empty", [](model_row& r) { r.api_endpoint = ""; }},
        {"api_endpoint has a scheme", [](model_row& r) { r.api_endpoint = "gopher://h/v1"; }},
        {"api_endpoint holds a user", [](model_row& r) { r.api_endpoint = "http://canary:canary@h/v1"; }},
        {"api_endpoint ends in /embeddings", [](model_row& r) { r.api_endpoint = "http://h/v1/embeddings"; }},
        {"api_endpoint ends in /responses", [](model_row& r) { r.api_endpoint = "http://h/v1/responses?a=b"; }},
        {"api_endpoint has a port", [](model_row& r) { r.api_endpoint = "http://h:65616/v1"; }},
        {"api_endpoint has a fragment", [](model_row& r) { r.api_endpoint = "http://h/v1#f"; }},
        {"api_endpoint holds a space", [](model_row& r) { r.api_endpoint = "http://h/v1\r\nX: y"; }},
        {"proxy has a scheme", [](model_row& r) { r.proxy = "socks5://canary@proxy:3128"; }},
        {"api_key holds a control byte", [](model_row& r) { r.api_key = "canary\r\nX-Evil: 1"; }},
        {"api_key holds a control byte", [](model_row& r) { r.api_key = "canary\n"; }},
        {"api_key holds a control byte", [](model_row& r) { r.api_key = " canary"; }},
        {"there is no file:/none", [](model_row& r) { r.api_key = "file:/none"; }},
        {"auth_scheme", [](model_row& r) { r.auth_scheme = "kerberos canary"; }},
        {"auth_scheme", [](model_row& r) { r.auth_scheme = "Host: canary"; }},
        {"auth_scheme", [](model_row& r) { r.auth_scheme = "X-Key: canary\r\nX-Evil: 1"; }},
        {"extra_headers is not a JSON object", [](model_row& r) { r.extra_headers = "X-A: canary"; }},
        {"extra_headers is not a JSON object", [](model_row& r) { r.extra_headers = R"({"a":"1","a":"canary"})"; }},
        {"'X-A' has a value that is not a string", [](model_row& r) { r.extra_headers = R"({"X-A": 1})"; }},
        {"'X A' is no header name", [](model_row& r) { r.extra_headers = R"({"X A": "canary"})"; }},
        {"'' is no header name", [](model_row& r) { r.extra_headers = R"({"": "canary"})"; }},
        {"is no header name", [](model_row& r) { r.extra_headers = R"({"X\r\nY": "canary"})"; }},
        {"'x-a' is there twice", [](model_row& r) { r.extra_headers = R"({"X-A": "1", "x-a": "canary"})"; }},
        {"'X-A' has a value with a control byte",
         [](model_row& r) { r.extra_headers = R"({"X-A": "canary\r\nB: 1"})"; }},
        {"'X-A' has a value with a control byte", [](model_row& r) { r.extra_headers = R"({"X-A": "canary\u0000"})"; }},
        {"extra_body is not a JSON object", [](model_row& r) { r.extra_body = "[1]"; }},
        {"extra_body is not a JSON object", [](model_row& r) { r.extra_body = R"({"a":1,"\u0061":2})"; }},
        {"extra_body: 'model' may not be set", [](model_row& r) { r.extra_body = R"({"model":"canary"})"; }},
        {"extra_body: 'Stream' may not be set", [](model_row& r) { r.extra_body = R"({"Stream":true})"; }},
        {"capabilities is not JSON", [](model_row& r) { r.capabilities = "vision"; }},
        {"neither \"cut\" nor \"drain\"", [](model_row& r) { r.capabilities = R"({"on_disconnect":"keep"})"; }},
        {"neither \"cut\" nor \"drain\"", [](model_row& r) { r.capabilities = R"({"on_disconnect":true})"; }},
        {"price is negative", [](model_row& r) { r.base_price_pico = -1; }},
        {"price is negative", [](model_row& r) { r.input_price_pico = -1; }},
        {"price is negative", [](model_row& r) { r.output_price_pico = -1; }},
        {"price is negative", [](model_row& r) { r.cached_input_price_pico = -1; }},
        {"currency is empty", [](model_row& r) { r.currency = ""; }},
        {"weight is outside", [](model_row& r) { r.weight = -1; }},
        {"weight is outside", [](model_row& r) { r.weight = 1'000'000'001; }},
        {"max_context_tokens", [](model_row& r) { r.max_context_tokens = 0; }},
        {"connect_timeout_ms is outside", [](model_row& r) { r.connect_timeout_ms = 0; }},
        {"first_byte_timeout_ms is outside", [](model_row& r) { r.first_byte_timeout_ms = -5; }},
        {"idle_timeout_ms is outside", [](model_row& r) { r.idle_timeout_ms = 86'400'001; }},
        {"total_timeout_ms is outside", [](model_row& r) { r.total_timeout_ms = INT64_MAX; }},
    });
}

BOOST_AUTO_TEST_CASE(a_row_may_say_what_becomes_of_an_answer_whose_client_has_left) {
    const auto drains = [](const char* capabilities) {
        model_row row = good();
        row.capabilities = capabilities;
        const auto made = built(row);
        BOOST_REQUIRE(made);
        return made->drains;
    };
    BOOST_TEST((drains(R"({"on_disconnect":"drain"})") == true));
    BOOST_TEST((drains(R"({"on_disconnect":"cut"})") == false));
    BOOST_TEST(!drains(R"({"on_disconnect":null})").has_value());
    BOOST_TEST(!drains("{}").has_value());
}

BOOST_AUTO_TEST_CASE(headers_that_frame_the_message_may_not_be_set) {
    for (const char* name :
         {"Content-Length", "transfer-encoding", "CONNECTION", "Host", "Upgrade", "TE", "Trailer", "Keep-Alive",
          "Proxy-Authorization", "proxy-connection", "Expect", "Content-Type", "Content-Encoding", "Accept-Encoding"}) {
        model_row row = good();
        row.extra_headers = "{\"" + std::string(name) + "\": \"x\"}";
        const auto made = built(row);
        BOOST_REQUIRE_MESSAGE(!made, name);
        BOOST_TEST(made.error().message.find(name) != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
