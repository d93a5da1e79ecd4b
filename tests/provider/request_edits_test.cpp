#include <boost/test/unit_test.hpp>

#include "provider/edited.hpp"

using namespace ferry;
using namespace ferry::provider;
using namespace ferry::provider::testing;

BOOST_AUTO_TEST_SUITE(request_edits_suite)

BOOST_AUTO_TEST_CASE(a_developer_is_the_system_where_only_that_is_known) {
    const std::string_view body =
        R"({ "messages":[ {"role" : "developer","content":"1e-7 \u00e9"}, {"role":"user"} ]})";
    const std::string_view mapped = R"({ "messages":[ {"role" : "system","content":"1e-7 \u00e9"}, {"role":"user"} ]})";
    BOOST_TEST(edited("deepseek", body) == mapped);
    BOOST_TEST(edited("qwen", body) == mapped);
    BOOST_TEST(edited("other", body) == body);
}

BOOST_AUTO_TEST_CASE(the_length_goes_by_its_old_name_unless_that_is_there_too) {
    BOOST_TEST(edited("deepseek", R"({"max_completion_tokens" : 5,"x":1})") == R"({"max_tokens" : 5,"x":1})");
    BOOST_TEST(edited("deepseek", R"({"max_\u0063ompletion_tokens" : 5})") == R"({"max_tokens":5})");
    for (const std::string_view body : {R"({"max_completion_tokens":5,"max_tokens":6})", R"({"max_tokens":6})"}) {
        BOOST_TEST(edited("deepseek", body) == body);
    }
    const std::string_view body = R"({"max_completion_tokens":5})";
    BOOST_TEST(edited("qwen", body) == body);
    BOOST_TEST(edited("other", body) == body);
    BOOST_TEST(edited(find_provider("other").dialect_of("api.moonshot.cn"), body) == R"({"max_tokens":5})");
}

BOOST_AUTO_TEST_CASE(top_p_is_moved_inside_only_where_it_stands_outside) {
    BOOST_TEST(edited("qwen", R"({"top_p":1})") == R"({"top_p":0.999})");
    BOOST_TEST(edited("qwen", R"({"top_p": 1.0 })") == R"({"top_p": 0.999 })");
    BOOST_TEST(edited("qwen", R"({"top_p":0,"x":2})") == R"({"top_p":0.001,"x":2})");
    BOOST_TEST(edited("qwen", R"({"top_p":-3e1})") == R"({"top_p":0.001})");
    for (const std::string_view body : {R"({"top_p":0.9})", R"({"top_p":1e-7})", R"({"top_p":null})",
                                        R"({"top_p":"1"})", R"({"x":{"top_p":1}})", R"({})"}) {
        BOOST_TEST(edited("qwen", body) == body);
    }
    BOOST_TEST(edited("deepseek", R"({"top_p":1})") == R"({"top_p":1})");
}

BOOST_AUTO_TEST_CASE(usage_is_asked_for_on_streams_only) {
    const std::string_view asking = R"({"stream":true,"stream_options":{"include_usage":true}})";
    for (const std::string_view service : {"other", "deepseek", "qwen"}) {
        BOOST_TEST(edited(service, R"({"stream":true})") == asking);
        BOOST_TEST(edited(service, R"({"stream":false})") == R"({"stream":false})");
        BOOST_TEST(edited(service, asking) == asking);
    }
    BOOST_TEST(edited("other", R"({"stream":true})", repairs({"stream_options"})) == R"({"stream":true})");
    BOOST_TEST(edited("other", asking, repairs({"stream_options"})) == R"({"stream":true})");
}

BOOST_AUTO_TEST_CASE(usage_is_not_asked_of_strict_hosts) {
    const auto asks = [](std::string_view host) { return find_provider("").dialect_of(host).asks_usage; };
    BOOST_TEST(asks("api.openai.com"));
    BOOST_TEST(asks("localhost"));
    BOOST_TEST(!asks("API.mistral.ai"));
    BOOST_TEST(!asks("generativelanguage.googleapis.com"));
}

BOOST_AUTO_TEST_CASE(a_known_host_is_spoken_to_in_its_way_whatever_the_row_says) {
    const auto& deepseek = find_provider("deepseek").dialect_of("");
    const auto& qwen = find_provider("qwen").dialect_of("");
    const auto at = [](std::string_view host) { return &find_provider("other").dialect_of(host); };
    BOOST_TEST(at("api.deepseek.com") == &deepseek);
    for (const std::string_view host : {"dashscope.aliyuncs.com", "cn-hongkong.dashscope.aliyuncs.com",
                                        "dashscope-intl.aliyuncs.com", "ws-1.cn-beijing.maas.aliyuncs.com"}) {
        BOOST_TEST(at(host) == &qwen, host);
    }
    BOOST_TEST(at("x.pai-eas.aliyuncs.com") == at("localhost"));
    BOOST_TEST(at("openrouter.ai")->client_headers.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_whole_answer_can_be_asked_for_as_a_stream) {
    const std::string_view usage = R"("stream_options":{"include_usage":true})";
    const auto with = [&](std::string front) { return front.append(usage) + "}"; };
    BOOST_TEST(edited("qwen", R"({"x":1})", {}, true) == with(R"({"x":1,"stream":true,)"));
    BOOST_TEST(edited("qwen", R"({"stream":false,"x":1})", {}, true) == with(R"({"stream":true,"x":1,)"));
    BOOST_TEST(edited("qwen", R"({"stream":null})", {}, true) == with(R"({"stream":true,)"));
    BOOST_TEST(edited("qwen", R"({"stream":true})", {}, true) == with(R"({"stream":true,)"));
}

BOOST_AUTO_TEST_SUITE_END()
