#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "app/cli/import/amounts.hpp"
#include "app/cli/import/litellm.hpp"
#include "base/ascii.hpp"
#include "base/decimal.hpp"
#include "catalog/json_members.hpp"
#include "provider/gateway_services.hpp"

namespace ferry::app::takeover {
namespace {

// The members of a JSON object, strings without their quotes.
class object {
public:
    explicit object(const std::string& text) : text_(text) {
        const auto members = catalog::split_members(text_);
        is_read_ = members.has_value();
        if (!members) return;
        for (const auto& one : *members) {
            if (one.value != "null") members_.emplace(one.name, plain(one.value));
        }
    }

    bool is_read() const { return is_read_; }
    std::string take(const std::string& name) {
        const auto found = members_.find(name);
        if (found == members_.end()) return {};
        auto value = std::move(found->second);
        members_.erase(found);
        return value;
    }
    std::vector<std::string> names() const {
        std::vector<std::string> left;
        for (const auto& [name, value] : members_) left.push_back(name);
        return left;
    }

private:
    std::string text_;
    bool is_read_ = false;
    std::map<std::string, std::string> members_;
};

bool has_key_prefix(std::string_view value) {
    const auto mark = value.substr(0, 7).find_first_of("-_");
    return mark != std::string_view::npos && mark >= 2 &&
           std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(mark),
                       [](char c) { return c >= 'a' && c <= 'z'; });
}

// What LiteLLM keeps in its database is encrypted with its salt key: `v2:gcm:...`, or else base64 of at least a nonce,
// an authenticator and one byte.
bool is_encrypted(std::string_view value) {
    constexpr std::size_t least = 56;
    if (value.starts_with("v2:") || value.starts_with("v3:")) return true;
    if (value.size() < least || value.size() % 4 != 0 || has_key_prefix(value)) return false;
    const auto is_base64 = [](char c) {
        return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'z') || c == '-' || c == '_' || c == '+' ||
               c == '/';
    };
    while (value.ends_with('=')) value.remove_suffix(1);
    return std::all_of(value.begin(), value.end(), is_base64);
}

// What GET /model/info shows of a key.
bool is_masked(std::string_view value) {
    return value.find("**") != std::string_view::npos;
}

void set_key(upstream_model& model, std::string key, const provider::gateway_service& service, plan& into) {
    constexpr std::string_view reference = "os.environ/";
    if (key.starts_with(reference)) {
        model.row.api_key = "env:" + key.substr(reference.size());
    } else if (is_encrypted(key) || is_masked(key)) {
        model.lacks_key = true;
        model.row.is_enabled = false;
        into.leave_out(model.from, "api_key",
                       fmt::format("LiteLLM keeps it {}. The row is disabled until it has one: ferry models set ID "
                                   "--key env:NAME, then ferry models enable ID",
                                   is_masked(key) ? "to itself" : "encrypted with its salt key"));
    } else if (!key.empty()) {
        model.row.api_key = std::move(key);
    } else if (!service.key_variable.empty() && !service.base.empty()) {
        model.row.api_key = fmt::format("env:{}", service.key_variable);
    }
}

void set_prices(upstream_model& model, object& params, object& info, plan& into) {
    const auto price = [&](const std::string& name) -> std::optional<std::int64_t> {
        auto written = params.take(name);
        if (const auto other = info.take(name); written.empty()) written = other;
        if (written.empty()) return std::nullopt;
        const auto pico = scaled(written, money_scale);
        if (!pico) into.leave_out(model.from, name, "it is no price that can be kept here");
        return pico;
    };
    model.row.input_price_pico = price("input_cost_per_token");
    model.row.output_price_pico = price("output_cost_per_token");
    model.row.cached_input_price_pico = price("cache_read_input_token_cost");
    if (!model.row.input_price_pico && !model.row.output_price_pico) {
        into.leave_out(model.from, "price",
                       "the row has none; `ferry models prices` shows what Ferry's own table says of it");
    }
}

// "openai" and "gpt-4o" of "openai/gpt-4o".
struct model_name {
    std::string prefix, name;
};
model_name split_model(const std::string& model, std::string given_prefix) {
    const auto slash = model.find('/');
    const auto before = slash == std::string::npos ? std::string() : model.substr(0, slash);
    if (!given_prefix.empty()) {
        return {given_prefix, before == given_prefix ? model.substr(slash + 1) : model};
    }
    if (provider::litellm_service(before) != nullptr) return {before, model.substr(slash + 1)};
    return {std::string(provider::litellm_prefix_of(model)), model};
}

// Why the row cannot be taken, "" if it can.
std::string refusal_of(const std::string& model, const std::string& public_name, const model_name& split,
                       const std::string& base) {
    if (model.empty()) return "its litellm_params have no model";
    if (is_encrypted(model) && provider::litellm_service(split.prefix) == nullptr) {
        return "LiteLLM keeps it encrypted with its salt key; save what GET /model/info answers and give that as "
               "--models FILE.json";
    }
    if (public_name.find('*') != std::string::npos || split.name.find('*') != std::string::npos)
        return "it stands for many models: add those that are wanted with `ferry models add`";
    const auto* service = provider::litellm_service(split.prefix);
    if (service == nullptr) {
        return "Ferry knows no URL for its provider; if it speaks the OpenAI protocol, add it with `ferry models add`";
    }
    if (!service->refusal.empty()) return std::string(service->refusal);
    if (service->is_elsewhere && !base.empty()) return "its api_base is one of another protocol than OpenAI's";
    if (provider::endpoint_of(*service, base).empty()) return "it has no api_base";
    return {};
}

void note_rest(const origin& from, const object& params, plan& into) {
    constexpr auto harmless = std::to_array<std::string_view>(
        {"use_in_pass_through", "use_litellm_proxy", "merge_reasoning_content_in_choices", "model_info", "api_version",
         "input_cost_per_second", "output_cost_per_second", "litellm_credential_name"});
    std::string names;
    for (const auto& name : params.names()) {
        if (std::find(harmless.begin(), harmless.end() - 1, name) != harmless.end() - 1) continue;
        names += (names.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) into.leave_out(from, names, "litellm_params that Ferry has no column for");
}

}  // namespace

void read_litellm_model(const source_row& row, plan& into) {
    upstream_model model;
    model.from = origin_of(row, row.has("model_id") ? "model_id" : "model_name");
    auto& made = model.row;
    made.model_name = made.display_name = row.text("model_name");
    object params(row.text("litellm_params")), info(row.text("model_info"));
    if (!params.is_read()) return into.leave_out(model.from, made.model_name, "its litellm_params are no JSON object");
    if (!info.take("team_public_model_name").empty())
        return into.leave_out(model.from, made.model_name, "it belongs to one team alone, which rows here cannot");
    const auto written = params.take("model"), base = params.take("api_base");
    const auto split = split_model(written, params.take("custom_llm_provider"));
    if (const auto why = refusal_of(written, made.model_name, split, base); !why.empty())
        return into.leave_out(model.from, made.model_name, why);
    const auto& service = *provider::litellm_service(split.prefix);
    made.provider = service.column;
    made.api_endpoint = provider::endpoint_of(service, base);
    if (!service.auth_scheme.empty()) made.auth_scheme = service.auth_scheme;
    if (split.name != made.model_name) made.upstream_model = split.name;
    made.is_enabled = !row.flag("blocked");
    if (const auto weight = scaled(params.take("weight"), 0)) made.weight = *weight;
    set_key(model, params.take("api_key"), service, into);
    set_prices(model, params, info, into);
    note_rest(model.from, params, into);
    model.detail = made.upstream_model ? "asks for " + *made.upstream_model : "";
    into.models.push_back(std::move(model));
}

}  // namespace ferry::app::takeover
