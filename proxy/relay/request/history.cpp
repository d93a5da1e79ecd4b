#include "relay/request/history.hpp"

#include "base/ending_faults.hpp"
#include "base/number_text.hpp"
#include "conversation/history.hpp"
#include "relay/exchange/await_answer.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr std::string_view id_header = "x-ferry-conversation-id", lock_header = "x-ferry-conversation-lock";

using loaded = awaited_answer<std::optional<fault>>;

fault is_busy() {
    return fault::client(fault_code::conversation_busy,
                         "Another request of this conversation is under way, and one of the two asks to be alone: send "
                         "this one again when that has its answer.");
}

fault is_slow() {
    return fault::self(fault_code::conversation_unavailable,
                       "The conversation could not be read in time: try again shortly.",
                       "The store did not answer within 500 ms.");
}

result<std::int64_t> id_of(const request& x) {
    const auto header = x.head.find(id_header);
    if (!header) return *x.asked.conversation_id;
    const auto id = parse_number(*header);
    if (!id) {
        return fault::client(fault_code::invalid_id, "The header x-ferry-conversation-id must be an integer.");
    }
    if (x.asked.conversation_id && *x.asked.conversation_id != *id) {
        return fault::client(fault_code::invalid_request,
                             "The header x-ferry-conversation-id and the member conversationId name different "
                             "conversations: send one of them.",
                             "conversationId");
    }
    return *id;
}

std::string_view value_of(const request& x, openai::member which) {
    const auto& at = x.asked.where(which);
    return at ? x.body.view().substr(at->value.begin, at->value.end - at->value.begin) : std::string_view();
}

asio::awaitable<std::optional<fault>> load(request& x) {
    const auto until = steady::now() + store_patience;
    const auto answer = std::make_shared<loaded>(x.core.context);
    x.core.archive.load(x.talk->which, x.settings->conversations.max_messages, until,
                        [answer](std::optional<fault> failed) { loaded::give(answer, std::move(failed)); });
    co_await await_answer(x, answer, until);
    if (x.gone) co_return client_has_left();
    if (x.stopping()) co_return ferry_is_stopping();
    if (!answer->said) co_return is_slow();
    co_return *answer->said;
}

void plan(request& x, const conversation::messages& stored) {
    const auto& options = x.settings->conversations;
    const conversation::history_limits limits{options.max_messages, options.max_tokens};
    const bool puts_in = options.history == conversation::history_mode::merge;
    auto& talk = *x.talk;
    const auto& at = x.asked.where(openai::member::messages);
    auto planned = conversation::plan_history(value_of(x, openai::member::messages), stored, limits, puts_in);
    talk.history = std::move(planned.inserted);
    talk.history_at = at ? at->value.begin + planned.at : 0;
    talk.history_count = planned.count;
    if (talk.is_kept) talk.added = std::move(planned.added);
}

}  // namespace

bool names_conversation(const request& x) {
    if (x.operation.words != openai::wording::chat || !x.settings->conversations.enabled) return false;
    // Of a comparison nobody could say which answer goes on.
    if (x.operation_name != x.operation.name) return false;
    return x.who->keeps_messages && (x.asked.conversation_id || x.head.find(id_header));
}

asio::awaitable<std::optional<fault>> join_conversation(request& x) {
    const auto id = id_of(x);
    if (!id) co_return id.error();
    auto& talk = x.talk.emplace();
    talk.which = {x.who->conversation_owner(), *id};
    talk.is_kept = value_of(x, openai::member::store) != "false";
    const bool alone = x.head.find(lock_header) == "true";
    auto held = x.core.remembered.join(talk.which, alone, steady::now());
    if (!held) co_return is_busy();
    talk.held = std::move(*held);
    auto known = x.core.remembered.known(talk.held);
    if (!known) {
        if (auto failed = co_await load(x)) co_return failed;
        known = x.core.remembered.known(talk.held);
    }
    // It was removed while it was read.
    if (!known) known = std::make_shared<const conversation::messages>();
    plan(x, *known);
    co_return std::nullopt;
}

}  // namespace ferry::relay
