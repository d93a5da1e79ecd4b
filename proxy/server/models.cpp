#include "server/models.hpp"

#include <memory>

#include "base/clock.hpp"
#include "catalog/model_list.hpp"
#include "net/executor.hpp"
#include "openai/secret_scrub.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/settle.hpp"
#include "server/long_answer.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

constexpr std::string_view list_begin = R"({"object":"list","data":[)", list_end = "]}";
// A list is made in turns of this length, with everybody else on the core in between.
constexpr auto longest_turn = std::chrono::microseconds(500);

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

// Puts lines together to pieces that can be sent at once.
class text_maker {
public:
    text_maker() { pieces_->emplace_back(list_begin); }

    // `line` begins with a comma.
    void add(std::string_view line) {
        if (is_first_) line.remove_prefix(1);
        is_first_ = false;
        if (pieces_->back().size() + line.size() > most_at_once) pieces_->emplace_back();
        pieces_->back() += line;
    }
    model_list_text take() {
        pieces_->back() += list_end;
        return std::move(pieces_);
    }

private:
    std::shared_ptr<std::vector<std::string>> pieces_ = std::make_shared<std::vector<std::string>>();
    bool is_first_ = true;
};

void add_visible(const catalog::name_block& block, const access::principal& who, text_maker& text) {
    for (std::size_t i = 0; i < block.size(); ++i)
        if (who.may_use(block.name(i))) text.add(block.text(i));
}

asio::awaitable<model_list_text> make_list(const relay::http_exchange& x) {
    text_maker text;
    auto turn_ends = steady::now() + longest_turn;
    for (const auto& block : x.pinned.models->names().blocks()) {
        add_visible(*block, *x.who, text);
        if (steady::now() < turn_ends) continue;
        co_await net::end_of_turn();
        turn_ends = steady::now() + longest_turn;
    }
    auto made = text.take();
    co_return made;
}

// The lines are in the catalog as they go out.
asio::awaitable<void> send_all(relay::http_exchange& x) {
    std::vector<std::string_view> pieces = {list_begin};
    for (const auto& block : x.pinned.models->names().blocks()) {
        const std::string_view text = block->text();
        pieces.push_back(pieces.size() == 1 ? text.substr(1) : text);
    }
    pieces.push_back(list_end);
    co_await send_long(x, 200, relay::json_type, pieces);
}

}  // namespace

asio::awaitable<void> send_model_list(relay::http_exchange& x, model_lists& made_before) {
    if (!x.who->allowed_models) {
        co_await send_all(x);
        co_return;
    }
    auto text = made_before.find(*x.pinned.models, x.who->allowed_digest);
    if (!text) {
        text = co_await make_list(x);
        made_before.keep(*x.pinned.models, x.who->allowed_digest, text);
    }
    const std::vector<std::string_view> pieces(text->begin(), text->end());
    co_await send_long(x, 200, relay::json_type, pieces);
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
    const auto body = catalog::to_json(*model);
    const std::string_view piece = body;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await relay::send_whole(x, 200, relay::json_type, pieces);
}

}  // namespace ferry::server
