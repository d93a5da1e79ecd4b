// DeepSeek: https://api-docs.deepseek.com
#include "provider/generic.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

// The beta base holds chat completions without a version between.
std::string chat_url(std::string_view api_endpoint) {
    auto base = trim(api_endpoint);
    while (base.ends_with('/')) base.remove_suffix(1);
    if (base.ends_with("/beta")) return std::string(base) + "/chat/completions";
    return generic_chat_url(api_endpoint);
}

const dialect& dialect_of(std::string_view) {
    return deepseek_dialect;
}

}  // namespace

constinit const dialect deepseek_dialect = {
    .developer_is_system = true,   // 400: unknown variant `developer`
    .length_is_max_tokens = true,  // max_completion_tokens is not documented
    // A request waits for its turn behind keep-alives; the service gives up after ten minutes itself.
    .kept_alive = std::chrono::minutes(10),
};

constinit const provider deepseek = {
    .name = "deepseek",
    .chat_url = chat_url,
    .auth = generic_auth,
    .dialect_of = dialect_of,
    .classify = generic_classify,
    .retry_after = generic_retry_after,
    .failed_finish = generic_failed_finish,
};

}  // namespace ferry::provider
