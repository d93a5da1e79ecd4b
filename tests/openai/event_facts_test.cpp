#include "openai/event_facts.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry::openai;

namespace {

token_usage usage_in(std::string_view json) {
    return inspect_event(json).usage.value_or(token_usage{});
}

bool counts(std::string_view json, std::int64_t prompt, std::int64_t completion, std::int64_t total) {
    const auto usage = usage_in(json);
    return usage.prompt == prompt && usage.completion == completion && usage.total == total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_facts_suite)

BOOST_AUTO_TEST_CASE(usage_is_found_in_all_its_places) {
    const std::string usage = R"("usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15})";
    for (const auto& json : {
             "{\"id\":\"c\",\"choices\":[]," + usage + "}",
             "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]," + usage + "}",
             "{" + usage + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
             "{\"choices\":[{\"index\":0,\"delta\":{}," + usage + "}]}",
             "{\"choices\":[{\"delta\":{}}],\"x_groq\":{\"id\":\"r\"," + usage + "}}",
             "{\"usage\":null,\"x_groq\":{" + usage + "}}",
         }) {
        BOOST_TEST(inspect_event(json).is_object, json);
        BOOST_TEST(counts(json, 12, 3, 15), json);
    }
}

BOOST_AUTO_TEST_CASE(zeros_null_and_nothing_mean_no_usage) {
    for (const std::string_view json :
         {R"({"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}})", R"({"usage":null})", R"({})",
          R"({"usage":{}})", R"({"usage":[]})", R"({"usage":"12"})", R"({"a":{"usage":{"prompt_tokens":1}}})"}) {
        BOOST_TEST(!inspect_event(json).usage, json);
    }
    BOOST_TEST(inspect_event(R"({"usage":{"prompt_tokens":0}})").has_usage);
    BOOST_TEST(inspect_event(R"({"usage":null})").usage_is_null);
    BOOST_TEST(!inspect_event(R"({"usage":null})").has_usage);
}

BOOST_AUTO_TEST_CASE(of_several_usages_the_last_counts) {
    BOOST_TEST(counts(R"({"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},)"
                      R"("usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}})",
                      3, 1, 4));
    BOOST_TEST(usage_in(R"({"usage":{"prompt_tokens":5,"completion_tokens":null}})").prompt.value() == 5);
}

BOOST_AUTO_TEST_CASE(cached_tokens_are_found_in_every_spelling) {
    const auto cached = [](std::string_view inside, std::string_view beside = "") {
        return usage_in(R"({"usage":{"prompt_tokens":320,"completion_tokens":1)" + std::string(inside) + "}" +
                        std::string(beside) + "}")
            .cached.value_or(-1);
    };
    BOOST_TEST(cached("") == -1);
    BOOST_TEST(cached(R"(,"prompt_tokens_details":{"cached_tokens":300,"x":{"cached_tokens":1}})") == 300);
    BOOST_TEST(cached(R"(,"prompt_cache_hit_tokens":320,"prompt_cache_miss_tokens":0)") == 320);
    BOOST_TEST(cached(R"(,"prompt_cache_hit_tokens":320,"prompt_tokens_details":{"cached_tokens":0})") == 320);
    BOOST_TEST(cached(R"(,"prompt_cache_hit_tokens":320,"prompt_tokens_details":{"cached_tokens":300})") == 300);
    BOOST_TEST(cached(R"(,"cached_tokens":11)") == 11);
    BOOST_TEST(cached(R"(,"num_cached_tokens":12)") == 12);
    BOOST_TEST(cached(R"(,"prompt_token_details":{"cached_tokens":13})") == 13);
    BOOST_TEST(cached("", R"(,"timings":{"cache_n":50})") == 50);
    BOOST_TEST(cached(R"(,"prompt_tokens_details":{"cached_tokens":-4})") == -1);
    BOOST_TEST(cached(R"(,"prompt_tokens_details":null)") == -1);
}

BOOST_AUTO_TEST_CASE(the_other_kinds_are_read_too) {
    const auto usage = usage_in(R"({"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"cost":0.1,)"
                                R"("prompt_tokens_details":{"audio_tokens":3,"cache_creation_input_tokens":20},)"
                                R"("completion_tokens_details":{"reasoning_tokens":30,"audio_tokens":4}}})");
    BOOST_TEST(usage.cache_write.value() == 20);
    BOOST_TEST(usage.reasoning.value() == 30);
    BOOST_TEST(usage.audio.value() == 7);
    BOOST_TEST(usage.completion.value() == 50);
    BOOST_TEST(usage_in(R"({"usage":{"prompt_tokens":1,"reasoning_tokens":9}})").reasoning.value() == 9);
}

BOOST_AUTO_TEST_CASE(reasoning_counted_beside_the_completion_is_added_to_it) {
    const auto usage = usage_in(R"({"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,)"
                                R"("completion_tokens_details":{"reasoning_tokens":290}}})");
    BOOST_TEST(usage.completion.value() == 291);
    BOOST_TEST(usage.reasoning.value() == 290);
}

BOOST_AUTO_TEST_CASE(payload_is_told_from_packing) {
    const auto carries = [](std::string_view delta) {
        return inspect_event(R"({"choices":[{"index":0,"delta":)" + std::string(delta) + "}]}").has_payload;
    };
    for (const std::string_view full :
         {R"({"content":"a"})", R"({"content":"\n"})", R"({"content":null,"reasoning_content":"We"})",
          R"({"reasoning":"x"})", R"({"tool_calls":[{"index":0}]})", R"({"refusal":"no"})",
          R"({"content":[{"type":"text"}]})", R"({"function_call":{"name":"f"}})"}) {
        BOOST_TEST(carries(full), full);
    }
    for (const std::string_view empty :
         {R"({})", R"({"role":"assistant"})", R"({"content":""})", R"({"content":null})", R"({"tool_calls":[]})",
          R"({"refusal":null,"role":"assistant","x":"y"})", R"({"other":{"content":"a"}})"}) {
        BOOST_TEST(!carries(empty), empty);
    }
    BOOST_TEST(inspect_event(R"({"choices":[{"message":{"content":"a"}}]})").has_payload);
    BOOST_TEST(inspect_event(R"({"choices":[{"text":"a"}]})").has_payload);
}

BOOST_AUTO_TEST_CASE(finish_reasons_are_kept_by_choice) {
    const auto facts = inspect_event(
        R"({"choices":[{"finish_reason":null,"index":1},{"index":3,"finish_reason":"length"},{"finish_reason":""}]})");
    BOOST_TEST(facts.finish_reason == "length");
    BOOST_TEST(facts.seen.test(1));
    BOOST_TEST(facts.seen.test(3));
    BOOST_TEST(facts.finished.count() == 1u);
    BOOST_TEST(facts.finished.test(3));
    const auto long_reason = inspect_event(R"({"choices":[{"finish_reason":")" + std::string(100, 'r') + "\"}]}");
    BOOST_TEST(long_reason.finish_reason == std::string(64, 'r'));
    BOOST_TEST(inspect_event(R"({"choices":[{"index":99999,"finish_reason":"stop"}]})").seen.none());
    BOOST_TEST(inspect_event(R"({"choices":[{"index":-1}]})").seen.none());
}

BOOST_AUTO_TEST_CASE(usage_alone_is_known_however_no_choices_is_spelled) {
    const std::string usage = R"("usage":{"prompt_tokens":12,"completion_tokens":3})";
    for (const std::string before :
         {R"("choices":[],)", R"("choices":null,)", "", R"("choices":{},)", R"("choices":[null],)",
          R"("choices":"",)"}) {
        BOOST_TEST(inspect_event("{" + before + usage + "}").is_usage_alone(), before);
        BOOST_TEST(!inspect_event("{" + before + R"("usage":null})").is_usage_alone(), before);
    }
    BOOST_TEST(!inspect_event(R"({"choices":[{}],)" + usage + "}").is_usage_alone());
    BOOST_TEST(inspect_event(R"({"choices":[{}]})").has_choice);
    BOOST_TEST(inspect_event(R"({"choices":[null,{}]})").has_choice);
    BOOST_TEST(!inspect_event(R"({"choices":[[]]})").has_choice);
    BOOST_TEST(inspect_event(R"({"choices":null})").has_null_choices);
    BOOST_TEST(inspect_event(R"({"choices":[]})").choices_is_list);
    BOOST_TEST(!inspect_event(R"({"choices":{}})").choices_is_list);
}

BOOST_AUTO_TEST_CASE(a_failure_without_an_error_member_is_known_by_its_code_or_detail) {
    for (const std::string_view json :
         {R"({"code":"Throttling","message":"m"})", R"({"code":20012,"message":"m","data":null})", R"({"detail":"m"})",
          R"({"detail":[{"loc":["body"],"msg":"m"}]})", R"({"error_code":336003,"error_msg":"m"})",
          R"({"success":false,"errors":[]})", R"({"errors":[{"message":"m"}]})", R"({"detail":{"message":"m"}})",
          R"({"choices":null,"base_resp":{"status_code":1004,"status_msg":"m"}})", R"({"choices":[],"code":"x"})"}) {
        BOOST_TEST(inspect_event(json).tells_failure(), json);
        BOOST_TEST(!inspect_event(json).is_error, json);
    }
    for (const std::string_view json :
         {R"({"code":0,"message":""})", R"({"code":"200"})", R"({"code":null})", R"({"detail":""})", R"({"detail":[]})",
          R"({"success":true,"errors":[]})", R"({"choices":[{}],"code":"x","detail":"d","success":false})",
          R"({"base_resp":{"status_code":0,"status_msg":"ok"}})", R"({"choices":[]})", "{}"}) {
        BOOST_TEST(!inspect_event(json).tells_failure(), json);
    }
}

BOOST_AUTO_TEST_CASE(errors_are_noticed) {
    for (const std::string_view json :
         {R"({"error":{"message":"m"}})", R"({"error":"m"})", R"({"error":["m"]})", R"({"code":"c","error":"e"})",
          R"({"object":"error","message":"m"})", R"({"choices":[{"finish_reason":"error"}],"error":{"code":502}})"}) {
        BOOST_TEST(inspect_event(json).is_error, json);
    }
    for (const std::string_view json : {R"({"error":null})", R"({"error":{}})", R"({"error":""})", R"({"error":false})",
                                        R"({"x":{"error":"e"}})", R"({"object":"chat.completion.chunk"})"}) {
        BOOST_TEST(!inspect_event(json).is_error, json);
    }
}

BOOST_AUTO_TEST_CASE(only_whole_objects_are_objects) {
    for (const std::string_view json :
         {"", " ", "null", "[]", "[{}]", "5", "\"x\"", "{", "{\"a\":}", "{}{}", "not-json"}) {
        BOOST_TEST(!inspect_event(json).is_object, json);
    }
    BOOST_TEST(inspect_event(" {} ").is_object);
    BOOST_TEST(inspect_event("{\"a\":\"\xff\xc0\"}").is_object);  // relayed as it came
    BOOST_TEST(inspect_event("{\"a\":" + std::string(900, '[') + std::string(900, ']') + "}").is_object);
    BOOST_TEST(!inspect_event(std::string(2000, '[')).is_object);
}

BOOST_AUTO_TEST_SUITE_END()
