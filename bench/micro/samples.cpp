#include "samples.hpp"

#include <array>
#include <cstdint>

namespace ferry::micro {

namespace {

// The low bits of a linear congruential generator repeat soon: the high ones are taken.
class sample_dice {
public:
    std::size_t below(std::size_t bound) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return (state_ >> 33) % bound;
    }

private:
    std::uint64_t state_ = 7;
};

constexpr std::array<std::string_view, 40> words = {
    "the",   "proxy",  "is",     "asked",    "for",    "a",        "Token", "and",  "answers",   "with",
    "what",  "came",   "before", "it",       "in",     "order",    "of",    "time", "HTTP",      "requests",
    "which", "model",  "would",  "remember", "people", "question", "river", "over", "mountains", "42",
    "every", "reader", "does",   "not",      "know",   "why",      "this",  "was",  "written",   "tokenizer"};
constexpr std::array<std::string_view, 40> characters = {"的", "一", "是", "不", "了", "在", "人", "有", "我", "他",
                                                         "这", "个", "们", "中", "来", "上", "大", "为", "和", "国",
                                                         "地", "到", "以", "说", "时", "要", "就", "出", "会", "可",
                                                         "也", "你", "对", "生", "能", "而", "子", "那", "得", "霾"};

}  // namespace

std::string english(std::size_t bytes) {
    sample_dice drawn;
    std::string out = "So";
    while (out.size() < bytes) {
        out.append(drawn.below(9) == 0 ? ", " : drawn.below(13) == 0 ? ". " : " ");
        out.append(words[drawn.below(words.size())]);
    }
    return out;
}

std::string chinese(std::size_t bytes) {
    sample_dice drawn;
    std::string out;
    while (out.size() < bytes) {
        out.append(characters[drawn.below(characters.size())]);
        if (drawn.below(11) == 0) out.append("，");
    }
    return out;
}

std::string json(std::size_t bytes) {
    sample_dice drawn;
    std::string out = "[";
    while (out.size() < bytes) {
        out.append(out.size() > 1 ? "," : "").append(R"({"id": )").append(std::to_string(drawn.below(100'000)));
        out.append(R"(, "name": ")").append(words[drawn.below(words.size())]).append(R"(", "tags": [")");
        out.append(words[drawn.below(words.size())]).append(R"("], "is_new": true})");
    }
    return out + "]";
}

std::string chat_body(std::size_t text_bytes, bool is_stream) {
    std::string out = R"({"model":"demo","messages":[{"role":"system","content":"You answer in one sentence."})";
    const auto text = english(text_bytes);
    for (std::size_t at = 0, turn = 0; at < text.size(); at += 512, ++turn) {
        out.append(R"(,{"role":")").append(turn % 2 == 0 ? "user" : "assistant").append(R"(","content":")");
        out.append(text.substr(at, 512)).append("\"}");
    }
    out.append(R"(],"temperature":0.7,"max_tokens":256)");
    return out.append(is_stream ? R"(,"stream":true})" : "}");
}

std::string chat_event(std::size_t number) {
    return R"(data: {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":)"
           R"(1741569952,"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_fc9f1d7035",)"
           R"("choices":[{"index":0,"delta":{"content":" )" +
           std::string(words[number % words.size()]) + R"("},"logprobs":null,"finish_reason":null}],"usage":null})" +
           "\n\n";
}

std::string response_event(std::size_t number) {
    return "event: response.output_text.delta\n"
           R"(data: {"type":"response.output_text.delta","sequence_number":)" +
           std::to_string(4 + number) +
           R"(,"item_id":"msg_67c9fdcf37fc8190ba82116e33fb28c5","output_index":0,"content_index":0,"delta":" )" +
           std::string(words[number % words.size()]) + R"(","logprobs":[]})" + "\n\n";
}

const std::string_view request_head =
    "POST /v1/chat/completions HTTP/1.1\r\n"
    "Host: ferry.example:4000\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Connection: keep-alive\r\n"
    "Accept: application/json\r\n"
    "Content-Type: application/json\r\n"
    "User-Agent: OpenAI/Python 1.109.1\r\n"
    "X-Stainless-Lang: python\r\n"
    "X-Stainless-Package-Version: 1.109.1\r\n"
    "X-Stainless-OS: Linux\r\n"
    "X-Stainless-Arch: x64\r\n"
    "X-Stainless-Runtime: CPython\r\n"
    "X-Stainless-Runtime-Version: 3.11.2\r\n"
    "Authorization: Bearer sk-ferry-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ\r\n"
    "X-Stainless-Async: false\r\n"
    "x-stainless-retry-count: 0\r\n"
    "x-stainless-read-timeout: 600\r\n"
    "Content-Length: 512\r\n"
    "\r\n";

const std::string_view answer_head =
    "HTTP/1.1 200 OK\r\n"
    "Date: Mon, 10 Mar 2025 01:25:53 GMT\r\n"
    "Content-Type: text/event-stream; charset=utf-8\r\n"
    "Transfer-Encoding: chunked\r\n"
    "Connection: keep-alive\r\n"
    "access-control-expose-headers: X-Request-ID\r\n"
    "openai-organization: user-0123456789\r\n"
    "openai-processing-ms: 412\r\n"
    "openai-version: 2020-10-01\r\n"
    "x-ratelimit-limit-requests: 10000\r\n"
    "x-ratelimit-limit-tokens: 30000000\r\n"
    "x-ratelimit-remaining-requests: 9999\r\n"
    "x-ratelimit-remaining-tokens: 29999981\r\n"
    "x-ratelimit-reset-requests: 6ms\r\n"
    "x-ratelimit-reset-tokens: 0s\r\n"
    "x-request-id: req_0123456789abcdef0123456789abcdef\r\n"
    "strict-transport-security: max-age=31536000; includeSubDomains; preload\r\n"
    "CF-Cache-Status: DYNAMIC\r\n"
    "Server: cloudflare\r\n"
    "CF-RAY: 91de0a1b2c3d4e5f-FRA\r\n"
    "\r\n";

}  // namespace ferry::micro
