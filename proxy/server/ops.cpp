#include "server/ops.hpp"

#include "net/executor.hpp"
#include "net/signal.hpp"
#include "openai/json_text.hpp"
#include "relay/answer/whole_answer.hpp"
#include "server/long_answer.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

struct document {
    int status = 200;
    std::string body;
    std::string_view type = relay::json_type;
};

struct awaited_text {
    explicit awaited_text(asio::io_context& core) : come(core) {}
    net::signal come;
    std::optional<std::string> text;
};

// Nothing when the process stops first.
asio::awaitable<std::optional<std::string>> make_elsewhere(relay::http_exchange& x, const ops_answers::maker& make) {
    auto* context = &x.core.context;
    const auto awaited = std::make_shared<awaited_text>(*context);
    const std::weak_ptr<awaited_text> target = awaited;
    make([context, target](std::string made) {
        const auto text = std::make_shared<std::string>(std::move(made));
        net::post_to(*context, [target, text] {
            const auto waiting = target.lock();
            if (!waiting) return;
            waiting->text = std::move(*text);
            waiting->come.notify();
        });
    });
    const net::interrupt_slot::holder waiting(x.waiting, awaited->come);
    co_await awaited->come.wait();
    auto text = std::move(awaited->text);
    co_return std::move(text);
}

asio::awaitable<void> send_document(relay::http_exchange& x, int status, std::string_view type, std::string_view body) {
    std::vector<std::string_view> pieces;
    for (; !body.empty(); body.remove_prefix(std::min(body.size(), most_at_once)))
        pieces.push_back(body.substr(0, most_at_once));
    co_await send_long(x, status, type, pieces);
}

asio::awaitable<void> send_made(relay::http_exchange& x, const ops_answers::maker& make, std::string_view type) {
    const auto text = co_await make_elsewhere(x, make);
    if (text) {
        co_await send_document(x, 200, type, *text);
    } else {
        x.keep_alive = false;
    }
}

std::optional<document> find_document(std::string_view path, const ops_answers& answers) {
    if (path == "/healthz") return document{200, R"({"status":"ok"})"};
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

asio::awaitable<void> answer_ops(relay::http_exchange& x, const ops_answers& answers) {
    const auto path = x.head.target.substr(0, x.head.target.find('?'));
    if (x.head.method != "GET" && x.head.method != "HEAD") {
        auto refused = fault::client(fault_code::method_not_allowed, "The admin listener answers GET only.");
        refused.allow = "GET, HEAD";
        co_await relay::send_error(x, refused);
        co_return;
    }
    if (path == "/status") co_return co_await send_made(x, answers.status, relay::json_type);
    if (path == "/metrics") co_return co_await send_made(x, answers.metrics, metrics_type);
    const auto found = find_document(path, answers);
    if (!found) {
        const auto unknown = fault::client(fault_code::unknown_url,
                                           "The admin listener serves /healthz, /readyz, /status and /metrics.");
        co_await relay::send_error(x, unknown);
        co_return;
    }
    co_await send_document(x, found->status, found->type, found->body);
}

}  // namespace ferry::server
