#include "upstream/chat_stream.hpp"

#include <algorithm>

#include "http/json_members.hpp"
#include "upstream/tool_deltas.hpp"

namespace ferry::bench {
namespace {

std::string finish_of(const action& a, const content& text) {
    if (a.finish_reason) return *a.finish_reason;
    if (text.was_shortened()) return "\"length\"";
    return a.tool_calls.empty() ? "\"stop\"" : "\"tool_calls\"";
}

constexpr std::string_view zero_usage = "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}";

std::string head_of(completion_form form, const served& what) {
    const bool is_chat = form == completion_form::chat;
    std::string head = "{\"id\":\"" + (is_chat ? what.id : what.named("cmpl-"));
    head += is_chat ? "\",\"object\":\"chat.completion.chunk\"" : "\",\"object\":\"text_completion\"";
    head.append(",\"created\":").append(std::to_string(what.created)).append(",\"model\":\"").append(what.model);
    return head.append("\",\"system_fingerprint\":\"fp_mock\",\"choices\":[");
}

}  // namespace

chat_stream::chat_stream(std::shared_ptr<const action> a, const request_facts& facts, served what, content text,
                         completion_form form)
    : action_(std::move(a)),
      served_(std::move(what)),
      form_(form),
      text_(std::move(text)),
      reasoning_(form == completion_form::chat ? action_->reasoning : std::string(), -1, 0),
      refusal_(form == completion_form::chat ? action_->refusal : std::string(), -1, 0),
      prefix_(head_of(form, served_)),
      finish_reason_(finish_of(*action_, text_)),
      n_(static_cast<std::size_t>(facts.n)),
      roles_(form == completion_form::chat ? 1 : 0) {
    if (form == completion_form::chat) tool_deltas_ = tool_deltas(action_->tool_calls, served_.id);
    lines_ = roles_ + reasoning_.size() + text_.size() + refusal_.size() + tool_deltas_.size() + 1;
    const auto reported = action_->usage;
    const bool asked = reported == usage_form::own_chunk && facts.include_usage;
    says_null_usage_ = asked || reported == usage_form::own_chunk_always || reported == usage_form::finish_chunk;
    if (action_->error_after >= 0 && static_cast<std::size_t>(action_->error_after) < lines_ - roles_ - 1) {
        lines_ = roles_ + static_cast<std::size_t>(action_->error_after);
        fails_ = true;
        tails_ = {tail::error};
        return;
    }
    if (asked || reported == usage_form::own_chunk_always) tails_.push_back(tail::usage);
    if (!action_->no_done) tails_.push_back(tail::done);
    if (reported == usage_form::after_done) tails_.push_back(tail::late_usage);
}

void chat_stream::append_delta(std::size_t line, std::string& out) const {
    const auto quoted = [&](const char* name, const content& from, std::size_t i) {
        out.append("{\"").append(name).append("\":\"");
        from.append(i, out);
        out += "\"}";
    };
    if (line == 0) {
        out += tool_deltas_.empty() || text_.size() > 0 ? "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"
                                                        : "{\"role\":\"assistant\",\"content\":null}";
        return;
    }
    --line;
    if (line < reasoning_.size()) return quoted("reasoning_content", reasoning_, line);
    line -= reasoning_.size();
    if (line < text_.size()) return quoted("content", text_, line);
    line -= text_.size();
    if (line < refusal_.size()) return quoted("refusal", refusal_, line);
    line -= refusal_.size();
    out += line < tool_deltas_.size() ? std::string_view(tool_deltas_[line]) : "{}";
}

void chat_stream::append_text(std::size_t line, std::string& out) const {
    out += ",\"text\":\"";
    if (line < text_.size()) text_.append(line, out);
    out += '"';
}

void chat_stream::append_choice(std::size_t line, std::size_t choice, piece& to) const {
    const bool is_finish = line + 1 == lines_ && !fails_;
    auto& out = to.bytes;
    out.append("data: ").append(prefix_).append("{\"index\":").append(std::to_string(choice));
    if (form_ == completion_form::chat) {
        out += ",\"delta\":";
        append_delta(line, out);
    } else {
        append_text(line, out);
    }
    out.append(",\"logprobs\":null,\"finish_reason\":").append(is_finish ? finish_reason_ : "null");
    const bool is_last = is_finish && choice + 1 == n_;
    if (is_last && action_->usage == usage_form::choices) {
        out.append(",\"usage\":").append(served_.usage_json());
        to.completion_tokens = served_.completion_tokens;
    }
    out += "}]";
    append_usage(is_last, line, to);
    out += "}\n\n";
}

void chat_stream::append_usage(bool is_last, std::size_t line, piece& to) const {
    const auto report = [&](std::int64_t completion) {
        to.bytes.append(",\"usage\":").append(served_.usage_json(served_.prompt_tokens, completion));
        to.completion_tokens = completion;
    };
    const auto form = action_->usage;
    if (form == usage_form::zeros) {
        to.bytes.append(",\"usage\":").append(zero_usage);
    } else if (form == usage_form::every_chunk) {
        report(is_last ? served_.completion_tokens
                       : std::min(served_.completion_tokens, static_cast<std::int64_t>((line + 1 - roles_) * n_)));
    } else if (is_last && form == usage_form::finish_chunk) {
        report(served_.completion_tokens);
    } else if (is_last && form == usage_form::x_groq) {
        report(served_.completion_tokens);
        to.bytes.append(",\"x_groq\":{\"id\":\"req_mock\",\"usage\":").append(served_.usage_json()).append("}");
    } else if (says_null_usage_) {
        to.bytes += ",\"usage\":null";
    }
}

void chat_stream::append_tail(tail what, piece& to) const {
    switch (what) {
        case tail::error:
            to.bytes.append("data: ").append(error_json(500)).append("\n\n");
            break;
        case tail::done:
            to.bytes += "data: [DONE]\n\n";
            break;
        case tail::usage:
        case tail::late_usage:
            to.bytes.append("data: ").append(prefix_).append("],\"usage\":").append(served_.usage_json()) += "}\n\n";
            to.completion_tokens = served_.completion_tokens;
    }
}

bool chat_stream::next(piece& to) {
    const std::size_t deltas = lines_ * n_, all = deltas + tails_.size();
    if (at_ == all) return false;
    // The usage chunk and [DONE] follow the last chunk at once, as with real providers.
    if (at_ > 0 && at_ < deltas) to.wait = action_->interval;
    to.is_event = true;
    // The choices of n > 1 are answered side by side.
    const auto line = at_ / n_;
    to.is_token = at_ % n_ == 0 && line >= roles_ && line + (fails_ ? 0 : 1) < lines_;
    if (at_ < deltas) {
        append_choice(at_ / n_, at_ % n_, to);
    } else {
        append_tail(tails_[at_ - deltas], to);
    }
    if (++at_ == all && action_->no_last_blank_line) to.bytes.pop_back();
    return true;
}

bool whole_answer_reports(usage_form form) {
    return form != usage_form::none && form != usage_form::zeros;
}

namespace {

void append_whole_usage(const action& a, const served& what, std::string& out) {
    if (a.usage == usage_form::zeros) out.append(",\"usage\":").append(zero_usage);
    if (whole_answer_reports(a.usage) && a.usage != usage_form::choices) {
        out.append(",\"usage\":").append(what.usage_json());
    }
    if (a.usage == usage_form::x_groq) out.append(",\"x_groq\":{\"usage\":").append(what.usage_json()).append("}");
}

}  // namespace

std::string whole_text_completion(const action& a, const request_facts& facts, const served& what,
                                  const content& text) {
    std::string out = head_of(completion_form::text, what);
    for (std::int64_t i = 0; i < facts.n; ++i) {
        out.append(i ? ",{\"index\":" : "{\"index\":").append(std::to_string(i)).append(",\"text\":\"");
        text.append_all(out);
        out.append("\",\"logprobs\":null,\"finish_reason\":").append(finish_of(a, text));
        if (a.usage == usage_form::choices) out.append(",\"usage\":").append(what.usage_json());
        out += '}';
    }
    append_whole_usage(a, what, out += ']');
    return out += '}';
}

std::string whole_completion(const action& a, const request_facts& facts, const served& what, const content& text) {
    std::string message = "{\"role\":\"assistant\",\"content\":";
    if (text.size() > 0 || (a.tool_calls.empty() && a.refusal.empty())) {
        message += '"';
        text.append_all(message);
        message += '"';
    } else {
        message += "null";
    }
    if (!a.reasoning.empty()) {
        message += ",\"reasoning_content\":\"";
        append_escaped(a.reasoning, message);
        message += '"';
    }
    if (!a.tool_calls.empty()) message.append(",\"tool_calls\":").append(tool_calls_json(a.tool_calls, what.id));
    message += ",\"refusal\":";
    if (a.refusal.empty()) {
        message += "null}";
    } else {
        message += '"';
        append_escaped(a.refusal, message);
        message += "\"}";
    }
    std::string out = "{\"id\":\"" + what.id +
                      "\",\"object\":\"chat.completion\",\"created\":" + std::to_string(what.created) +
                      ",\"model\":\"" + what.model + "\",\"choices\":[";
    for (std::int64_t i = 0; i < facts.n; ++i) {
        out.append(i ? ",{\"index\":" : "{\"index\":").append(std::to_string(i)).append(",\"message\":");
        out.append(message).append(",\"logprobs\":null,\"finish_reason\":").append(finish_of(a, text));
        if (a.usage == usage_form::choices) out.append(",\"usage\":").append(what.usage_json());
        out += '}';
    }
    append_whole_usage(a, what, out += ']');
    return out += ",\"system_fingerprint\":\"fp_mock\"}";
}

}  // namespace ferry::bench
