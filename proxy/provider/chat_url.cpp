#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "openai/operation.hpp"
#include "provider/generic.hpp"

namespace ferry::provider {
namespace {

// What URLs end in that are no operation of Ferry's. A path that ends in `/models` alone is a base of some services.
constexpr auto others =
    std::to_array<std::string_view>({"/realtime", "/assistants", "/threads", "/v1/models", "/v1/messages"});

// `path` is empty or begins with a slash, and does not end with one.
struct url_parts {
    std::string_view origin, path, query;
};

url_parts take_apart(std::string_view url) {
    url = trimmed(url, is_white_space);
    const auto query_at = std::min(url.find_first_of("?#"), url.size());
    const auto scheme = url.find("://");
    const auto path_at = std::min(url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3), query_at);
    url_parts parts{url.substr(0, path_at), url.substr(path_at, query_at - path_at), url.substr(query_at)};
    while (parts.path.ends_with('/')) parts.path.remove_suffix(1);
    parts.query = parts.query.substr(0, parts.query.find('#'));  // never sent (RFC 9110, section 7.1)
    return parts;
}

}  // namespace

std::string generic_chat_url(std::string_view api_endpoint) {
    const auto base = take_apart(api_endpoint);
    std::string url(base.origin);
    url += base.path.empty() ? std::string_view("/v1") : base.path;
    const auto chat = openai::chat_completions().path;
    if (!base.path.ends_with(chat)) url += chat;
    return url.append(base.query);
}

std::string_view other_operation(std::string_view api_endpoint) {
    const auto path = take_apart(api_endpoint).path;
    if (path.ends_with(openai::chat_completions().path)) return {};
    for (const auto& row : openai::operations()) {
        const bool is_whole = row.model == openai::model_place::body_member ||
                              row.model == openai::model_place::account || row.model == openai::model_place::form_part;
        if (is_whole && !row.path.empty() && path.ends_with(row.path))
            return path.substr(path.size() - row.path.size());
    }
    for (const auto each : others) {
        if (path.ends_with(each)) return path.substr(path.size() - each.size());
    }
    return {};
}

}  // namespace ferry::provider
