#include "catalog/row_rescue.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>
#include <utility>

#include "catalog/bad_row.hpp"

namespace ferry::catalog {

namespace {

template <class Value, std::size_t size>
bool take_word(const boost::json::object& from, std::string_view name,
               const std::array<std::pair<std::string_view, Value>, size>& words, Value& into) {
    const auto* said = from.if_contains(boost::json::string_view(name.data(), name.size()));
    if (said == nullptr || said->is_null()) return true;
    const auto* word = said->if_string();
    if (word == nullptr) return false;
    for (const auto& [spelling, value] : words) {
        if (std::string_view(word->data(), word->size()) != spelling) continue;
        into = value;
        return true;
    }
    return false;
}

}  // namespace

result<rescue_words> parse_rescue(const boost::json::object& capabilities) {
    using prefill_word = std::pair<std::string_view, row_prefill>;
    using rescue_word = std::pair<std::string_view, row_rescue>;
    static constexpr std::array<prefill_word, 3> prefills{
        {{"prefix", row_prefill::prefix}, {"partial", row_prefill::partial}, {"continue", row_prefill::final_message}}};
    static constexpr std::array<rescue_word, 3> rescues{
        {{"regenerate", row_rescue::regenerate}, {"continue", row_rescue::in_words}, {"off", row_rescue::off}}};
    rescue_words said;
    if (!take_word(capabilities, "prefill", prefills, said.prefill))
        return bad_row(R"(capabilities has 'prefill' that is none of "prefix", "partial" and "continue")");
    if (!take_word(capabilities, "rescue", rescues, said.rescues))
        return bad_row(R"(capabilities has 'rescue' that is none of "regenerate", "continue" and "off")");
    if (const auto* hedge = capabilities.if_contains("hedge"); hedge != nullptr && !hedge->is_null()) {
        if (!hedge->is_bool()) return bad_row("capabilities has 'hedge' that is neither true nor false");
        said.hedges = hedge->get_bool();
    }
    return said;
}

}  // namespace ferry::catalog
