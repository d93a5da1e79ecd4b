#include "server/conversations.hpp"

#include <boost/json/parse.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/chance.hpp"
#include "base/ending_faults.hpp"
#include "base/number_text.hpp"
#include "conversation/conversation_json.hpp"
#include "openai/member_finder.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/settle.hpp"
#include "relay/exchange/await_answer.hpp"
#include "relay/exchange/client_watch.hpp"
#include "relay/request/admission.hpp"
#include "relay/request/body.hpp"
#include "server/page_query.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

using store::conversation_store;
// A document, or why there is none.
using told = result<std::string>;
using question = std::function<told(conversation_store&)>;
using answer_of_store = relay::awaited_answer<told>;

constexpr auto until_stored = milliseconds(2000), most_wait = milliseconds(5000);
constexpr std::size_t most_title = 512;

fault not_found() {
    return fault::client(fault_code::conversation_not_found, "There is no such conversation.");
}

fault no_such_entry() {
    return fault::client(fault_code::invalid_parameter, "The parameter 'after' must be the id of an entry of the list.",
                         "after");
}

fault is_slow() {
    return fault::self(fault_code::conversation_unavailable,
                       "Conversations cannot be read or changed at the moment. Try again shortly.",
                       "The store did not answer within 5 s.");
}

fault are_off() {
    return fault::client(fault_code::not_supported, "This server keeps no conversations.");
}

// "" where the body names none.
result<std::string> title_of(std::string_view body) {
    const auto bad = [] {
        return fault::client(fault_code::invalid_parameter, "'title' must be a string of at most 512 bytes.", "title");
    };
    const auto at = body.empty() ? std::nullopt : openai::find_member(body, "title");
    if (!at) return std::string();
    const auto text = body.substr(at->value.begin, at->value.end - at->value.begin);
    if (text == "null") return std::string();
    boost::system::error_code error;
    if (text.size() > 6 * most_title) return bad();
    const auto parsed = boost::json::parse({text.data(), text.size()}, error);
    const auto* title = error ? nullptr : parsed.if_string();
    const bool is_fit = title != nullptr && title->size() <= most_title && title->find('\0') == title->npos;
    if (!is_fit) return bad();
    return std::string(title->data(), title->size());
}

template <class Rows>
bool cut_to_page(Rows& rows, std::size_t most) {
    const bool has_more = rows.size() > most;
    if (has_more) rows.resize(most);
    return has_more;
}

question list(std::int64_t owner, page_query asked) {
    return [owner, asked = std::move(asked)](conversation_store& in) -> told {
        auto wanted = asked.page;
        ++wanted.most;  // to see whether there are more
        auto rows = in.list(owner, wanted, asked.words);
        if (!rows) return no_such_entry();
        const bool has_more = cut_to_page(*rows, asked.page.most);
        return conversation::list_json(*rows, has_more);
    };
}

question messages(std::int64_t owner, std::int64_t id, page_query asked) {
    return [owner, id, asked = std::move(asked)](conversation_store& in) -> told {
        auto wanted = asked.page;
        ++wanted.most;
        auto rows = in.messages(owner, id, wanted);
        if (!rows) return in.find(owner, id) ? no_such_entry() : not_found();
        bool has_more = cut_to_page(*rows, asked.page.most);
        if (!has_more && !rows->empty()) {
            // A page of long messages is shorter than was asked for.
            wanted.after = rows->back().id;
            wanted.most = 1;
            const auto next = in.messages(owner, id, wanted);
            has_more = next && !next->empty();
        }
        return conversation::list_json(*rows, id, has_more);
    };
}

question create(std::int64_t owner, std::string title) {
    return [owner, title = std::move(title)](conversation_store& in) -> told {
        constexpr int most_tries = 8;
        for (int i = 0; i < most_tries; ++i) {
            constexpr std::uint64_t exact_in_every_client = (std::uint64_t{1} << 53) - 1;
            const auto id = static_cast<std::int64_t>(1 + draw_below(exact_in_every_client));
            const auto made = in.create(owner, id, title, wall_us());
            if (made) return conversation::conversation_json(*made);
        }
        return is_slow();
    };
}

question find(std::int64_t owner, std::int64_t id) {
    return [owner, id](conversation_store& in) -> told {
        const auto found = in.find(owner, id);
        if (!found) return not_found();
        return conversation::conversation_json(*found);
    };
}

question rename(std::int64_t owner, std::int64_t id, std::string title) {
    return [owner, id, title = std::move(title)](conversation_store& in) -> told {
        const auto renamed = in.rename(owner, id, title, wall_us());
        if (!renamed) return not_found();
        return conversation::conversation_json(*renamed);
    };
}

question remove(conversation::memory& remembered, const conversation::key& which) {
    return [&remembered, which](conversation_store& in) -> told {
        if (!in.remove(which.owner, which.id, wall_us())) return not_found();
        remembered.forget(which);
        return R"({"id":)" + std::to_string(which.id) + R"(,"object":"conversation.deleted","deleted":true})";
    };
}

// What is asked of the store, by method and path.
result<question> question_of(relay::request& x) {
    const auto owner = x.who->conversation_owner();
    const auto method = x.operation.method;
    const bool is_about_one = !x.path_id.empty();
    const auto id = parse_number(x.path_id);
    if (is_about_one && !id) return not_found();
    if (method == "DELETE") return remove(x.core.remembered, {owner, *id});
    if (method == "POST" || method == "PATCH") {
        auto title = title_of(x.body.view());
        if (!title) return title.error();
        return is_about_one ? rename(owner, *id, std::move(*title)) : create(owner, std::move(*title));
    }
    if (is_about_one && !x.operation.takes_query) return find(owner, *id);
    auto asked = read_page_query(x.head.target, is_about_one);
    if (!asked) return asked.error();
    return is_about_one ? messages(owner, *id, std::move(*asked)) : list(owner, std::move(*asked));
}

asio::awaitable<told> ask_store(relay::request& x, question what) {
    const auto answer = std::make_shared<answer_of_store>(x.core.context);
    const auto said = std::make_shared<told>(is_slow());
    const auto job = [said, what = std::move(what)](conversation_store& in) { *said = what(in); };
    const auto done = [answer, said](std::optional<fault> failed) {
        answer_of_store::give(answer, failed ? told(std::move(*failed)) : std::move(*said));
    };
    const auto now = steady::now();
    x.core.archive.ask_when_stored(x.who->conversation_owner(), parse_number(x.path_id), now + until_stored, job, done);
    co_await relay::await_answer(x, answer, now + most_wait);
    if (x.gone) co_return client_has_left();
    if (x.stopping()) co_return ferry_is_stopping();
    if (!answer->said) co_return is_slow();
    co_return std::move(*answer->said);
}

asio::awaitable<told> find_document(relay::request& x) {
    if (!x.settings->conversations.enabled) co_return are_off();
    const auto what = question_of(x);
    if (!what) co_return what.error();
    const relay::client_watch watch(x);
    auto said = co_await ask_store(x, *what);
    co_return said;
}

}  // namespace

asio::awaitable<void> answer_conversations(relay::request& x) {
    auto refused = relay::authenticate(x);
    if (!refused) refused = relay::check_declared_body(x);
    if (refused && !x.client.reader.body_done()) x.keep_alive = false;
    if (!refused) refused = co_await relay::read_request(x);
    told document = std::string();
    if (!refused) document = co_await find_document(x);
    if (!document) refused = document.error();
    if (refused) {
        relay::note_failure(x, *refused);
        relay::count_refusal(x, *refused);
        co_await relay::send_error(x, *refused);
        co_return;
    }
    const std::string_view piece = *document;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await relay::send_whole(x, 200, relay::json_type, pieces);
}

}  // namespace ferry::server
