// What a session does with a request it has found the operation of.
#include "relay/answer/whole_answer.hpp"
#include "relay/books/access_line.hpp"
#include "relay/books/settle.hpp"
#include "relay/relay.hpp"
#include "relay/request/admission.hpp"
#include "server/compare.hpp"
#include "server/conversations.hpp"
#include "server/models.hpp"
#include "server/session.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

// Whether only those send such a request who hope that two servers read it differently: some take `/v1/models;x` for
// `/v1/models`. What comes behind it may belong to the attempt, so it is answered and the connection is closed.
bool is_suspect(const net::http_head& head) {
    if (head.method == "CONNECT" || head.method == "TRACE") return true;
    const auto path = head.target.substr(0, head.target.find('?'));
    const bool doubled = path.find("//") != std::string_view::npos && path.front() == '/';
    return doubled || path.find_first_of(";\\#") != std::string_view::npos || path.find("%2") != std::string_view::npos;
}

}  // namespace

asio::awaitable<void> session::relay_request(matched_operation found) {
    relay::request x(context_.services, link_, *found.what);
    x.asked_model = std::move(found.model);
    x.below = found.below;
    x.path_id = found.id;
    begin(x);
    if (found.what->who == openai::answered_by::relay)
        co_await relay::handle(x);
    else if (found.what->who == openai::answered_by::comparison)
        co_await answer_compare(x, *context_.inner);
    else
        co_await answer_conversations(x);
    relay::log_access(x);
    end(x);
}

// A body that is here already is taken for read, so that the connection serves the next request; it is not waited for.
asio::awaitable<void> session::refuse_for_load(matched_operation found, fault why) {
    relay::http_exchange x(context_.services, link_, found.what->name);
    begin(x);
    piece_list unread;
    const auto here = link_.reader.read_body(link_.unread(), unread);
    if (here) link_.consume(*here);
    if (!link_.reader.body_done()) x.keep_alive = false;
    relay::note_failure(x, why);
    co_await link_.stream->source().until_turn_ends();  // all refusals of a turn in one burst cost less
    co_await relay::send_error(x, why);
    relay::log_access(x);
    end(x);
}

// A CORS preflight: the browser asks, without the key, whether a page of that origin may send a request with one.
asio::awaitable<void> session::answer_preflight(relay::http_exchange& x, std::string allow) {
    if (!link_.reader.body_done()) x.keep_alive = false;
    x.operation_name = "preflight";
    const auto headers = context_.cors.preflight_headers(x.head, allow);
    const std::string_view no_type;
    const std::span<const std::string_view> no_body;
    co_await relay::send_whole(x, 204, no_type, no_body, headers);
}

// What needs no upstream.
asio::awaitable<void> session::answer(relay::http_exchange& x, result<matched_operation> found) {
    if (!link_.reader.body_done() || (!found && is_suspect(x.head))) x.keep_alive = false;
    std::optional<fault> refused;
    if (found) {
        x.asked_model = found->model;
        refused = relay::authenticate(x);
    } else {
        refused = found.error();
    }
    if (refused) {
        relay::note_failure(x, *refused);
        relay::count_refusal(x, *refused);
        co_await relay::send_error(x, *refused);
    } else if (found->what->who == openai::answered_by::model_list) {
        co_await send_model_list(x, context_.lists);
    } else {
        co_await send_model(x, found->model);
    }
}

}  // namespace ferry::server
