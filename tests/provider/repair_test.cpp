#include "provider/repair.hpp"

#include <boost/test/unit_test.hpp>

#include "provider/edited.hpp"

using namespace ferry;
using namespace ferry::provider;
using namespace ferry::provider::testing;

namespace {

std::string asked_for(int status, std::string_view body) {
    return names_of(find_repairs(status, openai::parse_upstream_error("application/json", body)));
}

std::string applied(std::initializer_list<std::string_view> members, std::string_view body) {
    const auto request = openai::testing::scan(body).value();
    return names_of(applicable(repairs(members), request, body));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(repair_suite)

BOOST_AUTO_TEST_CASE(services_say_in_many_ways_that_they_do_not_know_a_member) {
    BOOST_TEST(asked_for(400, R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this )"
                              R"(model. Use 'max_completion_tokens' instead.","type":"invalid_request_error",)"
                              R"("param":"max_tokens","code":"unsupported_parameter"}})") == "max_tokens");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"Unsupported value: 'temperature' does not support 0.2 with this )"
                              R"(model. Only the default (1) value is supported.","type":"invalid_request_error",)"
                              R"("param":"temperature","code":"unsupported_value"}})") == "temperature");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"m","param":"store","code":"unknown_parameter"}})") == "store");
    BOOST_TEST(asked_for(422,
                         R"({"object":"error","message":{"detail":[{"type":"extra_forbidden",)"
                         R"("loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted"},)"
                         R"({"type":"extra_forbidden","loc":["body","store"]}]},"type":"invalid_request_error"})") ==
               "max_completion_tokens, store");
    BOOST_TEST(asked_for(422, R"({"detail":[{"type":"extra_forbidden","loc":["body","metadata"]}]})") == "metadata");
    BOOST_TEST(asked_for(400, R"([{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name )"
                              R"(\"prompt_cache_key\": Cannot find field.","status":"INVALID_ARGUMENT"}}])") ==
               "prompt_cache_key");
    BOOST_TEST(asked_for(400, R"({"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', )"
                              R"('stream_options'), 'msg': 'Extra inputs are not permitted'}]","code":400})") ==
               "stream_options");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"Unrecognized request argument supplied: user"}})") == "user");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"property 'service_tier' is unsupported"}})") == "service_tier");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"invalid temperature: only 1 is allowed for this model"}})") ==
               "temperature");
    BOOST_TEST(asked_for(400, R"({"error":{"code":"invalid_parameter_error","message":"parameter.enable_thinking must )"
                              R"(be set to false for non-streaming calls"}})") == "enable_thinking");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"This model only support stream mode, please enable it."}})") ==
               "stream");
}

BOOST_AUTO_TEST_CASE(a_member_that_a_list_of_faults_names_is_known_too) {
    BOOST_TEST(asked_for(422, R"({"error":{"message":"Invalid","details":[{"loc":["body","max_completion_tokens"],)"
                              R"("msg":"Extra inputs are not permitted"}]}})") == "max_completion_tokens");
    BOOST_TEST(asked_for(400, R"({"error":{"message":"Unsupported parameter: 'store'"}})"
                              "\nTraceback") == "store");
    BOOST_TEST(asked_for(422, R"({"detail":[{"loc":["body","user_name"],"msg":"Extra inputs are not permitted"}]})") ==
               "");
}

BOOST_AUTO_TEST_CASE(what_ferry_added_goes_whatever_the_status) {
    for (const int status : {400, 404, 422, 500, 501, 502, 503, 200}) {
        const auto asked =
            asked_for(status, R"({"error":{"message":"got an unexpected keyword argument 'stream_options'"}})");
        BOOST_TEST(asked == "stream_options", status);
    }
}

BOOST_AUTO_TEST_CASE(what_the_client_got_wrong_is_for_the_client) {
    for (const std::string_view body :
         {R"({"error":{"message":"Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"}})",
          R"({"error":{"message":"m","param":"temperature","code":"decimal_above_max_value"}})",
          R"({"error":{"message":"Unsupported parameter: 'logprobs'","param":"logprobs"}})",
          R"({"error":{"message":"Unrecognized request argument supplied: user_name"}})",
          R"({"detail":[{"type":"missing","loc":["body","messages"]}]})", R"({"error":{"message":"no"}})", "<html>"}) {
        BOOST_TEST(asked_for(400, body).empty(), body);
    }
    BOOST_TEST(asked_for(500, R"({"error":{"message":"m","param":"store","code":"unknown_parameter"}})").empty());
}

BOOST_AUTO_TEST_CASE(only_a_repair_that_changes_the_request_is_worth_a_try) {
    BOOST_TEST(applied({"max_tokens", "temperature", "user"}, R"({"max_tokens":1,"temperature":0})") ==
               "max_tokens, temperature");
    BOOST_TEST(applied({"max_tokens"}, R"({"max_tokens":1,"max_completion_tokens":1})").empty());
    BOOST_TEST(applied({"enable_thinking"}, "{}") == "enable_thinking");
    BOOST_TEST(applied({"enable_thinking"}, R"({"enable_thinking":true})").empty());
    BOOST_TEST(applied({"enable_thinking", "stream"}, R"({"stream":true})").empty());
    BOOST_TEST(applied({"stream_options"}, R"({"stream_options":{}})").empty());
    BOOST_TEST(applied({"stream_options"}, R"({"stream":true})") == "stream_options");
}

BOOST_AUTO_TEST_CASE(a_repair_touches_nothing_else) {
    const std::string_view body = R"({"x":1e-7, "temperature" : 0.2, "max_tokens":1234567890 ,"y":[1.0]})";
    BOOST_TEST(edited("other", body, repairs({"temperature"})) == R"({"x":1e-7,  "max_tokens":1234567890 ,"y":[1.0]})");
    BOOST_TEST(edited("other", R"({"max_tokens":5,"n":1})", repairs({"max_tokens"})) ==
               R"({"max_completion_tokens":5,"n":1})");
    BOOST_TEST(edited("other", R"({"seed":7})", repairs({"seed"})) == R"({"random_seed":7})");
    BOOST_TEST(edited("qwen", R"({"n":1})", repairs({"enable_thinking"})) == R"({"n":1,"enable_thinking":false})");
    BOOST_TEST(edited("qwen", R"({"top_p":1})", repairs({"top_p"})) == "{}");
    BOOST_TEST(edited("deepseek", R"({"max_completion_tokens":5})", repairs({"max_completion_tokens"})) ==
               R"({"max_tokens":5})");
}

BOOST_AUTO_TEST_CASE(what_hangs_on_the_rest_of_the_request_is_not_remembered) {
    BOOST_TEST(names_of(lasting(repairs({"temperature", "max_tokens", "stream"}))) == "max_tokens, stream");
}

BOOST_AUTO_TEST_SUITE_END()
