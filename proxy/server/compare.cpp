#include "server/compare.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/ending_faults.hpp"
#include "base/log.hpp"
#include "net/executor.hpp"
#include "net/token.hpp"
#include "openai/json_text.hpp"
#include "openai/member_finder.hpp"
#include "openai/splice.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/answer/response_stream.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/settle.hpp"
#include "relay/exchange/client_watch.hpp"
#include "relay/request/admission.hpp"
#include "relay/request/body.hpp"
#include "server/compare_call.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_models = 8, most_name = 4096;

fault bad(std::string why) {
    return fault::client(fault_code::invalid_parameter, std::move(why), "models");
}

result<std::vector<std::string>> models_of(std::string_view body, const openai::member_span& at) {
    const auto wrong = [] { return bad("'models' must be a list of 1 to 8 different names of models."); };
    boost::system::error_code error;
    const auto text = body.substr(at.value.begin, at.value.end - at.value.begin);
    if (text.size() > most_models * 2 * most_name) return wrong();
    const auto parsed = boost::json::parse({text.data(), text.size()}, error);
    const auto* list = error ? nullptr : parsed.if_array();
    if (list == nullptr || list->empty() || list->size() > most_models) return wrong();
    std::vector<std::string> names;
    for (const auto& one : *list) {
        const auto* name = one.if_string();
        if (name == nullptr || name->empty() || name->size() > most_name) return wrong();
        names.emplace_back(name->data(), name->size());
        if (std::count(names.begin(), names.end(), names.back()) > 1) return wrong();
    }
    return names;
}

// The comparison as it was asked for.
struct comparison {
    std::vector<std::string> models;
    openai::span models_at;
    bool is_stream = true;
    bool shows_usage = false;
};

result<comparison> read_comparison(const relay::request& x) {
    const auto body = x.body.view();
    const auto at = openai::find_member(body, "models");
    if (!at) return bad("The request names no models: give 'models' a list of 1 to 8 names that GET /v1/models lists.");
    for (const auto other : {openai::member::model, openai::member::id}) {
        if (x.asked.where(other)) return bad("A comparison names its models in 'models' alone: leave the other out.");
    }
    auto names = models_of(body, *at);
    if (!names) return names.error();
    comparison made;
    made.models = std::move(*names);
    made.models_at = at->whole;
    made.is_stream = x.asked.stream || !x.asked.where(openai::member::stream);
    made.shows_usage = x.asked.asks_usage();
    return made;
}

// The client's own request, for one model.
std::string request_for(const relay::request& x, const comparison& asked, const std::string& model) {
    openai::edit_list edits(x.asked.object);
    edits.replace(asked.models_at, "\"model\":" + openai::quote_json(model));
    if (asked.is_stream) {
        if (!x.asked.stream) edits.insert_member("\"stream\":true");
        openai::ask_for_usage(x.asked, edits);
    }
    const auto pieces = edits.gather(x.body.view());
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    std::string text = "POST /v1" + std::string(openai::chat_completions().path) + " HTTP/1.1\r\nhost: ferry\r\n";
    text += "connection: close\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(size) + "\r\n";
    for (const auto& [field, value] : x.head.fields) {
        const std::string_view name = field;  // clang 14 captures no structured bindings
        constexpr auto travel = std::to_array<std::string_view>(
            {"authorization", "api-key", "x-api-key", "traceparent", "tracestate", "x-request-id", "user-agent"});
        const bool is_ours = std::any_of(travel.begin(), travel.end(),
                                         [name](std::string_view one) { return net::same_token(name, one); });
        if (is_ours) text.append(name).append(": ").append(value).append("\r\n");
    }
    text += "\r\n";
    for (const auto piece : pieces) text += piece;
    return text;
}

using calls = std::vector<std::shared_ptr<compare_call>>;

// The frame owns the call: it outlives the comparison only if the core ends first.
asio::awaitable<void> run_call(std::shared_ptr<compare_call> call, std::shared_ptr<compare_board> board,
                               std::string request) {
    co_await call->run(std::move(request));
    --board->running;
    board->news.notify();
}

void report(const std::string& what) {
    log_error("A part of a comparison ended by an unexpected error: {}. Please report it.", what);
}

std::optional<fault> begin_calls(relay::request& x, const comparison& asked, const inner_server& serve,
                                 const std::shared_ptr<compare_board>& board, calls& all) {
    for (const auto& model : asked.models) {
        const compared_model which{all.size(), model};
        auto call = std::make_shared<compare_call>(x.core, board, which, asked.is_stream, asked.shows_usage);
        const int other_end = call->open();
        if (other_end < 0) {
            return fault::self(fault_code::overloaded, "There are no descriptors for a comparison: try again shortly.");
        }
        serve(other_end, {x.operation.name, x.client_address});
        all.push_back(std::move(call));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        ++board->running;
        auto work = run_call(all[i], board, request_for(x, asked, asked.models[i]));
        net::spawn(x.core.context, std::move(work), report);
    }
    x.body.release();
    return std::nullopt;
}

asio::awaitable<void> wait_for_news(relay::request& x, compare_board& board) {
    const net::interrupt_slot::holder waiting(x.waiting, board.news);
    co_await board.news.wait();
}

// The client has gone, or the process stops: the calls end, and with them what they asked for.
asio::awaitable<void> give_up(const calls& all, const std::shared_ptr<compare_board>& board) {
    board->is_over = true;
    for (const auto& one : all) one->give_up();
    while (board->running > 0) co_await board->news.wait();
}

// What comes goes out as it comes.
asio::awaitable<bool> pass_on(relay::request& x, const std::shared_ptr<compare_board>& board) {
    relay::response_stream out(x, 200, "text/event-stream", relay::stream_headers);
    bool is_there = true;
    while (is_there && board->running > 0) {
        if (board->text.empty()) co_await wait_for_news(x, *board);
        if (x.gone || x.stopping()) co_return false;
        const auto events = std::exchange(board->text, {});
        board->tell_all();
        if (events.empty()) continue;
        const std::string_view piece(events);
        const std::span<const std::string_view> pieces(&piece, 1);
        is_there = co_await out.send(pieces);
    }
    if (!is_there) co_return false;
    const auto events = std::exchange(board->text, {}) + "data: [DONE]\n\n";
    const std::string_view piece(events);
    const std::span<const std::string_view> pieces(&piece, 1);
    is_there = co_await out.send_last(pieces);
    co_return is_there;
}

asio::awaitable<bool> collect(relay::request& x, const calls& all, const std::shared_ptr<compare_board>& board) {
    while (board->running > 0) {
        co_await wait_for_news(x, *board);
        if (x.gone || x.stopping()) co_return false;
    }
    std::string text = R"({"object":"compare","results":[)";
    for (const auto& one : all) text.append(one == all.front() ? "" : ",").append(one->result());
    text += "]}";
    const std::string_view piece(text);
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await relay::send_whole(x, 200, relay::json_type, pieces);
    co_return true;
}

asio::awaitable<std::optional<fault>> compare(relay::request& x, const inner_server& serve) {
    const auto asked = read_comparison(x);
    if (!asked) co_return asked.error();
    const auto board = std::make_shared<compare_board>(x.core.context);
    calls all;
    auto refused = begin_calls(x, *asked, serve, board, all);
    if (refused) {
        co_await give_up(all, board);
        co_return refused;
    }
    const relay::client_watch watch(x);
    bool is_whole = false;
    if (asked->is_stream)
        is_whole = co_await pass_on(x, board);
    else
        is_whole = co_await collect(x, all, board);
    co_await give_up(all, board);
    if (is_whole) co_return std::nullopt;
    x.keep_alive = false;
    x.cut = true;
    relay::note_failure(x, x.stopping() ? ferry_is_stopping() : client_has_left());
    co_return std::nullopt;
}

}  // namespace

asio::awaitable<void> answer_compare(relay::request& x, const inner_server& serve) {
    auto refused = relay::authenticate(x);
    if (!refused) refused = relay::check_declared_body(x);
    if (refused && !x.client.reader.body_done()) x.keep_alive = false;
    if (!refused) refused = co_await relay::read_request(x);
    if (!refused) refused = co_await compare(x, serve);
    if (!refused) co_return;
    relay::note_failure(x, *refused);
    relay::count_refusal(x, *refused);
    co_await relay::send_error(x, *refused);
}

}  // namespace ferry::server
