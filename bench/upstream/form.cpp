#include "upstream/form.hpp"

#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t most_parts = 1000;
constexpr std::size_t most_of_a_part = std::size_t(1) << 20;
constexpr std::size_t most_of_all = std::size_t(4) << 20;

}  // namespace

void form::begin_part(std::string_view disposition, std::string_view content_type) {
    if (parts_.size() == most_parts) problem_ = "more than 1000 parts";
    if (problem_.empty()) parts_.emplace_back();
    auto& part = parts_.back();
    part = form_part();
    part.name = header_parameter(disposition, "name").value_or("");
    part.file_name = header_parameter(disposition, "filename");
    part.content_type = content_type;
    part.is_kept = true;
    digest_.emplace();
}

void form::part_bytes(std::string_view bytes) {
    auto& part = parts_.back();
    part.bytes += bytes.size();
    digest_->add(bytes);
    if (!part.is_kept) return;
    if (part.bytes <= most_of_a_part && kept_ + bytes.size() <= most_of_all) {
        part.content += bytes;
        kept_ += bytes.size();
        return;
    }
    kept_ -= part.content.size();
    part.is_kept = false;
    part.content = std::string();
}

void form::end_part() {
    auto& part = parts_.back();
    part.sha256 = digest_->hex();
    const std::string& said = part.file_name ? *part.file_name : part.content;
    text_.append(text_.empty() ? "" : "\n").append(said);
    if (part.name == "model" && !part.file_name && model_.empty()) append_escaped(part.content, model_);
}

void form::finish() {
    if (problem_.empty()) problem_ = reader_.problem();
    if (problem_.empty() && !reader_.is_whole()) problem_ = "the closing boundary is missing";
}

const form_part* form::find(std::string_view name) const {
    for (const auto& part : parts_) {
        if (part.name == name) return &part;
    }
    return nullptr;
}

const form_part* form::file(std::string_view name) const {
    const auto* part = find(name);
    return part && part->file_name ? part : nullptr;
}

}  // namespace ferry::bench
