#include "openai/form_edits.hpp"

#include <utility>

namespace ferry::openai {

std::string form_part(std::string_view boundary, std::string_view name, std::string_view value) {
    std::string part = "--";
    part.append(boundary).append("\r\nContent-Disposition: form-data; name=\"").append(name).append("\"\r\n\r\n");
    return part.append(value).append("\r\n");
}

void form_edits::replace_value(const part_span& part, std::string value) {
    if (part.length) edits_.push_back({*part.length, std::to_string(value.size())});
    edits_.push_back({part.value, std::move(value)});
}

void form_edits::remove(const part_span& part) {
    edits_.push_back({part.whole, {}});
}

void form_edits::insert(std::string part) {
    edits_.push_back({{form_request::front, form_request::front}, std::move(part)});
}

piece_list form_edits::gather(std::string_view body) const {
    std::vector<span_edit> edits;
    edits.reserve(edits_.size());
    for (const auto& each : edits_) edits.push_back({each.where, each.text});
    return gather_edited(body, std::move(edits));
}

}  // namespace ferry::openai
