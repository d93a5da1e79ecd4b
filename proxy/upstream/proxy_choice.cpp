#include "upstream/proxy_choice.hpp"

#include <stdexcept>

#include "base/ascii.hpp"

namespace ferry::upstream {

namespace ip = boost::asio::ip;

namespace {

std::shared_ptr<const catalog::forward_proxy> read(const char* from, const std::string& value) {
    if (value.empty()) return nullptr;
    auto parsed = catalog::parse_forward_proxy(value);
    if (!parsed) throw std::invalid_argument(std::string(from) + " " + parsed.error().message + ".");
    return std::make_shared<const catalog::forward_proxy>(std::move(*parsed));
}

bool is_this_machine(const std::string& host) {
    boost::system::error_code error;
    const auto address = ip::make_address(host, error);
    if (!error) return address.is_loopback();
    std::string_view name = host;
    while (name.ends_with('.')) name.remove_suffix(1);
    return name == "localhost" || name.ends_with(".localhost");
}

// Takes ":PORT" off the end of "NAME:PORT" or "[ADDRESS]:PORT", and brackets.
std::string take_port(std::string& item) {
    const auto colon = item.rfind(':');
    const bool has_port =
        colon != std::string::npos && (item.find(':') == colon || (colon > 0 && item[colon - 1] == ']'));
    std::string port = has_port ? item.substr(colon + 1) : std::string();
    if (has_port) item.resize(colon);
    if (item.size() > 2 && item.front() == '[' && item.back() == ']') item = item.substr(1, item.size() - 2);
    return port;
}

}  // namespace

proxy_choice::proxy_choice(const options& settings) {
    if (settings.proxy == catalog::no_proxy) return;
    configured_ = read("upstream.proxy", settings.proxy);
    if (configured_) return;
    uses_environment_ = true;
    https_ = read("HTTPS_PROXY", settings.environment.https_proxy);
    http_ = read("HTTP_PROXY", settings.environment.http_proxy);
    std::string text = settings.environment.no_proxy;
    for (std::size_t at = 0; (at = text.find_first_not_of(", \t", at)) != std::string::npos;) {
        const auto end = std::min(text.find_first_of(", \t", at), text.size());
        auto item = lower_case(std::string_view(text).substr(at, end - at));
        at = end;
        if (item == "*") all_exempt_ = true;
        auto port = item.find('/') == std::string::npos ? take_port(item) : std::string();
        try {
            exempt_networks_.emplace_back(net::network_list({item}), port);
        } catch (const std::invalid_argument&) {
            if (item.starts_with("*.")) item.erase(0, 1);
            if (!item.starts_with('.')) item.insert(0, ".");
            exempt_names_.push_back({std::move(item), std::move(port)});
        }
    }
}

std::string proxy_choice::described() const {
    if (configured_) return "the proxy " + configured_->name + " (upstream.proxy)";
    std::string text;
    if (https_) text = "the proxy " + https_->name + " (HTTPS_PROXY)";
    if (http_) text += (text.empty() ? "the proxy " : ", http endpoints the proxy ") + http_->name + " (HTTP_PROXY)";
    return text;
}

bool proxy_choice::is_exempt(const catalog::endpoint& where) const {
    if (all_exempt_) return true;
    const auto port = std::to_string(where.port);
    boost::system::error_code error;
    const auto address = ip::make_address(where.host, error);
    for (const auto& [network, only] : exempt_networks_) {
        if (!error && (only.empty() || only == port) && network.contains(address)) return true;
    }
    auto name = "." + where.host;
    while (name.ends_with('.')) name.pop_back();
    for (const auto& one : exempt_names_) {
        if (error && (one.port.empty() || one.port == port) && name.ends_with(one.suffix)) return true;
    }
    return false;
}

std::shared_ptr<const catalog::forward_proxy> proxy_choice::of(const catalog::endpoint& where) const {
    if (where.is_direct) return nullptr;
    if (where.proxy) return where.proxy;
    if (is_this_machine(where.host)) return nullptr;
    if (!uses_environment_) return configured_;
    const auto& chosen = where.is_tls ? https_ : http_;
    return chosen && !is_exempt(where) ? chosen : nullptr;
}

std::string proxy_problem(const std::string& value) {
    if (value.empty() || value == catalog::no_proxy) return {};
    const auto parsed = catalog::parse_forward_proxy(value);
    return parsed ? std::string() : parsed.error().message;
}

}  // namespace ferry::upstream
