#include "openai/prompt_words.hpp"

#include <algorithm>
#include <string>

#include "openai/json_walk.hpp"
#include "openai/string_words.hpp"

namespace ferry::openai {
namespace {

bool begins_with(std::string_view value, char c) {
    return !value.empty() && value.front() == c;
}

bool is_text(std::string_view value) {
    return begins_with(value, '"') && value.size() > 2;
}

std::string_view unquoted(std::string_view value) {
    return is_text(value) ? value.substr(1, value.size() - 2) : std::string_view();
}

class prompt_reading {
public:
    prompt_reading(answer_words& to, prompt_parts& parts) : to_(to), parts_(parts) {}

    void read_body(std::string_view body) {
        for_each_member(body, [this](std::string_view key, std::string_view value) { read_member(key, value); });
    }

    void read_message(std::string_view message) {
        ++parts_.messages;
        for_each_member(message, [this](std::string_view key, std::string_view value) {
            if (key == "content" || key == "output" || key == "summary") {
                read_content(value);
            } else if (key == "tool_calls") {
                for_each_element(value, [this](std::string_view call) { read_call(call); });
            } else if (key == "function_call") {
                read_call(value);
            } else if (key == "arguments" || key == "refusal" || key == "reasoning_content") {
                give_words(value, to_);
                if (key == "arguments") ++parts_.calls;
            } else if (key == "name" && is_text(value)) {
                ++parts_.names;
                give_words(value, to_);
            } else if (key == "type" && value == "\"item_reference\"") {
                parts_.has_more = true;
            }
        });
    }

private:
    void read_member(std::string_view key, std::string_view value) {
        if (key == "messages") {
            for_each_element(value, [this](std::string_view one) { read_message(one); });
        } else if (key == "tools" || key == "functions") {
            for_each_element(value, [this](std::string_view one) {
                ++parts_.tools;
                to_.add(one);
            });
        } else if (key == "response_format" || key == "text") {
            if (value.find("\"schema\"") != std::string_view::npos) to_.add(value);
        } else if (key == "prompt" || key == "suffix" || key == "instructions") {
            read_prompt_value(value);
        } else if (key == "input") {
            read_input(value);
        } else if (key == "previous_response_id" || key == "conversation") {
            parts_.has_more = parts_.has_more || value != "null";
        } else if (key == "background") {
            parts_.is_background = value == "true";
        }
    }

    // Text, tokens, or a list of either. An object is a template that the provider keeps.
    void read_prompt_value(std::string_view value) {
        if (begins_with(value, '{')) parts_.has_more = true;
        read_texts(value, [this](std::string_view inner) { read_texts(inner, [](std::string_view) {}); });
    }

    // A text, or a list of texts and tokens; what stands in lists of it goes to `list`.
    template <class F>
    void read_texts(std::string_view value, F list) {
        give_words(value, to_);
        for_each_element(value, [this, &list](std::string_view one) {
            if (begins_with(one, '"')) {
                give_words(one, to_);
            } else if (begins_with(one, '[')) {
                list(one);
            } else {
                ++parts_.tokens;
            }
        });
    }

    // Of embeddings as a prompt; of responses as messages.
    void read_input(std::string_view value) {
        if (begins_with(value, '"')) ++parts_.messages;
        bool is_list_of_items = false;
        for_each_element(value, [&](std::string_view one) {
            is_list_of_items = begins_with(one, '{');
            return false;
        });
        if (!is_list_of_items) return read_prompt_value(value);
        for_each_element(value, [this](std::string_view one) { read_message(one); });
    }

    void read_call(std::string_view call) {
        for_each_member(call, [this](std::string_view key, std::string_view value) {
            if (key == "function" || key == "custom") return read_called(value);
        });
        read_called(call);
    }

    void read_called(std::string_view what) {
        for_each_member(what, [this](std::string_view key, std::string_view value) {
            if (key == "name") ++parts_.calls;
            if (key == "name" || key == "arguments" || key == "input") give_words(value, to_);
        });
    }

    void read_content(std::string_view content) {
        if (begins_with(content, '"')) return give_words(content, to_);
        for_each_element(content, [this](std::string_view part) { read_part(part); });
    }

    void read_part(std::string_view part) {
        asked_image image;
        bool is_image = false;
        for_each_member(part, [&](std::string_view key, std::string_view value) {
            if (key == "text" || key == "refusal") {
                give_words(value, to_);
            } else if (key == "image_url") {
                is_image = true;
                image.url = unquoted(value);
                read_image(value, image);
            } else if (key == "detail") {
                image.is_low = value == "\"low\"";
            } else if (key == "type") {
                is_image = is_image || value == "\"input_image\"";
                parts_.has_more = parts_.has_more || is_of_unknown_size(value);
            }
        });
        if (is_image) parts_.images.push_back(image);
    }

    static void read_image(std::string_view value, asked_image& image) {
        for_each_member(value, [&image](std::string_view key, std::string_view inside) {
            if (key == "url") image.url = unquoted(inside);
            if (key == "detail") image.is_low = inside == "\"low\"";
        });
    }

    static bool is_of_unknown_size(std::string_view type) {
        static constexpr std::string_view types[] = {"\"input_audio\"", "\"file\"", "\"input_file\"", "\"video_url\"",
                                                     "\"video\""};
        return std::find(std::begin(types), std::end(types), type) != std::end(types);
    }

    answer_words& to_;
    prompt_parts& parts_;
};

}  // namespace

void read_prompt(std::string_view body, answer_words& to, prompt_parts& parts) {
    prompt_reading(to, parts).read_body(body);
}

void read_messages(std::string_view elements, answer_words& to, prompt_parts& parts) {
    prompt_reading reading(to, parts);
    const auto list = "[" + std::string(elements) + "]";
    for_each_element(list, [&reading](std::string_view one) { reading.read_message(one); });
}

}  // namespace ferry::openai
