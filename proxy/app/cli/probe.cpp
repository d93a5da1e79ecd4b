#include "app/cli/probe.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstring>

#include "net/executor.hpp"
#include "openai/chat_scanner.hpp"
#include "openai/usage_finder.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/event_flow.hpp"
#include "relay/request/plan.hpp"
#include "relay/tries/answer_coding.hpp"
#include "upstream/name_lookup.hpp"
#include "upstream/pool.hpp"

namespace ferry::app {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_answer = 1u << 20;
constexpr int most_repairs = 3;
constexpr milliseconds longest_idle{10'000};

// What is read of one answer.
struct answer {
    net::http_head head;  // its views lie in the connection's buffer
    std::string body;
    bool is_whole = false;
    std::optional<fault> failed;
};

// The answer's own model: of the document, or of the first event that is one.
std::string model_of(std::string_view document) {
    boost::system::error_code ignored;
    const auto parsed = boost::json::parse(document, ignored);
    const auto* object = parsed.if_object();
    const auto* model = object == nullptr ? nullptr : object->if_contains("model");
    return model != nullptr && model->is_string() ? std::string(model->get_string()) : std::string();
}

std::string first_data(std::string_view events) {
    openai::sse_scanner scanner;
    while (const auto event = scanner.next(events)) {
        if (!event->data.empty()) return std::string(event->data);
        events.remove_prefix(event->consumed);
    }
    return {};
}

std::optional<fault> judge_stream(const catalog::candidate& row, const answer& got, probe_result& into) {
    if (auto odd = relay::check_answer_head(got.head, true)) return odd;
    const auto secrets = relay::secrets_of(row);
    relay::gate_options options;
    options.service = row.service;
    options.secrets = secrets;
    relay::transcript said;
    relay::event_flow flow(options, said);
    const std::string_view payload(got.body);
    auto failed = flow.take(std::span(&payload, 1));
    if (!failed) failed = flow.end(got.is_whole ? relay::stream_end::clean : relay::stream_end::truncated);
    into.usage = said.usage();
    into.finish_reason = said.finish_reason();
    into.model = model_of(first_data(got.body));
    return failed;
}

std::optional<fault> judge_document(const catalog::candidate& row, const answer& got, probe_result& into) {
    if (auto odd = relay::check_answer_head(got.head, false)) return odd;
    openai::usage_finder finder;
    finder.feed(got.body);
    const std::string_view body(got.body);
    if (!relay::is_answer(openai::chat_completions(), finder))
        return relay::check_document(finder, row, piece_list{body}).why;
    into.usage = finder.facts().usage;
    into.finish_reason = finder.facts().finish_reason;
    into.model = model_of(got.body);
    return row.service->failed_finish(into.finish_reason);
}

// Owned by probe(); lives on its event loop.
class prober {
public:
    prober(const settings& chosen, const catalog::candidate& row, bool stream, milliseconds patience)
        : chosen_(chosen),
          row_(row),
          patience_(patience),
          pool_(context_, wheel_, buffers_, names_, chosen.upstream),
          limit_(wheel_) {
        body_ = R"({"model":"probe","messages":[{"role":"user","content":"ping"}],"max_tokens":1)";
        body_ += stream ? R"(,"stream":true})" : "}";
        limit_.on_expiry([this] { slot_.poke(); });
    }

    probe_result run() {
        const auto began = steady::now();
        net::spawn(context_, ask(), [this](const std::string& what) {
            told_.failed = fault::self(fault_code::internal_error, "The test itself failed: " + what);
            context_.stop();
        });
        context_.run();
        lookup_.stop();
        told_.total_us = us_between(began, steady::now());
        return std::move(told_);
    }

private:
    // Asks once more without what the provider refused, as the relay does.
    asio::awaitable<void> ask() {
        openai::chat_scanner scanner;
        scanner.feed(body_);
        request_ = scanner.finish().value();
        provider::repair_set refused;
        for (int repairs = 0;; ++repairs) {
            co_await ask_once(refused);
            const auto more = provider::applicable(refused & ~told_.adjusted, request_, body_);
            if (!told_.failed || more.none() || repairs == most_repairs) break;
            told_.adjusted |= more;
        }
        pool_.close_idle();
        context_.stop();  // the wheel's timer may be set for a deadline that nobody waits for any more
    }

    asio::awaitable<void> ask_once(provider::repair_set& refused) {
        refused.reset();
        told_.failed.reset();
        const net::http_head no_client;
        const auto& operation = openai::chat_completions();
        const relay::request_plan plan({operation, operation.path, request_, nullptr, body_, no_client}, row_,
                                       told_.adjusted);
        const auto until = steady::now() + shortest(row_.limits.connect, chosen_.upstream.connect);
        auto connected = co_await pool_.connect(row_.where, until, slot_, &told_.dialled);
        if (!connected) {
            told_.failed = connected.error();
            co_return;
        }
        upstream::lease lease = std::move(*connected);
        answer got;
        co_await exchange(plan, *lease.operator->(), got);
        auto undone = relay::expand_whole(got.head, got.is_whole, got.body);
        // Of an error the status tells enough.
        if (!got.failed && got.head.status < 300) got.failed = std::move(undone);
        limit_.cancel();
        told_.status = got.head.status;
        told_.failed = got.failed ? std::move(got.failed) : judge(got, refused);
    }

    std::optional<fault> judge(const answer& got, provider::repair_set& refused) {
        const bool is_stream = relay::is_event_stream(got.head);
        if (got.head.status < 200 || got.head.status > 203 || (request_.stream && !is_stream)) {
            auto judged = relay::judge_error(row_, got.head, got.body);
            refused = judged.refused;
            return std::move(judged.why);
        }
        if (is_stream) return judge_stream(row_, got, told_);
        if (!got.is_whole) return cut();
        return judge_document(row_, got, told_);
    }

    asio::awaitable<void> exchange(const relay::request_plan& plan, upstream::connection& c, answer& got) {
        const auto& usual = chosen_.relay;
        const auto began = steady::now();
        const auto first_byte = shortest(row_.limits.first_byte, usual.first_byte);
        const auto idle = std::min(shortest(row_.limits.idle, usual.idle), longest_idle);
        const auto total_until = began + shortest(row_.limits.total, usual.total);
        limit_.arm(std::min(began + first_byte, total_until));
        waited_ = first_byte;
        net::gather_list gather;
        for (const auto& one : plan.pieces()) gather.push_back(net::piece(one));
        {
            const net::interrupt_slot::holder waiting(slot_, *c.stream);
            co_await c.stream->write_all(gather);  // if it fails, the answer may have come all the same
        }
        const auto sent = steady::now();
        told_.first_byte_us.reset();
        c.reader.reset();
        bool in_body = false;
        for (std::size_t floor = 0; !got.failed;) {
            if (take(c, got, in_body, floor) || got.failed) break;
            if (!co_await read(c, got, sent)) break;
            limit_.arm(std::min(steady::now() + idle, total_until));
            waited_ = idle;
        }
    }

    // Takes what was read apart. True when the answer is whole. The head's bytes, before `floor`, stay where they are.
    bool take(upstream::connection& c, answer& got, bool& in_body, std::size_t& floor) {
        while (!in_body) {
            auto progress = c.reader.read_head(c.unread());
            if (!progress) got.failed = progress.error();
            if (got.failed) return false;
            if (*progress != net::http_reader::progress::done) {
                if (c.end == c.buffer.size() && c.begin == 0) c.make_room_for_head();
                return false;
            }
            c.begin += c.reader.head_size();
            in_body = c.reader.head().status >= 200;
            if (!in_body) c.reader.reset();
        }
        got.head = c.reader.head();
        if (floor == 0) floor = c.begin;
        piece_list payload;
        auto consumed = c.reader.read_body(c.unread(), payload);
        if (!consumed) {
            got.failed = consumed.error();
            return false;
        }
        for (const auto piece : payload) got.body.append(piece.substr(0, most_answer - got.body.size()));
        c.begin += *consumed;
        const auto left = c.unread();
        std::memmove(c.buffer.data() + floor, left.data(), left.size());
        c.begin = floor;
        c.end = floor + left.size();
        got.is_whole = c.reader.body_done();
        return got.is_whole;
    }

    // False when no more will come.
    asio::awaitable<bool> read(upstream::connection& c, answer& got, steady::time_point sent) {
        const std::span<char> into(c.buffer.data() + c.end, c.buffer.size() - c.end);
        net::io_result read;
        read.status = net::io_status::failed;
        if (!into.empty()) {
            const net::interrupt_slot::holder waiting(slot_, *c.stream);
            read = co_await c.stream->read_some(into);
        }
        if (!told_.first_byte_us && read.bytes > 0) told_.first_byte_us = us_between(sent, steady::now());
        c.end += read.bytes;
        if (read.status == net::io_status::ok) co_return true;
        if (limit_.expired()) {
            const auto text = told_.first_byte_us
                                  ? "The upstream's answer was not complete after {} ms, and nothing came for {} ms."
                                  : "The upstream sent no byte of an answer in {} ms (limit: {} ms).";
            const auto so_far = us_between(sent, steady::now()) / 1000;
            got.failed = fault::upstream(fault_code::upstream_timeout, retry_advice::next_candidate,
                                         fmt::format(fmt::runtime(text), so_far, waited_.count()));
        } else if (got.head.status == 0) {
            got.failed = fault::upstream(fault_code::upstream_unreachable, retry_advice::same,
                                         "The upstream closed the connection without an answer.");
        } else {
            got.is_whole = read.status == net::io_status::eof && c.reader.ends_with_connection();
        }
        co_return false;
    }

    // The row's limit, else the configured one, but never more than a person waits.
    milliseconds shortest(const std::optional<milliseconds>& of_row, milliseconds configured) const {
        return std::min(of_row.value_or(configured), patience_);
    }

    static fault cut() {
        return fault::upstream(fault_code::upstream_truncated_body, retry_advice::next_candidate,
                               "The upstream's answer was cut short.");
    }

    const settings& chosen_;
    const catalog::candidate& row_;
    const milliseconds patience_;
    milliseconds waited_{0};  // the limit that is running
    asio::io_context context_{1};
    net::timer_wheel wheel_{context_};
    net::buffer_pool buffers_;
    upstream::name_lookup lookup_;
    upstream::name_cache names_{lookup_};
    upstream::pool pool_;
    net::interrupt_slot slot_;
    net::deadline limit_;
    std::string body_;
    openai::chat_request request_;
    probe_result told_;
};

}  // namespace

probe_result probe(const settings& chosen, const catalog::candidate& row, bool stream, milliseconds patience) {
    return prober(chosen, row, stream, patience).run();
}

}  // namespace ferry::app
