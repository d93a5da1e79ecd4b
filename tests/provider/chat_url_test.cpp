#include <boost/test/unit_test.hpp>

#include "provider/table.hpp"

using namespace ferry::provider;

BOOST_AUTO_TEST_SUITE(chat_url_suite)

BOOST_AUTO_TEST_CASE(an_endpoint_is_the_chat_url_or_grows_into_it) {
    struct row {
        std::string_view endpoint, url;
    };
    for (const auto& each : std::initializer_list<row>{
             {"https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions"},
             {"https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"},
             {"https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"},
             {"https://api.openai.com", "https://api.openai.com/v1/chat/completions"},
             {" http://localhost:11434// ", "http://localhost:11434/v1/chat/completions"},
             {"http://h/v1/chat/completions/", "http://h/v1/chat/completions"},
             {"https://open.bigmodel.cn/api/paas/v4", "https://open.bigmodel.cn/api/paas/v4/chat/completions"},
             {"https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/coding/paas/v4/chat/completions"},
             {"https://qianfan.baidubce.com/v2", "https://qianfan.baidubce.com/v2/chat/completions"},
             {"https://dashscope.aliyuncs.com/compatible-mode/v1",
              "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions"},
             {"https://generativelanguage.googleapis.com/v1beta/openai",
              "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"},
             {"https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"},
             {"https://r.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
              "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21"},
             {"https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=x",
              "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=x"},
             {"http://[::1]:8000", "http://[::1]:8000/v1/chat/completions"},
             {"https://h?api-version=1", "https://h/v1/chat/completions?api-version=1"},
             {"https://h/?a=/b/c", "https://h/v1/chat/completions?a=/b/c"},
             {"https://h/chat/completions", "https://h/chat/completions"},
             {"https://h/v1?next=/chat/completions", "https://h/v1/chat/completions?next=/chat/completions"},
         }) {
        BOOST_TEST(find_provider("other").chat_url(each.endpoint) == each.url);
    }
}

// Bases that services document for the SDKs, which append the operation and nothing else.
BOOST_AUTO_TEST_CASE(to_a_base_with_a_path_only_the_operation_is_appended) {
    for (const std::string_view base :
         {"https://h/v2/ai/openai", "https://h/inference", "https://h/serving-endpoints", "https://h/compat",
          "https://h/openapi", "https://h/models", "https://h/v1", "https://h/v2", "https://h/v1beta/openai",
          "https://h/api/paas/v4", "https://h/compatible-mode/v1", "https://h/openai", "https://h/api/v3",
          "https://h/beta", "https://h/openai/deployments/gpt", "https://h/v", "https://h/vx1", "https://h/v1/",
          "https://gateway.example/v1/account/name/openai", "https://h/v1/projects/p/locations/l/endpoints/openapi",
          "https://h/api/openai/v1", "https://h/base//"}) {
        auto plain = base;
        while (plain.ends_with('/')) plain.remove_suffix(1);
        const auto joined = std::string(plain) + "/chat/completions";
        for (const std::string_view service : {"other", "deepseek", "qwen"}) {
            BOOST_TEST_CONTEXT(service) BOOST_TEST(find_provider(service).chat_url(base) == joined);
        }
        BOOST_TEST(find_provider("other").chat_url(std::string(base) + "?a=b#c") == joined + "?a=b");
        BOOST_TEST(other_operation(base) == "", base);
    }
}

BOOST_AUTO_TEST_CASE(a_url_of_another_operation_is_told_by_its_end) {
    BOOST_TEST(other_operation("https://h/v1/embeddings") == "/embeddings");
    BOOST_TEST(other_operation(" https://h/v1/completions/?a=b ") == "/completions");
    BOOST_TEST(other_operation("https://h/v1/responses") == "/responses");
    BOOST_TEST(other_operation("https://h/v1/images/generations") == "/images/generations");
    BOOST_TEST(other_operation("https://h/v1/models") == "/v1/models");
    for (const std::string_view chat :
         {"https://h", "https://h/", "https://h/v1/chat/completions/", "https://h/models", "https://embeddings",
          "https://h/v1?x=/embeddings", "https://h/my-embeddings"}) {
        BOOST_TEST(other_operation(chat) == "", chat);
    }
}

BOOST_AUTO_TEST_CASE(services_of_their_own_have_bases_of_their_own) {
    const auto url = [](std::string_view service, std::string_view endpoint) {
        return find_provider(service).chat_url(endpoint);
    };
    BOOST_TEST(url("deepseek", "https://api.deepseek.com") == "https://api.deepseek.com/v1/chat/completions");
    BOOST_TEST(url("deepseek", "https://api.deepseek.com/beta/") == "https://api.deepseek.com/beta/chat/completions");
    BOOST_TEST(url("deepseek", "https://api.deepseek.com/chat/completions") ==
               "https://api.deepseek.com/chat/completions");
    const std::string_view compatible = "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions";
    for (const std::string_view base :
         {"https://dashscope.aliyuncs.com", "https://dashscope.aliyuncs.com/", "https://dashscope.aliyuncs.com/api/v1",
          "https://dashscope.aliyuncs.com/compatible-mode", "https://dashscope.aliyuncs.com/compatible-mode/v1"}) {
        BOOST_TEST(url("qwen", base) == compatible, base);
    }
    BOOST_TEST(url("qwen", compatible) == compatible);
    BOOST_TEST(url("qwen", "http://gpu:8000") == "http://gpu:8000/v1/chat/completions");
}

BOOST_AUTO_TEST_CASE(any_provider_value_finds_a_row) {
    for (const std::string_view value : {"other", "Other", " OTHER\n", "", "no such service"}) {
        BOOST_TEST(find_provider(value).name == "other", value);
    }
    BOOST_TEST(find_provider(" DeepSeek ").name == "deepseek");
    BOOST_TEST(find_provider("QWEN").name == "qwen");
}

BOOST_AUTO_TEST_SUITE_END()
