#include "workload/prompt_file.hpp"

#include <boost/json.hpp>
#include <stdexcept>

#include "workload/json_text.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

prompts_form form_of(const std::string& file) {
    record_reader records("--prompts", file);
    const auto first = records.next();
    if (!first) records.fail("holds no prompts");
    try {
        const auto object = parsed_object(first->text);
        if (object.contains("conversations")) return prompts_form::sharegpt;
        const bool is_batch = object.contains("custom_id") && object.contains("body");
        return is_batch ? prompts_form::batch : prompts_form::jsonl;
    } catch (const std::invalid_argument& e) {
        records.fail(first->line,
                     std::string(e.what()) +
                         "; each line is to be an object with prompt, messages or a request's body, or the "
                         "file an array of them");
    }
}

json::array as_messages(const json::value& text) {
    return {{{"role", "user"}, {"content", text}}};
}

// "" if there is none or it is no text.
std::string_view text_member(const json::object& of, const char* name) {
    const auto* found = of.if_contains(name);
    return found && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

enum class speaker { human, assistant, system, other };

speaker speaker_of(std::string_view name) {
    if (name == "human" || name == "user") return speaker::human;
    if (name == "gpt" || name == "assistant" || name == "chatgpt" || name == "bing" || name == "bard") {
        return speaker::assistant;
    }
    return name == "system" ? speaker::system : speaker::other;
}

}  // namespace

prompt_file::prompt_file(const std::string& file, prompts_form form, asked_operation operation)
    : records_("--prompts", file),
      form_(form == prompts_form::automatic ? form_of(file) : form),
      operation_(operation) {}

std::optional<filed_prompt> prompt_file::next() {
    while (const auto read = records_.next()) {
        filed_prompt made;
        made.line = read->line;
        try {
            auto object = parsed_object(read->text);
            take(object, made);
        } catch (const std::invalid_argument& e) {
            records_.fail(read->line, e.what());
        }
        if (!made.turns.empty() || !made.body.empty()) return made;
    }
    return std::nullopt;
}

void prompt_file::take(json::object& object, filed_prompt& into) const {
    if (form_ == prompts_form::sharegpt) return take_conversation(object, into);
    if (form_ == prompts_form::batch) return take_batch(object, into);
    take_body(object, into);
}

void prompt_file::take_batch(json::object& object, filed_prompt& into) const {
    auto* body = object.if_contains("body");
    const auto url = text_member(object, "url");
    if (!body || !body->is_object() || url.empty()) {
        throw std::invalid_argument(
            "is no line of a batch: {\"custom_id\": ..., \"method\": \"POST\", \"url\": \"/v1/chat/completions\", "
            "\"body\": {...}}");
    }
    const auto path = path_of(operation_);
    if (url.size() < path.size() || url.substr(url.size() - path.size()) != path ||
        (operation_ == asked_operation::completions && url.find("/chat/") != std::string_view::npos)) {
        throw std::invalid_argument("asks for " + std::string(url) + ", but the run for " + std::string(path) +
                                    ": choose the --operation of the file, or split the file");
    }
    take_body(body->get_object(), into);
}

void prompt_file::take_body(json::object& body, filed_prompt& into) const {
    auto* messages = body.if_contains("messages");
    auto* prompt = body.if_contains("prompt");
    auto* input = body.if_contains("input");
    if (messages && !(messages->is_array() && !messages->get_array().empty())) {
        throw std::invalid_argument("has messages that are no array of messages");
    }
    const bool is_chat = operation_ == asked_operation::chat;
    const char* wanted = is_chat ? "messages" : operation_ == asked_operation::completions ? "prompt" : "input";
    json::value asked;
    if (body.contains(wanted)) {
        asked = std::move(body[wanted]);
    } else if (prompt && (prompt->is_string() || operation_ == asked_operation::embeddings)) {
        asked = is_chat ? json::value(as_messages(*prompt)) : *prompt;
    } else if (input && (input->is_string() || operation_ == asked_operation::completions)) {
        asked = is_chat ? json::value(as_messages(*input)) : *input;
    } else if (messages && operation_ == asked_operation::responses) {
        asked = std::move(*messages);
    } else if (messages) {
        throw std::invalid_argument("holds messages, which " + std::string(path_of(operation_)) +
                                    " does not take: choose --operation chat, or give prompts");
    } else {
        throw std::invalid_argument("holds neither prompt, messages nor input: {\"prompt\": \"Why is the sky blue?\"}");
    }
    if (asked.is_null()) throw std::invalid_argument("has null as its " + std::string(wanted));
    for (const auto* name : {"messages", "prompt", "input"}) body.erase(name);
    into.input_tokens = guessed_tokens(text_bytes(asked));
    body[wanted] = std::move(asked);
    into.body = std::move(body);
}

void prompt_file::take_conversation(const json::object& object, filed_prompt& into) const {
    const auto* list = object.if_contains("conversations");
    if (!list || !list->is_array()) {
        throw std::invalid_argument(
            "is no conversation of ShareGPT: {\"conversations\": [{\"from\": \"human\", \"value\": \"...\"}, ...]}");
    }
    for (const auto& said : list->get_array()) {
        const auto* one = said.if_object();
        const auto* from = one ? one->if_contains("from") : nullptr;
        const auto* value = one ? one->if_contains("value") : nullptr;
        if (!from || !from->is_string() || !value || !value->is_string()) {
            throw std::invalid_argument("has a turn without \"from\" and \"value\"");
        }
        const std::string_view text = value->get_string();
        switch (speaker_of(from->get_string())) {
            case speaker::human:
                if (!text.empty()) into.turns.push_back({std::string(text), 0});
                break;
            case speaker::assistant:
                if (!into.turns.empty()) into.turns.back().answer_tokens = guessed_tokens(text.size());
                break;
            case speaker::system:
                if (into.turns.empty()) into.system = text;
                break;
            case speaker::other:
                break;
        }
    }
}

}  // namespace ferry::bench
