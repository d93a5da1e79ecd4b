#include "server/find_operation.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/ascii.hpp"
#include "base/nearest.hpp"
#include "net/authority.hpp"
#include "openai/secret_scrub.hpp"

namespace ferry::server {

namespace {

// The last two as clients of Azure ask for what is no deployment's.
constexpr std::array<std::string_view, 4> prefixes = {"/v1", "/api/v1", "/openai/v1", "/openai"};

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
        out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
        i += 2;
    }
    return out;
}

// The path below /v1, or nothing.
std::optional<std::string_view> below_prefix(std::string_view path) {
    for (const auto prefix : prefixes) {
        if (path.starts_with(prefix) && path.size() > prefix.size() && path[prefix.size()] == '/') {
            return path.substr(prefix.size());
        }
    }
    return std::nullopt;
}

// Where the row's path has an id, that; where the model is the rest of it, the rest. Nothing: it is another path.
std::optional<std::string_view> match(const openai::operation& row, std::string_view below) {
    if (row.model != openai::model_place::rest_of_path) return openai::id_in_path(row, below);
    if (!below.starts_with(row.path) || below.size() == row.path.size()) return std::nullopt;
    return below.substr(row.path.size());
}

// Some clients put their key into the path.
std::string shown(std::string_view path) {
    return openai::scrub_secrets(path.substr(0, 200), {});
}

bool is_known(std::string_view below) {
    const auto all = openai::operations();
    return std::any_of(all.begin(), all.end(), [below](const auto& row) { return openai::id_in_path(row, below); });
}

bool is_method_of(const openai::operation& row, std::string_view method) {
    return method == row.method || (method == "HEAD" && row.method == "GET");
}

std::string_view methods_of(const openai::operation& row) {
    return row.method == "GET" ? "GET, HEAD" : row.method;
}

// The operation whose path is most like this one.
std::string_view nearest_path(std::string_view below) {
    constexpr std::size_t most = 64;  // comparing takes the product of the lengths
    if (below.size() > most) return {};
    std::vector<std::string_view> paths;
    for (const auto& row : openai::operations()) {
        if (!row.path.empty() && row.path.find('{') == row.path.npos) paths.push_back(row.path);
    }
    return nearest(below, paths);
}

fault unknown_url(std::string_view method, std::string_view path) {
    std::string text = "Unknown request URL: " + std::string(method) + " " + shown(path) + ". ";
    auto bare = path;
    while (bare.size() > 1 && bare.back() == '/') bare.remove_suffix(1);
    const auto below = below_prefix(bare);
    if (below && is_known(*below) && bare != path) {
        text += "Did you mean " + shown(bare) + " (without the trailing slash)?";
    } else if (is_known(bare)) {
        text += "Did you mean /v1" + shown(bare) + "? Set your SDK's base_url to end in /v1.";
    } else if (bare.starts_with("/v1/v1/")) {
        text += "Did you mean " + shown(bare.substr(3)) + "? Set your SDK's base_url to end in one /v1.";
    } else if (const auto meant = nearest_path(below.value_or(bare)); !meant.empty()) {
        text += "Did you mean /v1" + std::string(meant) + "?";
    } else {
        text += "Ferry serves the paths of the OpenAI API below /v1, POST /v1" +
                std::string(openai::chat_completions().path) + " for one: docs/operations.md lists them.";
    }
    return fault::client(fault_code::unknown_url, std::move(text));
}

fault wrong_method(std::string_view method, std::string_view path, std::string allow) {
    auto made = fault::client(fault_code::method_not_allowed, "Not allowed to " + std::string(method.substr(0, 20)) +
                                                                  " on " + shown(path) + ": use " + allow + ".");
    made.allow = std::move(allow);
    return made;
}

// /openai/deployments/{model}<path of a row>, as clients of Azure ask; the query (`api-version`) means nothing here.
struct deployment {
    std::string_view model, below;
};
std::optional<deployment> find_deployment(std::string_view path) {
    constexpr std::string_view prefix = "/openai/deployments/";
    if (!path.starts_with(prefix)) return std::nullopt;
    const auto rest = path.substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
    return deployment{rest.substr(0, slash), rest.substr(slash)};
}

result<matched_operation> find_in_deployment(std::string_view method, std::string_view path, const deployment& where) {
    for (const auto& row : openai::operations()) {
        if (!row.has_deployment_path || row.path != where.below) continue;
        auto name = percent_decoded(where.model);
        if (!name) break;
        if (!is_method_of(row, method)) return wrong_method(method, path, std::string(methods_of(row)));
        return matched_operation{&row, std::move(*name), where.below, {}};
    }
    return unknown_url(method, path);
}

// GET of something that may be deleted, too: each method once.
void add_methods(std::string& allow, const openai::operation& row) {
    const auto methods = methods_of(row);
    if (allow.find(methods) == std::string::npos) allow.append(allow.empty() ? "" : ", ").append(methods);
}

}  // namespace

result<matched_operation> find_operation(std::string_view method, std::string_view target,
                                         const further_paths& is_further) {
    // The host of the absolute form (RFC 9112 section 3.2.2) plays no part in routing.
    target = net::without_authority(target);
    const auto path = target.substr(0, target.find('?'));
    if (method == "CONNECT" || method == "TRACE") return wrong_method(method, path, "GET, HEAD, POST");
    if (const auto deployed = find_deployment(path)) return find_in_deployment(method, path, *deployed);
    const auto prefixed = below_prefix(path);
    const auto below = prefixed.value_or(path);
    std::string allow;
    for (const auto& row : openai::operations()) {
        if (!prefixed && !row.has_bare_path) continue;
        const auto part = match(row, below);
        if (!part) continue;
        if (!is_method_of(row, method)) {
            add_methods(allow, row);
            continue;
        }
        matched_operation found{&row, {}, below, {}};
        if (row.model != openai::model_place::rest_of_path) {
            found.id = *part;
            return found;
        }
        auto name = percent_decoded(*part);
        if (!name) return unknown_url(method, path);
        found.model = std::move(*name);
        return found;
    }
    if (allow.empty() && prefixed && is_further && is_further(below)) {
        const auto& row = openai::further_path();
        if (is_method_of(row, method)) return matched_operation{&row, {}, below, {}};
        allow = methods_of(row);
    }
    if (allow.empty()) return unknown_url(method, path);
    return wrong_method(method, path, allow);
}

}  // namespace ferry::server
