// Qwen on DashScope, in its OpenAI-compatible mode.
#include <array>

#include "base/ascii.hpp"
#include "provider/generic.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

constexpr std::string_view compatible = "/compatible-mode/v1";

// The bare host and the base of the native protocol stand for the compatible mode beside it. Other hosts may serve the
// model by other software.
std::string chat_url(std::string_view api_endpoint) {
    auto base = trimmed(api_endpoint, is_white_space);
    while (base.ends_with('/')) base.remove_suffix(1);
    const auto scheme = base.find("://");
    const auto host_at = scheme == std::string_view::npos ? 0 : scheme + 3;
    const auto path_at = std::min(base.find('/', host_at), base.size());
    const auto host = base.substr(host_at, path_at - host_at);
    if (find_dialect(host) != &qwen_dialect) return generic_chat_url(api_endpoint);
    const auto path = base.substr(path_at);
    static constexpr std::array<std::string_view, 4> bases = {"", "/v1", "/api/v1", "/compatible-mode"};
    if (!is_one_of(path, bases)) return generic_chat_url(api_endpoint);
    return generic_chat_url(std::string(base.substr(0, path_at)).append(compatible));
}

const dialect& dialect_of_qwen(std::string_view) {
    return qwen_dialect;
}

// A quota here is tokens per minute: used up now, there again in a moment.
constexpr error_meaning rate_limited{fault_code::upstream_rate_limited, retry_advice::same};
constexpr auto codes = std::to_array<code_row>({
    {"insufficient_quota", rate_limited},
});

fault classify(int status, const openai::upstream_error& error, std::optional<std::chrono::milliseconds> retry_after) {
    return classify_by(codes, status, error, retry_after);
}

constexpr std::array<std::string_view, 2> client_headers = {"x-dashscope-datainspection", "x-dashscope-workspace"};

}  // namespace

constinit const dialect qwen_dialect = {
    .developer_is_system = true,  // 400: developer is not one of ['system', 'assistant', 'user', 'tool', 'function']
    .top_p_is_open = true,
    .thinks_in_streams = true,
    .client_headers = client_headers,
};

constinit const provider qwen = {
    .name = "qwen",
    .chat_url = chat_url,
    .serves = generic_serves,
    .auth = generic_auth,
    .dialect_of = dialect_of_qwen,
    .classify = classify,
    .retry_after = generic_retry_after,
    .failed_finish = generic_failed_finish,
};

}  // namespace ferry::provider
