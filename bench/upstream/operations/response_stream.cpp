#include "upstream/operations/response_stream.hpp"

namespace ferry::bench {
namespace {

using part_kind = response_part::kind;

constexpr std::string_view error_event =
    R"("code":"server_error","message":"The server had an error.","param":null})";

void begin_event(std::string_view type, std::size_t sequence, std::string& out) {
    out.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type).append("\",\"sequence_number\":");
    out.append(std::to_string(sequence)).append(",");
}

}  // namespace

response_stream::response_stream(std::shared_ptr<const action> a, std::shared_ptr<const response_document> document,
                                 std::int64_t reported)
    : action_(std::move(a)), document_(std::move(document)), reported_(reported) {
    plan();
}

void response_stream::plan() {
    steps_ = {{kind::created, 0, 0, 1}, {kind::in_progress, 0, 0, 1}};
    for (std::size_t i = 0; i < document_->items.size(); ++i) {
        const auto& parts = document_->items[i].parts;
        steps_.push_back({kind::item_added, i, 0, 1});
        for (std::size_t p = 0; p < parts.size(); ++p) {
            const bool is_framed = parts[p].is != part_kind::arguments;
            if (is_framed) steps_.push_back({kind::part_added, i, p, 1});
            steps_.push_back({kind::delta, i, p, parts[p].text.size()});
            all_deltas_ += parts[p].text.size();
            steps_.push_back({kind::text_done, i, p, 1});
            if (is_framed) steps_.push_back({kind::part_done, i, p, 1});
        }
        steps_.push_back({kind::item_done, i, 0, 1});
    }
    steps_.push_back({kind::end, 0, 0, 1});
}

std::string response_stream::type_of(const step& s) const {
    switch (s.is) {
        case kind::created:
            return "response.created";
        case kind::in_progress:
            return "response.in_progress";
        case kind::item_added:
            return "response.output_item.added";
        case kind::item_done:
            return "response.output_item.done";
        case kind::end:
            return "response." + std::string(document_->end());
        default:
            break;
    }
    const auto part = document_->items[s.item].parts[s.part].is;
    const bool is_summary = part == part_kind::summary;
    if (s.is == kind::part_added || s.is == kind::part_done) {
        return std::string(is_summary ? "response.reasoning_summary_part" : "response.content_part") +
               (s.is == kind::part_added ? ".added" : ".done");
    }
    const std::string_view what = is_summary                    ? "response.reasoning_summary_text"
                                  : part == part_kind::text     ? "response.output_text"
                                  : part == part_kind::refusal ? "response.refusal"
                                                                : "response.function_call_arguments";
    return std::string(what) + (s.is == kind::delta ? ".delta" : ".done");
}

// The members of an event about one part, from the item's id on.
void response_stream::append_part(const step& s, std::size_t which, std::string& out) const {
    const auto& item = document_->items[s.item];
    const auto& part = item.parts[s.part];
    out.append("\"item_id\":\"").append(item.id).append("\",\"output_index\":").append(std::to_string(s.item));
    if (part.is != part_kind::arguments) {
        out += part.is == part_kind::summary ? ",\"summary_index\":" : ",\"content_index\":";
        out += std::to_string(s.part);
    }
    if (s.is == kind::part_added || s.is == kind::part_done) {
        out.append(",\"part\":").append(part_json(part, s.is == kind::part_done));
        return;
    }
    if (s.is == kind::delta) {
        part.text.append(which, out += ",\"delta\":\"");
    } else {
        out += part.is == part_kind::refusal     ? ",\"refusal\":\""
               : part.is == part_kind::arguments ? ",\"arguments\":\""
                                                 : ",\"text\":\"";
        part.text.append_all(out);
    }
    out += '"';
    if (part.is == part_kind::text) out += ",\"logprobs\":[]";
}

void response_stream::append(const step& s, std::size_t which, std::string& out) const {
    const bool is_added = s.is == kind::item_added;
    switch (s.is) {
        case kind::created:
        case kind::in_progress:
            out.append("\"response\":").append(document_->json("in_progress", false));
            break;
        case kind::end:
            out.append("\"response\":").append(document_->json(document_->end(), true));
            break;
        case kind::item_added:
        case kind::item_done:
            out.append("\"output_index\":").append(std::to_string(s.item)).append(",\"item\":");
            out += item_json(document_->items[s.item], is_added ? "in_progress" : "completed", !is_added);
            break;
        default:
            append_part(s, which, out);
    }
    out += "}\n\n";
}

bool response_stream::next(piece& to) {
    while (at_ < steps_.size() && in_step_ == steps_[at_].count) {
        ++at_;
        in_step_ = 0;
    }
    if (at_ == steps_.size()) return false;
    const step& s = steps_[at_];
    to.is_event = true;
    to.is_token = s.is == kind::delta;
    if (to.is_token) to.wait = action_->interval;
    const auto limit = static_cast<std::size_t>(action_->error_after);
    if (action_->error_after >= 0 && limit < all_deltas_ && deltas_ == limit && s.is != kind::created) {
        begin_event("error", sequence_, to.bytes);
        to.bytes.append(error_event).append("\n\n");
        at_ = steps_.size();
        return true;
    }
    begin_event(type_of(s), sequence_++, to.bytes);
    append(s, in_step_++, to.bytes);
    if (s.is == kind::delta) ++deltas_;
    if (s.is != kind::end) return true;
    to.completion_tokens = reported_;
    if (action_->no_last_blank_line) to.bytes.pop_back();
    return true;
}

}  // namespace ferry::bench
