#include "relay/answer/typed_seam.hpp"

#include "base/number_text.hpp"
#include "openai/event_type.hpp"
#include "openai/json_walk.hpp"

namespace ferry::relay {

namespace {

std::string_view unquoted(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : std::string_view();
}

std::string_view member_of(std::string_view object, std::string_view name) {
    std::string_view found;
    openai::for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (key == name) found = value;
        return key != name;
    });
    return found;
}

}  // namespace

// What an event is about, as spelled.
struct typed_seam::event_place {
    std::string_view type, output, content, summary, item_type, delta;
    bool tells_begin = false;  // the answer is being worked on: a service says so as often as it likes

    bool operator==(const event_place& other) const {
        return type == other.type && output == other.output && content == other.content && summary == other.summary &&
               item_type == other.item_type;
    }
};

typed_seam::event_place typed_seam::place_of(std::string_view data) {
    event_place place;
    openai::for_each_member(data, [&place](std::string_view key, std::string_view value) {
        if (key == "type") place.type = unquoted(value);
        if (key == "output_index") place.output = value;
        if (key == "content_index") place.content = value;
        if (key == "summary_index") place.summary = value;
        if (key == "item") place.item_type = member_of(value, "type");
        if (key == "delta" && value.starts_with('"')) place.delta = value;
    });
    const bool is_begin = openai::event_type_of(place.type) == openai::event_type::begun;
    place.tells_begin = is_begin && !place.type.ends_with(".added");
    return place;
}

typed_seam::typed_seam(const given_answer& given) : given_(given), next_(given.next_sequence()) {
    for (const auto& mark : given_.marks()) learn(mark.data);
}

void typed_seam::learn(std::string_view data) {
    if (const auto response = member_of(data, "response"); response_id_.empty() && !response.empty())
        response_id_ = member_of(response, "id");
    const auto index = parse_number(member_of(data, "output_index"));
    const auto item = member_of(data, "item");
    if (!index || item.empty()) return;
    if (const auto id = member_of(item, "id"); !id.empty()) item_ids_.try_emplace(*index, id);
}

std::string_view typed_seam::text_left() const {
    const auto& marks = given_.marks();
    const auto end = mark_ < marks.size() ? marks[mark_].text_before : given_.said().size();
    return std::string_view(given_.said()).substr(text_, end - text_);
}

std::string typed_seam::item_of(std::string_view item, std::int64_t index) const {
    const auto known = item_ids_.find(index);
    std::string out = "{";
    openai::for_each_member(item, [&](std::string_view key, std::string_view value) {
        add_member(out, key, key == "id" && known != item_ids_.end() ? std::string_view(known->second) : value);
    });
    return out + "}";
}

std::string typed_seam::response_of(std::string_view response) const {
    std::string out = "{";
    openai::for_each_member(response, [&](std::string_view key, std::string_view value) {
        if (key == "id" && !response_id_.empty()) return add_member(out, key, response_id_);
        if (key != "output") return add_member(out, key, value);
        std::string items = "[";
        std::int64_t index = 0;
        openai::for_each_element(value, [&](std::string_view item) {
            items.append(items.size() > 1 ? "," : "").append(item_of(item, index++));
        });
        add_member(out, key, items + "]");
    });
    return out + "}";
}

// Under the identity of the first answer. `rest`: the piece of text that is new, "" where all of it is.
std::string typed_seam::rewritten(std::string_view data, std::string_view rest) {
    const auto index = parse_number(member_of(data, "output_index")).value_or(-1);
    const auto known = item_ids_.find(index);
    std::string event = "{";
    openai::for_each_member(data, [&](std::string_view key, std::string_view value) {
        if (key == "sequence_number") return add_member(event, key, std::to_string(next_++));
        if (key == "response" && value.starts_with('{')) return add_member(event, key, response_of(value));
        if (key == "item" && value.starts_with('{')) return add_member(event, key, item_of(value, index));
        if (key == "item_id" && known != item_ids_.end()) return add_member(event, key, known->second);
        add_member(event, key, key == "delta" && !rest.empty() ? rest : value);
    });
    event += '}';
    put_on_one_line(event);
    return event;
}

result<std::string> typed_seam::on_event(std::string_view data) {
    const auto place = place_of(data);
    if (place.tells_begin) return std::string();
    std::string rest;
    const auto& marks = given_.marks();
    if (!is_behind()) {
        if (!place.delta.empty()) {
            auto left = text_left();
            const auto before = left.size();
            // More text where the client was told something else next.
            const bool is_known = take_known(left, place.delta, rest) && (rest.empty() || mark_ == marks.size());
            if (!is_known) return seams_differ();
            text_ += before - left.size();
            if (rest.empty()) return std::string();
        } else {
            while (mark_ < marks.size() && place_of(marks[mark_].data).tells_begin) ++mark_;
            if (!text_left().empty() || mark_ == marks.size()) return seams_differ();
            if (!(place_of(marks[mark_].data) == place)) return seams_differ();
            ++mark_;
            return std::string();
        }
    }
    std::string told = has_begun_ ? "" : ": rescued\n";
    has_begun_ = true;
    if (!place.type.empty()) told.append("event: ").append(place.type).append("\n");
    return told.append("data: ").append(rewritten(data, rest)).append("\n\n");
}

std::optional<fault> typed_seam::on_end() const {
    if (!is_behind()) return seams_differ();
    return std::nullopt;
}

}  // namespace ferry::relay
