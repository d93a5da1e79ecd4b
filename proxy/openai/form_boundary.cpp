#include "openai/form_boundary.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "net/token.hpp"
#include "openai/mime_parameters.hpp"

namespace ferry::openai {
namespace {

constexpr std::string_view name = "boundary";
constexpr std::size_t boundary_max = 70;

fault refused(std::string_view what) {
    std::string text = "The Content-Type of the request ";
    text.append(what).append(". Send multipart/form-data; boundary=... with a boundary of 1 to 70 characters.");
    return fault::client(fault_code::invalid_request, std::move(text));
}

// bchars of RFC 2046 section 5.1.1.
bool is_boundary_char(char c) {
    return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'z') ||
           std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

bool is_printable(char c) {
    return is_blank(c) || (c > 0x20 && c < 0x7f);
}

// `boundary*` and `boundary*0` (RFC 2231), which some readers put together and others pass over.
bool is_extended(std::string_view parameter) {
    return parameter.size() > name.size() && parameter[name.size()] == '*' &&
           net::same_token(parameter.substr(0, name.size()), name);
}

}  // namespace

bool is_form_type(std::string_view content_type) {
    return net::same_token(trimmed(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

result<std::string> form_boundary(std::string_view content_type) {
    if (!is_form_type(content_type)) return refused("is not multipart/form-data");
    if (!std::all_of(content_type.begin(), content_type.end(), is_printable)) {
        return refused("holds bytes that are not printable ASCII");
    }
    mime_parameters parameters(content_type.substr(std::min(content_type.find(';'), content_type.size())));
    std::optional<std::string_view> boundary;
    while (const auto each = parameters.next()) {
        if (is_extended(each->name)) return refused("spells its boundary with an asterisk");
        if (!net::same_token(each->name, name)) continue;
        if (boundary) return refused("has two boundaries");
        boundary = each->value;
    }
    if (parameters.is_malformed()) return refused("has malformed parameters");
    if (!boundary) return refused("has no boundary");
    if (boundary->empty()) return refused("has an empty boundary");
    if (boundary->size() > boundary_max) return refused("has a boundary of more than 70 characters");
    if (!std::all_of(boundary->begin(), boundary->end(), is_boundary_char)) {
        return refused("has a boundary with characters that RFC 2046 does not allow in it");
    }
    if (boundary->back() == ' ') return refused("has a boundary that ends with a space");
    return std::string(*boundary);
}

}  // namespace ferry::openai
