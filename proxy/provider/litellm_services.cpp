// The prefixes of LiteLLM's models, and what an endpoint is made of.
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "openai/operation.hpp"
#include "provider/gateway_services.hpp"

namespace ferry::provider {
namespace {

constexpr std::string_view other_protocol = "Ferry does not speak the protocol of this service";

constexpr gateway_service at(std::string_view name, std::string_view base, std::string_view variable,
                             std::string_view column = "other") {
    return {.name = name, .base = base, .path = "", .refusal = "", .column = column, .key_variable = variable};
}
constexpr gateway_service native(std::string_view name, std::string_view base, std::string_view variable) {
    auto made = at(name, base, variable);
    made.is_elsewhere = true;
    return made;
}
constexpr gateway_service below(std::string_view path, gateway_service made) {
    made.path = path;
    return made;
}
constexpr gateway_service none(std::string_view name) {
    return {.name = name, .base = "", .path = "", .refusal = other_protocol};
}
constexpr gateway_service azure() {
    auto made = below("/openai/v1", at("azure", "", "AZURE_API_KEY"));
    made.auth_scheme = "api-key";
    return made;
}

constexpr std::string_view openai_base = "https://api.openai.com/v1", openai_key = "OPENAI_API_KEY",
                           local = "http://localhost:11434";

constexpr auto services = std::to_array<gateway_service>({
    at("openai", openai_base, openai_key),
    at("text-completion-openai", openai_base, openai_key),
    azure(),
    at("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek"),
    at("dashscope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY", "qwen"),
    at("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    at("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    at("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    at("together_ai", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
    at("xai", "https://api.x.ai/v1", "XAI_API_KEY"),
    at("perplexity", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY"),
    at("fireworks_ai", "https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY"),
    at("moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
    at("deepinfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"),
    at("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    at("nvidia_nim", "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY"),
    at("sambanova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"),
    at("volcengine", "https://ark.cn-beijing.volces.com/api/v3", "VOLCENGINE_API_KEY"),
    native("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    native("cohere", "https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY"),
    native("cohere_chat", "https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY"),
    below("/v1", at("ollama", local, "")),
    below("/v1", at("ollama_chat", local, "")),
    at("hosted_vllm", "", ""),
    at("openai_like", "", ""),
    at("custom_openai", "", ""),
    at("lm_studio", "", ""),
    at("llamafile", "", ""),
    at("xinference", "", ""),
    at("litellm_proxy", "", ""),
    none("anthropic"),
    none("bedrock"),
    none("vertex_ai"),
    none("sagemaker"),
    none("watsonx"),
    none("replicate"),
    none("huggingface"),
});

constexpr auto beginnings_of_openai = std::to_array<std::string_view>(
    {"gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-", "dall-e-", "whisper-", "tts-", "omni-moderation-"});

bool has_path(std::string_view url) {
    const auto scheme = url.find("://");
    return url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3) != std::string_view::npos;
}

}  // namespace

const gateway_service* litellm_service(std::string_view prefix) {
    const auto found =
        std::find_if(services.begin(), services.end(), [prefix](const auto& one) { return one.name == prefix; });
    return found == services.end() ? nullptr : found;
}

std::string_view litellm_prefix_of(std::string_view model) {
    const bool is_openai = std::any_of(beginnings_of_openai.begin(), beginnings_of_openai.end(),
                                       [model](const auto each) { return model.starts_with(each); });
    if (is_openai) return "openai";
    return model.starts_with("claude-") ? "anthropic" : "";
}

std::string endpoint_of(const gateway_service& service, std::string_view base) {
    base = trimmed(base, is_white_space);
    while (base.ends_with('/')) base.remove_suffix(1);
    std::string url(base.empty() ? service.base : base);
    if (url.empty() || (service.is_whole_url && !base.empty())) return url;
    // Who had the path in the base URL already had it twice, which no service answers: it is meant once.
    if (!url.ends_with(service.path)) url += service.path;
    // A host alone is asked there without /v1, which Ferry would add to a base URL.
    if (!has_path(url)) url += openai::chat_completions().path;
    return url;
}

}  // namespace ferry::provider
