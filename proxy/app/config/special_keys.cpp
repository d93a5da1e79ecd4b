#include "app/config/special_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "app/config/address.hpp"
#include "base/decimal.hpp"
#include "base/nearest.hpp"
#include "catalog/endpoint.hpp"
#include "upstream/proxy_choice.hpp"

namespace ferry::app {

verdict assign_listen(settings& all, const raw_value& raw) {
    std::vector<std::string> addresses;
    verdict v = read_list(raw, addresses);
    if (v.problem.empty()) v.problem = check_listen_addresses(addresses);
    if (v.problem.empty()) all.server.listen = std::move(addresses);
    return v;
}

verdict assign_admin_listen(settings& all, const raw_value& raw) {
    std::string address;
    verdict v = read_string(raw, address);
    if (v.problem.empty()) v.problem = check_listen_address(address);
    if (v.problem.empty()) all.server.admin_listen = std::move(address);
    return v;
}

verdict assign_denied_networks(settings& all, const raw_value& raw) {
    std::vector<std::string> networks;
    verdict v = read_list(raw, networks);
    for (const auto& network : networks) {
        if (v.problem.empty()) v.problem = check_network(network);
    }
    if (v.problem.empty()) all.upstream.denied_networks = std::move(networks);
    return v;
}

verdict assign_trusted_proxies(settings& all, const raw_value& raw) {
    std::vector<std::string> networks;
    verdict v = read_list(raw, networks);
    for (const auto& network : networks) {
        if (v.problem.empty() && network != "unix") v.problem = check_network(network);
    }
    if (v.problem.empty()) all.server.trusted_proxies = std::move(networks);
    return v;
}

verdict assign_origins(settings& all, const raw_value& raw) {
    std::vector<std::string> origins;
    verdict v = read_list(raw, origins);
    for (const auto& origin : origins) {
        if (v.problem.empty()) v.problem = check_origin(origin);
    }
    if (v.problem.empty()) all.server.cors_origins = std::move(origins);
    return v;
}

verdict assign_store_url(settings& all, const raw_value& raw) {
    std::string url;
    verdict v = read_string(raw, url);
    if (v.problem.empty()) v.problem = check_store_url(url);
    if (v.problem.empty()) all.store.url = std::move(url);
    return v;
}

verdict assign_budget_slice(settings& all, const raw_value& raw) {
    std::string text;
    verdict v = read_string(raw, text);
    if (!v.problem.empty()) return v;
    const bool is_percent = text.ends_with('%');
    const auto permille =
        is_percent ? parse_decimal(std::string_view(text).substr(0, text.size() - 1), 1) : std::nullopt;
    if (!permille || *permille < 1 || *permille > 1000) return refuse(raw, "a share of 0.1% to 100%, such as \"1%\"");
    all.budget.slice_permille = *permille;
    return v;
}

verdict assign_budget_timezone(settings& all, const raw_value& raw) {
    std::string text;
    verdict v = read_string(raw, text);
    if (!v.problem.empty()) return v;
    try {
        const auto found = limits::calendar::named(text);
        if (found) all.budget.days = *found;
        if (found) return v;
        const auto names = limits::calendar::zone_names();
        return refuse(raw, R"("UTC", an offset from it such as "+08:00", or a time zone such as "Asia/Shanghai")",
                      std::string(nearest(text, std::vector<std::string_view>(names.begin(), names.end()))));
    } catch (const std::exception& missing) {
        v.problem = std::string("cannot be looked up: ") + missing.what();
        return v;
    }
}

verdict assign_budget_currency(settings& all, const raw_value& raw) {
    std::string name;
    verdict v = read_string(raw, name);
    if (!v.problem.empty()) return v;
    if (!usage::is_currency(name)) return refuse(raw, "a currency as prices name it, such as \"USD\"");
    all.budget.currency = std::move(name);
    return v;
}

// It may hold a token: what is wrong with it is said without it.
verdict assign_webhook(settings& all, const raw_value& raw) {
    std::string url;
    verdict v = read_string(raw, url);
    if (!v.problem.empty()) return v;
    const auto parsed = catalog::parse_endpoint(url);
    if (!url.empty() && !parsed) v.problem = "is no URL that can be told: " + parsed.error().message;
    if (v.problem.empty()) all.webhook.url = std::move(url);
    return v;
}

verdict assign_webhook_secret(settings& all, const raw_value& raw) {
    std::string text;
    if (!read_string(raw, text).problem.empty()) return {"must be text in quotes", {}, {}};
    all.webhook.key = secret(std::move(text));
    return {};
}

verdict assign_journal_dir(settings& all, const raw_value& raw) {
    std::string folder;
    verdict v = read_string(raw, folder);
    if (v.problem.empty() && folder.empty()) v.problem = R"(must name a folder, such as "var/journal")";
    if (v.problem.empty()) all.usage.journal_dir = absolute_path(folder);
    return v;
}

// As chmod takes it.
verdict assign_socket_mode(settings& all, const raw_value& raw) {
    std::string digits;
    verdict v = read_string(raw, digits);
    unsigned mode = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, mode, 8);
    if (!v.problem.empty()) return v;
    if (error != std::errc() || stop != end || mode > 0777 || (mode & 0600) != 0600) {
        v.problem = R"(must be permissions in octal from "0600" to "0777", such as "0660")";
        return v;
    }
    all.server.unix_socket_mode = mode;
    return v;
}

verdict assign_rates(settings& all, const raw_value& raw) {
    std::vector<std::string> lines;
    verdict v = read_list(raw, lines);
    std::vector<usage::currency_rate> rates;
    for (const auto& line : lines) {
        auto rate = usage::parse_rate(line);
        const auto is_same = [&rate](const auto& other) { return other.from == rate->from && other.to == rate->to; };
        if (v.problem.empty() && !rate)
            v.problem = "\"" + line + R"(" must be written as "USD/CNY = 7.1": one USD is 7.1 CNY)";
        if (v.problem.empty() && std::any_of(rates.begin(), rates.end(), is_same))
            v.problem = "has the rate " + rate->from + "/" + rate->to + " twice";
        if (rate) rates.push_back(std::move(*rate));
    }
    if (v.problem.empty()) all.usage.rates = std::move(rates);
    return v;
}

verdict assign_proxy(settings& all, const raw_value& raw) {
    std::string proxy;
    verdict v = read_string(raw, proxy);
    if (v.problem.empty()) v.problem = upstream::proxy_problem(proxy);
    if (v.problem.empty()) all.upstream.proxy = std::move(proxy);
    return v;
}

}  // namespace ferry::app
