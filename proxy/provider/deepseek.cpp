// DeepSeek: https://api-docs.deepseek.com
#include "provider/generic.hpp"

namespace ferry::provider {
namespace {

const dialect& dialect_of_deepseek(std::string_view) {
    return deepseek_dialect;
}

// Chat, and texts that are completed; nothing else is documented.
bool serves(const openai::operation& operation) {
    return operation.streams == openai::stream_kind::choices;
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
    .chat_url = generic_chat_url,
    .serves = serves,
    .auth = generic_auth,
    .dialect_of = dialect_of_deepseek,
    .classify = generic_classify,
    .retry_after = generic_retry_after,
    .failed_finish = generic_failed_finish,
};

}  // namespace ferry::provider
