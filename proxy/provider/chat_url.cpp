#include <array>

#include "provider/generic.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

// "/v1", "/v4": the base already names the version.
bool ends_in_version(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos || path.substr(slash, 2) != "/v") return false;
    const auto digits = path.substr(slash + 2);
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string generic_chat_url(std::string_view api_endpoint) {
    static constexpr std::string_view chat = "/chat/completions";
    static constexpr std::array<std::string_view, 5> complete = {"/paas/v4", "/compatible-mode/v1", "/v1beta/openai",
                                                                 "/openai/v1", "/openai/deployments/"};
    const auto endpoint = trim(api_endpoint);
    const auto query_at = std::min(endpoint.find_first_of("?#"), endpoint.size());
    const auto query = endpoint.substr(query_at);
    auto base = endpoint.substr(0, query_at);
    while (base.ends_with('/')) base.remove_suffix(1);
    std::string url(base);
    if (!base.ends_with(chat)) {
        if (!ends_in_version(base) && !holds_one_of(base, complete)) url += "/v1";
        url += chat;
    }
    return url.append(query.substr(0, query.find('#')));  // a fragment is never sent (RFC 9110, section 7.1)
}

}  // namespace ferry::provider
