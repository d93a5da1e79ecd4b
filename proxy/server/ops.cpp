#include "server/ops.hpp"

#include "openai/json_text.hpp"
#include "relay/client_response.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

struct document {
    int status = 200;
    std::string body;
    std::string_view type = relay::json_type;
};

std::optional<document> find_document(std::string_view path, const ops_answers& answers) {
    if (path == "/healthz") return document{200, R"({"status":"ok"})"};
    if (path == "/status") return document{200, answers.status()};
    if (path == "/metrics") return document{200, answers.metrics(), "text/plain; version=0.0.4; charset=utf-8"};
    if (path != "/readyz") return std::nullopt;
    const auto told = [](const char* status, const std::string& reason) {
        return "{\"status\":\"" + std::string(status) + "\",\"reason\":" + openai::quote_json(reason) + "}";
    };
    if (const auto reason = answers.not_ready()) return document{503, told("not ready", *reason)};
    // It serves: a load balancer that sent its traffic elsewhere would only make things worse.
    if (const auto reason = answers.degraded()) return document{200, told("degraded", *reason)};
    return document{200, R"({"status":"ready"})"};
}

}  // namespace

asio::awaitable<void> answer_ops(relay::exchange& x, const ops_answers& answers) {
    const auto path = x.head.target.substr(0, x.head.target.find('?'));
    if (x.head.method != "GET" && x.head.method != "HEAD") {
        auto refused = fault::client(fault_code::method_not_allowed, "The admin listener answers GET only.");
        refused.allow = "GET, HEAD";
        co_await relay::send_error(x, refused);
        co_return;
    }
    const auto found = find_document(path, answers);
    if (!found) {
        const auto unknown = fault::client(fault_code::unknown_url,
                                           "The admin listener serves /healthz, /readyz, /status and /metrics.");
        co_await relay::send_error(x, unknown);
        co_return;
    }
    const std::string_view piece = found->body;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await relay::send_whole(x, found->status, found->type, pieces);
}

}  // namespace ferry::server
