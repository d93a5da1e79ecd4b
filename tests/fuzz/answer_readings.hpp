// The ways in which the body of an answer is read, each as the relay does, with what came of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "fuzz/fuzz.hpp"
#include "openai/event_facts.hpp"
#include "openai/usage_finder.hpp"
#include "provider/provider.hpp"
#include "provider/table.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/event_collector.hpp"
#include "relay/answer/event_flow.hpp"

namespace ferry::fuzz {

using relay::stream_end;

inline constexpr std::size_t most_error_body = 64u << 10;
inline constexpr std::string_view done = "data: [DONE]\n\n";
inline constexpr std::string_view key = "sk-canary-0123456789abcdef";

inline catalog::candidate make_row(std::string_view service) {
    catalog::candidate row;
    row.model_name = row.upstream_model = "m";
    row.service = &provider::find_provider(service);
    row.credentials.emplace("authorization", secret("Bearer " + std::string(key)));
    return row;
}

inline void require_sane(const fault& why) {
    require(why.full_text().find(key) == std::string::npos);
    require(!why.retry_after || (why.retry_after->count() >= 0 && *why.retry_after <= std::chrono::hours(24)));
}

inline void require_sane(const std::optional<openai::token_usage>& usage) {
    if (!usage) return;
    for (const auto& count : {usage->prompt, usage->completion, usage->total, usage->cached, usage->reasoning}) {
        require(!count || (*count >= 0 && *count <= std::int64_t{1} << 53));
    }
}

// What became of one answer; how it was split must not be seen in it.
struct outcome {
    bool refused = false;  // no head that can be read
    bool coded = false;    // in a content coding
    bool failed = false;
    std::string text;
    std::optional<openai::token_usage> usage;

    bool operator==(const outcome&) const = default;
};

// One way to read the body of an answer. Payload is gone when take() has returned.
class reading {
public:
    explicit reading(const catalog::candidate& row) : row_(row) {}
    virtual ~reading() = default;

    virtual std::optional<fault> take(const piece_list& payload, const std::optional<fault>& undecodable) = 0;
    virtual std::optional<fault> end(const net::http_head& head, stream_end how) = 0;
    outcome result;

protected:
    relay::gate_options gate() const {
        relay::gate_options options;
        options.service = row_.service;
        options.secrets = secrets_;
        return options;
    }
    const catalog::candidate& row_;
    relay::transcript said_;
    const std::vector<std::string_view> secrets_ = relay::secrets_of(row_);
};

class passed_on final : public reading {
public:
    explicit passed_on(const catalog::candidate& row) : reading(row), flow_(gate(), said_) {}

    std::optional<fault> take(const piece_list& payload, const std::optional<fault>&) override {
        auto failed = flow_.take(payload);
        collect();
        return failed;
    }
    std::optional<fault> end(const net::http_head&, stream_end how) override {
        auto failed = flow_.end(how);
        collect();
        result.usage = said_.usage();
        const bool looks_complete = result.text.ends_with(done);
        require(failed ? !looks_complete : result.text.find(done.substr(0, 12)) != std::string::npos);
        return failed;
    }

private:
    void collect() {
        for (const auto piece : flow_.pieces()) result.text += piece;
        flow_.written();
    }
    relay::event_flow flow_;
};

class put_together final : public reading {
public:
    explicit put_together(const catalog::candidate& row) : reading(row), all_(gate(), said_) {}

    std::optional<fault> take(const piece_list& payload, const std::optional<fault>&) override {
        return all_.take(payload);
    }
    std::optional<fault> end(const net::http_head&, stream_end how) override {
        auto failed = all_.end(how);
        result.usage = said_.usage();
        if (failed) return failed;
        result.text = all_.document();
        require(openai::inspect_event(result.text).is_object);
        return std::nullopt;
    }

private:
    relay::event_collector all_;
};

class document final : public reading {
public:
    using reading::reading;

    std::optional<fault> take(const piece_list& payload, const std::optional<fault>&) override {
        for (const auto piece : payload) {
            finder_.feed(piece);
            result.text += piece;
        }
        return std::nullopt;
    }
    std::optional<fault> end(const net::http_head& head, stream_end how) override {
        if (auto odd = relay::check_answer_head(head, false)) return odd;
        const std::string_view body(result.text);
        if (!relay::is_answer(openai::chat_completions(), finder_))
            return relay::check_document(finder_, row_, piece_list{body}).why;
        require(finder_.is_complete());
        result.usage = finder_.facts().usage;
        if (how == stream_end::truncated) return fault::upstream(fault_code::upstream_truncated_body, {}, "cut");
        return row_.service->failed_finish(finder_.facts().finish_reason);
    }

private:
    openai::usage_finder finder_;
};

class error_body final : public reading {
public:
    using reading::reading;

    std::optional<fault> take(const piece_list& payload, const std::optional<fault>&) override {
        for (const auto piece : payload) result.text += piece;
        return std::nullopt;
    }
    std::optional<fault> end(const net::http_head& head, stream_end) override {
        if (result.text.size() > most_error_body) return std::nullopt;
        auto judged = relay::judge_error(row_, head, result.text);
        require(!judged.why.message.empty());
        return judged.why;
    }
};

}  // namespace ferry::fuzz
