#include <memory>
#include <optional>

#include "inner_loop.hpp"
#include "openai/event_facts.hpp"
#include "openai/sse.hpp"
#include "openai/usage_finder.hpp"
#include "provider/table.hpp"
#include "relay/answer/event_flow.hpp"
#include "samples.hpp"

namespace ferry::micro {

namespace {

constexpr std::size_t events_in_read = 16;

relay::gate_options gate_of(openai::stream_kind streams) {
    relay::gate_options options;
    options.streams = streams;
    options.service = &provider::find_provider("other");
    return options;
}

// A stream that has begun, of which the same reads come again and again.
class relayed_stream {
public:
    relayed_stream(std::vector<std::string> reads, openai::stream_kind streams, bool counts_words)
        : reads_(std::move(reads)), flow_(gate_of(streams), said_) {
        if (counts_words) said_.count_words();
        std::size_t came = 0, passed = 0;
        for (const auto& read : reads_) {
            came += read.size();
            take(read, passed);
        }
        if (passed != came) not_as_meant("events are not passed on as they came");
    }
    relayed_stream(const relayed_stream&) = delete;
    relayed_stream& operator=(const relayed_stream&) = delete;

    void call(std::size_t times) {
        std::size_t passed = 0;
        for (; times > 0; --times)
            for (const auto& read : reads_) take(read, passed);
        consume(passed);
    }

private:
    void take(const std::string& read, std::size_t& passed) {
        const std::string_view payload[] = {read};
        if (flow_.take(payload)) not_as_meant("a stream failed");
        passed += flow_.size();
        auto pieces = flow_.pieces().data();
        consume(pieces);
        flow_.written();
    }

    const std::vector<std::string> reads_;
    relay::transcript said_;
    relay::event_flow flow_;
};

void add_relayed(std::vector<inner_loop>& to, std::string name, std::vector<std::string> reads, std::size_t events,
                 openai::stream_kind streams = openai::stream_kind::choices, bool counts_words = false) {
    auto stream = std::make_shared<relayed_stream>(std::move(reads), streams, counts_words);
    to.push_back({std::move(name), "event", [stream](std::size_t times) { stream->call(times); }, events, true});
}

void add_parts(std::vector<inner_loop>& to) {
    std::string read;
    for (std::size_t i = 0; i != events_in_read; ++i) read += chat_event(i);
    to.push_back({"events, found (sse)", "event",
                  [read](std::size_t times) {
                      for (; times > 0; --times) {
                          openai::sse_scanner scanner;
                          std::string_view pending = read;
                          while (auto event = scanner.next(pending)) {
                              consume(*event);
                              pending.remove_prefix(event->consumed);
                          }
                      }
                  },
                  events_in_read, true});
    const auto event = chat_event(3);
    const auto data = event.substr(6, event.size() - 8);
    if (!openai::inspect_event(data).has_payload) not_as_meant("an event carries nothing");
    to.push_back({"events, read (facts)", "event",
                  [data](std::size_t times) {
                      for (; times > 0; --times) {
                          auto facts = openai::inspect_event(data);
                          consume(facts);
                      }
                  },
                  1, true});
}

void add_document(std::vector<inner_loop>& to) {
    const auto text =
        R"({"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"gpt-4o","choices":)"
        R"([{"index":0,"message":{"role":"assistant","content":")" +
        english(2000) +
        R"(","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,)"
        R"("completion_tokens":410,"total_tokens":429,"prompt_tokens_details":{"cached_tokens":0}}})";
    openai::usage_finder finder;
    finder.feed(text);
    if (!finder.facts().usage) not_as_meant("no usage is found");
    to.push_back({"usage of a whole answer of 2 KiB", "answer", [text](std::size_t times) {
                      for (; times > 0; --times) {
                          openai::usage_finder each;
                          each.feed(text);
                          auto facts = each.take_facts();
                          consume(facts);
                      }
                  }});
}

}  // namespace

void add_event_loops(std::vector<inner_loop>& to) {
    std::string many;
    for (std::size_t i = 0; i != events_in_read; ++i) many += chat_event(i);
    const auto one = chat_event(1);
    const auto half = one.size() / 2;
    std::string typed;
    for (std::size_t i = 0; i != events_in_read; ++i) typed += response_event(i);
    add_relayed(to, "relayed, one event a read", {one}, 1);
    add_relayed(to, "relayed, 16 events a read", {many}, events_in_read);
    add_relayed(to, "relayed, an event in two reads", {one.substr(0, half), one.substr(half)}, 1);
    add_relayed(to, "relayed, words counted", {one}, 1, openai::stream_kind::choices, true);
    add_relayed(to, "relayed, 16 events of Responses a read", {typed}, events_in_read, openai::stream_kind::typed);
    add_parts(to);
    add_document(to);
}

}  // namespace ferry::micro
