#include "server/models.hpp"

#include "catalog/model_list.hpp"
#include "openai/json_text.hpp"
#include "openai/secret_scrub.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/settle.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

std::string to_json(const catalog::listed_model& model) {
    return "{\"id\":" + openai::quote_json(model.name) +
           ",\"object\":\"model\",\"created\":" + std::to_string(model.created) +
           ",\"owned_by\":" + openai::quote_json(model.owned_by) + "}";
}

catalog::visibility visible_to(const access::principal& who) {
    return [&who](std::string_view name) { return who.may_use(name); };
}

// REQUIRES: find_listed_model() gives nothing for this name.
fault why_not_shown(const relay::http_exchange& x, std::string_view name) {
    catalog::route refused;
    refused.model_name = x.pinned.models->refused().find_name(name);
    if (!refused.model_name.empty() && x.who->may_use(name)) return *catalog::unavailable(refused);
    return fault::client(fault_code::model_not_found,
                         "The model '" + openai::scrub_secrets(name.substr(0, 200), {}) +
                             "' does not exist or this key may not use it: GET /v1/models lists yours.",
                         "model");
}

}  // namespace

asio::awaitable<void> send_model_list(relay::http_exchange& x) {
    std::string body = R"({"object":"list","data":[)";
    const auto visible = visible_to(*x.who);
    bool first = true;
    for (const auto& model : catalog::list_models(*x.pinned.models, visible)) {
        if (!first) body += ',';
        first = false;
        body += to_json(model);
    }
    body += "]}";
    const std::string_view piece = body;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await relay::send_whole(x, 200, relay::json_type, pieces);
}

asio::awaitable<void> send_model(relay::http_exchange& x, std::string_view name) {
    const auto visible = visible_to(*x.who);
    const auto model = catalog::find_listed_model(*x.pinned.models, name, visible);
    if (!model) {
        const auto why = why_not_shown(x, name);
        relay::note_failure(x, why);
        co_await relay::send_error(x, why);
        co_return;
    }
    const auto body = to_json(*model);
    const std::string_view piece = body;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await relay::send_whole(x, 200, relay::json_type, pieces);
}

}  // namespace ferry::server
