#include "server/page_query.hpp"

#include <algorithm>
#include <boost/url/pct_string_view.hpp>
#include <cstdint>
#include <optional>

#include "base/number_text.hpp"

namespace ferry::server {

namespace {

constexpr std::size_t most_entries = 100, most_words = 256;

fault bad(const std::string& name, const std::string& rule) {
    return fault::client(fault_code::invalid_parameter, "The parameter '" + name + "' must be " + rule + ".", name);
}

std::optional<std::string> decoded(std::string_view text) {
    const auto checked = boost::urls::make_pct_string_view({text.data(), text.size()});
    if (!checked) return std::nullopt;
    boost::urls::encoding_opts as_forms_do;
    as_forms_do.space_as_plus = true;
    return checked->decode(as_forms_do);
}

std::optional<fault> take(page_query& into, const std::string& name, const std::string& value) {
    if (name == "limit") {
        const auto most = parse_number(value);
        if (!most || *most < 1 || *most > static_cast<std::int64_t>(most_entries)) return bad(name, "1 to 100");
        into.page.most = static_cast<std::size_t>(*most);
    } else if (name == "after") {
        into.page.after = parse_number(value);
        if (!into.page.after) return bad(name, "the id of an entry of the list");
    } else if (name == "order") {
        if (value != "asc" && value != "desc") return bad(name, "'asc' or 'desc'");
        into.page.is_ascending = value == "asc";
    } else if (name == "q") {
        if (value.size() > most_words) return bad(name, "at most 256 bytes long");
        into.words = value;
    }
    return std::nullopt;
}

}  // namespace

result<page_query> read_page_query(std::string_view target, bool is_ascending) {
    page_query made;
    made.page.is_ascending = is_ascending;
    auto rest = target.substr(std::min(target.find('?'), target.size() - 1) + 1);
    // Not parse_query(): in Boost 1.81 the last parameter it gives goes on behind the end of its text.
    while (!rest.empty()) {
        const auto one = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        const auto equals = std::min(one.find('='), one.size());
        const auto name = decoded(one.substr(0, equals)), value = decoded(one.substr(std::min(equals + 1, one.size())));
        if (!name || !value) {
            return fault::client(fault_code::invalid_parameter, "The query string of the URL is not well formed.");
        }
        if (auto refused = take(made, *name, *value)) return *refused;
    }
    return made;
}

}  // namespace ferry::server
