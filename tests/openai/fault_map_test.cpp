#include "openai/fault_map.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "openai/error_body.hpp"

using namespace ferry;
using namespace ferry::openai;
using std::chrono::milliseconds;

namespace {

fault upstream(fault_code code) {
    return fault::upstream(code, retry_advice::same, "m");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fault_map_suite)

BOOST_AUTO_TEST_CASE(every_fault_has_its_status_type_and_code) {
    struct row {
        fault_code code;
        int status;
        std::string_view type, text;
    };
    for (const auto& each : std::initializer_list<row>{
             {fault_code::bad_framing, 400, "invalid_request_error", "bad_framing"},
             {fault_code::invalid_json, 400, "invalid_request_error", "invalid_json"},
             {fault_code::duplicate_field, 400, "invalid_request_error", "duplicate_field"},
             {fault_code::invalid_id, 400, "invalid_request_error", "invalid_id"},
             {fault_code::invalid_api_key, 401, "authentication_error", "invalid_api_key"},
             {fault_code::model_not_allowed, 403, "permission_error", "model_not_allowed"},
             {fault_code::address_not_allowed, 403, "permission_error", "address_not_allowed"},
             {fault_code::model_not_found, 404, "invalid_request_error", "model_not_found"},
             {fault_code::unknown_url, 404, "invalid_request_error", "unknown_url"},
             {fault_code::method_not_allowed, 405, "invalid_request_error", "method_not_allowed"},
             {fault_code::request_timeout, 408, "invalid_request_error", "request_timeout"},
             {fault_code::request_too_large, 413, "invalid_request_error", "request_too_large"},
             {fault_code::unsupported_media_type, 415, "invalid_request_error", "unsupported_media_type"},
             {fault_code::expectation_failed, 417, "invalid_request_error", "expectation_failed"},
             {fault_code::upgrade_required, 426, "invalid_request_error", "upgrade_required"},
             {fault_code::header_too_large, 431, "invalid_request_error", "header_too_large"},
             {fault_code::not_supported, 501, "invalid_request_error", "not_supported"},
             {fault_code::http_version, 505, "invalid_request_error", "http_version"},
             {fault_code::rate_limit_exceeded, 429, "rate_limit_error", "rate_limit_exceeded"},
             {fault_code::budget_exceeded, 429, "insufficient_quota", "budget_exceeded"},
             {fault_code::client_gone, 499, "invalid_request_error", "client_gone"},
             {fault_code::upstream_unreachable, 502, "upstream_error", "upstream_unreachable"},
             {fault_code::upstream_auth_error, 502, "upstream_error", "upstream_auth_error"},
             {fault_code::upstream_permission_denied, 502, "upstream_error", "upstream_permission_denied"},
             {fault_code::upstream_truncated_body, 502, "upstream_error", "upstream_truncated_body"},
             {fault_code::upstream_credentials_exhausted, 502, "upstream_error", "upstream_credentials_exhausted"},
             {fault_code::upstream_insufficient_balance, 503, "upstream_error", "upstream_insufficient_balance"},
             {fault_code::upstream_overloaded, 503, "overloaded_error", "upstream_overloaded"},
             {fault_code::shutting_down, 503, "overloaded_error", "shutting_down"},
             {fault_code::model_unavailable, 503, "overloaded_error", "model_unavailable"},
             {fault_code::journal_full, 503, "overloaded_error", "journal_full"},
             {fault_code::journal_failed, 503, "overloaded_error", "journal_failed"},
             {fault_code::upstream_connect_timeout, 504, "upstream_error", "upstream_connect_timeout"},
             {fault_code::upstream_timeout, 504, "upstream_error", "upstream_timeout"},
             {fault_code::upstream_rate_limited, 429, "rate_limit_error", "rate_limit_exceeded"},
             {fault_code::context_length_exceeded, 400, "invalid_request_error", "context_length_exceeded"},
             {fault_code::upstream_model_not_found, 404, "invalid_request_error", "model_not_found"},
             {fault_code::internal_error, 500, "server_error", "internal_error"},
         }) {
        const fault f(each.code, fault_source::self, retry_advice::never, "m");
        const auto answer = map_fault(f);
        BOOST_TEST(answer.status == each.status, each.text);
        BOOST_TEST(answer.type == each.type);
        BOOST_TEST(answer.code == each.text);
    }
}

BOOST_AUTO_TEST_CASE(no_fault_of_an_upstream_is_an_authentication_error_of_the_client) {
    for (int i = 0; i <= static_cast<int>(fault_code::internal_error); ++i) {
        const auto code = static_cast<fault_code>(i);
        const int status = map_fault(upstream(code)).status;
        BOOST_TEST((status == 401) == (code == fault_code::invalid_api_key));
    }
}

BOOST_AUTO_TEST_CASE(a_refused_request_keeps_the_upstreams_code) {
    auto f = upstream(fault_code::upstream_bad_request);
    BOOST_TEST(code_text(f) == "invalid_request");
    f.upstream_code = "unsupported_parameter";
    BOOST_TEST(code_text(f) == "unsupported_parameter");
    f.upstream_code = "400";
    BOOST_TEST(code_text(f) == "invalid_request");
}

BOOST_AUTO_TEST_CASE(a_page_of_a_timed_out_gateway_is_a_504) {
    auto f = upstream(fault_code::upstream_invalid_response);
    BOOST_TEST(map_fault(f).status == 502);
    f.upstream_status = 504;
    BOOST_TEST(map_fault(f).status == 504);
}

BOOST_AUTO_TEST_CASE(retry_after_is_given_in_both_units) {
    auto f = upstream(fault_code::upstream_rate_limited);
    BOOST_TEST(!map_fault(f).retry_after_s);
    f.retry_after = milliseconds(1001);
    BOOST_TEST(*map_fault(f).retry_after_s == 2);
    BOOST_TEST(*map_fault(f).retry_after_ms == 1001);
}

BOOST_AUTO_TEST_CASE(the_sdk_is_told_not_to_retry_only_where_that_cannot_help) {
    BOOST_TEST(!map_fault(upstream(fault_code::upstream_error)).should_not_retry);
    BOOST_TEST(map_fault(upstream(fault_code::upstream_error), true).should_not_retry);
    BOOST_TEST(map_fault(upstream(fault_code::upstream_insufficient_balance)).should_not_retry);
    BOOST_TEST(map_fault(upstream(fault_code::budget_exceeded)).should_not_retry);
    auto limited = upstream(fault_code::upstream_rate_limited);
    BOOST_TEST(map_fault(limited, true).should_not_retry);
    limited.retry_after = milliseconds(500);
    BOOST_TEST(!map_fault(limited, true).should_not_retry);
}

BOOST_AUTO_TEST_CASE(an_error_body_is_json_whatever_the_message) {
    auto f = fault::client(fault_code::invalid_parameter, "a \"quoted\"\n\x01\xff text", "n");
    const auto error = boost::json::parse(render_error(f)).at("error").as_object();
    BOOST_TEST(boost::json::value_to<std::string>(error.at("message")) == "a \"quoted\"\n\x01\xef\xbf\xbd text");
    BOOST_TEST(error.at("param") == "n");
    BOOST_TEST(error.at("code") == "invalid_parameter");
    BOOST_TEST(error.size() == 4u);
    f.param.clear();
    f.upstream_code = "1302";
    const auto second = boost::json::parse(render_error(f)).at("error").as_object();
    BOOST_TEST(second.at("param").is_null());
    BOOST_TEST(second.at("upstream_code") == "1302");
}

BOOST_AUTO_TEST_CASE(an_error_event_is_one_line_and_a_blank_one) {
    const auto event = sse_error_event(upstream(fault_code::upstream_stream_interrupted));
    BOOST_TEST(event.starts_with("data: {\"error\":{"));
    BOOST_TEST(event.find('\n') == event.size() - 2);
}

BOOST_AUTO_TEST_SUITE_END()
