#include "relay/request/plan.hpp"

#include <algorithm>

#include "net/strict_http.hpp"
#include "openai/member_names.hpp"
#include "openai/top_members.hpp"
#include "provider/request_edits.hpp"

namespace ferry::relay {

namespace {

using openai::member;

// The row's own members are defaults: what the client says of a member stands, and none is ever there twice.
void add_extra_body(std::string_view body, const catalog::candidate& to, provider::repair_set repairs,
                    openai::edit_list& edits) {
    if (to.extra_body.empty()) return;
    std::vector<std::string_view> names;
    for (const auto& extra : to.extra_body) names.push_back(extra.name);
    const auto old_length = openai::name_of(member::max_tokens),
               length = openai::name_of(member::max_completion_tokens);
    names.insert(names.end(), {old_length, length});
    const auto present = openai::present_members(body, names);
    const auto says = [&](std::string_view name) {
        return present[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
    };
    for (const auto& extra : to.extra_body) {
        if (says(extra.name)) continue;
        // Two names of one thing, of which the provider may be sent the other.
        if ((extra.name == old_length && says(length)) || (extra.name == length && says(old_length))) continue;
        if ((repairs & provider::repair_of(extra.name)).any()) continue;  // it is what the provider refused
        edits.insert_member(extra.quoted_name + ":" + extra.value);
    }
}

// Some services think aloud only in a stream: then a client that waits for the whole answer is served from one.
bool wants_thinking(const openai::chat_request& request, std::string_view body, const catalog::candidate& to) {
    if (const auto& at = request.where(member::enable_thinking)) {
        return body.substr(at->value.begin, at->value.end - at->value.begin) == "true";
    }
    return std::any_of(to.extra_body.begin(), to.extra_body.end(), [](const catalog::body_member& extra) {
        return extra.name == openai::name_of(member::enable_thinking) && extra.value == "true";
    });
}

openai::edit_list edits_for(const openai::chat_request& request, std::string_view body, const catalog::candidate& to,
                            provider::repair_set repairs) {
    openai::edit_list edits(request.object);
    constexpr std::string_view key = "\"model\"";
    const auto& at = request.where(member::model);
    if (!at) {
        edits.insert_member(std::string(key) + ":" + to.upstream_model_quoted);
    } else if (body.substr(at->whole.begin, key.size()) != key) {
        // A key spelled with escapes goes too, so that no reader upstream can take it for another one.
        edits.replace(at->whole, std::string(key) + ":" + to.upstream_model_quoted);
    } else if (body.substr(at->value.begin, at->value.end - at->value.begin) != to.upstream_model_quoted) {
        edits.replace(at->value, to.upstream_model_quoted);
    }
    for (const auto ours : {member::id, member::conversation_id}) {
        if (const auto& found = request.where(ours)) edits.remove_member(found->whole);
    }
    provider::request_wishes wishes{.speaks = to.speaks, .repairs = repairs};
    static const auto streams_only = provider::repair_of("stream");
    wishes.as_stream =
        (repairs & streams_only).any() || (to.speaks->thinks_in_streams && wants_thinking(request, body, to));
    provider::edit_request(wishes, request, body, edits);
    add_extra_body(body, to, repairs, edits);
    return edits;
}

}  // namespace

request_plan::request_plan(const openai::operation& operation, const openai::chat_request& request,
                           std::string_view body, const net::http_head& from, const catalog::candidate& to,
                           provider::repair_set repairs)
    : head_(512), edits_(edits_for(request, body, to, repairs)) {
    const auto body_pieces = edits_.gather(body);
    std::size_t body_size = 0;
    for (const auto piece : body_pieces) body_size += piece.size();
    write_head(operation, from, to, body_size);
    pieces_.push_back(head_);
    pieces_.insert(pieces_.end(), body_pieces.begin(), body_pieces.end());
    size_ = head_.size() + body_size;
}

void request_plan::write_head(const openai::operation& operation, const net::http_head& from,
                              const catalog::candidate& to, std::size_t body_size) {
    const auto line = [this](std::string_view name, std::string_view value) {
        head_.add(name).add(": ").add(value).add("\r\n");
    };
    head_.add(operation.method).add(' ').add(to.where.target).add(" HTTP/1.1\r\nhost: ").add(to.where.host_header);
    head_.add("\r\ncontent-type: application/json\r\ncontent-length: ").add(body_size);
    // A compressed event stream could be neither read nor flushed event by event.
    head_.add("\r\naccept-encoding: identity\r\n");
    const auto forward = [&](std::string_view name) {
        bool replaced = false;
        for (const auto& ours : to.extra_headers) replaced = replaced || net::same_token(ours.name, name);
        if (const auto value = from.find(name); value && !replaced) line(name, *value);
    };
    std::for_each(operation.headers.begin(), operation.headers.end(), forward);
    std::for_each(to.speaks->client_headers.begin(), to.speaks->client_headers.end(), forward);
    if (to.credentials) line(to.credentials->name, to.credentials->value.reveal());
    for (const auto& extra : to.extra_headers) line(extra.name, extra.value.reveal());
    head_.add("\r\n");
}

}  // namespace ferry::relay
