#include "relay/request/owners.hpp"

#include <memory>

#include "base/ending_faults.hpp"
#include "openai/issued_ids.hpp"
#include "openai/member_finder.hpp"
#include "relay/exchange/await_answer.hpp"
#include "relay/exchange/id_owners.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// Another replica may have given the id out a moment ago: its row is in the store within usage.flush_interval.
constexpr auto until_shipped = milliseconds(250);

fault not_found(std::string_view id) {
    return fault::client(fault_code::id_not_found,
                         "There is nothing with the id '" + std::string(id) + "' that this key may use.");
}

fault mixed_accounts() {
    return fault::client(
        fault_code::invalid_request,
        "The ids in this request belong to different accounts of providers: what it refers to must lie "
        "with one.");
}

std::vector<std::string> ids_of(const request& x) {
    std::vector<std::string> ids;
    if (!x.path_id.empty()) ids.emplace_back(x.path_id);
    const auto body = x.body.view();
    if (body.empty() || x.operation.body == openai::body_kind::form) return ids;
    for (const auto name : x.operation.refers_to) {
        if (name.empty()) continue;
        const auto at = openai::find_member(body, name);
        if (!at) continue;
        const auto value = body.substr(at->value.begin, at->value.end - at->value.begin);
        for (auto& one : openai::ids_in(value)) ids.push_back(std::move(one));
    }
    return ids;
}

// Answers about what was made may tell what it used.
bool reads_usage(const openai::operation& asked) {
    return asked.answer == openai::answer_kind::object && asked.body == openai::body_kind::none &&
           (asked.streams == openai::stream_kind::typed || asked.issues_ids);
}

using owner_answer = awaited_answer<result<std::optional<id_owner>>>;

fault store_is_slow() {
    return fault::self(fault_code::model_unavailable,
                       "It cannot be found out now who keeps what this id stands for: try again shortly.",
                       "The store did not answer within 500 ms.");
}

asio::awaitable<result<std::optional<id_owner>>> find_in_store(request& x, std::string id, int most_looks) {
    for (int looks = 1;; ++looks) {
        const auto answer = std::make_shared<owner_answer>(x.core.context);
        x.core.owners.look_up(
            id, [answer](const result<std::optional<id_owner>>& said) { owner_answer::give(answer, said); });
        co_await await_answer(x, answer, steady::now() + store_patience);
        if (x.gone) co_return client_has_left();
        if (x.stopping()) co_return ferry_is_stopping();
        if (!answer->said) co_return store_is_slow();
        auto said = *answer->said;
        if (!said || *said || looks == most_looks) co_return said;
        const auto pause = std::make_shared<owner_answer>(x.core.context);
        co_await await_answer(x, pause, steady::now() + until_shipped);
        if (x.gone) co_return client_has_left();
    }
}

}  // namespace

bool names_ids(const request& x) {
    return !x.path_id.empty() || !x.operation.refers_to.front().empty();
}

asio::awaitable<std::optional<fault>> find_owners(request& x) {
    const auto ids = ids_of(x);
    for (const auto& id : ids) {
        auto owner = x.core.owners.find(id);
        if (!owner) {
            auto said = co_await find_in_store(x, id, 2);
            if (!said) co_return said.error();
            owner = *said;
        }
        if (!owner) continue;
        if (!owner->is_of(*x.who)) co_return not_found(id);
        const auto* row = x.pinned.models->find_row(owner->row);
        const auto* other = x.owner_row ? x.pinned.models->find_row(*x.owner_row) : nullptr;
        const bool differs = row != nullptr && other != nullptr && row->account != other->account;
        if (differs) co_return mixed_accounts();
        if (!x.owner_row) x.owner_row = owner->row;
    }
    if (x.path_id.empty() || !reads_usage(x.operation)) co_return std::nullopt;
    const auto mark = usage_mark(x.path_id);
    x.was_billed = x.core.owners.find(mark).has_value();
    if (x.was_billed) co_return std::nullopt;
    const auto said = co_await find_in_store(x, mark, 1);
    if (x.gone) co_return client_has_left();
    // Who cannot know does not bill twice.
    x.was_billed = !said || said->has_value();
    co_return std::nullopt;
}

}  // namespace ferry::relay
