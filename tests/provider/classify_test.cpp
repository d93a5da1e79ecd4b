#include <boost/test/unit_test.hpp>

#include "openai/error_body.hpp"
#include "openai/fault_map.hpp"
#include "provider/table.hpp"

using namespace ferry;
using namespace ferry::provider;

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::retry_advice)

namespace {

constexpr auto never = retry_advice::never, same = retry_advice::same, next = retry_advice::next_candidate;

fault classified(int status, std::string_view body, std::string_view type = "application/json") {
    return find_provider("other").classify(status, openai::parse_upstream_error(type, body), std::nullopt);
}

struct row {
    int status;
    std::string_view body;
    int answered;
    std::string_view code;
    retry_advice retry;
};

void check(std::initializer_list<row> rows) {
    for (const auto& each : rows) {
        const auto f = classified(each.status, each.body);
        const auto answer = openai::map_fault(f);
        BOOST_TEST(answer.status == each.answered, each.status << " " << each.body);
        BOOST_TEST(answer.code == each.code, each.status << " " << each.body);
        BOOST_TEST(f.retry == each.retry, each.status << " " << each.body);
        BOOST_TEST(f.upstream_status == each.status);
        BOOST_TEST(!f.message.empty());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(classify_suite)

BOOST_AUTO_TEST_CASE(money_is_recognised_behind_any_status) {
    const std::string_view balance = "upstream_insufficient_balance";
    check({
        {400, R"({"error":{"code":"Arrearage","param":null,"message":"Access denied","type":"Arrearage"}})", 503,
         balance, next},
        {429, R"({"error":{"code":"1113","message":"m"}})", 503, balance, next},
        {429, R"({"error":{"code":1113,"message":"m"}})", 503, balance, next},
        {429, R"({"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}})", 503, balance,
         next},
        {429, R"({"error":{"message":"m","type":"exceeded_current_quota_error"}})", 503, balance, next},
        {402, R"({"error":{"message":"m","type":"unknown_error","code":"invalid_request_error"}})", 503, balance, next},
        {403, R"({"error":{"message":"Your account is suspended due to insufficient balance"}})", 503, balance, next},
        {200, R"({"error":{"code":402,"message":"m"}})", 503, balance, next},
    });
    check({{400, R"({"error":{"message":"temperature must balance top_p"}})", 400, "invalid_request", never}});
}

BOOST_AUTO_TEST_CASE(faults_of_the_request_are_never_tried_again) {
    check({
        {400, R"({"error":{"message":"m","type":"invalid_request_error","param":"x","code":"unsupported_parameter"}})",
         400, "unsupported_parameter", never},
        {400, R"({"error":{"message":"m"}})", 400, "invalid_request", never},
        {400, R"({"error":{"message":"This model's maximum context length is 65536 tokens"}})", 400,
         "context_length_exceeded", never},
        {400, R"({"error":{"code":400,"message":"m","type":"exceed_context_size_error"}})", 400,
         "context_length_exceeded", never},
        {400, R"({"error":{"code":"1261","message":"m"}})", 400, "context_length_exceeded", never},
        {400, R"({"error":{"code":"content_filter","message":"m","status":400,"innererror":{}}})", 400,
         "content_policy_violation", never},
        {400, R"({"error":{"code":"DataInspectionFailed","message":"m"}})", 400, "content_policy_violation", never},
        {413, R"({"error":{"message":"m"}})", 413, "request_too_large", never},
        {422, R"({"object":"error","message":{"detail":[]},"type":"invalid_request_error"})", 422, "invalid_parameter",
         never},
        {400, R"({"object":"error","message":"m","type":"BadRequestError","param":null,"code":400})", 400,
         "invalid_request", never},
    });
    BOOST_TEST(classified(400, R"({"error":{"message":"m","param":"x"}})").param == "x");
    BOOST_TEST(classified(400, R"({"error":{"message":"exact words"}})").message == "exact words");
}

BOOST_AUTO_TEST_CASE(ferrys_own_credentials_are_never_the_clients_fault) {
    check({
        {401, R"({"error":{"message":"Incorrect API key","code":"invalid_api_key"}})", 502, "upstream_auth_error",
         next},
        {401, "", 502, "upstream_auth_error", next},
        {401, R"({"error":{"message":"No permission to use the model","code":"x"}})", 502, "upstream_permission_denied",
         next},
        {403, R"({"error":{"message":"m","code":"access_denied"}})", 502, "upstream_permission_denied", next},
        {200, R"({"error":{"message":"m","type":"authentication_error"}})", 502, "upstream_auth_error", next},
    });
}

BOOST_AUTO_TEST_CASE(a_missing_model_is_told_from_a_wrong_address) {
    check({
        {404, R"({"error":{"message":"m","code":"model_not_found"}})", 404, "model_not_found", next},
        {404, R"({"error":{"message":"model 'x' not found, try pulling it first"}})", 404, "model_not_found", next},
        {404, R"({"error":{"message":"No such file: file-1","type":"invalid_request_error","param":null,"code":null}})",
         404, "invalid_request", never},
        {404, R"({"error":{"message":"No such file: file-1","type":"invalid_request_error"}})", 404, "invalid_request",
         never},
        {404, R"({"error":{"message":"No such file: file-1","type":"not_found_error","code":null}})", 404,
         "invalid_request", never},
        {404, R"({"error":{"message":"Invalid URL: POST /v1/x","type":"invalid_request_error"}})", 502,
         "upstream_bad_endpoint", next},
        {404, R"({"error":{"code":"404","message":"Resource not found."}})", 502, "upstream_bad_endpoint", next},
        {404, R"({"detail":"Not Found"})", 502, "upstream_bad_endpoint", next},
        {404, "<html>model</html>", 502, "upstream_bad_endpoint", next},
        {405, "", 502, "upstream_bad_endpoint", next},
        {307, "", 502, "upstream_bad_endpoint", next},
    });
}

BOOST_AUTO_TEST_CASE(rate_limits_and_overload_pass) {
    check({
        {429, R"({"error":{"message":"m"}})", 429, "rate_limit_exceeded", same},
        {429, R"({"error":{"code":"1302","message":"m"}})", 429, "rate_limit_exceeded", same},
        {429, R"({"error":{"code":"1308","message":"m"}})", 429, "rate_limit_exceeded", next},
        {429, R"({"error":{"code":"1305","message":"m"}})", 503, "upstream_overloaded", same},
        {429, R"({"error":{"type":"engine_overloaded_error","message":"m"}})", 503, "upstream_overloaded", same},
        {503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})", 503,
         "upstream_overloaded", same},
        {529, "", 503, "upstream_overloaded", same},
        {498, "", 503, "upstream_overloaded", same},
        {200, R"({"error":{"code":429,"message":"m"}})", 429, "rate_limit_exceeded", same},
    });
}

BOOST_AUTO_TEST_CASE(failures_of_the_upstream_keep_their_kind) {
    check({
        {500, R"({"error":{"message":"m"}})", 502, "upstream_error", same},
        {502, "bad gateway", 502, "upstream_error", same},
        {504, "", 504, "upstream_timeout", next},
        {408, "", 504, "upstream_timeout", same},
        {409, "", 409, "upstream_conflict", same},
        {501, "", 501, "not_supported", next},
        {200, R"({"error":"something"})", 502, "upstream_error", same},
        {200, R"({"error":{"code":502,"message":"m"}})", 502, "upstream_error", same},
    });
}

BOOST_AUTO_TEST_CASE(the_cause_decides_not_the_status_of_who_passes_it_on) {
    check({
        {424, R"({"error":{"message":"m"}})", 502, "upstream_error", same},
        {424, "", 502, "upstream_error", same},
        {400, R"({"error":{"message":"Upstream request failed","type":"invalid_request_error"}})", 502,
         "upstream_error", same},
        {400, R"({"error":{"message":"upstream request timed out","code":400}})", 504, "upstream_timeout", next},
        {400, R"({"error":{"message":"The upstream service is unavailable, try later"}})", 502, "upstream_error", same},
        {404, R"({"error":{"message":"upstream connect error or disconnect/reset before headers"}})", 502,
         "upstream_error", same},
        {400, R"({"error":{"message":"Provider returned error","code":400}})", 502, "upstream_error", same},
        {400,
         R"({"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":)"
         R"({\"message\":\"n must be 1\"}}"}}})",
         400, "invalid_request", never},
        {500, R"({"error":{"message":"This model's maximum context length is 8 tokens"}})", 400,
         "context_length_exceeded", never},
        {400, R"({"error":{"message":"API key not valid. Please pass a valid API key."}})", 502, "upstream_auth_error",
         next},
        {200, R"({"choices":null,"base_resp":{"status_code":1004,"status_msg":"m"}})", 502, "upstream_auth_error",
         next},
        {200, R"({"choices":null,"base_resp":{"status_code":1008,"status_msg":"m"}})", 503,
         "upstream_insufficient_balance", next},
        {200, R"({"code":20012,"message":"m","data":null})", 502, "upstream_error", same},
    });
}

BOOST_AUTO_TEST_CASE(an_error_about_the_request_keeps_its_status_and_its_words) {
    for (const int status : {400, 404, 409, 413, 415, 422, 429}) {
        const std::string_view body =
            R"({"error":{"message":"no such model","type":"requests","param":"p","code":"a_code","more":[1e0]}})";
        const auto f = classified(status, body);
        BOOST_TEST(openai::map_fault(f).status == status);
        BOOST_TEST(openai::render_error(f) == body);
        BOOST_TEST(openai::code_text(f) == "a_code");
        // Not all of the shape: the words that are there.
        const auto near = classified(status, R"({"error":{"message":"no such model","type":"requests","code":7}})");
        BOOST_TEST(openai::map_fault(near).status == status);
        BOOST_TEST(openai::map_fault(near).type == "requests");
        BOOST_TEST(openai::render_error(near).starts_with(R"({"error":{"message":"no such model","type":"requests",)"));
    }
    const auto page = classified(422, "<html>");
    BOOST_TEST(openai::map_fault(page).status == 422);
    BOOST_TEST(openai::map_fault(page).type == "invalid_request_error");
}

BOOST_AUTO_TEST_CASE(an_error_about_ferrys_own_account_is_never_passed_on) {
    const auto of = [](int status, std::string_view code) {
        return classified(status,
                          R"({"error":{"message":"m","type":"t","param":null,"code":")" + std::string(code) + "\"}}");
    };
    for (const auto& f : {of(401, "c"), of(402, "c"), of(403, "c"), of(429, "insufficient_quota"), of(400, "Arrearage"),
                          of(400, "invalid_api_key"), of(500, "c"), of(503, "c")}) {
        BOOST_TEST(f.passed.body.empty());
        BOOST_TEST(f.passed.status == 0);
        BOOST_TEST(openai::map_fault(f).type != "t");
    }
    const auto quota = openai::parse_upstream_error(
        "", R"({"error":{"message":"m","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})");
    const auto limited = find_provider("qwen").classify(429, quota, std::nullopt);
    BOOST_TEST(openai::map_fault(limited).code == "rate_limit_exceeded");
    BOOST_TEST(limited.passed.body.empty());
}

BOOST_AUTO_TEST_CASE(a_page_is_an_invalid_response_and_shows_no_tags) {
    const auto f = classified(502, "<html><h1>cloudflare</h1></html>", "text/html");
    BOOST_TEST(openai::map_fault(f).status == 502);
    BOOST_TEST(openai::code_text(f) == "upstream_invalid_response");
    BOOST_TEST(f.message == "The upstream answered HTTP 502: cloudflare");
    BOOST_TEST(openai::map_fault(classified(504, "<html>", "text/html")).status == 504);
    BOOST_TEST(openai::map_fault(classified(524, "<html>", "text/html")).status == 504);
}

BOOST_AUTO_TEST_CASE(the_wait_is_carried_along) {
    const auto f = find_provider("").classify(429, {}, std::chrono::milliseconds(250));
    BOOST_TEST(f.retry_after->count() == 250);
    BOOST_TEST(f.message == "The upstream answered HTTP 429 without saying why.");
}

BOOST_AUTO_TEST_CASE(some_finish_reasons_are_failures) {
    const auto& service = find_provider("other");
    for (const std::string_view reason : {"insufficient_system_resource", "network_error", "error", "abort"}) {
        BOOST_TEST(service.failed_finish(reason)->upstream_code == reason);
    }
    for (const std::string_view reason : {"stop", "length", "tool_calls", "content_filter", "model_length", ""}) {
        BOOST_TEST(!service.failed_finish(reason));
    }
}

BOOST_AUTO_TEST_CASE(a_code_may_mean_something_else_to_one_service) {
    const auto quota = openai::parse_upstream_error(
        "application/json", R"({"error":{"message":"You exceeded your current quota, please check your plan",)"
                            R"("type":"insufficient_quota","code":"insufficient_quota"},"request_id":"r"})");
    const auto of = [&](std::string_view service) { return find_provider(service).classify(429, quota, std::nullopt); };
    BOOST_TEST(openai::map_fault(of("qwen")).status == 429);
    BOOST_TEST(of("qwen").retry == same);
    BOOST_TEST(openai::map_fault(of("deepseek")).status == 503);
    BOOST_TEST(openai::map_fault(of("other")).status == 503);
    const auto arrears = openai::parse_upstream_error("application/json", R"({"error":{"code":"Arrearage"}})");
    const auto throttled = openai::parse_upstream_error(
        "application/json", R"({"code":"Throttling.AllocationQuota","message":"You exceeded your current quota"})");
    BOOST_TEST(openai::code_text(find_provider("qwen").classify(200, throttled, std::nullopt)) ==
               "rate_limit_exceeded");
    BOOST_TEST(openai::code_text(find_provider("qwen").classify(400, arrears, std::nullopt)) ==
               "upstream_insufficient_balance");
}

BOOST_AUTO_TEST_SUITE_END()
