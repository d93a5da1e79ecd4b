#include "provider/gateway_services.hpp"

#include <boost/test/unit_test.hpp>

#include "provider/table.hpp"

namespace ferry::provider {
namespace {

// The URL a chat of such a row goes to.
std::string chat_of(const gateway_service* service, std::string_view base = "") {
    BOOST_REQUIRE(service != nullptr);
    return find_provider(service->column).chat_url(endpoint_of(*service, base));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_services)

BOOST_AUTO_TEST_CASE(channels_are_asked_where_the_gateway_asks_them) {
    const auto chat = [](std::int64_t type, std::string_view base = "") {
        return chat_of(one_api_channel(type), base);
    };
    BOOST_TEST(chat(1) == "https://api.openai.com/v1/chat/completions");
    BOOST_TEST(chat(1, "http://10.0.0.1:8000/") == "http://10.0.0.1:8000/v1/chat/completions");
    BOOST_TEST(chat(1, "http://10.0.0.1:8000/v1") == "http://10.0.0.1:8000/v1/chat/completions");
    BOOST_TEST(chat(1, "https://relay.example/openai") == "https://relay.example/openai/v1/chat/completions");
    BOOST_TEST(chat(17) == "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions");
    BOOST_TEST(chat(20) == "https://openrouter.ai/api/v1/chat/completions");
    BOOST_TEST(chat(29) == "https://api.groq.com/openai/v1/chat/completions");
    BOOST_TEST(chat(36) == "https://api.deepseek.com/v1/chat/completions");
    BOOST_TEST(chat(40) == "https://ark.cn-beijing.volces.com/api/v3/chat/completions");
    BOOST_TEST(chat(41) == "https://api.novita.ai/v3/openai/chat/completions");
    BOOST_TEST(chat(3, "https://x.openai.azure.com") == "https://x.openai.azure.com/openai/v1/chat/completions");
    BOOST_TEST(endpoint_of(*one_api_channel(3), "") == "");
}

BOOST_AUTO_TEST_CASE(the_same_number_is_not_the_same_service_in_both) {
    BOOST_TEST(one_api_channel(26)->name == "Baichuan");
    BOOST_TEST(new_api_channel(26)->name == "Zhipu V4");
    BOOST_TEST(chat_of(new_api_channel(27)) == "https://api.perplexity.ai/chat/completions");
    BOOST_TEST(chat_of(new_api_channel(43)) == "https://api.deepseek.com/v1/chat/completions");
    BOOST_TEST(endpoint_of(*new_api_channel(8), "https://a.example/x/chat") == "https://a.example/x/chat");
    BOOST_TEST(new_api_channel(14)->refusal != "");
    BOOST_TEST(one_api_channel(999) == nullptr);
}

BOOST_AUTO_TEST_CASE(prefixes_of_litellm) {
    BOOST_TEST(chat_of(litellm_service("openai")) == "https://api.openai.com/v1/chat/completions");
    BOOST_TEST(chat_of(litellm_service("openai"), "http://local:8000") == "http://local:8000/chat/completions");
    BOOST_TEST(chat_of(litellm_service("ollama"), "http://local:1/") == "http://local:1/v1/chat/completions");
    BOOST_TEST(litellm_service("anthropic")->refusal != "");
    BOOST_TEST(litellm_service("gpt-4o") == nullptr);
    BOOST_TEST(litellm_prefix_of("gpt-4o") == "openai");
    BOOST_TEST(litellm_prefix_of("claude-3") == "anthropic");
    BOOST_TEST(litellm_prefix_of("unheard-of") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::provider
