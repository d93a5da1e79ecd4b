// The types of channels of one-api and of new-api, which is its child: what their numbers mean.
#include <algorithm>
#include <array>

#include "provider/gateway_services.hpp"

namespace ferry::provider {
namespace {

struct channel_type {
    std::int64_t number;
    gateway_service service;
};

constexpr std::string_view usual = "/v1", not_openai = "Ferry does not speak the protocol of this service",
                           no_chat = "it is no service of the OpenAI protocol",
                           account_in_url = "its URL depends on an account: add its models with `ferry models add`";

constexpr gateway_service at(std::string_view name, std::string_view base, std::string_view path = usual) {
    return {.name = name, .base = base, .path = path, .refusal = ""};
}
constexpr gateway_service native(std::string_view name, std::string_view base, std::string_view path) {
    auto made = at(name, base, path);
    made.is_elsewhere = true;
    return made;
}
constexpr gateway_service none(std::string_view name, std::string_view why) {
    return {.name = name, .base = "", .path = "", .refusal = why};
}
constexpr gateway_service of(std::string_view column, gateway_service made) {
    made.column = column;
    return made;
}
constexpr gateway_service azure() {
    auto made = at("Azure", "", "/openai/v1");
    made.auth_scheme = "api-key";
    made.drops_dots = true;
    return made;
}
constexpr gateway_service whole_url(std::string_view name) {
    auto made = at(name, "", "");
    made.is_whole_url = true;
    return made;
}

constexpr std::string_view dashscope = "https://dashscope.aliyuncs.com", dashscope_path = "/compatible-mode/v1",
                           ark = "https://ark.cn-beijing.volces.com", ark_path = "/api/v3",
                           gemini = "https://generativelanguage.googleapis.com", gemini_path = "/v1beta/openai",
                           zhipu = "https://open.bigmodel.cn", zhipu_path = "/api/paas/v4";

constexpr auto both = std::to_array<channel_type>({
    {1, at("OpenAI", "https://api.openai.com")},
    {3, azure()},
    {6, at("OpenAIMax", "https://api.openaimax.com")},
    {7, at("OhMyGPT", "https://api.ohmygpt.com")},
    {9, at("AILS", "https://api.caipacity.com")},
    {10, at("AIProxy", "https://api.aiproxy.io")},
    {11, none("PaLM", not_openai)},
    {12, at("API2GPT", "https://api.api2gpt.com")},
    {13, at("AIGC2D", "https://api.aigc2d.com")},
    {14, none("Anthropic", not_openai)},
    {15, none("Baidu", "its first protocol is not OpenAI's; a channel of type Baidu V2 can be brought over")},
    {16, of("other", at("Zhipu", zhipu, zhipu_path))},
    {17, of("qwen", at("Ali", dashscope, dashscope_path))},
    {18, none("Xunfei", not_openai)},
    {20, at("OpenRouter", "https://openrouter.ai/api")},
    {21, none("AIProxyLibrary", not_openai)},
    {22, at("FastGPT", "https://fastgpt.run/api/openapi")},
    {23, none("Tencent", "each request is signed there, which Ferry does not do")},
    {24, native("Gemini", gemini, gemini_path)},
    {25, at("Moonshot", "https://api.moonshot.cn")},
    {31, at("LingYiWanWu", "https://api.lingyiwanwu.com")},
    {33, none("AWS", "each request is signed there, which Ferry does not do")},
});

constexpr auto one_api_alone = std::to_array<channel_type>({
    {2, at("API2D", "https://oa.api2d.net")},
    {4, at("CloseAI", "https://api.closeai-proxy.xyz")},
    {5, at("OpenAI-SB", "https://api.openai-sb.com")},
    {8, at("Custom", "")},
    {19, at("360", "https://ai.360.cn")},
    {26, at("Baichuan", "https://api.baichuan-ai.com")},
    {27, at("MiniMax", "https://api.minimax.chat")},
    {28, at("Mistral", "https://api.mistral.ai")},
    {29, at("Groq", "https://api.groq.com/openai")},
    {30, at("Ollama", "http://localhost:11434")},
    {32, at("StepFun", "https://api.stepfun.com")},
    {34, none("Coze", not_openai)},
    {35, native("Cohere", "https://api.cohere.ai", "/compatibility/v1")},
    {36, of("deepseek", at("DeepSeek", "https://api.deepseek.com"))},
    {37, none("Cloudflare", account_in_url)},
    {38, none("DeepL", no_chat)},
    {39, at("Together", "https://api.together.xyz")},
    {40, at("Doubao", ark, ark_path)},
    {41, at("Novita", "https://api.novita.ai/v3/openai", "")},
    {42, none("Vertex AI", not_openai)},
    {43, none("Proxy", no_chat)},
    {44, at("SiliconFlow", "https://api.siliconflow.cn")},
    {45, at("xAI", "https://api.x.ai")},
    {46, none("Replicate", not_openai)},
    {47, at("Baidu V2", "https://qianfan.baidubce.com", "/v2")},
    {48, at("Xunfei V2", "https://spark-api-open.xf-yun.com")},
    {49, of("qwen", at("Ali Bailian", dashscope, dashscope_path))},
    {50, at("OpenAI-compatible", "", "")},
    {51, at("Gemini, OpenAI-compatible", "https://generativelanguage.googleapis.com/v1beta/openai", "")},
});

constexpr auto new_api_alone = std::to_array<channel_type>({
    {2, none("Midjourney", no_chat)},
    {4, at("Ollama", "http://localhost:11434")},
    {5, none("Midjourney Plus", no_chat)},
    {8, whole_url("Custom")},
    {19, at("360", "https://api.360.cn")},
    {26, at("Zhipu V4", zhipu, zhipu_path)},
    {27, at("Perplexity", "https://api.perplexity.ai", "")},
    {34, native("Cohere", "https://api.cohere.ai", "/compatibility/v1")},
    {35, at("MiniMax", "https://api.minimax.chat")},
    {36, none("Suno", no_chat)},
    {37, none("Dify", not_openai)},
    {38, at("Jina", "https://api.jina.ai")},
    {39, none("Cloudflare", account_in_url)},
    {40, at("SiliconFlow", "https://api.siliconflow.cn")},
    {41, none("Vertex AI", not_openai)},
    {42, at("Mistral", "https://api.mistral.ai")},
    {43, of("deepseek", at("DeepSeek", "https://api.deepseek.com"))},
    {44, at("MokaAI", "https://api.moka.ai")},
    {45, at("VolcEngine", ark, ark_path)},
    {46, at("Baidu V2", "https://qianfan.baidubce.com", "/v2")},
    {47, at("Xinference", "")},
    {48, at("xAI", "https://api.x.ai")},
    {49, none("Coze", not_openai)},
    {50, none("Kling", no_chat)},
    {51, none("Jimeng", no_chat)},
    {52, none("Vidu", no_chat)},
    {53, at("Submodel", "https://llm.submodel.ai")},
    {54, none("Doubao Video", no_chat)},
    {55, none("Sora", no_chat)},
    {56, none("Replicate", not_openai)},
    {57, none("Codex", no_chat)},
});

template <class Types>
const gateway_service* find_channel(const Types& types, std::int64_t number) {
    const auto found =
        std::find_if(types.begin(), types.end(), [number](const auto& one) { return one.number == number; });
    return found == types.end() ? nullptr : &found->service;
}

}  // namespace

const gateway_service* one_api_channel(std::int64_t type) {
    const auto* own = find_channel(one_api_alone, type);
    return own != nullptr ? own : find_channel(both, type);
}

const gateway_service* new_api_channel(std::int64_t type) {
    const auto* own = find_channel(new_api_alone, type);
    return own != nullptr ? own : find_channel(both, type);
}

}  // namespace ferry::provider
