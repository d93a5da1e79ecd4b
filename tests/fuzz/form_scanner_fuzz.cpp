// Any bytes: the same answer however they are split; what is accepted reads the same to a plainer reader and to one
// that takes any line end; and after every edit it reads as before but for what was edited.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ascii.hpp"
#include "fuzz/fuzz.hpp"
#include "openai/form.hpp"
#include "openai/form_boundary.hpp"
#include "openai/form_edits.hpp"

using namespace ferry;
using namespace ferry::fuzz;
using namespace ferry::openai;
using namespace ferry::openai::testing;

namespace {

// That of the first line, where it has one.
std::string boundary_of(std::string_view body) {
    if (!body.starts_with("--")) return "b";
    const auto line = body.substr(2, std::min(body.find("\r\n"), body.size()) - 2);
    const auto read = form_boundary("multipart/form-data; boundary=\"" + std::string(line) + "\"");
    return read ? *read : "b";
}

std::size_t count(std::string_view text, const std::string& wanted) {
    std::size_t found = 0;
    for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) ++found;
    return found;
}

bool lies_in(span inner, span outer) {
    return outer.begin <= inner.begin && inner.begin <= inner.end && inner.end <= outer.end;
}

// Splits at the delimiter, and each part at its first blank line.
void read_plainly(std::string_view body, const std::string& boundary, const form_request& read) {
    const std::string text = "\r\n" + std::string(body), delimiter = "\r\n--" + boundary;
    require(count(text, "\n--" + boundary) == read.parts + 1 && count(text, "\r--" + boundary) == 0);
    std::size_t file_bytes = 0, parts = 0;
    std::optional<std::string_view> model;
    constexpr std::string_view model_line = "\r\nContent-Disposition: form-data; name=\"model\"";
    for (auto at = delimiter.size(); text.compare(at, 2, "--") != 0; ++parts) {
        const auto end = text.find(delimiter, at), blank = text.find("\r\n\r\n", at);
        require(text.compare(at, 2, "\r\n") == 0 && blank < end);
        const auto head = std::string_view(text).substr(at, blank - at);
        const auto value = std::string_view(text).substr(blank + 4, end - blank - 4);
        if (lower_case(head).find("filename") != std::string::npos) file_bytes += value.size();
        if (head.find(model_line) != std::string_view::npos) model = value;
        at = end + delimiter.size();
    }
    require(parts == read.parts);
    require(read.file_bytes <= file_bytes);  // `filename` may stand elsewhere in a head
    if (model) require(read.model == *model);
}

void check_spans(std::string_view body, const std::string& boundary, const form_request& read) {
    require(read.body_size == body.size() && read.file_bytes < body.size());
    for (const auto& each : read.fields) {
        if (!each) continue;
        require(lies_in(each->whole, {0, body.size()}) && lies_in(each->value, each->whole));
        require(text_of(body, each->whole).starts_with("--" + boundary + "\r\n"));
        require(body.substr(each->whole.end).starts_with("--" + boundary));
        if (each->length) require(lies_in(*each->length, each->whole));
    }
    const auto& model = read.where(form_field::model);
    require(!model == !read.model && (!model || text_of(body, model->value) == *read.model));
}

std::string edited(std::string_view body, const form_edits& edits) {
    std::string out;
    for (const auto piece : edits.gather(body)) out += piece;
    return out;
}

// The model is replaced or put in front, Ferry's own parts are taken out.
void check_edits(std::string_view body, const std::string& boundary, const form_request& read) {
    form_edits edits;
    if (const auto& model = read.where(form_field::model))
        edits.replace_value(*model, "another-model");
    else
        edits.insert(form_part(boundary, "model", "another-model"));
    for (const auto own : {form_field::id, form_field::conversation_id}) {
        if (const auto& part = read.where(own)) edits.remove(*part);
    }
    const auto after = edited(body, edits);
    const auto again = scan_form(after, 0, boundary);
    require(again.has_value());
    check_spans(after, boundary, *again);
    require(again->model == "another-model" && !again->id && !again->conversation_id);
    require(again->stream == read.stream && again->n == read.n && again->size == read.size);
    require(again->response_format == read.response_format && again->quality == read.quality);
    require(again->user == read.user && again->purpose == read.purpose && again->file_bytes == read.file_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string body(reinterpret_cast<const char*>(data), size);
    if (const auto read = form_boundary(body)) {
        require(form_boundary("multipart/form-data;boundary=\"" + *read + "\"").value() == *read);
    }
    const auto boundary = boundary_of(body);
    const auto whole = scan_form(body, 0, boundary);
    dice any(body);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, any.from_1_to(40), any.from_1_to(size + 1)}) {
        require(is_same(scan_form(body, piece, boundary), whole));
    }
    if (!whole) return 0;
    check_spans(body, boundary, *whole);
    read_plainly(body, boundary, *whole);
    check_edits(body, boundary, *whole);
    return 0;
}
