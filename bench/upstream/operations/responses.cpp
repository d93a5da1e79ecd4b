#include <boost/json.hpp>

#include "upstream/chat_stream.hpp"
#include "upstream/operations/objects.hpp"
#include "upstream/operations/operations.hpp"
#include "upstream/operations/response_stream.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view kind = "response";
constexpr std::size_t most_kept = 1 << 20;  // bytes of a response that is kept to be asked for

void answer_unknown(answer& made, std::string_view id) {
    answer_error(made, 404, "Response with id '" + std::string(id) + "' not found.");
}

json::object with_id(json::object item, const std::string& prefix, std::size_t i) {
    json::object out;
    out["id"] = prefix + std::to_string(i);
    out["type"] = "message";
    for (auto& member : item) out[member.key()] = std::move(member.value());
    return out;
}

// A text is one message of the user.
json::array input_items(const json::object& body, const std::string& prefix) {
    json::array items;
    const auto* input = body.if_contains("input");
    const auto* list = input ? input->if_array() : nullptr;
    if (list) {
        for (const auto& item : *list) {
            if (item.is_object()) items.push_back(with_id(item.get_object(), prefix, items.size()));
        }
    } else if (input && input->is_string()) {
        json::object part, item;
        part["type"] = "input_text";
        part["text"] = *input;
        item["role"] = "user";
        item["content"] = json::array{part};
        items.push_back(with_id(std::move(item), prefix, 0));
    }
    return items;
}

// The content is the response as it is shown in the end, and behind it (from `bytes` on) the list of its input items.
void keep_response(answer& made, const answer_request& to, const response_document& document) {
    auto text = document.json(document.end(), true);
    if (text.size() > most_kept) text = document.json(document.end(), false);
    stored_object kept;
    kept.kind = kind;
    kept.id = document.id;
    kept.bytes = text.size();
    kept.shown["background"] = text_of(to, "background") == "true";
    const bool is_long = to.facts.body.size() > most_kept;
    text += is_long ? "[]" : json::serialize(input_items(body_object(to), made.tokens.named("msg_") + "_"));
    kept.content = std::make_shared<const std::string>(std::move(text));
    keep_object(made, to, std::move(kept));
}

// Null, and an answer that says so, if it is unknown or its content was dropped.
object_store::found response_asked_for(answer& made, const answer_request& to) {
    const auto found = find_object(to, kind, to.asked.id);
    if (found && found->content) return found;
    answer_unknown(made, to.asked.id);
    return nullptr;
}

json::value parsed(std::string_view text) {
    json::parse_options lenient;
    lenient.max_depth = 4096;
    lenient.allow_invalid_utf8 = true;
    json::error_code error;
    return json::parse({text.data(), text.size()}, error, {}, lenient);
}

}  // namespace

void serve_responses(answer& made, const answer_request& to) {
    const action& a = *made.what;
    const auto previous = text_of(to, "previous_response_id");
    if (!previous.empty() && !find_object(to, kind, previous)) {
        return answer_error(made, 404, "Previous response with id '" + previous + "' not found.",
                            "previous_response_id", "previous_response_not_found");
    }
    content text(a, number_of(to, "max_output_tokens", -1));
    count_tokens(made, to, std::max<std::int64_t>(1, static_cast<std::int64_t>(text.size())));
    const auto document = std::make_shared<const response_document>(a, to, made.tokens, std::move(text));
    if (text_of(to, "store") != "false") {
        keep_response(made, to, *document);
    } else {
        made.object_id = document->id;
    }
    made.is_stream = a.stream.value_or(to.facts.is_stream);
    if (made.is_stream) {
        const auto reported = whole_answer_reports(a.usage) ? made.tokens.completion_tokens : -1;
        made.body = std::make_unique<response_stream>(made.what, document, reported);
    } else if (text_of(to, "background") == "true") {
        answer_json(made, document->json("queued", false));
    } else {
        answer_with_usage(made, document->json(document->end(), true));
    }
}

void serve_response(answer& made, const answer_request& to) {
    const auto found = response_asked_for(made, to);
    if (found) answer_json(made, found->content->substr(0, found->bytes));
}

void delete_response(answer& made, const answer_request& to) {
    if (!to.objects.remove(credential_of(to), kind, to.asked.id)) return answer_unknown(made, to.asked.id);
    answer_deleted(made, to.asked.id, kind);
}

void cancel_response(answer& made, const answer_request& to) {
    const auto found = response_asked_for(made, to);
    if (!found) return;
    if (!found->shown.at("background").as_bool()) {
        return answer_error(made, 400, "Cannot cancel a synchronous response.");
    }
    auto document = parsed(std::string_view(*found->content).substr(0, found->bytes));
    if (auto* object = document.if_object()) {
        (*object)["status"] = "cancelled";
        (*object)["output"] = json::array();
        (*object)["usage"] = nullptr;
    }
    const auto text = json::serialize(document);
    to.objects.change(credential_of(to), kind, to.asked.id, [&](stored_object& o) {
        o.content = std::make_shared<const std::string>(text + o.content->substr(o.bytes));
        o.bytes = text.size();
    });
    answer_json(made, text);
}

void list_response_items(answer& made, const answer_request& to) {
    const auto found = response_asked_for(made, to);
    if (!found) return;
    const auto kept = parsed(std::string_view(*found->content).substr(found->bytes));
    std::vector<json::object> items;
    for (const auto& item : kept.is_array() ? kept.get_array() : json::array()) items.push_back(item.as_object());
    answer_page(made, to, std::move(items));
}

}  // namespace ferry::bench
