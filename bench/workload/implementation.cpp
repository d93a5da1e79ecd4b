#include "workload/implementation.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <stdexcept>

#include "http/json_members.hpp"
#include "workload/json_text.hpp"

namespace ferry::bench {
namespace {

constexpr std::uint64_t looked_through = std::uint64_t(16) << 20;
constexpr std::size_t most_remembered = std::size_t(16) << 20;  // bytes of bodies
// So that prefixes, blocks of traces and prompts do not come out of one number.
constexpr std::uint64_t prefix_salt = 0x70726566, block_salt = 0x626c6f63;

std::uint64_t salted(std::uint64_t seed, std::uint64_t salt, std::uint64_t number) {
    return dice(dice(seed ^ salt).next() ^ number).next();
}

std::uint32_t at_least_one(std::uint32_t n) {
    return std::max(n, 1u);
}

}  // namespace

workload::implementation::implementation(workload_options given)
    : options(std::move(given)), dice_(options.seed), models_(options.models), keys_(options.keys), bodies_(options) {
    check_options();
    if (!options.prompts_file.empty()) {
        prompts_.emplace(options.prompts_file, options.form, options.operation);
    } else if (!options.trace_file.empty()) {
        trace_.emplace(options.trace_file, options.trace);
    }
    look_through();
    dice_ = dice(options.seed);
}

void workload::implementation::check_options() const {
    const bool has_file = !options.prompts_file.empty(), has_trace = !options.trace_file.empty();
    const auto wrong = [](const char* why) { throw std::invalid_argument(why); };
    if (has_file && has_trace) wrong("--prompts and --trace: give one of them");
    if (options.models.empty() && !has_file) wrong("--model is missing: the name of the model to ask for");
    for (const auto* list : {&options.models, &options.keys}) {
        for (const auto& one : *list) {
            if (!(one.weight > 0)) wrong("--model, --api-key: a weight is a number above 0");
        }
    }
    if (options.input_tokens.lowest() < 1) wrong("--input-tokens: a prompt has at least 1 token");
    if (options.turns.lowest() < 1) wrong("--turns: a session has at least 1 turn");
    if (options.prefix_groups < 1) wrong("--prefix-groups: there is at least 1");
    if (!(options.trace_speed > 0)) wrong("--trace-speed is a number above 0");
    if (options.prefix_tokens > 0 && (has_file || has_trace)) {
        wrong("--prefix-tokens is for made-up prompts: a file holds its own, and a Mooncake trace says what is shared");
    }
    if (options.turns.highest() > 1) {
        if (has_trace) wrong("--turns: a trace has requests of one turn only");
        if (options.operation == asked_operation::embeddings) wrong("--turns: embeddings have no turns");
    }
}

void workload::implementation::look_through() {
    if (!prompts_ && !trace_) {
        const double turns = options.turns.mean(), output = options.output_tokens.mean();
        mean_input = options.prefix_tokens + options.input_tokens.mean() * (turns + 1) / 2 + output * (turns - 1) / 2;
        mean_output = output;
        return;
    }
    if (prompts_ && options.turns.highest() > 1 && prompts_->form() != prompts_form::sharegpt) {
        throw std::invalid_argument("--turns: of the prompts files only ShareGPT's has conversations");
    }
    bool remembers = prompts_ && asks_the_same(), is_whole = false;
    std::uint64_t seen = 0, kept = 0;
    double input = 0, output = 0;
    const auto consumed = [&] { return prompts_ ? prompts_->consumed() : trace_->consumed(); };
    while (consumed() < looked_through) {
        std::optional<planned_request> one;
        if (prompts_) {
            if (auto read = prompts_->next()) one = filed(std::move(*read));
        } else if (const auto entry = trace_->next()) {
            one.emplace();
            one->input_tokens = entry->input_tokens;
            one->output_tokens = entry->output_tokens;
        }
        is_whole = !one;
        if (is_whole) break;
        ++seen;
        input += one->input_tokens;
        output += one->output_tokens;
        kept += one->body.size();
        remembers = remembers && kept <= most_remembered;
        if (remembers) remembered_.push_back(std::move(*one));
    }
    if (!remembers || !is_whole) remembered_.clear();
    if (seen == 0) {
        throw std::invalid_argument((prompts_ ? "--prompts: " + options.prompts_file + " holds no prompts"
                                              : "--trace: " + options.trace_file + " holds no requests"));
    }
    mean_input = input / static_cast<double>(seen);
    mean_output = output / static_cast<double>(seen);
    sessions_.clear();
    next_session_ = 0;
    prompts_ ? prompts_->rewind() : trace_->rewind();
}

std::optional<planned_request> workload::implementation::next() {
    if (prompts_) return next_filed();
    if (trace_) {
        const auto entry = trace_->next();
        return entry ? std::optional(traced(*entry)) : std::nullopt;
    }
    session s = drawn_session();
    s.turns = options.turns.draw(dice_);
    if (options.prefix_tokens > 0) {
        bodies_.begin_message("system", s.said);
        words_.append(options.prefix_tokens, salted(options.seed, prefix_salt, dice_.below(options.prefix_groups)),
                      s.said);
        bodies_.end_message("system", s.said);
        s.tokens = options.prefix_tokens;
    }
    return begun(std::move(s));
}

bool workload::implementation::asks_the_same() const {
    const auto& output = options.output_tokens;
    return options.repeat && options.models.size() < 2 && options.turns.highest() == 1 &&
           output.lowest() == output.highest();
}

std::optional<planned_request> workload::implementation::next_filed() {
    // To read and to write JSON again for each request is most of what one costs.
    if (!remembered_.empty()) {
        auto again = remembered_[next_remembered_++ % remembered_.size()];
        again.key = keys_.draw(dice_);
        return again;
    }
    auto read = prompts_->next();
    if (!read && options.repeat) {
        prompts_->rewind();
        read = prompts_->next();
    }
    if (!read) return std::nullopt;
    return filed(std::move(*read));
}

workload::implementation::session workload::implementation::drawn_session() {
    session s;
    s.model = models_.draw(dice_);
    s.key = keys_.draw(dice_);
    return s;
}

planned_request workload::implementation::filed(filed_prompt one) {
    session s = drawn_session();
    if (!one.turns.empty()) {
        if (options.models.empty()) {
            throw std::invalid_argument("--model is missing: conversations do not say whom to ask");
        }
        s.turns = std::min(options.turns.draw(dice_), static_cast<std::uint32_t>(one.turns.size()));
        one.turns.resize(s.turns);
        s.on_record = std::move(one.turns);
        if (!one.system.empty()) say("system", one.system, s);
        return begun(std::move(s));
    }
    planned_request made;
    made.key = s.key;
    std::string_view model;
    if (!options.models.empty()) {
        made.model = model = options.models[s.model].name;
    } else {
        const auto* own = one.body.if_contains("model");
        if (!own || !own->is_string())
            prompts_->fail(one.line, "names no model: give it one, or all of them by --model");
        made.model = *named_.emplace(own->get_string()).first;
    }
    made.input_tokens = one.input_tokens;
    const auto* own = one.body.if_contains(bodies_.limit_member());
    made.output_tokens = limit(own && own->is_int64() ? static_cast<std::uint32_t>(own->get_int64()) : 0);
    made.body = bodies_.over(std::move(one.body), model, made.output_tokens);
    return made;
}

planned_request workload::implementation::traced(const trace_entry& entry) {
    session s = drawn_session();
    std::uint32_t left = at_least_one(entry.input_tokens);
    bodies_.begin_message("user", s.said);
    for (const auto block : entry.blocks) {
        const auto size = std::min(left, trace_block);
        words_.append(size, salted(options.seed, block_salt, block), s.said);
        left -= size;
    }
    if (left > 0) words_.append(left, dice_.next(), s.said);
    bodies_.end_message("user", s.said);
    planned_request made;
    made.model = options.models[s.model].name;
    made.key = s.key;
    made.input_tokens = at_least_one(entry.input_tokens);
    made.output_tokens = limit(entry.output_tokens);
    made.body = bodies_.around(s.model, s.said, made.output_tokens);
    const double us = static_cast<double>(entry.at.count()) / 1000 / options.trace_speed;
    made.due = std::chrono::microseconds(std::llround(us));
    return made;
}

void workload::implementation::say(std::string_view role, std::string_view text, session& s) const {
    bodies_.begin_message(role, s.said);
    append_escaped(text, s.said);
    bodies_.end_message(role, s.said);
    s.tokens += guessed_tokens(text.size());
}

std::uint32_t workload::implementation::limit(std::uint32_t own) {
    const auto drawn = options.output_tokens.draw(dice_);
    if (bodies_.limit_member().empty()) return 0;
    return bodies_.said_limit().value_or(drawn > 0 ? drawn : own);
}

planned_request workload::implementation::turn_of(session& s) {
    planned_request made;
    std::uint32_t on_record = 0;
    if (s.on_record.empty()) {
        const auto size = options.input_tokens.draw(dice_);
        s.said.reserve(s.said.size() + size * 6 + 64);
        bodies_.begin_message("user", s.said);
        words_.append(size, dice_.next(), s.said);
        bodies_.end_message("user", s.said);
        s.tokens += size;
    } else {
        const auto& now = s.on_record[s.turn];
        say("user", now.question, s);
        on_record = now.answer_tokens;
    }
    made.output_tokens = limit(on_record);
    made.model = options.models[s.model].name;
    made.key = s.key;
    made.input_tokens = s.tokens;
    made.body = bodies_.around(s.model, s.said, made.output_tokens);
    made.last_of_session = ++s.turn == s.turns;
    if (!made.last_of_session) made.think = std::chrono::milliseconds(options.think_ms.draw(dice_));
    return made;
}

planned_request workload::implementation::begun(session s) {
    auto made = turn_of(s);
    if (made.last_of_session) return made;
    made.session = next_session_++;
    sessions_.emplace(made.session, std::move(s));
    return made;
}

void workload::implementation::answered(std::uint32_t number, std::string_view text) {
    say("assistant", text, sessions_.at(number));
}

planned_request workload::implementation::next_of(std::uint32_t number) {
    auto& s = sessions_.at(number);
    auto made = turn_of(s);
    made.session = number;
    if (made.last_of_session) sessions_.erase(number);
    return made;
}

}  // namespace ferry::bench
