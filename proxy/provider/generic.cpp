// Any service that speaks the OpenAI protocol: OpenAI itself, Azure, local servers, and whatever comes.
#include "provider/generic.hpp"

#include <array>

#include "provider/words.hpp"

namespace ferry::provider {

constinit const provider generic = {
    .name = "other",
    .chat_url = generic_chat_url,
    .serves = generic_serves,
    .auth = generic_auth,
    .dialect_of = generic_dialect,
    .classify = generic_classify,
    .retry_after = generic_retry_after,
    .failed_finish = generic_failed_finish,
};

bool generic_serves(const openai::operation&) {
    return true;
}

const dialect& generic_dialect(std::string_view host) {
    static constexpr dialect plain;
    const auto* known = find_dialect(host);
    return known == nullptr ? plain : *known;
}

std::optional<fault> generic_failed_finish(std::string_view finish_reason) {
    static constexpr std::array<std::string_view, 3> failed = {"network_error", "error", "abort"};
    const bool is_overload = finish_reason == "insufficient_system_resource";
    if (!is_overload && !is_one_of(finish_reason, failed)) return std::nullopt;
    auto f =
        fault::upstream(is_overload ? fault_code::upstream_overloaded : fault_code::upstream_error, retry_advice::same,
                        "The upstream gave up before the answer was complete (finish_reason '" +
                            std::string(finish_reason) + "'). Send the request again.");
    f.upstream_code = finish_reason;
    return f;
}

}  // namespace ferry::provider
