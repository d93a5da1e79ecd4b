// Clients and a provider that hold random conversations, each spelling what is said in its own way.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "conversation/chat.hpp"

namespace ferry::conversation::testing {

struct tool_use {
    std::string id, arguments;
};

struct utterance {
    std::string role, text;
    std::vector<tool_use> calls;
    std::string call_id;  // of a result
};

class chatter {
public:
    explicit chatter(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
    bool maybe() { return below(2) == 0; }

    // Few words, so that many messages are alike.
    std::string words() {
        static const std::vector<std::string> all = {"yes", "go on", "\xc3\xa9\n\"x\"", "\xf0\x9f\x98\x80/", "ok "};
        return all[below(all.size())];
    }

    // What the client says next: results of the tools that were called, or something of its own.
    std::vector<utterance> next(const std::vector<utterance>& said) {
        std::vector<utterance> made;
        if (!said.empty()) {
            for (const auto& each : said.back().calls) made.push_back({"tool", words(), {}, each.id});
        }
        if (made.empty() || below(4) == 0) made.push_back({"user", words(), {}, {}});
        if (below(6) == 0) made.push_back({"user", words(), {}, {}});
        return made;
    }

    utterance answer() {
        utterance made{"assistant", below(5) == 0 ? "" : words(), {}, {}};
        if (made.text.empty() || below(4) == 0) {
            for (auto left = 1 + below(2); left != 0; --left) {
                made.calls.push_back({"call_" + std::to_string(++calls_), R"({"a": ")" + std::string(1, 'x') + "\"}"});
            }
        }
        return made;
    }

    // As a provider answers.
    kept_message answered(const utterance& what) {
        kept_message kept = said(what.role, what.text);
        if (what.text.empty()) kept.content = "null";
        std::string others = R"("reasoning_content":"hm \u0061")";
        if (!what.calls.empty()) others += R"(,"tool_calls":)" + calls_of(what, false);
        kept.extra = "{" + others + "}";
        return kept;
    }

    // As a client writes it, now or when it sends it again.
    kept_message written(const utterance& what) {
        kept_message kept{what.role, spelled(what.text), std::nullopt};
        if (what.role == "assistant" && what.text.empty()) kept.content = maybe() ? "\"\"" : "null";
        if (what.role == "user" && below(4) == 0) kept.content = R"([{"type":"text","text":)" + kept.content + "}]";
        if (!what.calls.empty()) kept.extra = R"({"refusal":null,"tool_calls":)" + calls_of(what, true) + "}";
        if (!what.call_id.empty()) kept.extra = R"({"tool_call_id":")" + what.call_id + "\"}";
        return kept;
    }

    // The message as JSON, members and blanks anyhow.
    std::string as_json(const kept_message& kept) {
        std::vector<std::string> members = {blank() + "\"role\"" + blank() + ":\"" + kept.role + "\"",
                                            "\"content\":" + blank() + kept.content + blank()};
        if (kept.extra) members.emplace_back(inside_of(*kept.extra));
        std::shuffle(members.begin(), members.end(), random_);
        std::string out = "{";
        for (const auto& each : members) out += (out.size() > 1 ? "," : "") + each;
        return out + "}";
    }

    std::string as_json(const std::vector<kept_message>& messages) {
        std::string out = blank() + "[" + blank();
        for (std::size_t i = 0; i != messages.size(); ++i) out += (i != 0 ? "," + blank() : "") + as_json(messages[i]);
        return out + blank() + "]" + blank();
    }

private:
    std::string blank() { return maybe() ? "" : below(2) == 0 ? " " : "\n\t"; }

    // Escapes nobody needs.
    std::string spelled(std::string_view text) {
        std::string plain = said("", text).content, out;
        for (const char c : plain) {
            if (c == 'o' && maybe())
                out += "\\u006f";
            else if (c == '/' && maybe())
                out += "\\/";
            else
                out += c;
        }
        return out;
    }

    std::string calls_of(const utterance& what, bool is_client) {
        std::string out = "[";
        for (const auto& each : what.calls) {
            const auto arguments = said("", each.arguments).content;
            if (out.size() > 1) out += ',';
            if (is_client)
                out += R"({"function":{"arguments":)" + arguments + R"(,"name":"f"},"type":"function", "id":")" +
                       each.id + "\"}";
            else
                out += R"({"index":0,"id":")" + each.id + R"(","type":"function","function":{"name":"f","arguments":)" +
                       arguments + "}}";
        }
        return out + "]";
    }

    std::mt19937 random_;
    int calls_ = 0;
};

}  // namespace ferry::conversation::testing
