#include "relay/request_plan.hpp"

#include <array>

#include "provider/provider.hpp"

namespace ferry::relay {

namespace {

using openai::member;

// The client's headers that may travel on. Everything else, credentials and hop-by-hop fields above all, stays here.
constexpr std::array<std::string_view, 4> forwarded = {"accept", "user-agent", "traceparent", "tracestate"};

openai::edit_list edits_for(const openai::chat_request& request, std::string_view body, const catalog::candidate& to) {
    openai::edit_list edits(request.object);
    const std::string model = "\"model\":" + to.upstream_model_quoted;
    if (const auto& at = request.where(member::model)) {
        // The whole member, so that an escaped spelling of the key cannot be read as another one upstream.
        edits.replace(at->whole, model);
    } else {
        edits.insert_member(model);
    }
    for (const auto ours : {member::id, member::conversation_id}) {
        if (const auto& at = request.where(ours)) edits.remove_member(at->whole);
    }
    const bool ask_usage = request.stream && to.service->asks_usage(to.where.host);
    to.service->edit_request(request, body, ask_usage, edits);
    for (const auto& extra : to.extra_body) edits.insert_member(extra.quoted_name + ":" + extra.value);
    return edits;
}

}  // namespace

request_plan::request_plan(const openai::chat_request& request, std::string_view body, const net::http_head& from,
                           const catalog::candidate& to)
    : edits_(edits_for(request, body, to)) {
    const auto body_size = edits_.size(body);
    write_head(from, to, body_size);
    const auto body_pieces = edits_.gather(body);
    pieces_.reserve(body_pieces.size() + 1);
    pieces_.push_back(head_);
    pieces_.insert(pieces_.end(), body_pieces.begin(), body_pieces.end());
    size_ = head_.size() + body_size;
}

void request_plan::write_head(const net::http_head& from, const catalog::candidate& to, std::size_t body_size) {
    const auto line = [this](std::string_view name, std::string_view value) {
        head_.append(name).append(": ").append(value).append("\r\n");
    };
    head_.reserve(512);
    head_.append("POST ").append(to.where.target).append(" HTTP/1.1\r\n");
    line("host", to.where.host_header);
    line("content-type", "application/json");
    line("content-length", std::to_string(body_size));
    // A compressed event stream could be neither read nor flushed event by event.
    line("accept-encoding", "identity");
    for (const auto name : forwarded) {
        bool replaced = false;
        for (const auto& ours : to.extra_headers) replaced = replaced || net::same_token(ours.name, name);
        if (const auto value = from.find(name); value && !replaced) line(name, *value);
    }
    if (to.credentials) line(to.credentials->name, to.credentials->value.reveal());
    for (const auto& extra : to.extra_headers) line(extra.name, extra.value.reveal());
    head_.append("\r\n");
}

}  // namespace ferry::relay
