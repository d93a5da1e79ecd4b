#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "base/id.hpp"
#include "inner_loop.hpp"
#include "usage/journal.hpp"

namespace ferry::micro {

namespace {

// Of a round: they fit into its first segment, whatever the journal's thread is about.
constexpr std::size_t most_requests = 8000;
constexpr std::uint64_t segment_bytes = std::uint64_t{16} << 20;

class scratch_journal {
public:
    scratch_journal() {
        path_ = (std::filesystem::temp_directory_path() / "ferry-micro-XXXXXX").string();
        if (::mkdtemp(path_.data()) == nullptr) not_as_meant("no folder can be made for a journal");
    }
    ~scratch_journal() { leave(); }
    scratch_journal(const scratch_journal&) = delete;
    scratch_journal& operator=(const scratch_journal&) = delete;

    void begin_anew() {
        leave();
        usage::options chosen;
        chosen.journal_dir = path_;
        usage::journal_tuning tuning;
        tuning.segment_bytes = segment_bytes;
        journal_.emplace(chosen, 1, tuning);
    }

    void call(std::size_t times) {
        auto& writer = journal_->writer(0);
        for (; times > 0; --times) book(writer);
        auto position = writer.position();
        consume(position);
    }

private:
    void leave() {
        if (journal_) journal_->close();
        journal_.reset();
        std::filesystem::remove_all(path_);
    }

    static void book(usage::journal_writer& writer) {
        usage::begin_record begun;
        begun.id = make_uuid();
        begun.started_at_us = 1'741'569'952'000'000;
        begun.key_id = 7;
        begun.operation = "chat";
        begun.model_name = "gpt-4o";
        begun.client_ip = "192.0.2.17";
        begun.user_agent = "OpenAI/Python 1.109.1";
        auto open = writer.begin(begun);
        if (!open) not_as_meant("the journal takes no request: " + open.error().message);
        usage::attempt_record asked;
        asked.model_id = 1;
        asked.model_name = asked.upstream_model = "gpt-4o";
        asked.provider = "other";
        asked.currency = "USD";
        asked.price = {2'500'000, 10'000'000, 1'250'000};
        writer.attempt(*open, asked);
        usage::attempt_result got;
        got.status = 200;
        got.ttft_us = 412'000;
        got.duration_us = 2'300'000;
        got.bytes_up = 512;
        got.bytes_down = 20'480;
        got.prompt_tokens = 19;
        got.completion_tokens = 410;
        usage::end_record ended;
        ended.ended_at_us = begun.started_at_us + 2'300'000;
        ended.duration_us = 2'300'000;
        ended.ttft_us = 412'000;
        ended.status = 200;
        ended.finish_reason = "stop";
        ended.basis = usage::basis::provider;
        ended.tokens.prompt = 19;
        ended.tokens.completion = 410;
        ended.cost_pico = 4'147'500'000;
        ended.upstream_request_id = "req_0123456789abcdef0123456789abcdef";
        ended.attempts = {&got, 1};
        writer.end(*open, ended);
    }

    std::string path_;
    std::optional<usage::journal> journal_;
};

}  // namespace

void add_journal_loops(std::vector<inner_loop>& to) {
    auto journal = std::make_shared<scratch_journal>();
    to.push_back({"journal: begin, attempt and end", "request", [journal](std::size_t times) { journal->call(times); },
                  1, false, [journal] { journal->begin_anew(); }, most_requests});
}

}  // namespace ferry::micro
